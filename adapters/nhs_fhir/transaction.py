"""A transaction Bundle, in which a body answers a request and gives its advice, all of it or none.

http://hl7.org/fhir/R4/http.html#transaction
"""

from typing import Any

from starlette.responses import Response

from adapters.nhs_fhir.answering import Answered
from adapters.nhs_fhir.exchange import etag, fhir_response
from adapters.nhs_fhir.face import Face, must_grant
from adapters.nhs_fhir.submission import Came, Submission
from adapters.nhs_fhir.writing import Write, answer_once, keep_refused
from fhir_mappings.document import marked_id
from fhir_mappings.outcome import BadInput, Issue, operation_outcome
from fhir_mappings.values import Json
from hub.actions.transaction import Answer
from hub.errors import Problem, RefusedByLaw
from hub.law.caller import Caller

_KEPT_AS_PART = operation_outcome(
    [Issue("kept-as-part", "kept as part of this, and read there", code="informational", severity="information")]
)
_CREATED_AS_SUCH = ("Composition", "DocumentReference")


async def transaction(face: Face, caller: Caller, write: Write, submission: Submission, said: list[Issue]) -> Response:
    """A Bundle of type transaction-response: for each entry, in order, its status, location and version.

    `said`: what the sender is to be told of what was tolerated; it stands with the first entry.
    """
    try:
        for kind in _CREATED_AS_SUCH:
            if submission.has(kind):
                must_grant(caller, kind, "c")
        answer = await answer_once(face, caller, write, submission, lambda answered: described(submission, answered))
    except (Problem, RefusedByLaw, BadInput) as error:
        await keep_refused(face, caller, write, error)
        raise
    entries = [_response_entry(each) for each in answer["entries"]]
    if said:
        entries[0]["response"]["outcome"] = operation_outcome(said)
    return fhir_response({"resourceType": "Bundle", "type": "transaction-response", "entry": entries})


def described(submission: Submission, answered: Answered) -> Answer:
    """What the response says of each entry: codes and ids alone, kept as the answer to the same request again."""
    return {"entries": [_entry(each, answered) for each in submission.came]}


def _entry(came: Came, answered: Answered) -> dict[str, Any]:
    request = answered.loaded.recorded.request
    kind, advice_id = came.type, answered.advice_id
    created = "201 Created" if answered.is_new else "200 OK"
    if kind == "Task":
        return {"status": "200 OK", "location": f"Task/{request.id}", "version": answered.loaded.recorded.version}
    if kind == "Patient":
        return {"status": "200 OK", "location": f"Patient/{answered.loaded.child.id}"}
    if advice_id is None:
        return {"status": "200 OK", "location": f"Task/{request.id}", "part": True}
    if kind == "Composition":
        return {"status": created, "location": f"Composition/{advice_id}", "version": 1}
    if came.mark is not None:
        return {"status": created, "location": f"{kind}/{marked_id(advice_id, came.mark)}", "version": 1}
    return {"status": created, "location": f"Composition/{advice_id}", "part": True}


def _response_entry(said: dict[str, Any]) -> Json:
    response: Json = {"status": said["status"], "location": said["location"]}
    if "version" in said:
        response["etag"] = etag(said["version"])
    if said.get("part"):
        response["outcome"] = _KEPT_AS_PART
    return {"response": response}
