"""Callers that an OpenID Connect provider vouches for."""
