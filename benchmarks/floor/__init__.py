"""The floor: bare routes that run the statements by hand, with the database's driver and nothing between.

`python -m benchmarks.floor --database ADDRESS --bureau ADDRESS --port PORT`
"""
