"""Who may be told of a child, and how: parents, carers and others."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, case, false, not_, null, or_

from hub.db import tables
from hub.db.sharing import Sight
from hub.law.reg17_disclosure import Part, Relationship
from schema.fields import column, computed, row_of

_CONTACT = tables.contact.c


def _address(contact: FromClause, sight: Sight) -> ColumnElement[str]:
    own = sight.held.get(Relationship.RESPONSIBLE_AUTHORITY, false())
    return case((or_(own, not_(contact.c.address_withheld)), contact.c.address), else_=null())


@row_of(tables.contact, scope="child.read", part=Part.CONTACTS)
class Contact:
    """A parent, carer or other person to be told."""

    name: str = column(_CONTACT.name, "The name.")
    relationship: str = column(
        _CONTACT.relationship, "How this person stands to the child, such as mother or foster carer."
    )
    parental_responsibility: bool | None = column(
        _CONTACT.parental_responsibility,
        "Whether this person has parental responsibility for the child; absent: not known.",
    )
    telephone: str | None = column(_CONTACT.telephone, "Telephone number.")
    email: str | None = column(_CONTACT.email, "E-mail address.")
    address: str | None = computed(
        _address,
        "Postal address; where `addressWithheld` is true, absent for every body but the responsible authority.",
    )
    address_withheld: bool = column(
        _CONTACT.address_withheld,
        "Whether the address is kept, for somebody's safety, from every body but the responsible authority.",
    )
