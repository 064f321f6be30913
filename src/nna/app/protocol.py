"""HTTP that waits for nobody for ever: connections that send no whole request are closed."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE = 20.0  # seconds until the headers of a request must be whole


class Impatient(H11Protocol):
    """uvicorn's protocol, with an end to half a request."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._heard()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in a part of a request; the first part of the next one begins to wait again."""
        super().data_received(data)
        if self._answering:
            self._heard()
        elif self._late is None:
            self._wait()

    @property
    def _answering(self) -> bool:
        """Whether the headers of a request are there, and its answer isn't over."""
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        self._late = self.loop.call_later(PATIENCE, self._close)

    def _heard(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _close(self) -> None:
        self._late = None
        if not self._answering and not self.transport.is_closing():
            self.transport.close()
