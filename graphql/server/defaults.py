"""What the command line's help tells of the service; apart from it, because the help needs nothing else."""

API_PORT = 8000

SANDBOX_PORT = 8001
"""Of `fiador sandbox`, and of the sandbox inside `fiador serve` unless somebody else listens there."""

STOP_LIMIT_SECONDS = 15
"""When a process that was asked to stop ends at the latest, whatever it waits for."""
