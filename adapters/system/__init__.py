"""Clock, identifiers and calendar of this machine."""
