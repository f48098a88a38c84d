"""Whether a JSON value is one of a FHIR primitive type (http://hl7.org/fhir/R4/datatypes.html#primitive), strictly."""

import re
from collections.abc import Callable, Mapping
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

_YEAR = r"[0-9]{4}"
_DATE = re.compile(rf"{_YEAR}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
_TIME = r"T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,12})?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
_INSTANT = re.compile(rf"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}{_TIME}")
_ACTIVE_SCHEME = re.compile(r"\s*(javascript|vbscript|data|file|blob)\s*:", re.IGNORECASE)


def check_primitive(kind: Primitive, value: Any, faults: Faults, at: str) -> None:
    """Adds what is wrong with the value: 400 for another JSON type or form, 422 for a value that cannot be."""
    _CHECKS[kind](value, faults, at)


Check = Callable[[Any, Faults, str], None]


def _check_boolean(value: Any, faults: Faults, at: str) -> None:
    if not isinstance(value, bool):
        _wrong_type(faults, at, "true or false")


def _integer(least: int, most: int) -> Check:
    def check(value: Any, faults: Faults, at: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            _wrong_type(faults, at, "a whole number")
        elif not least <= value <= most:
            faults.add("number-out-of-range", f"this lies between {least} and {most}", at)

    return check


def _check_decimal(value: Any, faults: Faults, at: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        _wrong_type(faults, at, "a number")
        return
    parts = Decimal(value).as_tuple()
    if len(parts.digits) > MOST_DIGITS or abs(int(parts.exponent)) > MOST_DIGITS:
        faults.add("decimal-too-long", f"a number has at most {MOST_DIGITS} digits", at)


def _text(
    form: tuple[re.Pattern[str], str, str] | None = None, more: Callable[[str, Faults, str], None] | None = None
) -> Check:
    """Text of a form (its rule and message are told of any other), and what `more` finds in it."""

    def check(value: Any, faults: Faults, at: str) -> None:
        if not isinstance(value, str):
            _wrong_type(faults, at, "text")
            return
        if not value:
            faults.add("empty", "FHIR has no empty text: leave the element out", at, code="structure", status=400)
            return
        try:
            check_text(value)
        except InvalidIdentifier as error:
            faults.add(error.rule, error.message, at, code="structure", status=400)
            return
        if form is not None and not form[0].fullmatch(value):
            faults.add(form[1], form[2], at, status=400)
        if more is not None:
            more(value, faults, at)

    return check


def _moment(form: re.Pattern[str] | None, *, partial: bool) -> Check:
    """A day, or a month or year alone where it may be partial; or a moment of this form, if there may be one."""

    def check(value: str, faults: Faults, at: str) -> None:
        if not _is_moment(value, form, partial=partial):
            faults.add("date-invalid", "there is no such day or moment, or it lacks its time zone", at)

    return _text(more=check)


def _check_base64(value: str, faults: Faults, at: str) -> None:
    if decode(value) is None:
        faults.add("base64", "this is not base64", at)


def _check_narrative(value: str, faults: Faults, at: str) -> None:
    try:
        narrative.texts(value)
    except narrative.BadNarrative as error:
        faults.add(error.rule, error.message, at, code="invariant")


def check_scheme(value: str, faults: Faults, at: str) -> None:
    if _ACTIVE_SCHEME.match(value):
        faults.add("uri-scheme", "this names something that runs or is inlined, not a resource", at, code="security")


def _is_moment(value: str, form: re.Pattern[str] | None, *, partial: bool) -> bool:
    is_day = partial and _DATE.fullmatch(value) is not None
    if not is_day and (form is None or not form.fullmatch(value)):
        return False
    try:
        date.fromisoformat(f"{value[:10]}-01-01"[:10])  # a year, or a year and a month, is that of its first day
        if not is_day:
            datetime.fromisoformat(value.replace(":60", ":59"))
    except ValueError:
        return False
    return True


def _wrong_type(faults: Faults, at: str, wanted: str) -> None:
    faults.add("json-type", f"this must be {wanted} in JSON", at, code="structure", status=400)


_ID = (IS_ID, "id-format", "an id is 1 to 64 letters, digits, - or .")
_CODE = (re.compile(r"\S+( \S+)*"), "code-format", "a code has no space at its ends, nor two together")
_URI = (re.compile(r"\S+"), "uri-format", "a URI has no spaces")

_CHECKS: Mapping[Primitive, Check] = {
    Primitive.BOOLEAN: _check_boolean,
    Primitive.INTEGER: _integer(-(2**31), 2**31 - 1),
    Primitive.UNSIGNED: _integer(0, 2**31 - 1),
    Primitive.POSITIVE: _integer(1, 2**31 - 1),
    Primitive.DECIMAL: _check_decimal,
    Primitive.ID: _text(_ID),
    Primitive.CODE: _text(_CODE),
    Primitive.URI: _text(_URI, check_scheme),
    Primitive.DATE: _moment(None, partial=True),
    Primitive.DATETIME: _moment(_INSTANT, partial=True),
    Primitive.INSTANT: _moment(_INSTANT, partial=False),
    Primitive.BASE64: _text(more=_check_base64),
    Primitive.XHTML: _text(more=_check_narrative),
    Primitive.TEXT: _text(),
}
