"""A document that came with advice <-> DocumentReference with its attachment, and Binary.

An attachment carries its bytes, in the attachment or in a Binary of the same Bundle. No address is ever fetched.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fhir_mappings.elements import compact, instant_text
from fhir_mappings.outcome import Faults
from fhir_mappings.values import Document, Find, GivenDocument, Json, Located

LONGEST_TITLE = 200

_MEDIA_TYPE = re.compile(
    r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,80}(; ?charset=[a-z0-9-]{1,20})?", re.IGNORECASE
)
_SPACE = re.compile(r"[ \t\r\n]")


def document_id(advice_id: UUID, document: Document) -> str:
    """The id of a document's DocumentReference and Binary."""
    return marked_id(advice_id, mark_of(document.content))


def marked_id(advice_id: UUID, mark: str) -> str:
    """The id of the DocumentReference and Binary of a document with this mark: the advice, and the mark."""
    return f"{advice_id}-{mark}"


def mark_of(content: bytes) -> str:
    """By what a document is known beside others of the same advice: the beginning of its content's SHA-256."""
    return hashlib.sha256(content).hexdigest()[:16]


def to_document_reference(
    document: Document,
    *,
    id: str,  # noqa: A002  (FHIR's word)
    type_: Json,
    subject: Json,
    author: Json,
    given_on: date,
    received_at: datetime | None,
    inline: bool = False,
) -> Json:
    """The DocumentReference; `inline` puts the bytes into it, else it points to the Binary of the same id."""
    attachment = {
        "contentType": document.media_type,
        "data": base64.b64encode(document.content).decode() if inline else None,
        "url": None if inline else f"Binary/{id}",
        "size": len(document.content),
        "hash": base64.b64encode(_sha1(document.content)).decode(),
        "title": document.title,
        "creation": given_on.isoformat(),
    }
    return compact(
        {
            "resourceType": "DocumentReference",
            "id": id,
            "meta": compact({"versionId": "1", "lastUpdated": instant_text(received_at) if received_at else None}),
            "status": "current",
            "type": type_,
            "subject": subject,
            "date": instant_text(received_at) if received_at else None,
            "author": [author],
            "content": [{"attachment": compact(attachment)}],
        }
    )


def to_binary(document: Document, *, id: str) -> Json:  # noqa: A002  (FHIR's word)
    """The bytes, in JSON: never served as their own media type, which a browser might run."""
    return {
        "resourceType": "Binary",
        "id": id,
        "contentType": document.media_type,
        "data": base64.b64encode(document.content).decode(),
    }


def read_document_reference(reference: Located, find: Find, faults: Faults) -> list[GivenDocument]:
    """Each attachment as a document."""
    documents: list[GivenDocument] = []
    for place, content in enumerate(reference.resource.get("content", ())):
        attachment: Json = content.get("attachment", {})
        at = f"{reference.at}.content[{place}].attachment"
        title = attachment.get("title") or reference.resource.get("description") or "Document"
        if len(title) > LONGEST_TITLE:
            message = f"a title has at most {LONGEST_TITLE} characters"
            faults.add("text-too-long", message, f"{at}.title", code="too-long")
        read = _bytes(attachment, reference, find, faults, at)
        if read is not None:
            documents.append(GivenDocument(title, *read))
    return documents


def _bytes(attachment: Json, within: Located, find: Find, faults: Faults, at: str) -> tuple[str, bytes] | None:
    carrier: Mapping[str, Any] = attachment
    if "data" not in attachment:
        binary = find({"reference": attachment.get("url", "")}, within)
        if binary is None or binary.type != "Binary":
            message = "an attachment carries its data, or leads to a Binary of this Bundle; nothing is fetched"
            faults.add("attachment-without-data", message, at, code="required")
            return None
        carrier = binary.resource
    media_type = attachment.get("contentType") or carrier.get("contentType") or ""
    if not _MEDIA_TYPE.fullmatch(media_type):
        faults.add("media-type", "contentType must be a media type, such as application/pdf", f"{at}.contentType")
        return None
    content = decode(carrier.get("data", ""))
    if not content:
        faults.add("attachment-empty", "the data must be base64 of at least one byte", f"{at}.data")
        return None
    if attachment.get("size", len(content)) != len(content):
        faults.add("attachment-size", "the size is not that of the data", f"{at}.size")
    if "hash" in attachment and decode(attachment["hash"]) != _sha1(content):
        faults.add("attachment-hash", "the hash (SHA-1) is not that of the data", f"{at}.hash")
    return media_type, content


def decode(text: str) -> bytes | None:
    """The bytes of base64, which FHIR lets stand in lines; None where there is a character that is not base64."""
    try:
        return base64.b64decode(_SPACE.sub("", text), validate=True)
    except (binascii.Error, ValueError):
        return None


def _sha1(content: bytes) -> bytes:
    """FHIR R4 fixes the algorithm of Attachment.hash."""
    return hashlib.sha1(content, usedforsecurity=False).digest()
