"""What one can do: one use case per module, named by its verb."""
