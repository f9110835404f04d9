"""The policy file (TOML)."""

import re
import tomllib
from decimal import Decimal
from pathlib import Path

from services.matching.domain.policy import InvalidPolicy, Policy, policy_from
from shared.spreadsheets import CellError, InvalidSheet, invalid_file

_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)", re.ASCII)


def read_policy(path: Path) -> Policy:
    """The policy in a file. Raises InvalidSheet, naming the file and the key or the place."""
    try:
        return policy_from(tomllib.loads(_text(path), parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise InvalidSheet([_misread(str(path), error)]) from None
    except InvalidPolicy as refusal:
        raise invalid_file(str(path), str(refusal)) from None
    except (ValueError, RecursionError):  # a number of 5 000 digits, a list in a list in a list …
        raise invalid_file(
            str(path), "ce n'est pas une politique : trop profond ou trop long."
        ) from None


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise invalid_file(str(path), "ce fichier n'existe pas.") from None
    except UnicodeDecodeError:
        raise invalid_file(str(path), "ce n'est pas un texte en UTF-8.") from None
    except OSError as error:
        raise invalid_file(str(path), f"illisible ({error.strerror}).") from error


def _misread(file: str, error: tomllib.TOMLDecodeError) -> CellError:
    place = _PLACE.search(str(error))
    if place is None:
        return CellError(file, None, None, "ce n'est pas du TOML complet.")
    return CellError(file, int(place[1]), place[2], "ce n'est pas du TOML.")
