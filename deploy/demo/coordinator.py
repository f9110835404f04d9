"""Somebody of an association, signed in: takes charge, decides doubts, sees to guardians, checks
mentors. All of it by the forms of the pages, as found there."""

import random
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

import httpx

from deploy.demo.browser import Browser, PageForm, forms

DECLINED = 0.05
UNFIT = 1 / 8
CLEARED_FOR = timedelta(days=700)
"""Longer than any demonstration, within the five years that a page takes."""
_TAKE_CHARGE = "/prise-en-charge"
_DOUBTS = "/doublons"
_DOUBT = re.compile(r'href="([^"]*/doublons/[0-9a-f-]{36})[^"]*"')
_GUARDIANS = "Parents à joindre"
_REQUEST_PAGE = re.compile(r'href="([^"]*/associations/demandes/[0-9a-f-]{36})[^"]*"')
_MENTORS = "/mentors"
_MENTOR = re.compile(r'href="([^"]*/associations/mentors/[0-9a-f-]{36})[^"]*"')
_CLEARED = "<h2>Habilités</h2>"


class Coordinator:
    """One visit. `done` counts what was done, over all visits."""

    def __init__(
        self, browser: Browser, associations_url: str, done: Counter[str], rng: random.Random
    ) -> None:
        self._browser = browser
        self._url = associations_url
        self._done = done
        self._rng = rng

    async def work(self) -> None:
        """Everything that waits, then out by the button."""
        page, page_forms = await self._browser.open(self._url)
        for form in page_forms:
            if form.action.endswith(_TAKE_CHARGE):
                await self._decide(page, form)
        await self._settle_doubts()
        await self._check_mentors()
        page, page_forms = await self._browser.open(self._url)
        tasks = page.text.partition(_GUARDIANS)[2].partition("<h2>")[0]
        for item in dict.fromkeys(_REQUEST_PAGE.findall(tasks)):
            await self._see_to_guardian(urljoin(str(page.url), item))
        for form in page_forms:
            if form.action.endswith("/sortie"):
                await self._browser.send(page, form)

    async def _decide(self, page: httpx.Response, take_charge: PageForm) -> None:
        if self._rng.random() >= DECLINED:
            await self._browser.send(page, take_charge)
            return
        item = urljoin(str(page.url), take_charge.action.removesuffix(_TAKE_CHARGE))
        page, page_forms = await self._browser.open(item)
        for form in page_forms:
            if form.action.endswith("/refus"):
                await self._browser.send(page, form, {"why": "no_room"})

    async def _see_to_guardian(self, item: str) -> None:
        """The coordinator calls the parent, who is who they said, and writes it down."""
        page, page_forms = await self._browser.open(item)
        for form in page_forms:
            if form.action.endswith("/parent"):
                await self._browser.send(page, form, {"how": "call"})
                self._done["guardians"] += 1

    async def _settle_doubts(self) -> None:
        """Look at who is known, then say whether a newcomer is the same person: one in two is."""
        listed, _ = await self._browser.open(self._url + _DOUBTS)
        for path in dict.fromkeys(_DOUBT.findall(listed.text)):
            page, page_forms = await self._browser.open(urljoin(str(listed.url), path))
            for form in page_forms:
                if form.action.endswith("/identite"):
                    page = await self._browser.send(page, form)
            for form in forms(page):
                if "answer" in form.names:
                    answer = "same" if self._done["doubts_decided"] % 2 else "different"
                    await self._browser.send(page, form, {"answer": answer})
                    self._done["doubts_decided"] += 1

    async def _check_mentors(self) -> None:
        """Look at who it is, check, and record until when; one in eight is not found fit, whoever
        looks and whenever."""
        listed, _ = await self._browser.open(self._url + _MENTORS)
        waiting = listed.text.partition(_CLEARED)[0]
        for path in dict.fromkeys(_MENTOR.findall(waiting)):
            if random.Random(path).random() < UNFIT:
                continue
            page, page_forms = await self._browser.open(urljoin(str(listed.url), path))
            for form in page_forms:
                if form.action.endswith("/identite"):
                    page = await self._browser.send(page, form)
            for form in forms(page):
                if form.action.endswith("/habilitation"):
                    until = (datetime.now(UTC) + CLEARED_FOR).date().isoformat()
                    await self._browser.send(page, form, {"until": until})
                    self._done["mentors_cleared"] += 1
