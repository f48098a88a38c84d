"""POST $validate and [type]/$validate: what the hub would say of a resource, without doing anything.

http://hl7.org/fhir/R4/resource-operation-validate.html

Of any type of R4. Without a profile the base definitions of R4 hold, and what the hub itself asks beyond them (the
check digit of an NHS number) is a warning. With a profile of the hub everything is asked that a write would ask, but
for what the record says. The answer is 200 with an OperationOutcome, whatever is found.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from adapters.nhs_fhir.apart import Reading
from adapters.nhs_fhir.create_communication import read_notice
from adapters.nhs_fhir.exchange import check_content_type, fhir_response, read_body
from adapters.nhs_fhir.face import Face
from adapters.nhs_fhir.incoming import check_count
from adapters.nhs_fhir.models import check_model
from adapters.nhs_fhir.process_message import read_any_message
from adapters.nhs_fhir.r4_types import R4_TYPES
from adapters.nhs_fhir.strict_json import parse
from adapters.nhs_fhir.structure import Limits, Walk
from adapters.nhs_fhir.submission import read_bundle, read_task
from fhir_mappings import guide
from fhir_mappings.outcome import BadInput, Issue, operation_outcome
from fhir_mappings.values import Json
from hub.law.caller import Caller

_ASKED_BY_THE_HUB = frozenset(
    {
        "birth-date-in-future",
        "date-out-of-range",
        "decimal-too-long",
        "modifier-unknown",
        "narrative-active-content",
        "nhs-number-check-digit",
        "nhs-number-format",
        "nhs-number-repeated-digit",
        "reference-form",
        "uri-scheme",
    }
)
"""What R4 itself lets pass, or leaves to whoever takes the resource."""

_MODES = frozenset({"create", "update", "delete", "profile"})
_FINE = Issue("valid", "nothing is wrong with this", code="informational", severity="information")
_CLIENT_FAULTS = frozenset({413})


async def validate(face: Face, request: Request, caller: Caller) -> Response:
    """Any caller may ask, within no scope: nothing of the record is read."""
    del caller
    check_content_type(request)
    body = await read_body(request, most=face.settings.fhir_max_bytes)
    profiles = request.query_params.getlist("profile")
    mode = request.query_params.get("mode")
    kind = request.path_params.get("type")
    issues = await face.apart.run(len(body), validated, face.reading(), body, kind, profiles, mode)
    return fhir_response(operation_outcome(issues or [_FINE]))


def validated(reading: Reading, body: bytes, kind: str | None, profiles: list[str], mode: str | None) -> list[Issue]:
    """Everything that is found; raises `BadInput` only for what is too large to look at."""
    try:
        resource, said_profiles, said_mode = _asked(parse(body))
        asked = [*profiles, *said_profiles]
        issues = [*_mode_known(mode or said_mode), *_found(reading, resource, kind, asked)]
    except BadInput as error:
        if error.status in _CLIENT_FAULTS:
            raise
        return list(error.issues)
    return issues


def _asked(value: Any) -> tuple[Any, list[str], str | None]:
    """The resource, the profiles and the mode: the body itself, or what is in Parameters."""
    match value:
        case {"resourceType": "Parameters", "parameter": [*parameters]}:
            said = [cast("Json", each) for each in parameters if isinstance(each, dict)]
        case _:
            return value, [], None
    resources = [each["resource"] for each in said if each.get("name") == "resource" and "resource" in each]
    if len(resources) != 1:
        return value, [], None
    profiles = [_text(each) for each in said if each.get("name") == "profile"]
    modes = [_text(each) for each in said if each.get("name") == "mode"]
    return resources[0], [each for each in profiles if each], modes[0] if modes else None


def _text(parameter: Json) -> str:
    found = next((parameter[name] for name in ("valueUri", "valueCanonical", "valueCode") if name in parameter), "")
    return found if isinstance(found, str) else ""


def _mode_known(mode: str | None) -> list[Issue]:
    if mode is None or mode in _MODES:
        return []
    message = "the mode is create, update, delete or profile"
    return [Issue("mode-unknown", message, code="not-supported", status=400)]


def _found(reading: Reading, resource: Any, kind: str | None, profiles: list[str]) -> list[Issue]:
    said = cast("Json", resource).get("resourceType") if isinstance(resource, dict) else None
    if isinstance(said, str) and kind is not None and said != kind:
        message = "the resource is of another type than the address"
        return [Issue("resource-type-mismatch", message, said if said in R4_TYPES else None, "invariant", 400)]
    check_count(resource, reading.settings)
    based = _base(reading, resource, said if isinstance(said, str) and said in R4_TYPES else "Resource")
    if not isinstance(said, str) or said not in R4_TYPES:
        return based
    content = cast("Json", resource)
    named = [*profiles, *_named_in(content)]
    ours = [each for each in named if each.partition("|")[0] in guide.PROFILES]
    unknown = [] if len(ours) == len(named) else [_PROFILE_UNKNOWN]
    if not ours:
        return [*map(_softened, based), *unknown]
    held = [issue for each in ours for issue in _against(reading, content, each.partition("|")[0])]
    hard = based if any(issue.rule not in _ASKED_BY_THE_HUB for issue in based) else held or based
    return [*hard, *unknown]


_PROFILE_UNKNOWN = Issue(
    "profile-unknown",
    "the hub does not have one of the profiles, and has not checked it: its own are at StructureDefinition",
    code="not-supported",
    severity="warning",
)


def _named_in(resource: Json) -> list[str]:
    meta = resource.get("meta")
    named = cast("Json", meta).get("profile") if isinstance(meta, dict) else None
    if not isinstance(named, list):
        return []
    return [each for each in cast("list[Any]", named) if isinstance(each, str) and each in guide.PROFILES]


def _softened(issue: Issue) -> Issue:
    return replace(issue, severity="warning") if issue.rule in _ASKED_BY_THE_HUB else issue


def _base(reading: Reading, resource: Any, at: str) -> list[Issue]:
    """The strict walk and the models, over every type of R4."""
    walk = Walk(Limits(reading.settings.fhir_max_depth, reading.settings.fhir_max_entries, reading.today), R4_TYPES)
    try:
        walk.resource(resource, at)
        for located in walk.resources:
            if not walk.faults.under(located.at):
                check_model(located, walk.faults)
    except BadInput as error:
        return list(error.issues)
    return walk.faults.issues


# --- the hub's own profiles


def _against(reading: Reading, resource: Json, profile: str) -> list[Issue]:
    if resource["resourceType"] != guide.PROFILES[profile].type:
        message = f"the profile is of {guide.PROFILES[profile].type}"
        return [Issue("profile-type", message, resource["resourceType"], "invariant")]
    try:
        _CHECKS[profile](reading, resource)
    except BadInput as error:
        return list(error.issues)
    return []


def _task(reading: Reading, resource: Json) -> None:
    read_task(resource, request_id=resource.get("id", ""), if_match=1, settings=reading.settings, today=reading.today)


def _transaction(reading: Reading, resource: Json) -> None:
    read_bundle(resource, settings=reading.settings, today=reading.today)


def _message(reading: Reading, resource: Json) -> None:
    read_any_message(reading, resource)


def _notification(reading: Reading, resource: Json) -> None:
    read_notice(reading, resource)


_CHECKS: Mapping[str, Callable[[Reading, Json], None]] = MappingProxyType(
    {
        guide.TASK_PROFILE: _task,
        guide.ADVICE_PROFILE: _transaction,
        guide.MESSAGE_PROFILE: _message,
        guide.NOTIFICATION_PROFILE: _notification,
    }
)
