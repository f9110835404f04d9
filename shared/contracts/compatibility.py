"""Does a new schema of an event only add optional fields? Otherwise it is another version.

Everything else breaks somebody: a reader misses a field that went away or may now be absent, an
old sender lacks one that became required, a value no longer fits its type, pattern or list.

A closed list of words may gain some: all services are one release, and those who read an event are
brought up to date before those who state it. It never loses one.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

ANNOTATIONS = frozenset(["title", "description", "examples", "$schema", "$id", "$defs", "$comment"])
"""Words about a schema, which allow and forbid nothing."""


def breaks(old: Schema, new: Schema) -> list[str]:
    """What of `new` would break readers or senders of `old`, one sentence each; empty is fine.

    Both are JSON Schemas as pydantic makes them (local `$ref`s into `$defs`).
    """
    return list(_compare("", _Side(old, old), _Side(new, new)))


class _Side:
    """A part of a schema, and the whole in which its references are found."""

    def __init__(self, whole: Schema, part: Schema) -> None:
        self.whole = whole
        self.part = self._resolve(part)
        self.fields: dict[str, Schema] = self.part.get("properties", {})
        self.required = frozenset(self.part.get("required", ()))

    def _resolve(self, part: Schema) -> Schema:
        while "$ref" in part:
            part = self.whole["$defs"][part["$ref"].rpartition("/")[2]]
        return part

    def within(self, part: Schema) -> "_Side":
        return _Side(self.whole, part)

    def rules(self) -> Schema:
        """What it demands of a value, apart from its fields and members."""
        inner = {"properties", "required", "items", "anyOf", "additionalProperties"}
        inner |= {"enum", "const"}
        return {k: v for k, v in self.part.items() if k not in ANNOTATIONS | inner}

    def words(self) -> frozenset[Any]:
        """The closed list that a value stands in; empty when there is none."""
        alone = [self.part["const"]] if "const" in self.part else []
        return frozenset([*self.part.get("enum", []), *alone])


def _compare(path: str, old: _Side, new: _Side) -> Iterator[str]:
    if old.rules() != new.rules() or _loses_words(old, new):
        yield f"{path or 'the body'} changed its type or its limits"
    yield from _fields(path, old, new)
    for key in ("items", "additionalProperties"):
        yield from _members(f"{path}[]", old, new, key)
    yield from _choices(path, old, new)


def _loses_words(old: _Side, new: _Side) -> bool:
    """A list that lost a word, or that appeared or went away as a whole."""
    before, after = old.words(), new.words()
    return bool(before) != bool(after) or not before <= after


def _fields(path: str, old: _Side, new: _Side) -> Iterator[str]:
    for name in old.fields:
        place = _place(path, name)
        if name not in new.fields:
            yield f"{place} was taken away"
        else:
            yield from _compare(place, old.within(old.fields[name]), new.within(new.fields[name]))
    for name in sorted(new.required ^ old.required):
        if name in new.fields:
            became = "required" if name in new.required else "optional"
            yield f"{_place(path, name)} became {became}"


def _place(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _members(path: str, old: _Side, new: _Side, key: str) -> Iterator[str]:
    before, after = old.part.get(key), new.part.get(key)
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _compare(path, old.within(before), new.within(after))
    elif before != after:
        yield f"{path} changed what it holds"


def _choices(path: str, old: _Side, new: _Side) -> Iterator[str]:
    before, after = old.part.get("anyOf", []), new.part.get("anyOf", [])
    if len(before) != len(after):
        yield f"{path} changed what it may be"
        return
    for one, other in zip(before, after, strict=True):
        yield from _compare(path, old.within(one), new.within(other))
