"""`/associations/contact`: another contact for somebody who lost mailbox and phone."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from services.registration.domain.contact import CHECKED_BY
from services.registration.domain.errors import InvalidRegistration
from services.registration.entrypoints.pages.contact import FIELDS, errors_of, voice_of
from services.registration.entrypoints.pages.coordinator import (
    CoordinatorRoute,
    OwnForm,
    SignedIn,
)
from services.registration.entrypoints.pages.own_people import SearchPage, ask_which, read_day
from services.registration.store import People
from services.registration.use_cases.answer_again import (
    CONTACT_FORM,
    KeyReused,
    answer_again,
    keep_answer,
    sent_form,
)
from services.registration.use_cases.change_contact import ask_contact_change
from services.registration.use_cases.find_person import (
    OwnPerson,
    Search,
    choose_person,
    find_own_people,
)
from services.registration.use_cases.vault_provider import vault
from shared.persistence.transaction import Transaction
from shared.service.dependencies import runtime_of
from shared.web import Form, language

router = APIRouter(include_in_schema=False, route_class=CoordinatorRoute)
WHO = ("first_name", "last_name", "born", "which", "way")
"""What an association says of whoever lost mailbox and phone, and of how it checked them; `which`
of several with one name and birth date."""


@dataclass(frozen=True)
class Outcome:
    """Whether the change is asked for; `namesakes`: several are meant, one is to be chosen."""

    done: bool
    namesakes: tuple[OwnPerson, ...] = ()


@router.get("/associations/contact")
async def ask_for_other(request: Request, coordinator: SignedIn) -> Response:
    """For somebody who lost mailbox and phone: who it is, how it was checked, the new contact."""
    return SearchPage(request, "contact_lost.html", coordinator).show(Form())


@router.post("/associations/contact")
async def change_for_other(request: Request, coordinator: OwnForm) -> Response:
    """Told to the old address at once, in effect after 48 hours."""
    page = SearchPage(request, "contact_lost.html", coordinator)
    form = Form.from_request(await request.form())
    english = language(request) == "en"
    if missing := _missing(form, english):
        return page.show(form.with_errors(missing), 422)
    code, actor = coordinator.association.code, coordinator.actor
    try:
        async with runtime_of(request).begin() as tx:
            people = await _request_change(form, code, actor, tx)
    except KeyReused:
        return page.show(form.with_used_key(), 409)
    except InvalidRegistration as refused:
        errors = errors_of(refused, voice_of(request, "vous"))
        return page.show(form.with_errors(errors), 422)
    if people.done:
        return page.show(Form(), done=True)
    wrong = {"which": ask_which(english)} if people.namesakes else {"last_name": _nobody(english)}
    refusal = form.with_errors(wrong)
    return page.show(refusal, 422, namesakes=people.namesakes)


async def _request_change(form: Form, association: str, actor: str, tx: Transaction) -> Outcome:
    """Raises KeyReused, InvalidRegistration."""
    entry = {name: form.value(name) for name in (*WHO, *FIELDS)}
    sent = sent_form(CONTACT_FORM, form.key, entry | {"actor": actor})
    if await answer_again(sent, tx):
        return Outcome(True)
    born = read_day(form, "born")
    search = Search(entry["first_name"], entry["last_name"], born, "contact_lost")
    people = await find_own_people(search, association, actor, tx)
    meant = choose_person(people, entry["which"])
    if meant is None:
        return Outcome(False, tuple(people))
    person_id, contact = meant.person_id, {name: entry[name] for name in FIELDS}
    if not await ask_contact_change(person_id, actor, contact, entry["way"], tx):
        return Outcome(False)
    side = await People(tx.connection, vault()).side_of(person_id)
    await keep_answer(sent, side, person_id, tx)
    return Outcome(True)


def _missing(form: Form, english: bool) -> dict[str, str]:
    needed = {
        "first_name": ("Indiquez le prénom.", "Write the first name."),
        "last_name": ("Indiquez le nom.", "Write the last name."),
        "born": ("Indiquez la date de naissance.", "Write the date of birth."),
        "way": ("Dites comment vous avez vérifié.", "Say how you have checked."),
    }
    missing = {name: words[english] for name, words in needed.items() if not form.value(name)}
    if form.value("way") and form.value("way") not in CHECKED_BY:
        missing["way"] = needed["way"][english]
    return missing


def _nobody(english: bool) -> str:
    if english:
        return (
            "None of the people in your charge has this name and date of birth, or a change of"
            " theirs is under way."
        )
    return (
        "Aucune personne que vous suivez n’a ce nom et cette date de naissance, ou un changement"
        " est déjà en cours pour elle."
    )
