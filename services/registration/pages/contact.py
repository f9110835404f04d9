"""Another address or number: on one's own page, stopped from the old one, or by an association."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.casework.changing_contact import (
    ask_contact_change,
    change_behind,
    change_own_contact,
    stop_change,
)
from services.registration.casework.finding import find_own_person
from services.registration.casework.keyring import vault
from services.registration.casework.own_rights import Reader, read_link
from services.registration.casework.sending_again import (
    CONTACT_FORM,
    KeyReused,
    Sent,
    answer_again,
    keep_answer,
    sent_form,
)
from services.registration.domain.contact import CHECKED_BY
from services.registration.domain.faults import Refused, Voice
from services.registration.pages.coordinator import (
    actor_of,
    association_of,
    has_own_form,
    to_entrance,
)
from services.registration.pages.look import closed_link, forbidden, show
from services.registration.pages.own_data import DOORS
from services.registration.store import People
from shared.runtime.app import runtime_of
from shared.runtime.links import fingerprint
from shared.runtime.sessions import form_token
from shared.runtime.transaction import Transaction
from shared.runtime.web import Form, language, reading

router = APIRouter(include_in_schema=False)
FIELDS = ("email", "phone")
WHO = ("first_name", "last_name", "born", "way")
"""What an association says of whoever lost mailbox and phone, and of how it checked them."""


@router.get("/demande/{token}/contact")
async def ask_own(request: Request, token: str) -> Response:
    """An empty form: what is known now is not shown to whoever holds the link."""
    return await _ask(request, "person", token)


@router.get("/parent/{token}/contact")
async def ask_own_as_guardian(request: Request, token: str) -> Response:
    return await _ask(request, "guardian", token)


@router.post("/demande/{token}/contact")
async def change_own(request: Request, token: str) -> Response:
    """The person behind the link is reached elsewhere, at once."""
    return await _change(request, "person", token)


@router.post("/parent/{token}/contact")
async def change_own_as_guardian(request: Request, token: str) -> Response:
    """A guardian's contact is changed by the guardian's link alone."""
    return await _change(request, "guardian", token)


@router.get("/contact-change/{token}")
async def show_change(request: Request, token: str) -> Response:
    """What the old address was told of, and the button that says no."""
    async with runtime_of(request).begin() as tx:
        change = await change_behind(fingerprint(token), tx)
    if change is None:
        return closed_link(request)
    return show(request, "contact_change.html", state=change.state, token=token)


@router.post("/contact-change/{token}")
async def stop(request: Request, token: str) -> Response:
    """The old address says no."""
    async with runtime_of(request).begin() as tx:
        found = await change_behind(fingerprint(token), tx)
        stopped = await stop_change(fingerprint(token), tx)
    if found is None:
        return closed_link(request)
    if not stopped and found.state != "stopped":
        return show(request, "contact_change.html", 409, state="taken", token=token)
    return RedirectResponse(reading(f"/contact-change/{token}", request), 303)


@router.get("/associations/contact")
async def ask_for_other(request: Request) -> Response:
    """For somebody who lost mailbox and phone: who it is, how it was checked, the new contact."""
    association = await association_of(request)
    if association is None:
        return to_entrance(request)
    return await _lost(request, Form())


@router.post("/associations/contact")
async def change_for_other(request: Request) -> Response:
    """Told to the old address at once, in effect after 48 hours."""
    association = await association_of(request)
    if association is None:
        return to_entrance(request)
    if not await has_own_form(request):
        return forbidden(request)
    form = Form.typed(await request.form())
    if missing := _missing(form, language(request) == "en"):
        return await _lost(request, form.refused(missing), 422)
    try:
        async with runtime_of(request).begin() as tx:
            found = await _asked(form, association.code, await actor_of(request), tx)
    except KeyReused:
        return await _lost(request, form.used_before(), 409)
    except Refused as refused:
        return await _lost(request, form.refused(_errors(refused, _voice(request, "vous"))), 422)
    if not found:
        nobody = {"last_name": _nobody(language(request) == "en")}
        return await _lost(request, form.refused(nobody), 422)
    return await _lost(request, Form(), done=True)


async def _asked(form: Form, association: str, actor: str, tx: Transaction) -> bool:
    told = {name: form.value(name) for name in (*WHO, *FIELDS)}
    sent = sent_form(CONTACT_FORM, form.key, told | {"actor": actor})
    if await answer_again(sent, tx):
        return True
    names = (told["first_name"], told["last_name"])
    person_id = await find_own_person(names, told["born"], association, actor, tx)
    if person_id is None:
        return False
    contact = {name: told[name] for name in FIELDS}
    if not await ask_contact_change(person_id, actor, contact, told["way"], tx):
        return False
    side = await People(tx.connection, vault()).side_of(person_id)
    await keep_answer(sent, side, person_id, tx)
    return True


async def _lost(request: Request, form: Form, status: int = 200, done: bool = False) -> Response:
    return show(
        request,
        "contact_lost.html",
        status,
        association=await association_of(request),
        form=form,
        done=done,
        csrf=form_token(request),
    )


async def _ask(request: Request, reader: Reader, token: str) -> Response:
    async with runtime_of(request).begin() as tx:
        behind = await read_link(reader, fingerprint(token), tx)
    return _own(request, reader, token, Form()) if behind else closed_link(request)


async def _change(request: Request, reader: Reader, token: str) -> Response:
    form = Form.typed(await request.form())
    told = {name: form.value(name) for name in FIELDS}
    try:
        async with runtime_of(request).begin() as tx:
            sent = sent_form(CONTACT_FORM, form.key, told | {"reader": reader, "link": token})
            done = await _changed(reader, token, sent, told, tx)
    except KeyReused:
        return _own(request, reader, token, form.used_before(), 409)
    except Refused as refused:
        form = form.refused(_errors(refused, _voice(request, "vous")))
        return _own(request, reader, token, form, 422)
    return _own(request, reader, token, Form(), done=True) if done else closed_link(request)


async def _changed(
    reader: Reader, token: str, sent: Sent, told: Mapping[str, str], tx: Transaction
) -> bool:
    """False for a link that does not open. Raises KeyReused, Refused."""
    behind = await read_link(reader, fingerprint(token), tx)
    if behind is None:
        return False
    if await answer_again(sent, tx):
        return True
    subject = behind.subject
    if not await change_own_contact(subject.person_id, reader, told, tx):
        return False
    await keep_answer(sent, subject.side, subject.person_id, tx)
    return True


def _own(
    request: Request,
    reader: Reader,
    token: str,
    form: Form,
    status: int = 200,
    done: bool = False,
) -> Response:
    own = DOORS[reader].format(token=token)
    return show(request, "contact.html", status, form=form, own=own, done=done)


def _errors(refused: Refused, voice: Voice) -> dict[str, str]:
    return {fault.field: fault.sentence(voice) for fault in refused.faults}


def _voice(request: Request, french: Voice) -> Voice:
    return "en" if language(request) == "en" else french


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
