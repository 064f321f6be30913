"""What machines read instead of pages: the cards as JSON, `llms.txt`, and the map of the site."""

from __future__ import annotations

import html
import json
from typing import Any

from nna import registry
from nna.app import pages, play_pages
from nna.atlas import catalogue, citation
from nna.lab import catalog
from nna.lab.blocks import catalog as blocks


def readable() -> dict[str, str]:
    """The files that need no address of the site, by path."""
    return {"cards.json": cards(), "llms.txt": llms()}


def located(address: str) -> dict[str, str]:
    """The files that name every page by its whole address.

    Args:
        address: of the site, without a slash at its end.
    """
    places = "\n".join(
        f"<url><loc>{html.escape(f'{address}/{path}')}</loc></url>" for path in pages.every()
    )
    sitemap = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}\n</urlset>\n'
    )
    robots = f"User-agent: *\nAllow: /\nSitemap: {address}/sitemap.xml\n"
    return {"sitemap.xml": sitemap, "robots.txt": robots}


def cards() -> str:
    """Every architecture's facts as JSON, a list in the order of years."""
    specs = catalogue.read().specs
    ordered = sorted(specs, key=lambda name: (specs[name].year, name))
    rows: list[dict[str, Any]] = []
    for name in ordered:
        spec = specs[name]
        rows.append(
            {
                "id": name,
                "name": spec.name,
                "family": registry.family(name),
                "year": spec.year,
                "idea": spec.idea,
                "limitation_answered": spec.limitation,
                "builds_on": list(spec.builds_on),
                "tasks": list(spec.tasks),
                "inputs": sorted({port.kind for port in spec.inputs.values()}),
                "paper": citation.line(spec.paper),
                "parameters": {key: variant.params for key, variant in spec.variants.items()},
                "page": f"card/{name}.html",
            }
        )
    return json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def llms() -> str:
    """The site for language models, as llmstxt.org has it: what there is, and where."""
    specs = catalogue.read().specs
    parts = {
        "Guide": {
            page.path: (page.title, "")
            for path, page in pages.every().items()
            if path.startswith("guide/")
        },
        "To try in the page": {path: (title, "") for path, title, *_ in play_pages.rows()},
        "Architectures": {
            f"card/{name}.html": (f"{spec.name} ({spec.year})", spec.idea)
            for name, spec in specs.items()
        },
        "Building blocks": {
            f"block/{name}.html": (blocks.describe(name).title, "") for name in blocks.names()
        },
        "Experiments": {
            f"lab/{name}.html": (catalog.describe(name).title, "") for name in catalog.names()
        },
    }
    lines = [
        "# nna, the executable encyclopedia of neural networks",
        "",
        f"> {len(specs)} architectures, each with its idea, its formulas, code held against "
        "independent implementations, and measured claims. [All cards as JSON](cards.json); "
        "[what texts get wrong](errata.html); [glossary](glossary.html).",
    ]
    for heading, links in parts.items():
        lines += ["", f"## {heading}", ""]
        lines += [
            f"- [{title}]({path}){': ' + about if about else ''}"
            for path, (title, about) in links.items()
        ]
    return "\n".join(lines) + "\n"
