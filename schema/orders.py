"""In which orders the lists can be had."""

from enum import Enum

import strawberry

from schema.pages import Order, by_date, by_text


@strawberry.enum(description="The order of a list of children. Equals are ordered by id.")
class ChildOrder(Enum):
    FAMILY_NAME = "family_name"
    YOUNGEST_FIRST = "youngest_first"
    OLDEST_FIRST = "oldest_first"

    @property
    def order(self) -> Order:
        match self:
            case ChildOrder.FAMILY_NAME:
                return Order("children-family-name", (by_text("family_name"),))
            case ChildOrder.YOUNGEST_FIRST:
                return Order("children-youngest", (by_date("date_of_birth"),), descending=True)
            case ChildOrder.OLDEST_FIRST:
                return Order("children-oldest", (by_date("date_of_birth"),))
