"""A browser without JavaScript: opens pages, fills in the forms it finds there, sends them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx


@dataclass
class PageForm:
    """A form of a page: where it goes, what stands in it, which fields and buttons it has."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def has_button(self, name: str, value: str) -> bool:
        """Whether the form has a button that sends this value under this name."""
        return (name, value) in self.buttons


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[PageForm] = []
        self._open: PageForm | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = PageForm(given.get("action", ""), given.get("method", "get").lower())
            self.found.append(self._open)
        elif self._open is not None:
            self._field(self._open, tag, given, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None

    def _field(
        self,
        form: PageForm,
        tag: str,
        given: Mapping[str, str],
        attrs: list[tuple[str, str | None]],
    ) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "button" and name:
            form.buttons.append((name, given.get("value", "")))
        elif tag in {"input", "select", "textarea"} and name:
            form.names.add(name)
            chosen = kind == "hidden" or (("checked", None) in attrs or "checked" in given)
            if tag == "input" and chosen:
                form.values.setdefault(name, []).append(given.get("value", "on"))


class Browser:
    """One person's browser; keeps cookies. Answers of 4xx and 5xx are returned, not raised."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def open(self, url: str) -> tuple[httpx.Response, list[PageForm]]:
        """The page and its forms."""
        answer = await self._client.get(url, headers={"accept": "text/html"})
        return answer, forms(answer)

    async def send(
        self, page: httpx.Response, form: PageForm, filled: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        """Send a form of a page, filled in; fields that the form does not have are left out."""
        buttons = {name for name, _ in form.buttons}
        values: dict[str, Any] = dict(form.values) | {
            name: value
            for name, value in (filled or {}).items()
            if name in form.names | buttons and value is not False
        }
        target = urljoin(str(page.url), form.action) if form.action else str(page.url)
        return await self._client.post(target, data=values, headers={"accept": "text/html"})


def forms(page: httpx.Response) -> list[PageForm]:
    """The forms that post, in their order on the page."""
    parser = _Forms()
    parser.feed(page.text)
    return [form for form in parser.found if form.method == "post"]
