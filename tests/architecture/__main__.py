"""`python -m tests.architecture [ROOT]`: one sentence for each violation, and a status."""

import sys
from pathlib import Path

from tests.architecture import (
    dependencies,
    digits,
    events,
    fields,
    measurements,
    owners,
    patching,
    privacy,
    purity,
    reasons,
    references,
    spelling,
    sql,
    wording,
)
from tests.architecture.tree import ROOT

RULES = (
    sql,
    purity,
    privacy,
    events,
    fields,
    measurements,
    owners,
    digits,
    references,
    wording,
    dependencies,
    patching,
    spelling,
    reasons,
)


def main(root: Path) -> int:
    found = [sentence for rule in RULES for sentence in rule.violations(root)]
    for sentence in found:
        print(sentence)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if sys.argv[1:] else ROOT))
