"""Personal data: what is held about each person and why, a copy of it, erasure with its clock, and how long things stay."""
