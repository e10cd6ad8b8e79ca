"""Encryption of secrets and hashing of passwords and tokens."""
