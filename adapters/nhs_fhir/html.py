"""HTML of this face: one layout without scripts, its style inline and named by its hash in the policy."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse

_STYLE = """
body { font: 1.1rem/1.5 Arial, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; color: #212b32 }
a { color: #005eb8 } a:focus, button:focus, textarea:focus, select:focus { outline: 4px solid #ffeb3b }
table { border-collapse: collapse; width: 100% } caption { text-align: left; font-weight: bold; padding: .5rem 0 }
th, td { text-align: left; vertical-align: top; padding: .4rem; border-bottom: 1px solid #768692 }
pre { background: #f0f4f5; padding: 1rem; overflow: auto } textarea { width: 100%; font: 1rem monospace }
button { font: inherit; padding: .5rem 1rem; background: #007f3b; color: #fff; border: 0 }
.error { border-left: 8px solid #d5281b; padding-left: 1rem }
.fine { border-left: 8px solid #007f3b; padding-left: 1rem }
"""
_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def wants_html(request: Request) -> bool:
    """Whether a browser asks: it names text/html, and does not ask for a format in the address."""
    return "text/html" in request.headers.get("Accept", "") and "_format" not in request.query_params


def page(title: str, *parts: str, status: int = 200) -> HTMLResponse:
    """A page; its parts are HTML."""
    body = "\n".join(parts)
    return HTMLResponse(
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{escape(title)} - SEND Hub</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>\n'
        f"<body><main><h1>{escape(title)}</h1>\n{body}\n</main></body></html>\n",
        status,
        _HEADERS,
    )


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of texts, its first column heading each row."""
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    lines = "\n".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(each)}</td>" for each in rest)}</tr>'
        for first, *rest in rows
    )
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>\n{lines}\n</tbody></table>"
    )


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def code(text: str) -> str:
    return f'<pre tabindex="0"><code>{escape(text)}</code></pre>'
