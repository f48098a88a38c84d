"""Documents that bodies send with advice: a one-page PDF, or plain text."""

import hashlib
import textwrap
from collections.abc import Sequence
from datetime import date, datetime
from unicodedata import normalize
from uuid import UUID

from hub.county.rows import Case

_LINES_ON_PAGE = 52


def pdf(title: str, lines: Sequence[str]) -> bytes:
    """A PDF of one page, in Helvetica, as short as the format allows."""
    text = [f"BT /F1 14 Tf 56 790 Td ({_escaped(title)}) Tj /F1 10 Tf 0 -10 Td 14 TL"]
    text += [f"T* ({_escaped(line)}) Tj" for line in lines[:_LINES_ON_PAGE]]
    stream = "\n".join([*text, "ET"]).encode("cp1252")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R "
        b"/Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    )
    body = bytearray(b"%PDF-1.4\n")
    places: list[int] = []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table_at = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table_at)
    return bytes(body)


def letter(heading: Sequence[str], paragraphs: Sequence[str]) -> list[str]:
    """Lines of a letter, wrapped to the page."""
    lines = [*heading, ""]
    for paragraph in paragraphs:
        lines += [*textwrap.wrap(paragraph, 92), ""]
    return lines


def attach(
    case: Case,
    *,
    title: str,
    lines: Sequence[str],
    created_at: datetime,
    advice_id: UUID | None = None,
    request_id: UUID | None = None,
    plain: bool = False,
) -> None:
    """Write a document and what it belongs to."""
    content = "\n".join([title, "", *lines]).encode() if plain else pdf(title, lines)
    case.add(
        "document",
        advice_id=advice_id,
        cooperation_request_id=request_id,
        title=title,
        media_type="text/plain" if plain else "application/pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        created_at=created_at,
    )


def said(day: date) -> str:
    """A date as a letter has it."""
    return f"{day.day} {day:%B %Y}"


def _escaped(text: str) -> str:
    """As a string of a PDF, in the characters that its font has: a letter that it lacks loses its accent."""
    shown = text if _has(text) else "".join(each if _has(each) else _plain(each) for each in text)
    return shown.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _plain(character: str) -> str:
    return {"ł": "l", "Ł": "L"}.get(character) or normalize("NFKD", character)[0]


def _has(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
