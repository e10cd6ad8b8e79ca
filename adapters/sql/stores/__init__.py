"""The stores, by area."""
