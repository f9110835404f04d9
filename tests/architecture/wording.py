"""Names say what they are in standard terms: no metaphor, no bare participle, no star-tuple.

The words are data (`words.json`). `metaphors` are refused as a part of any name that is defined in
`shared`, `services` or `deploy`; `participles` are the irregular ones, all others end in `ed`;
`particles` do not make them more; `verbs` end in `ed` and are no participle. Star-tuples are
refused in tests too.
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
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def violations(root: Path) -> Iterator[str]:
    for source in sources(root, "shared", "services", "deploy"):
        for node in ast.walk(source.tree):
            for name in _defined_names(node):
                for word in sorted(METAPHORS & set(_parts(name))):
                    yield source.at(node, f"{name}: {word} is a figure of speech")
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from _participle(source, node)
    for source in sources(root, "shared", "services", "deploy", "tests"):
        yield from _star_tuples(source)


def _participle(source: Source, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """A property reads as a noun or a state, so it is left alone."""
    if any(ast.unparse(one) in {"property", "cached_property"} for one in function.decorator_list):
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
    calls = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
    for argument in (argument for call in calls for argument in call.args):
        if isinstance(argument, ast.Starred) and isinstance(argument.value, ast.Tuple | ast.List):
            yield source.at(argument, "arguments are written out, not unpacked from a tuple")


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
