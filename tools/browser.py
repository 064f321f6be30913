"""Which Chromium the tests in a browser and the pictures in docs/ use.

`python tools/browser.py` says it in one line, and fetches one first where there is none: Debian's
as root, Playwright's own into the environment otherwise. It fails where neither can be had.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = ("--disable-gpu", "--disable-background-networking", "--disable-component-update")
NONE = (
    "no Chromium here: put one on the path, name it in NNA_BROWSER, or run `make browser`; "
    "`pytest -m 'not browser'` leaves its tests out"
)
# Playwright's own goes into the environment, which `make clean` removes.
os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", "0")


def find() -> str | None:
    """The path of a Chromium, if there is one."""
    if named := os.environ.get("NNA_BROWSER"):
        return named if Path(named).is_file() else None
    if found := next(filter(None, map(shutil.which, NAMES)), None):
        return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).is_file() else None


@contextmanager
def launched(path: str) -> Iterator:
    """A browser of that path, closed at the end."""
    from playwright.sync_api import sync_playwright

    root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium's sandbox refuses root
    with sync_playwright() as playwright:
        arguments = [*FLAGS, "--no-sandbox"] if root else [*FLAGS]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


def fetch() -> None:
    """Install one; what the installers say is shown only where they fail."""
    debian = shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0
    steps = (
        [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]]
        if debian
        else [[sys.executable, "-m", "playwright", "install", "chromium"]]
    )
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            print(f"{' '.join(step[-3:])}: {(done.stderr or done.stdout).strip()[-300:]}")
            return


def main() -> int:
    """Say which there is; 1 where there is none."""
    if find() is None:
        print("fetching a Chromium for the tests in a browser (once) ...", flush=True)
        fetch()
    found = find()
    print(f"tests in a browser: {found}" if found else f"TESTS IN A BROWSER LEFT OUT: {NONE}")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
