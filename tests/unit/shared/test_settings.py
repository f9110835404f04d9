"""A wrong setting stops a service in one sentence that names it and shows nothing of it."""

import pytest

from shared.service.settings import Settings, SettingsFault, load

GOOD = {
    "BINOME_AMQP_URL": "amqp://someone:s3cr3t@127.0.0.1:5672/house",
    "BINOME_DATABASE_URL": "postgresql://someone:s3cr3t@127.0.0.1:5432/house",
    "BINOME_SECRET_KEY": "s3cr3t" * 8,
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("MATCHING_AMQP_URL", "MATCHING_DATABASE_URL", "PUBLIC_URL"):
        monkeypatch.delenv(f"BINOME_{name}", raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_good_settings_are_read_and_hide_their_secrets(environment: pytest.MonkeyPatch) -> None:
    settings = load(Settings, "matching")
    assert settings.amqp_url.get_secret_value() == GOOD["BINOME_AMQP_URL"]
    assert "s3cr3t" not in repr(settings)


@pytest.mark.parametrize("name", list(GOOD))
def test_a_missing_one_is_named(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.delenv(name)
    with pytest.raises(SettingsFault) as fault:
        load(Settings, "matching")
    sentence = f"{name} is missing: set it in the environment (see README, Settings)"
    assert str(fault.value) == sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BINOME_AMQP_URL", "someone:s3cr3t@nowhere"),
        ("BINOME_AMQP_URL", "http://someone:s3cr3t@nowhere/"),
        ("BINOME_AMQP_URL", "amqp://someone:s3cr3t/x@nowhere:5672/"),  # the "port" is a secret
        ("BINOME_AMQP_URL", "amqp://someone:s3cr3t@[nowhere/"),
        ("BINOME_DATABASE_URL", "amqp://someone:s3cr3t@nowhere/"),
        ("BINOME_DATABASE_URL", "postgresql:///s3cr3t"),
        ("BINOME_MATCHING_DATABASE_URL", "s3cr3t"),
        ("BINOME_SECRET_KEY", "s3cr3t"),
        ("BINOME_PORT", "s3cr3t"),
        ("BINOME_PORT", "70000"),
        ("BINOME_LOG_LEVEL", "s3cr3t"),
        ("BINOME_CLOCK_SPEED", "s3cr3t"),
        ("BINOME_CLOCK_SPEED", "inf"),
        ("BINOME_CLOCK_SPEED", "0.5"),
        ("BINOME_CLOCK_ORIGIN", "s3cr3t"),
        ("BINOME_CLOCK_ORIGIN", "2026-01-10T09:00:00"),  # of which zone?
        ("BINOME_CLOCK_DAYS", "-1"),
    ],
)
def test_a_malformed_one_is_named_once_and_not_shown(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    environment.setenv(name, value)
    with pytest.raises(SettingsFault) as fault:
        load(Settings, "matching")
    assert str(fault.value).startswith(f"{name} is malformed: ")
    assert ";" not in str(fault.value)
    assert "s3cr3t" not in str(fault.value)
    assert fault.value.__cause__ is None


@pytest.mark.parametrize("value", ["*", "proxy", "172.28.5.10/24", "0.0.0.0/0", "::/0"])
def test_nobody_is_trusted_by_mistake(environment: pytest.MonkeyPatch, value: str) -> None:
    environment.setenv("BINOME_TRUSTED_PROXIES", value)
    with pytest.raises(SettingsFault, match=r"^BINOME_TRUSTED_PROXIES is malformed: must"):
        load(Settings, "matching")


def test_proxies_are_trusted_one_by_one(environment: pytest.MonkeyPatch) -> None:
    assert load(Settings, "matching").proxies == []
    environment.setenv("BINOME_TRUSTED_PROXIES", "172.28.5.10, fd00:5::/64")
    assert load(Settings, "matching").proxies == ["172.28.5.10", "fd00:5::/64"]


def test_a_fast_clock_needs_an_origin(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BINOME_CLOCK_SPEED", "1000")
    with pytest.raises(SettingsFault, match=r"^BINOME_CLOCK_ORIGIN .* BINOME_CLOCK_SPEED"):
        load(Settings, "matching")
    environment.setenv("BINOME_CLOCK_ORIGIN", "2026-01-10T09:00:00+01:00")
    assert load(Settings, "matching").clock_speed == 1000


def test_a_services_own_address_beats_the_general_one(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BINOME_MATCHING_DATABASE_URL", "postgresql://own@127.0.0.1/own")
    environment.setenv("BINOME_PUBLIC_URL", "https://binome.example/")
    environment.setenv("BINOME_MATCHING_URL", "https://m.example/")
    settings = load(Settings, "matching")
    assert settings.database_url.get_secret_value().endswith("/own")
    assert load(Settings, "followup").database_url.get_secret_value().endswith("/house")
    assert settings.base_url("matching") == "https://m.example"
    assert settings.base_url("followup") == "https://binome.example"
