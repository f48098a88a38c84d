"""Whether a JSON value is one of a FHIR primitive type (http://hl7.org/fhir/R4/datatypes.html#primitive), strictly."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from adapters.nhs_fhir.shapes import IS_ID, Primitive
from fhir_mappings import narrative
from fhir_mappings.document import decode
from fhir_mappings.outcome import Faults
from hub.law.interpretation import InvalidIdentifier, check_text

MOST_DIGITS = 18
"""FHIR promises no more; a longer number would be kept otherwise than it was sent."""

_FORMS = {
    Primitive.ID: (
        IS_ID,
        "id-format",
        "an id is 1 to 64 letters, digits, - or .",
    ),
    Primitive.CODE: (re.compile(r"\S+( \S+)*"), "code-format", "a code has no space at its ends, nor two together"),
    Primitive.URI: (re.compile(r"\S+"), "uri-format", "a URI has no spaces"),
}
_MOMENTS = frozenset({Primitive.DATE, Primitive.DATETIME, Primitive.INSTANT})
_YEAR = r"[0-9]{4}"
_DATE = re.compile(rf"{_YEAR}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
_TIME = r"T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,12})?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
_INSTANT = re.compile(rf"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}{_TIME}")
_ACTIVE_SCHEME = re.compile(r"\s*(javascript|vbscript|data|file|blob)\s*:", re.IGNORECASE)

_RANGES = {
    Primitive.INTEGER: (-(2**31), 2**31 - 1),
    Primitive.UNSIGNED: (0, 2**31 - 1),
    Primitive.POSITIVE: (1, 2**31 - 1),
}


def check_primitive(kind: Primitive, value: Any, faults: Faults, at: str) -> None:
    """Adds what is wrong with the value: 400 for another JSON type or form, 422 for a value that cannot be."""
    match kind:
        case Primitive.BOOLEAN:
            if not isinstance(value, bool):
                _wrong_type(faults, at, "true or false")
        case Primitive.INTEGER | Primitive.UNSIGNED | Primitive.POSITIVE:
            _check_integer(value, *_RANGES[kind], faults, at)
        case Primitive.DECIMAL:
            _check_decimal(value, faults, at)
        case _:
            if not isinstance(value, str):
                _wrong_type(faults, at, "text")
            elif not value:
                faults.add("empty", "FHIR has no empty text: leave the element out", at, code="structure", status=400)
            else:
                _check_text(kind, value, faults, at)


def _check_integer(value: Any, least: int, most: int, faults: Faults, at: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        _wrong_type(faults, at, "a whole number")
    elif not least <= value <= most:
        faults.add("number-out-of-range", f"this lies between {least} and {most}", at)


def _check_decimal(value: Any, faults: Faults, at: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        _wrong_type(faults, at, "a number")
        return
    parts = Decimal(value).as_tuple()
    if len(parts.digits) > MOST_DIGITS or abs(int(parts.exponent)) > MOST_DIGITS:
        faults.add("decimal-too-long", f"a number has at most {MOST_DIGITS} digits", at)


def _check_text(kind: Primitive, value: str, faults: Faults, at: str) -> None:
    try:
        check_text(value)
    except InvalidIdentifier as error:
        faults.add(error.rule, error.message, at, code="structure", status=400)
        return
    if kind in _FORMS:
        form, rule, message = _FORMS[kind]
        if not form.fullmatch(value):
            faults.add(rule, message, at, status=400)
    if kind is Primitive.URI:
        check_scheme(value, faults, at)
    elif kind in _MOMENTS and not _is_moment(kind, value):
        faults.add("date-invalid", "there is no such day or moment, or it lacks its time zone", at)
    elif kind is Primitive.BASE64 and decode(value) is None:
        faults.add("base64", "this is not base64", at)
    elif kind is Primitive.XHTML:
        _check_narrative(value, faults, at)


def _check_narrative(value: str, faults: Faults, at: str) -> None:
    try:
        narrative.texts(value)
    except narrative.BadNarrative as error:
        faults.add(error.rule, error.message, at, code="invariant")


def check_scheme(value: str, faults: Faults, at: str) -> None:
    if _ACTIVE_SCHEME.match(value):
        faults.add("uri-scheme", "this names something that runs or is inlined, not a resource", at, code="security")


def _is_moment(kind: Primitive, value: str) -> bool:
    partial = kind is not Primitive.INSTANT and _DATE.fullmatch(value)
    if not partial and (kind is Primitive.DATE or not _INSTANT.fullmatch(value)):
        return False
    try:
        date.fromisoformat(f"{value[:10]}-01-01"[:10])  # a year, or a year and a month, is that of its first day
        if not partial:
            datetime.fromisoformat(value.replace(":60", ":59"))
    except ValueError:
        return False
    return True


def _wrong_type(faults: Faults, at: str, wanted: str) -> None:
    faults.add("json-type", f"this must be {wanted} in JSON", at, code="structure", status=400)
