"""Computing in another process: rounds, their verification, and recruiting signals."""
