"""What single data types ask beyond their shape, each under the name of its invariant where FHIR gives it one."""

import re
from datetime import date, datetime
from typing import Any

from adapters.nhs_fhir.primitives import check_scheme
from fhir_mappings import identifiers
from fhir_mappings.elements import EARLIEST, token
from fhir_mappings.outcome import Faults
from fhir_mappings.values import Json
from hub.law.interpretation import InvalidIdentifier, check_nhs_number

_ID = r"[A-Za-z0-9.-]{1,64}"
_REFERENCE = re.compile(
    rf"#{_ID}|urn:(uuid|oid):{_ID}|https?://\S{{1,1000}}|[A-Z][A-Za-z]{{1,40}}/{_ID}(/_history/{_ID})?"
)


def check_invariants(kind: str, content: Json, faults: Faults, at: str, *, today: date) -> None:
    """Adds what the rules of one data type, or of Patient, find wrong with its content."""
    match kind:
        case "Reference":
            _check_reference(content.get("reference"), faults, f"{at}.reference")
        case "Identifier":
            _check_identifier(content, faults, f"{at}.value")
        case "Extension":
            _check_extension(content, faults, at)
        case "Period":
            start, end = _moment(content.get("start")), _moment(content.get("end"))
            if start is not None and end is not None and end < start:
                faults.add("per-1", "the period ends before it begins", at, code="invariant")
        case "Patient":
            _check_birth(content.get("birthDate"), faults, f"{at}.birthDate", today)
        case _:
            pass


def nhs_number(identifier: Json) -> str | None:
    """The NHS number that an Identifier holds, if it holds one; whichever way its system is spelt."""
    said = token({name: value for name, value in identifier.items() if isinstance(value, str)})
    return said[1] if said is not None and said[0] == identifiers.NHS_NUMBER else None


def _check_reference(reference: Any, faults: Faults, at: str) -> None:
    if not isinstance(reference, str) or not reference or _REFERENCE.fullmatch(reference):
        return
    message = "a reference is Type/id, #id, urn:uuid: or the absolute address of a resource"
    faults.add("reference-form", message, at)
    check_scheme(reference, faults, at)


def _check_identifier(identifier: Json, faults: Faults, at: str) -> None:
    number = nhs_number(identifier)
    if number is not None:
        try:
            check_nhs_number(number)
        except InvalidIdentifier as error:
            faults.add(error.rule, error.message, at)


def _check_extension(extension: Json, faults: Faults, at: str) -> None:
    values = {name.removeprefix("_") for name in extension if name.removeprefix("_").startswith("value")}
    if len(values) + ("extension" in extension) != 1:
        message = "an extension has either one value or extensions of its own"
        faults.add("ext-1", message, at, code="invariant", status=400)


def _check_birth(value: Any, faults: Faults, at: str, today: date) -> None:
    born = _moment(value)
    if born is None:
        return
    if born.date() > today:
        faults.add("birth-date-in-future", "the date of birth is in the future", at)
    elif born.year < EARLIEST:
        faults.add("date-out-of-range", f"the year is before {EARLIEST}", at)


def _moment(value: Any) -> datetime | None:
    """A moment to compare with another; None for what is no day. Time zones are left out: days are what matters."""
    if not isinstance(value, str) or len(value) < len("2026-01-01"):
        return None
    try:
        return datetime.fromisoformat(value.replace(":60", ":59")).replace(tzinfo=None)
    except ValueError:
        return None
