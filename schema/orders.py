"""In which orders the lists can be had."""

from datetime import date
from enum import Enum

import strawberry

from hub.law.reg17_disclosure import Part
from schema.paging import Key, Order

_NAME = Key("family_name", str, part=Part.IDENTITY)
_BORN = Key("date_of_birth", date, part=Part.IDENTITY)


@strawberry.enum(description="The order of a list of children. Equals are ordered by id.")
class ChildOrder(Enum):
    FAMILY_NAME = strawberry.enum_value("family-name", description="By family name, from A to Z.")
    YOUNGEST_FIRST = strawberry.enum_value("youngest", description="By date of birth, the latest first.")
    OLDEST_FIRST = strawberry.enum_value("oldest", description="By date of birth, the earliest first.")


ORDERS: dict[object, Order] = {
    ChildOrder.FAMILY_NAME: Order("children-family-name", (_NAME,)),
    ChildOrder.YOUNGEST_FIRST: Order("children-youngest", (_BORN,), descending=True),
    ChildOrder.OLDEST_FIRST: Order("children-oldest", (_BORN,)),
}
"""Each value of an enum of orders, and the order that it names."""
