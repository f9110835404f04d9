"""The computer of a benchmark, named by what matters here and by nothing else."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """How many cores this process may use, and the memory of the computer."""

    cores: int
    memory_gb: int


def machine() -> Machine:
    """This computer."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(cores, round(memory / 2**30))
