"""POST Communication: a health body notifies an authority (CFA 2014 s. 23). http://hl7.org/fhir/R4/http.html#create

Who the child is stands in a contained Patient.
"""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.apart import Reading
from adapters.nhs_fhir.conditional import condition_of
from adapters.nhs_fhir.created import created
from adapters.nhs_fhir.exchange import check_content_type
from adapters.nhs_fhir.face import Face, must_grant
from adapters.nhs_fhir.incoming import FHIR_PATH, received, taken
from adapters.nhs_fhir.notifying import Notice, notice_of, notify
from adapters.nhs_fhir.resolution import Resolver
from adapters.nhs_fhir.writing import keep_refused, once, read_write
from fhir_mappings.outcome import BadInput, Issue
from fhir_mappings.values import Located
from hub.actions.transaction import Answer, Once, Transaction
from hub.errors import Problem, RefusedByLaw
from hub.law.caller import Caller

KEPT_ASIDE = Issue(
    "payload-kept-aside",
    "the text of a notification is kept as it came, and is not part of what the authority is shown",
    "Communication.payload",
    "informational",
    severity="warning",
)


async def create_communication(face: Face, request: Request, caller: Caller) -> Response:
    """201 with the address of the notification; with If-None-Exist, 200 where it has been made before."""
    must_grant(caller, "Communication", "c")
    check_content_type(request)
    write = await read_write(request, "POST Communication", most=face.settings.fhir_max_bytes)
    try:
        notice, named, said = await face.apart.run(
            len(write.body), read_create, face.reading(caller), write.body, request.headers.get("If-None-Exist")
        )
        was_there = True

        async def effect(tx: Transaction) -> Answer:
            nonlocal was_there
            was_there = False
            return {"communication": str(await notify(tx, notice, write.payload()))}

        answer = await once(face, caller, write, effect, at=notice.at, known_as=named)
    except (Problem, RefusedByLaw, BadInput) as error:
        await keep_refused(face, caller, write, error)
        raise
    said += [KEPT_ASIDE] if notice.with_text else []
    existed = bool(named) and was_there
    return await created(face, request, caller, "Communication", UUID(answer["communication"]), said, existed=existed)


def read_create(reading: Reading, body: bytes, if_none_exist: str | None) -> tuple[Notice, list[Once], list[Issue]]:
    value, said = taken(reading, body)
    return read_notice(reading, value), condition_of("Communication", if_none_exist, value), said


def read_notice(reading: Reading, value: Any) -> Notice:
    """A Communication that stands alone. Raises `BadInput`."""
    resource, walk = received(value, "Communication", settings=reading.settings, today=reading.today)
    located = Located("Communication", resource)
    resolver = Resolver(f"{reading.settings.address}{FHIR_PATH}")
    resolver.add(located, full_url=None, known_as=None)
    return notice_of(located, walk, resolver)
