"""Photograph the atlas for the README: `make screenshots` (a minute)."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import browser

DOCS = Path(__file__).parents[1] / "docs"
SIZE = {"width": 1280, "height": 860}


def main() -> int:
    """All pictures of the README; 1 where there is no Chromium to take them."""
    path = browser.find()
    if path is None:
        print(f"the pictures in docs/ stay as they are: {browser.NONE}")
        return 1
    with tempfile.TemporaryDirectory() as folder, browser.launched(path) as chromium:
        report(chromium, Path(folder))
        with atlas(Path(folder)) as address:
            atlas_pages(chromium, address)
    return 0


def report(chromium: Any, folder: Path) -> None:
    """The report of a training."""
    from nna import train

    sys.argv = ["nna", "train", "lenet5", "digits"]  # as the report is to say
    run = train("lenet5", "digits", out=folder, name="demo", quiet=True)
    page = chromium.new_page(viewport={"width": 1060, "height": 900})
    page.goto((run.folder / "report.html").as_uri())
    page.screenshot(path=DOCS / "report.png", full_page=True)


def atlas_pages(chromium: Any, address: str) -> None:
    """Map, card, playground and laboratory, as a reader sees them."""
    page = chromium.new_page(viewport=SIZE, base_url=address, reduced_motion="reduce")
    page.set_default_timeout(300_000)
    page.goto("/index.html")
    page.locator('.map a[data-id="resnet"]').hover()
    page.screenshot(path=DOCS / "map.png", full_page=True)
    page.goto("/card/lstm.html#mathematical-foundation")
    page.screenshot(path=DOCS / "card.png")
    page.goto("/lab/step_size.html")
    page.screenshot(path=DOCS / "lab.png")
    page.goto("/playground.html")
    page.get_by_label("Settings").fill("hidden=64,64")
    page.get_by_label("Rate").fill("0.01")
    page.get_by_label("Epochs").fill("60")
    page.get_by_role("button", name="Train").click()
    page.get_by_text("Done.").wait_for()
    page.locator(".surface").click(position={"x": 160, "y": 210})
    page.locator(".inside .cells").first.wait_for()
    page.evaluate("scrollTo(0, 210)")
    page.screenshot(path=DOCS / "playground.png")


@contextmanager
def atlas(folder: Path) -> Iterator[str]:
    """The address of an atlas that runs until the end of the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "nna", "atlas", "--port", str(port)]
    own = {**os.environ, "XDG_DATA_HOME": str(folder)}
    server = subprocess.Popen(command, cwd=folder, env=own, stdout=subprocess.DEVNULL)
    try:
        while server.poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/search.html").close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(60)


if __name__ == "__main__":
    sys.exit(main())
