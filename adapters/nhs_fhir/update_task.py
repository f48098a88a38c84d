"""PUT Task/{id}: a body answers a request without advice. http://hl7.org/fhir/R4/http.html#update

If-Match is required (http://hl7.org/fhir/R4/http.html#concurrency): an answer is to the request as it was read.
"""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.answering import Answered
from adapters.nhs_fhir.apart import Reading
from adapters.nhs_fhir.exchange import check_content_type, etag, fhir_response, preferred
from adapters.nhs_fhir.face import Face, must_grant
from adapters.nhs_fhir.incoming import taken
from adapters.nhs_fhir.read import note_task, show_task
from adapters.nhs_fhir.record import Loaded
from adapters.nhs_fhir.submission import Submission, read_task, version_of
from adapters.nhs_fhir.writing import answer_once, keep_refused, read_write
from fhir_mappings.outcome import BadInput, Issue, operation_outcome
from hub.actions.transaction import Answer, Transaction
from hub.errors import Problem, RefusedByLaw
from hub.law.caller import Caller

_DONE = Issue("updated", "updated", code="informational", severity="information")


async def update_task(face: Face, request: Request, caller: Caller) -> Response:
    """The Task as it then stands (or nothing but its version, with `Prefer: return=minimal`)."""
    must_grant(caller, "Task", "u")
    check_content_type(request)
    version = _if_match(request)
    write = await read_write(request, "PUT Task", most=face.settings.fhir_max_bytes)
    wanted = preferred(request)
    done: list[Loaded] = []

    async def show(tx: Transaction, answered: Answered) -> None:
        """What is answered with the Task itself is on record in the same transaction."""
        done.clear()
        if wanted not in {"minimal", "OperationOutcome"}:
            await note_task(tx, answered.loaded, "fhir:Task.update")
            done.append(answered.loaded)

    try:
        submission, said = await face.apart.run(
            len(write.body), read_update, face.reading(caller), write.body, request.path_params["id"], version
        )
        answer = await answer_once(face, caller, write, submission, described, then=show)
    except (Problem, RefusedByLaw, BadInput) as error:
        await keep_refused(face, caller, write, error)
        raise
    version_now = {"ETag": etag(answer["version"])}
    if wanted == "minimal":
        return Response(status_code=200, headers={"Cache-Control": "no-store", **version_now})
    if wanted == "OperationOutcome":
        return fhir_response(operation_outcome(said or [_DONE]), headers=version_now)
    loaded = done[0] if done else await show_task(face, caller, UUID(answer["task"]), "fhir:Task.update")
    return fhir_response(loaded.task(), headers={"ETag": loaded.etag})


def read_update(reading: Reading, body: bytes, request_id: str, version: int) -> tuple[Submission, list[Issue]]:
    value, said = taken(reading, body)
    task = read_task(value, request_id=request_id, if_match=version, settings=reading.settings, today=reading.today)
    return task, said


def described(answered: Answered) -> Answer:
    recorded = answered.loaded.recorded
    return {"task": str(recorded.request.id), "version": recorded.version}


def _if_match(request: Request) -> int:
    said = request.headers.get("If-Match")
    if said is None:
        message = 'say in If-Match which version this answers, such as W/"3": it is the ETag of the Task'
        raise BadInput(Issue("if-match-required", message, code="required", status=428))
    version = version_of(said)
    if version is None:
        raise BadInput(Issue("if-match-format", 'a version is written W/"3"', status=400))
    return version
