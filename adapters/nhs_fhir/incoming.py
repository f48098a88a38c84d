"""What came, read strictly: JSON, counted, walked, and taken by the models. What it means is for others to say."""

from datetime import date
from typing import Any, cast

from adapters.nhs_fhir.apart import Reading
from adapters.nhs_fhir.models import check_model
from adapters.nhs_fhir.shapes import ACCEPTED
from adapters.nhs_fhir.strict_json import parse
from adapters.nhs_fhir.structure import Limits, Walk
from adapters.nhs_fhir.tolerances import put_right
from fhir_mappings.outcome import BadInput, Issue
from fhir_mappings.values import Json
from hub.settings import Settings

FHIR_PATH = "/fhir/R4"


def taken(reading: Reading, body: bytes) -> tuple[Any, list[Issue]]:
    """What a body says, what is tolerated of its sender put right, with a warning for each. Raises `BadInput` (400)."""
    value = parse(body)
    return value, put_right(value, reading.tolerated)


def received(
    value: Any, kind: str, *, settings: Settings, today: date, within: frozenset[str] = ACCEPTED
) -> tuple[Json, Walk]:
    """The resource of this type, and what the strict walk and then the models found in it; `within`: the types of the
    resources that may stand in it. Raises `BadInput` if anything is malformed.
    """
    check_count(value, settings)
    walk = Walk(Limits(settings.fhir_max_depth, settings.fhir_max_entries, today), within)
    walk.resource(value, kind, accepted=frozenset({kind}))
    _stop_if_malformed(walk)
    for located in walk.resources:
        check_model(located, walk.faults)
    _stop_if_malformed(walk)
    return cast("Json", value), walk


def check_count(value: Any, settings: Settings) -> None:
    """Before anything is walked or built, for 10,000 small resources take seconds."""
    entries = cast("Json", value).get("entry") if isinstance(value, dict) else None
    if isinstance(entries, list) and len(cast("list[Any]", entries)) > settings.fhir_max_entries:
        message = f"a Bundle has at most {settings.fhir_max_entries} entries"
        raise BadInput(Issue("too-many-entries", message, "Bundle.entry", "too-costly", status=413))


def _stop_if_malformed(walk: Walk) -> None:
    """What is malformed, or of a type that is not walked, cannot be read further; values that are wrong can."""
    if any(issue.status != 422 or issue.rule == "resource-type-unknown" for issue in walk.faults.issues):
        walk.faults.check()
