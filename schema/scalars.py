"""Scalars that hold what they say: identifiers with their checks, and money that is exact."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

from hub.law.interpretation import (
    InvalidIdentifier,
    check_la_code,
    check_nhs_number,
    check_ods_code,
    check_upn,
)

NHSNumber = NewType("NHSNumber", str)
UPN = NewType("UPN", str)
ODSCode = NewType("ODSCode", str)
LACode = NewType("LACode", str)
Money = NewType("Money", Decimal)

_POUNDS = re.compile(r"-?\d{1,10}(\.\d{1,2})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII)


def _checked(check: Callable[[str], str]) -> Callable[[Any], str]:
    def parse(value: object) -> str:
        if not isinstance(value, str):
            raise GraphQLError("this must be a string")
        try:
            return check(value)
        except InvalidIdentifier as error:
            raise GraphQLError(error.message, extensions={"rule": error.rule}) from error

    return parse


def _money(value: object) -> Decimal:
    if isinstance(value, str) and _POUNDS.fullmatch(value):
        return Decimal(value)
    raise GraphQLError('money is a string of pounds sterling such as "1234.50", below ten thousand million')


def _day(value: object) -> date:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise GraphQLError('a date is a string such as "2026-11-22"')


def _instant(value: object) -> datetime:
    try:
        if isinstance(value, str) and _INSTANT.fullmatch(value):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    raise GraphQLError('an instant is a string with its offset from UTC, such as "2026-11-22T09:30:00Z"')


def _written(value: date) -> str:
    return value.isoformat()


def money_text(amount: Decimal) -> str:
    """Pounds sterling with two decimals: `1234.50`."""
    return f"{amount:.2f}"


def _identifier(name: str, description: str, check: Callable[[str], str]) -> Any:
    return strawberry.scalar(name=name, description=description, serialize=str, parse_value=_checked(check))


SCALARS: dict[object, Any] = {
    date: strawberry.scalar(
        name="Date",
        description='A day of the calendar, such as "2026-11-22" (ISO 8601).',
        serialize=_written,
        parse_value=_day,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description='An instant, such as "2026-11-22T09:30:00+00:00" (RFC 3339). The hub answers in UTC.',
        serialize=_written,
        parse_value=_instant,
    ),
    NHSNumber: _identifier("NHSNumber", "An NHS number: ten digits, the last a check digit.", check_nhs_number),
    UPN: _identifier("UPN", "A unique pupil number: a check letter and twelve characters.", check_upn),
    ODSCode: _identifier("ODSCode", "An Organisation Data Service code: 3 to 10 letters or digits.", check_ods_code),
    LACode: _identifier("LACode", "A local authority's three-digit code (Department for Education).", check_la_code),
    Money: strawberry.scalar(
        name="Money",
        description='Pounds sterling as an exact string, such as "1234.50".',
        serialize=money_text,
        parse_value=_money,
    ),
}


def config() -> StrawberryConfig:
    """The schema's configuration: these scalars, and no hints about fields that the caller did not name."""
    return StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True)
