"""What was typed comes back as it was typed."""

from io import BytesIO

from starlette.datastructures import FormData, UploadFile

from shared.web import Form


def test_single_and_several_values() -> None:
    data = FormData([("first_name", "  Inès "), ("needs", "job"), ("needs", "network")])
    form = Form.from_request(data, several=("needs", "slots"))
    assert form.value("first_name") == "Inès"
    assert form.values_of("needs") == ["job", "network"]
    assert form.values_of("slots") == []
    assert form.value("absent") == ""


def test_the_three_fields_of_a_date_become_one() -> None:
    data = FormData([("born_day", "3"), ("born_month", "11"), ("born_year", "2009")])
    form = Form.from_request(data)
    assert form.value("born") == "2009-11-03"
    assert form.part("born", "day") == "3"


def test_an_impossible_date_is_kept_for_the_validation_to_refuse() -> None:
    data = FormData([("born_day", "trois"), ("born_month", ""), ("born_year", "2009")])
    form = Form.from_request(data)
    assert form.value("born") == "2009-00-trois"
    assert [form.part("born", which) for which in ("day", "month", "year")] == ["trois", "", "2009"]


def test_an_empty_date_is_no_date() -> None:
    data = FormData([("born_day", ""), ("born_month", ""), ("born_year", "")])
    form = Form.from_request(data)
    assert form.value("born") == ""
    assert form.part("born", "month") == ""


def test_a_stored_date_fills_the_three_fields() -> None:
    form = Form({"born": "2009-11-03"})
    assert [form.part("born", which) for which in ("day", "month", "year")] == ["03", "11", "2009"]


def test_a_refused_form_keeps_its_answers_and_its_order_of_errors() -> None:
    form = Form({"email": "ines@"}).with_errors({"email": "Écris ton adresse.", "agreed": "Coche."})
    assert form.value("email") == "ines@"
    assert list(form.errors) == ["email", "agreed"]
    assert form.error("phone") == ""


def test_a_machine_falls_into_the_honeypot() -> None:
    assert Form.from_request(FormData([("website", "http://spam.example")])).is_spam
    assert not Form.from_request(FormData([("website", "")])).is_spam


def test_a_file_in_place_of_an_answer_is_no_answer() -> None:
    file = UploadFile(BytesIO(b"x"), filename="Inès")
    form = Form.from_request(FormData([("first_name", file), ("needs", file)]), several=("needs",))
    assert form.value("first_name") == ""
    assert form.values_of("needs") == [""]
