"""The atlas over HTTP: the pages of the static site, made when asked for, and the playground.

No request brings code: it chooses among what is there, and every number is checked.
"""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

from nna import registry
from nna.app import (
    answers,
    jobs,
    machines,
    notes,
    pages,
    play_request,
    playground,
    processes,
    rerun,
    run_pages,
    search,
    security,
    site,
    structure,
    watching,
)
from nna.app.protocol import Impatient
from nna.errors import UserError

KINDS = {
    **{"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"},
    **{"woff": "font/woff", "txt": "text/plain", "json": "application/json"},
}
PLAY = "playground.html"
CONNECTIONS = 256  # at once


def application(token: str | None = None, runs: Path = Path("runs")) -> Starlette:
    """The app.

    Args:
        token: what a reader must show once, by `?token=`; None: anybody on this machine may read,
            and only by an address of this machine.
        runs: the folder of the reader's runs.
    """
    middleware = [*security.layers(token), Middleware(GZipMiddleware)]
    hall = playground.Hall()
    routes = [
        Route("/", _first),
        Route("/compare.html", _compare),
        Route("/search.html", _search),
        Route("/runs.html", _runs),
        Route("/compared.html", _abreast),
        Route("/run/{name}.html", _run),
        Route("/run/{name}/report.html", _report),
        Route("/begin/run", _begin_run, methods=["POST"]),
        Route("/begin/lab", _begin_lab, methods=["POST"]),
        Route("/stop", _stop, methods=["POST"]),
        Route("/notes.html", _notes),
        Route("/notes.md", answers.exported),
        Route("/note", _note, methods=["POST"]),
        Route("/script/{name}.zip", answers.script),
        Route("/exercise/{name}.py", answers.exercise),
        Route("/play/about", _choices),
        Route("/play/begin", _begin, methods=["POST"]),
        Route("/play/{key}/frames", _frames),
        Route("/play/{key}/order", _order, methods=["POST"]),
        Route("/play/{key}/end", _end, methods=["POST"]),
        Route("/static/{name}", _asset),
        Route("/cards.json", _machines),
        Route("/llms.txt", _machines),
        Route("/{path:path}", _page),
    ]
    made = Starlette(routes=routes, middleware=middleware, lifespan=_lifespan)
    made.state.hall, made.state.runs, made.state.yard = hall, runs, jobs.Yard()
    return made


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    threading.Thread(target=app.state.hall.sweep, daemon=True).start()
    yield
    app.state.hall.close()
    app.state.yard.close()


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
    _warming.set()
    threading.Thread(target=_warm, daemon=True).start()
    config = uvicorn.Config(
        application(token),
        log_level="warning",
        limit_concurrency=CONNECTIONS,
        http=Impatient,
        timeout_graceful_shutdown=2,  # a watched training never ends its answer by itself
    )
    uvicorn.Server(config).run(sockets=[listening])


_warming = threading.Event()  # set while what draws structures is being imported


def _warm() -> None:
    """Import what cards need while the reader looks at the map."""
    _made("index.html")
    _made("lab.html")
    try:
        structure.of(f"resnet/{registry.DESK}")
    finally:
        _warming.clear()
    processes.ready()


@cache
def _made(path: str) -> str:
    page = pages.playground_page() if path == PLAY else pages.every()[path]
    return pages.render(page, served=True)


async def _first(request: Request) -> Response:
    return RedirectResponse("/index.html")


async def _page(request: Request) -> Response:
    path = request.path_params["path"]
    if path not in pages.every() and path != PLAY:
        return HTMLResponse(pages.render(pages.missing(path), served=True), status_code=404)
    return HTMLResponse(await run_in_threadpool(_shown, request, path))


def _shown(request: Request, path: str) -> str:
    """A page with what is this reader's in it."""
    state = request.app.state
    if _warming.is_set() and (early := pages.early(path)):
        made = pages.render(early, served=True)
    else:
        made = _made(path)
    if rerun.PLACE in made:
        made = rerun.inserted(made, Path(path).stem, state.yard, state.runs / "lab")
    return notes.annotated(made, path)


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    content = _assets().get(f"static/{name}")
    if content is None:
        return PlainTextResponse("not found", status_code=404)
    return Response(content, media_type=KINDS[name.rpartition(".")[2]])


async def _machines(request: Request) -> Response:
    """What machines read instead of pages."""
    path = request.url.path.lstrip("/")
    content = (await run_in_threadpool(_readable))[path]
    return Response(content, media_type=KINDS[path.rpartition(".")[2]])


_readable = cache(machines.readable)


@cache
def _assets() -> dict[str, bytes]:
    return site.assets()


async def _compare(request: Request) -> Response:
    """Any few architectures, also such as no line joins."""
    names = [name[:80] for name in request.query_params.getlist("name") if name]
    try:
        page = await run_in_threadpool(pages.comparison, names)
        return HTMLResponse(await run_in_threadpool(pages.render, page, True))
    except UserError as error:
        return answers.refused(error, 400)


async def _search(request: Request) -> Response:
    """What a query finds, for readers without JavaScript."""
    page = search.results(request.query_params.get("q", ""))
    return HTMLResponse(await run_in_threadpool(pages.render, page, True))


# --- The reader's runs -------------------------------------------------------------------------


async def _runs(request: Request) -> Response:
    page = run_pages.listing(request.app.state.runs)
    return HTMLResponse(await run_in_threadpool(pages.render, page, True))


