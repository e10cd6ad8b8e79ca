"""The mutations, one a module: input, success, result, resolver."""
