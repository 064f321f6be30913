"""The atlas over HTTP: the same pages as the static site, made when asked for. Runs no request."""

from __future__ import annotations

import hmac
import threading
from functools import cache
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from nna.app import pages, site
from nna.errors import UserError

LOCAL = ("127.0.0.1", "localhost", "::1")
KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
COOKIE = "nna-atlas"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def application(token: str | None = None) -> Starlette:
    """The app.

    Args:
        token: what a reader must show once, by `?token=`; None: anybody on this machine may read,
            and only by an address of this machine.
    """
    middleware = [Middleware(_Headers), Middleware(GZipMiddleware)]
    if token is None:
        middleware.append(Middleware(TrustedHostMiddleware, allowed_hosts=[*LOCAL, "testserver"]))
    else:
        middleware.append(Middleware(_Token, token=token))
    routes = [
        Route("/", _first),
        Route("/compare.html", _compare),
        Route("/static/{name}", _asset),
        Route("/{path:path}", _page),
    ]
    return Starlette(routes=routes, middleware=middleware)


def serve(host: str, port: int, token: str | None) -> None:
    """Answer until interrupted.

    Raises:
        UserError: the port is taken, or not permitted.
    """
    import socket

    import uvicorn

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise UserError(f"can't listen on {host}:{port} ({error.strerror}); try --port") from error
    threading.Thread(target=_warm, daemon=True).start()
    config = uvicorn.Config(application(token), log_level="warning", limit_concurrency=64)
    uvicorn.Server(config).run(sockets=[listening])


def _warm() -> None:
    """Import what cards need while the reader looks at the map."""
    import torch  # noqa: F401

    _made("index.html")


@cache
def _made(path: str) -> str:
    return pages.render(pages.every()[path])


async def _first(request: Request) -> Response:
    return RedirectResponse("/index.html")


async def _page(request: Request) -> Response:
    path = request.path_params["path"]
    if path not in pages.every():
        return HTMLResponse(pages.render(pages.missing(path)), status_code=404)
    return HTMLResponse(await run_in_threadpool(_made, path))


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    text = _assets().get(f"static/{name}")
    if text is None:
        return PlainTextResponse("not found", status_code=404)
    return Response(text, media_type=KINDS[name.rpartition(".")[2]])


@cache
def _assets() -> dict[str, str]:
    return site.assets()


async def _compare(request: Request) -> Response:
    """Any two architectures, also such as no line joins."""
    one, other = (request.query_params.get(key, "")[:80] for key in ("one", "other"))
    try:
        page = pages.comparison(one, other)
        return HTMLResponse(await run_in_threadpool(pages.render, page))
    except UserError as error:
        return HTMLResponse(pages.render(pages.complaint(str(error))), status_code=400)


class _Headers:
    """Adds to every answer what keeps it from being misused."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def tell(message: Any) -> None:
            if message["type"] == "http.response.start":
                own = [(k.lower().encode(), v.encode()) for k, v in HEADERS.items()]
                message["headers"] = [*message.get("headers", []), *own]
            await send(message)

        await self.app(scope, receive, tell)


class _Token:
    """Lets in who shows the token once; a cookie remembers it."""

    def __init__(self, app: Any, token: str) -> None:
        self.app, self.token = app, token

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        if self._same(request.cookies.get(COOKIE)):
            await self.app(scope, receive, send)
        elif self._same(request.query_params.get("token")):
            answer = RedirectResponse(request.url.path)
            answer.set_cookie(COOKIE, self.token, httponly=True, samesite="strict")
            await answer(scope, receive, send)
        else:
            answer = PlainTextResponse("show the token: add ?token=... to the address", 401)
            await answer(scope, receive, send)

    def _same(self, shown: str | None) -> bool:
        return shown is not None and hmac.compare_digest(shown.encode(), self.token.encode())
