"""How fast the service is, as ratios: against the same statements behind bare routes, written by hand. `python -m benchmarks`."""
