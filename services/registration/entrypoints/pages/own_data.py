"""A person's own data, by their tracking link or a guardian's: see, download, withdraw, erase.

GET shows, POST acts. Erasing takes two steps: a page that says what it means, and its button.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.domain.own_data import receipts_of, summarise
from services.registration.entrypoints.pages.page_templates import show, show_closed_link
from services.registration.store import Erasure, Erasures
from services.registration.use_cases.erase_person import final_on
from services.registration.use_cases.exercise_rights import (
    Behind,
    Reader,
    erase_own,
    read_link,
    withdraw_own,
)
from services.registration.use_cases.export_person import PersonData, ask_others, read_own
from shared.contracts.vocabulary.associations import ASSOCIATIONS, NETWORK_HEAD
from shared.persistence.transaction import Transaction
from shared.service.dependencies import runtime_of
from shared.web import with_current_language
from shared.web.signed_links import token_hash

router = APIRouter(include_in_schema=False)
OWN_PAGES: dict[Reader, str] = {"person": "/demande/{token}", "guardian": "/parent/{token}"}


@router.get("/demande/{token}/donnees")
async def show_own_data(request: Request, token: str) -> Response:
    """Everything held, in words."""
    return await _show_data(request, "person", token)


@router.get("/parent/{token}/donnees")
async def show_childs_data(request: Request, token: str) -> Response:
    """Show a guardian what is held of the child."""
    return await _show_data(request, "guardian", token)


@router.get("/demande/{token}/donnees.json")
async def download(request: Request, token: str) -> Response:
    """Everything held, as a file."""
    return await _download(request, "person", token)


@router.get("/parent/{token}/donnees.json")
async def download_as_guardian(request: Request, token: str) -> Response:
    """Give a guardian the same as a file."""
    return await _download(request, "guardian", token)


@router.post("/demande/{token}/retrait")
async def withdraw(request: Request, token: str) -> Response:
    """The request stops; the tracking page then says so. Guardians withdraw on their own page."""
    async with runtime_of(request).begin() as tx:
        linked = await read_link("person", token_hash(token), tx)
        if linked is None:
            return show_closed_link(request)
        await withdraw_own(linked, tx)
    return RedirectResponse(with_current_language(f"/demande/{token}", request), 303)


@router.get("/demande/{token}/effacer")
async def explain_erasure(request: Request, token: str) -> Response:
    """What erasing means, and the button that does it."""
    return await _explain(request, "person", token)


@router.get("/parent/{token}/effacer")
async def explain_erasure_to_guardian(request: Request, token: str) -> Response:
    """Tell a guardian what erasing does, before it is done."""
    return await _explain(request, "guardian", token)


@router.post("/demande/{token}/effacer")
async def erase(request: Request, token: str) -> Response:
    """Erase, now; the receipt says what is done, and from which day it is final."""
    return await _erase(request, "person", token)


@router.post("/parent/{token}/effacer")
async def erase_as_guardian(request: Request, token: str) -> Response:
    """Erase the child at the guardian's word."""
    return await _erase(request, "guardian", token)


def show_receipt(request: Request, erasure: Erasure) -> Response:
    """What was erased, by which service, and from which day it is final."""
    return show(request, "erased.html", erasure=erasure, receipts=receipts_of(erasure.receipts))


async def _show_data(request: Request, reader: Reader, token: str) -> Response:
    async with runtime_of(request).begin() as tx:
        linked = await read_link(reader, token_hash(token), tx)
        own_data = await _own(request, linked, tx)
    if isinstance(own_data, Response):
        return own_data
    data = await ask_others(own_data, runtime_of(request).call)
    own = OWN_PAGES[reader].format(token=token)
    entry = summarise(data.tables, data.services, data.looks)
    owner = ASSOCIATIONS[_owner(entry.requests, data.tables.get("mentors", ()))]
    shown: dict[str, Any] = {"told": entry, "owner": owner, "own": own, "reader": reader}
    return show(request, "own_data.html", data=data, associations=ASSOCIATIONS, **shown)


async def _download(request: Request, reader: Reader, token: str) -> Response:
    async with runtime_of(request).begin() as tx:
        linked = await read_link(reader, token_hash(token), tx)
        own_data = await _own(request, linked, tx)
    if isinstance(own_data, Response):
        return own_data
    data = await ask_others(own_data, runtime_of(request).call)
    text = json.dumps(data.document(), ensure_ascii=False, indent=1)
    headers = {
        "Content-Disposition": 'attachment; filename="binome-donnees.json"',
        "Cache-Control": "no-store",
    }
    return Response(text, media_type="application/json", headers=headers)


async def _explain(request: Request, reader: Reader, token: str) -> Response:
    async with runtime_of(request).begin() as tx:
        linked = await read_link(reader, token_hash(token), tx)
        if linked is None:
            return show_closed_link(request)
        if erasure := await Erasures(tx.connection).about(linked.link_subject):
            return show_receipt(request, erasure)
        day = final_on(tx.now)
    own = OWN_PAGES[reader].format(token=token)
    side = linked.subject.side
    return show(request, "erase.html", own=own, final_on=day, side=side, reader=reader)


async def _erase(request: Request, reader: Reader, token: str) -> Response:
    async with runtime_of(request).begin() as tx:
        linked = await read_link(reader, token_hash(token), tx)
        if linked is None:
            return show_closed_link(request)
        if await Erasures(tx.connection).about(linked.link_subject) is None:
            await erase_own(linked, tx)
        erasure = await Erasures(tx.connection).about(linked.link_subject)
    return show_receipt(request, erasure) if erasure else show_closed_link(request)


async def _own(request: Request, linked: Behind | None, tx: Transaction) -> PersonData | Response:
    """Registration's part of the data behind a link, or the page that says why there is none."""
    if linked is None:
        return show_closed_link(request)
    data = await read_own(linked.subject, linked.reader, tx)
    if data is not None:
        return data
    erasure = await Erasures(tx.connection).about(linked.link_subject)
    return show_receipt(request, erasure) if erasure else show_closed_link(request)


def _owner(requests: Sequence[Mapping[str, Any]], mentors: Sequence[Mapping[str, Any]]) -> str:
    """The association to turn to: the one in charge, else the network's head."""
    codes = [row["association"] for row in (*mentors, *reversed(requests)) if row["association"]]
    return next((code for code in codes if code in ASSOCIATIONS), NETWORK_HEAD)
