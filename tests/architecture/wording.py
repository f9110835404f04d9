"""Names say what they are in standard terms: no metaphor, no bare participle, no star-tuple.

The words are data (`words.json`). `metaphors` are refused as a part of any name that is defined,
`vague` words as a whole name: they do not say what stands in it. `participles` are the irregular
ones, all others end in `ed`; `particles` do not make them more; `verbs` end in `ed` and are no
participle. A property or a fixture reads as a noun or a state, so a participle may name it.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import Source, sources

_WORDS: dict[str, list[str]] = json.loads(
    Path(__file__).with_name("words.json").read_text(encoding="utf-8")
)
METAPHORS = frozenset(_WORDS["metaphors"])
PARTICIPLES = frozenset(_WORDS["participles"])
PARTICLES = frozenset(_WORDS["particles"])
VERBS = frozenset(_WORDS["verbs"])
VAGUE = frozenset(_WORDS["vague"])
_VALUES = ("property", "cached_property", "pytest.fixture")
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def violations(root: Path) -> Iterator[str]:
    for source in sources(root, "shared", "services", "deploy", "tests"):
        for node in ast.walk(source.tree):
            for name in _defined_names(node):
                yield from _name_violations(source, node, name)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from _participle(source, node)
        yield from _star_tuples(source)


def _name_violations(source: Source, node: ast.AST, name: str) -> Iterator[str]:
    for word in sorted(METAPHORS & set(_parts(name))):
        yield source.at(node, f"{name}: {word} is a figure of speech")
    if name.strip("_") in VAGUE:
        yield source.at(node, f"{name}: does not say what it holds")


def _participle(source: Source, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    if any(ast.unparse(one).startswith(_VALUES) for one in function.decorator_list):
        return
    words = _parts(function.name)
    if words and is_participle(words[0]) and all(map(is_participle_or_particle, words)):
        yield source.at(function, f"{function.name}: a function is a verb with its object")


def is_participle_or_particle(word: str) -> bool:
    """What adds no object: `left_open`, `told_of`."""
    return word in PARTICLES or is_participle(word)


def is_participle(word: str) -> bool:
    """`written`, `checked`; not `need` or `seed`."""
    return word in PARTICIPLES or (word.endswith("ed") and word not in VERBS)


def _star_tuples(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            for argument in node.args:
                if _unpacks_display(argument):
                    yield source.at(argument, "arguments are written out, not unpacked")
        elif isinstance(node, ast.Tuple | ast.List | ast.Set):
            for element in node.elts:
                if _unpacks_display(element):
                    yield source.at(element, "elements are written out, not unpacked")


def _unpacks_display(node: ast.expr) -> bool:
    return isinstance(node, ast.Starred) and isinstance(node.value, ast.Tuple | ast.List | ast.Set)


def _defined_names(node: ast.AST) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.arg(arg=name):
            return [name]
        case ast.Name(id=name, ctx=ast.Store()):
            return [name]
        case ast.Attribute(attr=name, ctx=ast.Store()):
            return [name]
    return []


def _parts(name: str) -> list[str]:
    return [part.lower() for part in _PART.findall(name)]
