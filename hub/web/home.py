"""The home page: what this hub is and where its doors are."""

from collections.abc import Callable, Sequence
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

_POLICY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

_PAGE = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>SEND Hub</title>
<style>
body {{ font: 1.1rem/1.5 system-ui, sans-serif; color: #212b32; background: #f0f4f5; margin: 0 }}
main {{ max-width: 44rem; margin: 2rem auto; padding: 1.5rem 2rem; background: #fff }}
a {{ color: #005eb8 }} a:focus {{ outline: 3px solid #212b32; background: #ffeb3b; color: #212b32 }}
dt {{ font-weight: 600; margin-top: 1rem }} dd {{ margin: 0 }}
pre {{ background: #f0f4f5; padding: 1rem; white-space: pre-wrap }}
</style>
</head>
<body><main>
<h1>SEND Hub</h1>
<p>This hub connects local authorities and NHS bodies in England for children and young people with special educational
needs or disabilities: it carries requests, advice, plans and personal budgets between them, and keeps the law's clocks
and sharing rules while it does. Version {version}, {environment}.</p>
<dl>{doors}</dl>
</main></body></html>
"""


def home_routes(*, version: str, environment: str, sdl: str, rulebook: Callable[[], str]) -> list[BaseRoute]:
    """`/`, the schema's text at `/schema.graphql`, and the rule book at `/rulebook`."""
    doors: Sequence[tuple[str, str, str]] = (
        ("/graphql", "GraphiQL", "Ask the schema in the browser, with queries that stand ready in its tabs."),
        ("/schema.graphql", "The schema", "Every type and field, as text."),
        ("/rulebook", "The rule book", "The law that this hub applies, provision by provision."),
        ("/fhir/R4/metadata", "The FHIR face", "What NHS systems can do here (a CapabilityStatement)."),
        ("/.well-known/oauth-authorization-server", "Signing in", "For clients: where tokens come from."),
        ("/readyz", "Health", "Whether the hub is ready."),
    )
    listed = "".join(f'<dt><a href="{to}">{escape(name)}</a></dt><dd>{escape(what)}</dd>' for to, name, what in doors)
    page = _PAGE.format(version=escape(version), environment=escape(environment), doors=listed)
    book = rulebook()

    async def home(_: Request) -> Response:
        return HTMLResponse(page, headers=_POLICY)

    async def schema_text(_: Request) -> Response:
        return PlainTextResponse(sdl)

    async def rule_book(_: Request) -> Response:
        return PlainTextResponse(book, media_type="text/markdown")

    return [Route("/", home), Route("/schema.graphql", schema_text), Route("/rulebook", rule_book)]
