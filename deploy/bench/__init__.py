"""Binôme's own benchmarks, each beside its reference in the same run."""
