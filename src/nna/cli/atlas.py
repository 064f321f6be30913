"""`nna atlas`: parses, calls, prints."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from nna.cli import output
from nna.errors import UserError

NEEDED = ("starlette", "uvicorn", "mdit_py_plugins", "latex2mathml", "pygments", "platformdirs")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(rich_help_panel="Read")(atlas)


def atlas(
    action: Annotated[
        str | None,
        typer.Argument(metavar="[build|notes]", help="Write the site; or print your notes."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the site, for build.")] = Path("site"),
    address: Annotated[
        str | None,
        typer.Option(help="Where the site will stand, for build: pictures of links, a sitemap."),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8642,
) -> None:
    """Read the encyclopedia in a browser; `build` writes it as a static site."""
    if lacking := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        raise UserError(f"the atlas needs {', '.join(lacking)}: pip install 'nna[atlas]'")
    if address is not None and action != "build":
        raise UserError("--address is for `nna atlas build`: where the site will stand")
    if action == "build":
        _build(out, None if address is None else _web(address))
    elif action == "notes":
        _notes()
    elif action is None:
        _serve(host, port)
    else:
        raise UserError(
            f"nna atlas {action}: there are `build` and `notes`; alone it serves the atlas"
        )


def _web(address: str) -> str:
    """An address without the slash at its end."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise UserError(f"--address {address}: must be such as https://example.org/nna")
    return address.rstrip("/")


def _build(out: Path, address: str | None) -> None:
    from rich.progress import Progress

    from nna.app import site

    with Progress(transient=True) as progress:
        task = progress.add_task("pages", total=None)
        count = site.build(
            out, lambda done, of: progress.update(task, completed=done, total=of), address
        )
    if dead := site.dead_links(out):
        raise UserError(f"{len(dead)} links lead nowhere, such as {dead[0]}: please report this")
    output.say(f"{count} pages in {out}; open {out / 'index.html'}")


def _notes() -> None:
    from nna.app import notes

    output.markdown(
        notes.markdown() or "No notes yet: every page of the atlas has a place for one.",
        source=True,
    )


def _serve(host: str, port: int) -> None:
    import secrets

    from nna.app import security, server

    token = None if host in security.LOCAL else secrets.token_urlsafe(24)
    shown = f"[{host}]" if ":" in host else host
    asked = f"?token={token}" if token else ""
    output.say(f"the atlas is at http://{shown}:{port}/index.html{asked}   (Ctrl-C ends it)")
    server.serve(host, port, token)
