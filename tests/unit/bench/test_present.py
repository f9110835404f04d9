"""People who are there before a benchmark: their ids, their order, their identities."""

from base64 import b64encode
from uuid import UUID

import pytest

from deploy.bench.present.catalogue import Column, Table, sort_tables
from deploy.bench.present.cloning import clone_id
from deploy.bench.present.identities import invent_identity, open_vault, seal_copy
from deploy.bench.registrants import Group
from services.registration.store.vault import Sealed

FIRST, SECOND = UUID(int=1), UUID(int=2)
GROUP = Group("present", 4)


def test_a_copy_has_an_id_of_its_own() -> None:
    ids = {clone_id(one, copy) for one in (FIRST, SECOND) for copy in (1, 2, 3)}
    assert len(ids - {FIRST, SECOND}) == 6


def test_a_table_comes_after_what_it_refers_to() -> None:
    references = [("marks", "persons"), ("routings", "requests"), ("requests", "persons")]
    ordered = sort_tables(["marks", "persons", "requests", "routings"], references)
    assert ordered == ["persons", "marks", "requests", "routings"]


def test_tables_that_refer_to_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="refer to each other: \\['a', 'b'\\]"):
        sort_tables(["a", "b", "c"], [("a", "b"), ("b", "a")])


def test_a_row_without_an_id_is_told_from_one_with() -> None:
    counted, word = Column("id", "bigint", True), Column("association", "text", False)
    assert not Table("loads", (counted, word)).has_ids
    assert Table("persons", (word, Column("id", "uuid", False))).has_ids


def test_everybody_is_somebody_else_whom_the_vault_opens() -> None:
    vault = open_vault(b64encode(bytes(32)).decode())
    sealed = [x for copy in (1, 2) for x in seal_copy(vault, [FIRST, SECOND], copy, GROUP)]
    opened = [vault.open(x.id, Sealed(x.wrapped_key, x.sealed)) for x in sealed]
    assert opened == [invent_identity(GROUP, number) for number in range(4)]
    assert len({one.email for one in opened}) == 4
    assert [x.marks for x in sealed] == [vault.blind_index(one) for one in opened]
