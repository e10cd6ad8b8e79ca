"""A believable provider to try everything on: invented people with synthetic documents, the same ones every time."""
