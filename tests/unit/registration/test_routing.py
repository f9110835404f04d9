"""Which association fits best, and why."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.routing import RoutingRequest, can_serve, choose
from shared.contracts.vocabulary import DEPARTMENTS, NEEDS, PUBLICS
from shared.contracts.vocabulary.associations import ASSOCIATIONS, AssociationEntry, Presentation


def association(code: str = "all", **changes: Any) -> AssociationEntry:
    entry = {
        "code": code,
        "fr": code,
        "en": code,
        "presentation": Presentation(fr=".", en="."),
        "capacity": 10,
        "coordinator": f"{code}@exemple.fr",
    }
    return AssociationEntry.model_validate(entry | changes)


WISH = RoutingRequest(16, "69", frozenset({"internship"}), frozenset({"qpv"}))
GENERAL = association()


def route_to(
    *associations: AssociationEntry,
    wish: RoutingRequest = WISH,
    in_hand: Mapping[str, int] | None = None,
    excluded: Collection[str] = (),
) -> str | None:
    found = choose(wish, associations, in_hand or {}, excluded)
    return found.association.code if found else None


@pytest.mark.parametrize(
    "closed",
    [
        {"min_age": 17},
        {"max_age": 15},
        {"departments": {"75"}},
        {"needs": {"schoolwork"}},
        {"capacity": 0},
    ],
)
def test_outside_age_place_needs_or_room_nobody_is_sent(closed: dict[str, Any]) -> None:
    assert route_to(association(**closed)) is None


def test_a_speciality_goes_before_everything() -> None:
    special = association("special", publics={"qpv"})
    assert route_to(GENERAL, special) == "special"


def test_the_speciality_of_others_comes_last() -> None:
    other = association("a_other", publics={"ase"})
    assert route_to(other, GENERAL) == "all"
    assert route_to(other) == "a_other", "but better than nobody"


def test_nearby_goes_before_everywhere() -> None:
    assert route_to(GENERAL, association("z_local", departments={"69", "01"})) == "z_local"


def test_more_of_the_needs_goes_first() -> None:
    wish = replace(WISH, needs=frozenset({"internship", "network"}))
    half = association("a_half", needs={"network"})
    whole = association("whole", needs={"network", "internship"})
    assert route_to(half, whole, wish=wish) == "whole"


def test_more_room_decides_between_equals() -> None:
    assert route_to(association("a"), association("b"), in_hand={"a": 9}) == "b"


def test_a_full_one_is_left_alone() -> None:
    assert route_to(association("a"), association("b"), in_hand={"a": 10, "b": 9}) == "b"


def test_who_had_its_turn_is_left_out() -> None:
    assert route_to(association("a"), association("b"), excluded={"a"}) == "b"
    assert route_to(association("a"), excluded={"a"}) is None


def test_the_order_of_the_file_changes_nothing() -> None:
    a, b = association("a"), association("b")
    assert route_to(a, b) == route_to(b, a) == "a"


def test_a_decision_has_a_reason() -> None:
    local = association(departments={"69"}, publics={"qpv"}, needs={"internship"})
    found = choose(WISH, [local], {})
    assert found is not None
    assert found.reasons == ("public:qpv", "territory", "needs", "age", "room")


wishes = st.builds(
    RoutingRequest,
    st.integers(5, 30),
    st.sampled_from(DEPARTMENTS),
    st.frozensets(st.sampled_from(NEEDS), min_size=1),
    st.frozensets(st.sampled_from(PUBLICS)),
)


@given(wishes)
def test_among_those_that_ship_the_choice_can_serve(wish: RoutingRequest) -> None:
    found = choose(wish, ASSOCIATIONS.values(), {})
    able = [entry for entry in ASSOCIATIONS.values() if can_serve(wish, entry)]
    assert (found is None) == (not able)
    if found:
        assert found.association in able
        assert 0 <= found.score <= 1


@given(wishes.filter(lambda wish: wish.age >= 11))
def test_those_that_ship_leave_nobody_of_11_or_more_alone(wish: RoutingRequest) -> None:
    assert choose(wish, ASSOCIATIONS.values(), {}) is not None
