"""How long what several services wait for may take, in business time."""

import os
from datetime import timedelta

PAUSE_TIME = timedelta(days=int(os.environ.get("BINOME_PAUSE_DAYS", "30")))
"""From `pair.paused` to `pair.resumed`: past it the pair is undone, and both are told."""
INTRODUCTION_TIME = timedelta(days=int(os.environ.get("BINOME_INTRODUCTION_DAYS", "7")))
"""From `pair.confirmed` to `pair.introduced` or `introduction.failed`: a week, in which every
retry of its messages is spent. Sending takes real time, so a fast clock needs more days."""
