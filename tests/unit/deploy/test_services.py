"""Which services an installation holds."""

from pathlib import Path

import pytest

from deploy.services import get_service, installed_services, names


def test_a_checkout_holds_all_four() -> None:
    assert names() == ["followup", "matching", "notification", "registration"]
    assert [service.name for service in installed_services()] == names()


def test_a_service_has_the_name_of_its_folder() -> None:
    assert {service.package for service in installed_services()} == {
        f"services.{x}" for x in names()
    }


def test_an_unknown_one_is_one_sentence() -> None:
    with pytest.raises(LookupError, match="no service 'unknown' here; there are: followup, match"):
        get_service("unknown")


def test_a_folder_that_is_no_service_is_not_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / "halfway").mkdir()
    (tmp_path / "halfway" / "__init__.py").touch()
    assert names([str(tmp_path)]) == []
