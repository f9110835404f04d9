"""Every part of the common templates on pages with invented people.

python -m tests.browser.gallery              serves the pages on a free port of the loopback
python -m tests.browser.gallery --shots DIR  writes a picture of each: phone, laptop, light, dark
"""

import argparse
import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from playwright.async_api import Browser, async_playwright

from shared.web import (
    Form,
    SecurityHeaders,
    add_error_pages,
    asyncapi_page,
    error_page,
    mail_templates,
    mount_static,
    pages,
)
from shared.web.language import language
from tests.browser.accessibility import LAUNCH

HERE = Path(__file__).parent
TODAY = date(2026, 1, 12)
SAMPLES = ("accueil", "jeune", "refus", "demande", "suivi", "associations", "rapports", "parts")
OTHERS = ("erreur/404", "erreur/410", "erreur/500", "lettre", "asyncapi")

TYPED = Form(
    {
        "first_name": "Inès",
        "born_day": "31",
        "born_month": "2",
        "born_year": "2009",
        "level": "lycee_pro",
        "department": "93",
        "needs": ["internship", "interview"],
        "slots": ["wed_pm", "sat_am", "sat_pm"],
    },
    {
        "email": "Écris ton adresse en entier, par exemple ines@exemple.fr.",
        "born": "Vérifie ta date de naissance : ce jour n’existe pas.",
        "channel": "Dis-nous comment te prévenir : par SMS ou par mail.",
        "agreed": "Coche la case pour que nous ayons le droit de te mettre en relation.",
    },
)


def gallery() -> FastAPI:
    """The pages of the gallery as an application of their own."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    templates = pages(HERE / "pages")
    mount_static(app)
    add_error_pages(app, templates)
    app.add_middleware(SecurityHeaders)

    @app.get("/lettre")
    async def show_mail(request: Request) -> Response:
        seen = {"first_name": "Inès", "link": "http://127.0.0.1:8001/demande/" + "x" * 43}
        written = mail_templates(HERE / "pages").write("letter", language(request), seen)
        return HTMLResponse(written.html, headers={"Content-Security-Policy": MAIL_POLICY})

    @app.get("/asyncapi")
    async def messages(request: Request) -> Response:
        return asyncapi_page(request, templates, "matching")

    @app.get("/asyncapi.json")
    async def document() -> Response:
        body = (HERE / "pages" / "asyncapi.json").read_bytes()
        return Response(body, media_type="application/json")

    @app.get("/erreur/{status}")
    async def error(request: Request, status: int) -> Response:
        return error_page(request, templates, status)

    @app.get("/{name}")
    @app.post("/{name}")
    async def sample(request: Request, name: str) -> Response:
        if name not in SAMPLES:
            return error_page(request, templates, 404)
        template = "jeune.html" if name == "refus" else f"{name}.html"
        seen: dict[str, Any] = {"today": TODAY, "days": lambda n: TODAY + timedelta(days=n)}
        form = TYPED if name == "refus" else Form()
        return templates.TemplateResponse(request, template, {**seen, "form": form})

    return app


MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """The application on a free port of the loopback; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        running = asyncio.create_task(server.serve(sockets=[free]))
        try:
            yield f"http://127.0.0.1:{free.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running


async def shoot(browser: Browser, address: str, folder: Path, names: tuple[str, ...]) -> None:
    """Pictures of the pages: 360 and 1280 pixels wide, light and dark."""
    for width in (360, 1280):
        for scheme in ("light", "dark"):
            page = await browser.new_page(
                viewport={"width": width, "height": 800},
                color_scheme=scheme,
                locale="fr-FR",
                reduced_motion="reduce",
            )
            for name in names:
                await page.goto(f"{address}/{name}")
                if name == "asyncapi":
                    await page.get_by_role("heading", name="Operations").wait_for()
                file = folder / f"{name.replace('/', '-')}-{width}-{scheme}.png"
                await page.screenshot(path=file, full_page=True)
            await page.close()


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=Path)
    parser.add_argument("--only", nargs="*", default=[*SAMPLES, *OTHERS])
    wanted = parser.parse_args()
    async with serving(gallery()) as address:
        if not wanted.shots:
            print(*(f"{address}/{name}" for name in wanted.only), sep="\n")
            await asyncio.Event().wait()
        wanted.shots.mkdir(parents=True, exist_ok=True)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(**LAUNCH)
            await shoot(browser, address, wanted.shots, tuple(wanted.only))
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
