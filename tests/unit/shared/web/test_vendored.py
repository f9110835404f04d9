"""Files of others are the very files that VENDORED.md names."""

import re
from hashlib import sha256
from pathlib import Path

import pytest

from shared.web.assets import FOLDER

NAMED = re.findall(
    r"`([\w./]+)` \|.*`([0-9a-f]{64})`", (FOLDER / "VENDORED.md").read_text(encoding="utf-8")
)


def test_all_are_named() -> None:
    assert {name for name, _ in NAMED} == {"asyncapi/viewer.js", "asyncapi/viewer.css"}


@pytest.mark.parametrize(("name", "digest"), NAMED)
def test_the_file_is_unchanged(name: str, digest: str) -> None:
    assert sha256((Path(FOLDER) / name).read_bytes()).hexdigest() == digest
