"""GET and POST test: a page on which an engineer sends a message to the hub and reads what it says of it.

In demo and development only. It asks what `$validate` asks, with the hub's profile: nothing of the record is read, and
nothing is done. To send for real there is the same as a `curl`.
"""

import json
from html import escape
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.exchange import check_content_type, read_body
from adapters.nhs_fhir.face import Face
from adapters.nhs_fhir.html import code, page, paragraph, table
from adapters.nhs_fhir.samples import SAMPLES, Sample
from adapters.nhs_fhir.validate import validated
from fhir_mappings.outcome import BadInput, Issue

_FIRST = "notification"
_MOST = 256 * 1024


async def show(face: Face, request: Request) -> Response:
    """The page with a sample in it."""
    name = request.query_params.get("sample", _FIRST)
    sample = SAMPLES.get(name) or SAMPLES[_FIRST]
    return _drawn(face, sample, json.dumps(sample.resource, indent=2), None)


async def send(face: Face, request: Request) -> Response:
    """The page with what the hub says of what was sent."""
    check_content_type(request, form=True)
    form = parse_qs((await read_body(request, most=_MOST)).decode("utf-8", "replace"))
    sample = SAMPLES.get(form.get("sample", [""])[0]) or SAMPLES[_FIRST]
    text = form.get("message", [""])[0]
    try:
        issues = await run_in_threadpool(
            validated, face.reading(), text.encode("utf-8", "replace"), None, [sample.profile], None
        )
    except BadInput as error:
        issues = list(error.issues)
    return _drawn(face, sample, text, issues)


def _drawn(face: Face, sample: Sample, text: str, issues: list[Issue] | None) -> Response:
    name = next(each for each, one in SAMPLES.items() if one is sample)
    items = "".join(_choice(each, one.title, is_chosen=one is sample) for each, one in SAMPLES.items())
    return page(
        "Send a test message",
        paragraph("The hub checks the message as a write would be checked, and does nothing. Nobody here exists."),
        *([] if issues is None else [_outcome(issues)]),
        f'<nav aria-label="Samples"><ul>{items}</ul></nav>',
        f'<form method="post"><input type="hidden" name="sample" value="{escape(name)}">'
        f'<p><label for="message">{escape(sample.title)}</label></p>'
        f'<p><textarea id="message" name="message" rows="24" spellcheck="false">{escape(text)}</textarea></p>'
        "<p><button>Check this message</button></p></form>",
        "<h2>The same, sent for real</h2>",
        paragraph("With an access token of your client in TOKEN, and the message in message.json:"),
        code(_curl(face, sample)),
        f'<p><a href="{escape(face.base)}/metadata">What this face can do</a></p>',
    )


def _choice(name: str, title: str, *, is_chosen: bool) -> str:
    current = ' aria-current="page"' if is_chosen else ""
    return f'<li><a href="?sample={escape(name)}"{current}>{escape(title)}</a></li>'


def _outcome(issues: list[Issue]) -> str:
    if not issues:
        return '<div class="fine" role="status"><h2>Nothing is wrong with this</h2></div>'
    rows = [(each.severity, each.rule, each.at or "", each.diagnostics) for each in issues]
    found = table("What is wrong", ("Severity", "Code", "Place", "In words"), rows)
    return f'<div class="error" role="alert"><h2>The hub would refuse this</h2>{found}</div>'


def _curl(face: Face, sample: Sample) -> str:
    match = "  -H 'If-Match: W/\"2\"' \\\n" if sample.method == "PUT" else ""
    return (
        f"curl -X {sample.method} '{face.base}{sample.path}' \\\n"
        '  -H "Authorization: Bearer $TOKEN" \\\n'
        "  -H 'Content-Type: application/fhir+json' \\\n"
        f"{match}  --data-binary @message.json"
    )
