"""Whatever document is named in the code or in another document stands in this repository."""

import re
from collections.abc import Iterator
from pathlib import Path

FOLDERS = ("services", "shared", "deploy", "docs")
KINDS = frozenset([".py", ".md", ".html", ".txt", ".sql", ".sh", ".yml", ".toml", ".conf", ".json"])
_DOCUMENT = re.compile(r"[\w./-]*\w\.md\b")
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_ELSEWHERE = re.compile(r"^[a-z]+:|^//")


def violations(root: Path) -> Iterator[str]:
    names = {file.name for file in _files(root) if file.suffix == ".md"}
    for file in _files(root):
        text = file.read_text(encoding="utf-8", errors="replace")
        place = file.relative_to(root).as_posix()
        for number, line in enumerate(text.splitlines(), start=1):
            for named in _DOCUMENT.findall(line):
                if Path(named).name not in names:
                    yield f"{place}:{number}: there is no {named}"
            if file.suffix == ".md":
                yield from _dead_links(file, f"{place}:{number}", line)


def _dead_links(file: Path, place: str, line: str) -> Iterator[str]:
    for link in _LINK.findall(line):
        if not _ELSEWHERE.match(link) and not (file.parent / link).exists():
            yield f"{place}: the link {link} leads nowhere"


def _files(root: Path) -> Iterator[Path]:
    yield from sorted(root.glob("*.md"))
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*")):
            if file.suffix in KINDS and "static" not in file.parts and file.is_file():
                yield file
