"""Static files under /static/binome, each with the hash of its content in its address."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"
PREFIX = "/static/binome"
FOREVER = "public, max-age=31536000, immutable"
RECHECK = "no-cache"


@cache
def _version(name: str) -> str:
    return sha256((FOLDER / name).read_bytes()).hexdigest()[:12]


def static_url(name: str) -> str:
    """`look/page.css` → `/static/binome/look/page.css?v=1f0c…`. Raises FileNotFoundError."""
    return f"{PREFIX}/{name}?v={_version(name)}"


class _Hashed(StaticFiles):
    """An address with the right hash may be kept a year; any other is asked for again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code in (200, 206, 304):
            asked = bytes(scope["query_string"]).decode("latin-1")
            exact = asked == f"v={_version(path)}"
            response.headers["Cache-Control"] = FOREVER if exact else RECHECK
        return response


def mount_static(app: FastAPI) -> None:
    """Serves the shared static files; behind one proxy any service may answer for all."""
    app.mount(PREFIX, _Hashed(directory=FOLDER), name="binome-static")
