"""The process that weighs one stored round: JSON of it in, whom to recruit out. It imports no more
than that takes, since somebody waits for it."""

import json
import os
import sys
from datetime import date

from services.matching.engine.marginal_value import signal_of
from services.matching.gateways.certificate_data import certificate_from
from services.matching.store.snapshot import round_input

NICENESS = 10
"""Niceness of the process: events and rounds go first."""


def compute_signal(question: bytes) -> bytes:
    """A stored round in; [[[need, level, territory], [pairs, score, waiting]], …] out."""
    asked = json.loads(question)
    given = round_input(asked["inputs"], asked["policy"], date.fromisoformat(asked["held_on"]))
    signals = signal_of(given, certificate_from(asked["certificate"]), set(asked["paired"]))
    return json.dumps(
        [
            [[s.kind.need, s.kind.level, s.kind.territory], [s.pairs, s.score, s.waiting]]
            for s in signals
        ]
    ).encode()


if __name__ == "__main__":
    os.nice(NICENESS)
    sys.stdout.buffer.write(compute_signal(sys.stdin.buffer.read()))
