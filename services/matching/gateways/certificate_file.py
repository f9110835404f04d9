"""The certificate file (JSON), format `binome-certificate/1`: written, and read back strictly."""

import json
from pathlib import Path
from typing import Any

from services.matching.domain.certificate import (
    FORMAT,
    Certificate,
    FloorProof,
    NamedDuals,
    PairsProof,
    ScoreProof,
)
from services.matching.gateways.certificate_data import certificate_from
from services.matching.gateways.plain_data import NotAsStated, strict_json
from shared.spreadsheets import invalid_file


def certificate_text(certificate: Certificate) -> str:
    """The certificate as JSON."""
    return json.dumps(certificate_data(certificate), ensure_ascii=False, indent=1) + "\n"


def certificate_data(certificate: Certificate) -> dict[str, Any]:
    """The certificate as plain data, for files and stores."""
    stages = certificate.floors
    pairs, without = certificate.most_pairs, certificate.without_floors
    return {
        "format": FORMAT,
        "at": certificate.at.isoformat(),
        "policy_version": certificate.policy_version,
        "inputs_sha256": certificate.inputs_sha256,
        "policy_sha256": certificate.policy_sha256,
        "most_pairs": _pairs(pairs) if pairs else None,
        "floors": [_floor(stage) for stage in stages] if stages is not None else None,
        "score": _score(certificate.score) | {"proved_by": certificate.score.proved_by},
        "without_floors": _without(without) if without else None,
        "price_of_fairness": certificate.price_of_fairness,
    }


def read_certificate(path: Path) -> Certificate:
    """The certificate in a file. Raises InvalidSheet, naming the file and what is not as stated."""
    try:
        return certificate_from(strict_json(path.read_bytes()))
    except FileNotFoundError:
        raise invalid_file(str(path), "ce fichier n'existe pas.") from None
    except OSError as error:
        raise invalid_file(str(path), f"illisible ({error.strerror}).") from error
    except NotAsStated as error:
        raise invalid_file(str(path), str(error)) from None


def _pairs(stage: PairsProof) -> dict[str, Any]:
    prices = stage.prices
    return {
        "value": stage.value,
        "bound": stage.bound,
        "prices": {"mentors": dict(prices.mentors), "associations": dict(prices.associations)},
    }


def _floor(stage: FloorProof) -> dict[str, Any]:
    counted = {
        "public": stage.public,
        "share": float(stage.share),
        "wanted": stage.wanted,
        "value": stage.value,
        "served": stage.served,
    }
    if stage.bound is None or stage.prices is None:
        return counted
    return counted | {"bound": stage.bound, "prices": _prices(stage.prices)}


def _score(stage: ScoreProof) -> dict[str, Any]:
    return {
        "value": stage.value,
        "bound": stage.bound,
        "gap": stage.gap,
        "prices": _prices(stage.prices),
    }


def _without(stage: ScoreProof) -> dict[str, Any]:
    data = _score(stage)
    del data["prices"]["floors"]
    return data


def _prices(prices: NamedDuals) -> dict[str, Any]:
    return {
        "mentors": dict(prices.mentors),
        "associations": dict(prices.associations),
        "floors": dict(prices.floors),
        "pairs": prices.pairs,
    }
