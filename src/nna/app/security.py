"""Who may read the atlas and send it something, and what keeps answers from being misused."""

from __future__ import annotations

import asyncio
import hmac
from typing import Any
from urllib.parse import urlsplit

from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse

from nna.errors import UserError

LOCAL = ("127.0.0.1", "localhost", "::1")
COOKIE = "nna-atlas"
PATIENCE = 30.0  # seconds that a body may take
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
REPORTS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Nothing is told to others; the atlas's own forms say where they come from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def layers(token: str | None) -> list[Middleware]:
    """What every request and every answer goes through.

    Args:
        token: lets in who shows it; None: who asks for an address of this machine.
    """
    if token is None:
        readers = Middleware(TrustedHostMiddleware, allowed_hosts=[*LOCAL, "[::1]"])
    else:
        readers = Middleware(_Token, token=token)
    return [Middleware(_Headers), readers]


async def body(request: Request, most: int, long: str) -> bytes:
    """The body, if one of the atlas's own pages sent it.

    Args:
        request: to read.
        most: bytes that it may have.
        long: what is said of a longer one.

    Raises:
        UserError: from another site, or too long.
    """
    origin, where = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if foreign or where not in (None, "same-origin"):
        raise UserError("only the atlas's own pages may send anything here")
    try:
        async with asyncio.timeout(PATIENCE):
            return await _whole(request, most, long)
    except TimeoutError as error:
        raise UserError("what was sent never came to an end") from error


async def _whole(request: Request, most: int, long: str) -> bytes:
    sent = b""
    async for chunk in request.stream():
        sent += chunk
        if len(sent) > most:
            raise UserError(long)
    return sent


class _Headers:
    """Adds to every answer what keeps it from being misused."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def tell(message: Any) -> None:
            if message["type"] == "http.response.start":
                said = {key for key, _ in message.get("headers", [])}
                own = [(k.lower().encode(), v.encode()) for k, v in HEADERS.items()]
                added = [(key, value) for key, value in own if key not in said]
                message["headers"] = [*message.get("headers", []), *added]
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
