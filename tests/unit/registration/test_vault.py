"""Sealed under a key of each person's own."""

from datetime import date
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag

from services.registration.domain.identity import Identity
from services.registration.settings import RegistrationSettings
from services.registration.store.vault import Sealed, Vault
from shared.service.settings import SettingsFault, load

SOMEBODY = Identity("Inès", "Marchandeau", date(2009, 5, 17), "ines@exemple.fr", "+33639980001")
VAULT = Vault(b"k" * 32)


def test_what_is_sealed_opens_again() -> None:
    person = uuid4()
    assert VAULT.open(person, VAULT.seal(person, SOMEBODY)) == SOMEBODY


def test_nothing_of_it_is_readable() -> None:
    sealed = VAULT.seal(uuid4(), SOMEBODY)
    for word in ("Inès", "Marchandeau", "exemple", "39980001", "2009"):
        assert word.encode() not in sealed.text + sealed.wrapped_key


def test_each_person_has_a_key_of_their_own() -> None:
    person = uuid4()
    one, two = VAULT.seal(person, SOMEBODY), VAULT.seal(person, SOMEBODY)
    assert one.text != two.text
    with pytest.raises(InvalidTag):
        VAULT.open(person, Sealed(one.wrapped_key, two.text))


def test_nobody_is_passed_off_as_somebody_else() -> None:
    with pytest.raises(InvalidTag):
        VAULT.open(uuid4(), VAULT.seal(uuid4(), SOMEBODY))


def test_another_master_key_opens_nothing() -> None:
    person = uuid4()
    with pytest.raises(InvalidTag):
        Vault(b"x" * 32).open(person, VAULT.seal(person, SOMEBODY))


def test_a_changed_byte_is_noticed() -> None:
    person = uuid4()
    sealed = VAULT.seal(person, SOMEBODY)
    broken = sealed.text[:-1] + bytes([sealed.text[-1] ^ 1])
    with pytest.raises(InvalidTag):
        VAULT.open(person, Sealed(sealed.wrapped_key, broken))


def test_blind_marks_depend_on_the_key_and_the_kind() -> None:
    assert VAULT.blind("mail", "a") == Vault(b"k" * 32).blind("mail", "a")
    assert VAULT.blind("mail", "a") != VAULT.blind("phone", "a")
    assert VAULT.blind("mail", "a") != Vault(b"x" * 32).blind("mail", "a")


@pytest.mark.parametrize("key", ["", "short", "a" * 44, "!" * 44, "YQ=="])
def test_a_malformed_master_key_is_refused_without_being_shown(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINOME_MASTER_KEY", key)
    monkeypatch.setenv("BINOME_DATABASE_URL", "postgresql://u@h/d")
    monkeypatch.setenv("BINOME_AMQP_URL", "amqp://u@h/v")
    with pytest.raises(SettingsFault) as found:
        load(RegistrationSettings, "registration")
    assert "32 random bytes" in str(found.value)
    assert not key or key not in str(found.value)