async def _abreast(request: Request) -> Response:
    """Several runs side by side."""
    names = request.query_params.getlist("run")
    try:
        page = run_pages.compared(request.app.state.runs, names)
        return HTMLResponse(await run_in_threadpool(pages.render, page, True))
    except UserError as error:
        return answers.refused(error, 400)


async def _run(request: Request) -> Response:
    folder, name = request.app.state.runs, request.path_params["name"]
    try:
        page = run_pages.one(folder, name, request.app.state.yard)
        return HTMLResponse(await run_in_threadpool(pages.render, page, True))
    except UserError as error:
        return answers.refused(error, 404)


async def _report(request: Request) -> Response:
    """A report, in which nothing may run."""
    try:
        text = run_pages.report(request.app.state.runs, request.path_params["name"])
    except UserError as error:
        return answers.refused(error, 404)
    return HTMLResponse(text, headers={"Content-Security-Policy": security.REPORTS})


# --- What a reader sets going ------------------------------------------------------------------


async def _begin_run(request: Request) -> Response:
    """Train an architecture on its signature task, and lead to the run."""
    state, name = request.app.state, request.query_params.get("name", "")
    try:
        await security.body(request, 100, "nothing needs to be sent")
        made = await run_in_threadpool(jobs.run, state.yard, _who(request), name, state.runs)
    except UserError as error:
        return answers.refused(error, 400)
    return RedirectResponse(f"/run/{quote(made)}.html", status_code=303)


async def _begin_lab(request: Request) -> Response:
    """Measure an experiment's quick form, and lead back to its page."""
    state, name = request.app.state, request.query_params.get("name", "")
    try:
        await security.body(request, 100, "nothing needs to be sent")
        own = state.runs / "lab"
        await run_in_threadpool(jobs.again, state.yard, _who(request), name, own)
    except UserError as error:
        return answers.refused(error, 400)
    return RedirectResponse(f"/lab/{name}.html#again", status_code=303)


async def _stop(request: Request) -> Response:
    """End what was set going, and lead back to a page of the atlas."""
    try:
        await security.body(request, 100, "nothing needs to be sent")
    except UserError as error:
        return answers.refused(error, 400)
    request.app.state.yard.stop(request.query_params.get("job", ""), _who(request))
    back = request.query_params.get("back", "runs.html")
    return RedirectResponse("/" + quote(back.lstrip("/\\")), status_code=303)


def _who(request: Request) -> str:
    return request.client.host if request.client else ""


# --- The reader's notes ------------------------------------------------------------------------


async def _notes(request: Request) -> Response:
    return HTMLResponse(await run_in_threadpool(pages.render, notes.listing(), True))


async def _note(request: Request) -> Response:
    """Keep what a form sent, and lead back to the page."""
    page, most = request.query_params.get("page", ""), 4 * notes.LONGEST
    try:
        body = await security.body(
            request, 3 * most, f"a note holds {notes.LONGEST:,} characters at most"
        )
        sent = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=4)
        await run_in_threadpool(notes.keep, page, sent.get("text", [""])[0])
    except (UserError, ValueError) as error:
        return answers.refused(UserError(str(error)), 400)
    return RedirectResponse(f"/{page}#note", status_code=303)


# --- The playground ----------------------------------------------------------------------------


async def _choices(request: Request) -> Response:
    return JSONResponse(await run_in_threadpool(playground.about))


async def _begin(request: Request) -> Response:
    """Start a training: what to train stands in the body as JSON, with a table if one was sent."""
    hall = request.app.state.hall
    try:
        asked = await _asked(request)
        play_ = await run_in_threadpool(_started, hall, asked, _who(request))
    except UserError as error:
        return JSONResponse({"said": str(error)}, status_code=400)
    return JSONResponse({"key": play_.id})


def _started(hall: playground.Hall, asked: dict[str, Any], who: str) -> playground.Play:
    sent = play_request.received(asked)
    try:
        return hall.begin(play_request.PlayRequest.of(asked, sent), sent, who)
    except BaseException:
        if sent is not None:
            sent.unlink(missing_ok=True)
        raise


async def _asked(request: Request) -> dict[str, Any]:
    """The body as JSON.

    Raises:
        UserError: from another site, too large, or no JSON that can be written again as text.
    """
    most = 2 * play_request.LARGEST  # base64 takes a third more
    try:
        asked = json.loads(await security.body(request, most, play_request.TOO_LARGE))
        json.dumps(asked, ensure_ascii=False, allow_nan=False).encode()  # nor half a character
    except (ValueError, RecursionError) as error:
        raise UserError("the request is no JSON") from error
    if not isinstance(asked, dict):
        raise UserError("the request is no JSON object")
    return asked


async def _frames(request: Request) -> Response:
    """Everything that a training tells, as it happens."""
    return watching.response(request.app.state.hall, request)


async def _order(request: Request) -> Response:
    """Pause, go on, one step, another rate, a point to look at."""
    watched = request.app.state.hall.find(request.path_params["key"])
    try:
        order = play_request.order(await _asked(request))
        if watched is None:
            return JSONResponse({"said": "this training has ended"}, status_code=404)
        await run_in_threadpool(watched.tell, order)
    except UserError as error:
        return JSONResponse({"said": str(error)}, status_code=400)
    return JSONResponse({})


async def _end(request: Request) -> Response:
    await run_in_threadpool(request.app.state.hall.end, request.path_params["key"])
    return JSONResponse({})
