"""POST [base]: a Bundle, done as one (transaction) or each entry by itself (batch).

http://hl7.org/fhir/R4/http.html#transaction
"""

from dataclasses import dataclass
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.apart import Reading
from adapters.nhs_fhir.batch import Alone, Find, answer_batch, read_entries
from adapters.nhs_fhir.exchange import check_content_type
from adapters.nhs_fhir.face import Face, Interaction, must_grant
from adapters.nhs_fhir.incoming import check_count, taken
from adapters.nhs_fhir.submission import Submission, read_bundle
from adapters.nhs_fhir.transaction import transaction
from adapters.nhs_fhir.writing import keep_refused, read_write
from fhir_mappings.outcome import BadInput, Issue
from fhir_mappings.values import Json
from hub.auth.scopes import grants
from hub.law.caller import Caller


@dataclass(frozen=True, slots=True)
class Posted:
    """A Bundle as it was read: the entries of a batch, or the answer that a transaction is."""

    meant: list[Alone | BadInput] | Submission
    said: list[Issue]


def posting(find: Find) -> Interaction:
    """The interaction of a Bundle that is posted to the face itself."""

    async def post(face: Face, request: Request, caller: Caller) -> Response:
        check_content_type(request)
        write = await read_write(request, "transaction", most=face.settings.fhir_max_bytes)
        try:
            posted = await face.apart.run(len(write.body), read_posted, face.reading(caller), write.body)
        except BadInput as error:
            if grants(caller.scopes, "Task", "u"):
                await keep_refused(face, caller, write, error)
            raise
        if isinstance(posted.meant, list):
            return await answer_batch(face, request, caller, posted.meant, find=find)
        must_grant(caller, "Task", "u")
        return await transaction(face, caller, write, posted.meant, posted.said)

    return post


def read_posted(reading: Reading, body: bytes) -> Posted:
    """Raises `BadInput`."""
    value, said = taken(reading, body)
    match value:
        case {"resourceType": "Bundle", "type": "batch"}:
            check_count(value, reading.settings)
            entries = cast("Json", value).get("entry")
            return Posted(read_entries(cast("list[Any]", entries)) if isinstance(entries, list) else [], said)
        case _:
            return Posted(read_bundle(value, settings=reading.settings, today=reading.today), said)
