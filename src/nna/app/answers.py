"""Answers of the server that are no pages of the site: refusals, and files to keep."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from nna.app import notes, pages, take_home
from nna.errors import UserError


def refused(error: UserError, status: int) -> Response:
    """Why there is no such page or file, in a line on a page."""
    return HTMLResponse(pages.render(pages.complaint(str(error)), True), status_code=status)


async def exported(request: Request) -> Response:
    """All notes as one file."""
    return _attached(await run_in_threadpool(notes.markdown), "text/markdown", "notes.md")


async def script(request: Request) -> Response:
    """A script and its data, in one archive."""
    return await _taken(request, take_home.script, "application/zip", ".zip")


async def exercise(request: Request) -> Response:
    """The source of an architecture with its decisive places left blank."""
    return await _taken(request, take_home.stub, "text/x-python", ".py")


async def _taken(
    request: Request, made: Callable[[str], bytes | str], kind: str, ending: str
) -> Response:
    name = request.path_params["name"]
    try:
        content = await run_in_threadpool(made, name)
    except UserError as error:
        return refused(error, 404)
    return _attached(content, kind, name + ending)


def _attached(content: bytes | str, kind: str, name: str) -> Response:
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=named)
