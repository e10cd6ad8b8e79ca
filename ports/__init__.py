"""What the inside needs from outside: protocols that adapters fulfil."""
