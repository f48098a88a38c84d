"""Scalars that hold what they say: identifiers with their checks, and money that is exact."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.types.base_scalars import DateDefinition, DateTimeDefinition

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
    try:
        amount = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or amount != amount.quantize(Decimal("0.01")):
        raise GraphQLError('money is a string of pounds sterling such as "1234.50"')
    return amount


def money_text(amount: Decimal) -> str:
    """Pounds sterling with two decimals: `1234.50`."""
    return f"{amount:.2f}"


def _identifier(name: str, description: str, check: Callable[[str], str]) -> Any:
    return strawberry.scalar(name=name, description=description, serialize=str, parse_value=_checked(check))


SCALARS: dict[object, Any] = {
    date: replace(DateDefinition, description='A day in England, such as "2026-11-22".'),
    datetime: replace(
        DateTimeDefinition, description='An instant with its offset from UTC, such as "2026-11-22T12:00:00+00:00".'
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
