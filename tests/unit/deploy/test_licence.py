"""The licence: its full text as its publisher has it, named in the package and in every image."""

import hashlib
import tomllib

from tests.architecture.tree import ROOT

AS_PUBLISHED = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"


def test_the_text_is_the_published_one() -> None:
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == AS_PUBLISHED


def test_the_package_names_it_and_no_invented_address() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (project["license"], project["license-files"]) == ("Apache-2.0", ["LICENSE"])
    assert project["authors"] == [{"name": "The Binôme authors"}]


def test_every_image_holds_it() -> None:
    assert "!LICENSE" in (ROOT / ".dockerignore").read_text().splitlines()
    assert "pyproject.toml README.md LICENSE" in (ROOT / "deploy/Dockerfile").read_text()
