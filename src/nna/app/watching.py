"""What a watched training tells, as events for a page; it ends with its reader."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from typing import Any

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from nna.app import playground
from nna.training import files

_LIMITER: RunVar[CapacityLimiter] = RunVar("watching")


def response(hall: playground.Hall, request: Request) -> Response:
    """The frames of a training, to the last who came to watch it; with that reader it ends."""
    play = hall.find(request.path_params["key"])
    if play is None:
        return PlainTextResponse("no such training", status_code=404)
    play.watcher += 1  # whoever watched before doesn't any more
    mine = play.watcher

    def left() -> None:
        if play.watcher == mine:
            hall.end(play.id)

    async def shown() -> AsyncIterator[str]:
        try:
            async for frame in _frames(play, mine, request):
                yield _event(frame)
        finally:  # told to the end, or the reader is gone, or another one took over
            threading.Thread(target=left, daemon=True).start()

    return StreamingResponse(shown(), media_type="text/event-stream")


async def _frames(
    play: playground.Play, mine: int, request: Request
) -> AsyncIterator[dict[str, Any] | None]:
    """One after another; None where there is none yet."""
    while play.watcher == mine and not await request.is_disconnected():
        try:
            frame = await to_thread.run_sync(play.next, 1.0, limiter=_threads())
        except (EOFError, OSError):
            frame = {"last": True, "said": "ended"}
        yield frame
        if frame is not None and frame.get("last"):
            return


def _event(frame: dict[str, Any] | None) -> str:
    return ": waiting\n\n" if frame is None else f"data: {files.dumps(frame, ascii_only=True)}\n\n"


def _threads() -> CapacityLimiter:
    """Threads that wait for trainings: of their own, so that no page waits for one of them."""
    try:
        return _LIMITER.get()
    except LookupError:
        limiter = CapacityLimiter(2 * playground.MOST)
        _LIMITER.set(limiter)
        return limiter
