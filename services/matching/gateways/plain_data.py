"""JSON from elsewhere, taken apart strictly: every key expected, every value of its kind."""

import json
import math
from collections.abc import Mapping
from typing import Any


class NotAsStated(Exception):
    """Data is not of the stated form; str() says where and why, in French."""


def strict_json(content: bytes) -> Any:
    """JSON without repeated keys and without NaN. Raises NotAsStated."""
    try:
        return json.loads(content, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # no JSON, no UTF-8, or a number of 5 000 digits
        raise NotAsStated("ce n'est pas du JSON.") from None


def _once(entries: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(entries)
    if len(data) != len(entries):
        raise NotAsStated("une clé est là deux fois.")
    return data


def _no_constant(name: str) -> Any:
    raise NotAsStated(f"{name} n'est pas un nombre.")


class Part:
    """An object of the data and its place in it, for example `score.prices`."""

    def __init__(self, data: Any, place: str, keys: tuple[str, ...]) -> None:
        """Raises NotAsStated unless `data` is an object with exactly these keys."""
        if not isinstance(data, Mapping):
            raise NotAsStated(f"{place or 'le fichier'} : un objet est attendu.")
        for key in (*(k for k in data if k not in keys), *(k for k in keys if k not in data)):
            known = "clé absente" if key in keys else "clé inconnue"
            raise NotAsStated(f"{_under(place, key)} : {known}.")
        self.data, self.place = data, place

    def raw(self, key: str) -> Any:
        """The value as it is."""
        return self.data[key]

    def where(self, key: str) -> str:
        """The place of a key."""
        return _under(self.place, key)

    def text(self, key: str) -> str:
        """A text."""
        value = self.data[key]
        if not isinstance(value, str):
            raise NotAsStated(f"{self.where(key)} : un texte est attendu.")
        return value

    def figure(self, key: str) -> float:
        """A finite number."""
        return figure(self.data[key], self.where(key))

    def count(self, key: str) -> int:
        """A whole number ≥ 0."""
        value = self.data[key]
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise NotAsStated(f"{self.where(key)} : un nombre entier est attendu.")
        return value

    def prices(self, key: str) -> dict[str, float]:
        """Name → price; a price of 0 or less has no place there."""
        value = self.data[key]
        if not isinstance(value, Mapping):
            raise NotAsStated(f"{self.where(key)} : un objet est attendu.")
        prices = {name: figure(price, f"{self.where(key)}.{name}") for name, price in value.items()}
        for name, price in prices.items():
            if price <= 0:
                raise NotAsStated(f"{self.where(key)}.{name} : un prix est au-dessus de 0.")
        return prices


def figure(value: Any, place: str) -> float:
    """A finite number. Raises NotAsStated."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise NotAsStated(f"{place} : un nombre est attendu.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise NotAsStated(f"{place} : ce nombre est hors limites.")
    return number


def _under(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
