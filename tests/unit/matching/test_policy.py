"""A policy is data that adds up, or is refused by the name of what is wrong."""

import tomllib
from decimal import Decimal

import pytest

from services.matching.domain.policy import (
    DEFAULT_POLICY,
    Floor,
    InvalidPolicy,
    Policy,
    policy_data,
    policy_from,
)
from services.matching.domain.weights import Weights

FIVE = "needs = 0.2\nsectors = 0.2\nslots = 0.2\nproximity = 0.2\nwaiting = 0.2\n"


def toml(text: str) -> Policy:
    return policy_from(tomllib.loads(text, parse_float=Decimal))


def test_an_empty_policy_is_the_default() -> None:
    assert toml("") == DEFAULT_POLICY
    assert DEFAULT_POLICY.weights == Weights(0.40, 0.15, 0.15, 0.10, 0.20)
    assert (DEFAULT_POLICY.version, DEFAULT_POLICY.objective) == ("default", "most_pairs")


def test_a_whole_policy_is_read() -> None:
    policy = toml(
        f'version = "2026-01"\nmin_score = 0.25\n[weights]\n{FIVE}'
        '[[floors]]\npublic = "ase"\nshare = 0.10\n[[floors]]\npublic = "qpv"\nshare = 1\n'
    )
    assert policy.weights == Weights(0.2, 0.2, 0.2, 0.2, 0.2)
    assert policy.floors == (Floor("ase", Decimal("0.10")), Floor("qpv", Decimal(1)))
    assert policy_from(policy_data(policy)) == policy


def test_a_programme_may_supervise_mentors_under_18() -> None:
    policy = toml('version = "lyceens"\nminor_mentors = "supervised"\n')
    assert policy.minor_mentors == "supervised"
    assert policy_from(policy_data(policy)) == policy
    assert "minor_mentors" not in policy_data(DEFAULT_POLICY), "old policies keep their content"


@pytest.mark.parametrize(
    ("share", "pairs", "wanted"),
    [("0.1", 120, 12), ("0.07", 100, 7), ("0.29", 100, 29), ("0.1", 121, 13), ("0", 9, 0)],
)
def test_shares_are_rounded_up_in_exact_decimals(share: str, pairs: int, wanted: int) -> None:
    assert Floor("ase", Decimal(share)).required_count(pairs) == wanted


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("goal = 1", "goal"),
        ("version = 3", "version"),
        ('version = " "', "version"),
        ('objective = "best"', "objective"),
        ('minor_mentors = "anybody"', "minor_mentors"),
        ("minor_mentors = true", "minor_mentors"),
        ('min_score = "0.1"', "min_score"),
        ("min_score = true", "min_score"),
        ("min_score = -0.1", "min_score"),
        ("min_score = nan", "min_score"),
        ("min_score = 1.5", "min_score"),
        ("weights = 3", "weights"),
        ("[weights]\nneeds = 1.0", "weights.sectors"),
        (f"[weights]\n{FIVE}luck = 0.0", "weights.luck"),
        (f"[weights]\n{FIVE.replace('needs = 0.2', 'needs = 0.3')}", "weights"),
        (f"[weights]\n{FIVE.replace('needs = 0.2', 'needs = -0.2')}", "weights.needs"),
        (f"[weights]\n{FIVE.replace('needs = 0.2', 'needs = inf')}", "weights.needs"),
        ('floors = "ase"', "floors"),
        ("floors = [1]", "floors[1]"),
        ('[[floors]]\npublic = "ase"', "floors[1].share"),
        ("[[floors]]\nshare = 0.1", "floors[1].public"),
        ('[[floors]]\npublic = "rich"\nshare = 0.1', "floors[1].public"),
        ('[[floors]]\npublic = ["ase"]\nshare = 0.1', "floors[1].public"),
        ('[[floors]]\npublic = "ase"\nshare = 1.1', "floors[1].share"),
        ('[[floors]]\npublic = "ase"\nshare = "0.1"', "floors[1].share"),
        ('[[floors]]\npublic = "ase"\nshare = 0.12345678901234567890', "floors[1].share"),
        ('[[floors]]\npublic = "ase"\nshare = 0.1\nwhy = 1', "floors[1].why"),
        ('[[floors]]\npublic = "ase"\nshare = 0.1\n' * 2, "ase"),
        ('objective = "score"\n[[floors]]\npublic = "ase"\nshare = 0.1', "floors"),
    ],
)
def test_anything_else_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(InvalidPolicy) as refusal:
        toml(text)
    assert named in str(refusal.value)
