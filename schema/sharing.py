"""What opens a child's record beside the statute (SEND Regs 2014 reg. 17(1)): consents, decisions, broken glass."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from sqlalchemy import ColumnElement, FromClause, Text, any_, case, literal_column

from hub.db import tables
from hub.db.sharing import Sight
from hub.law.reg17_consent import CapacityBasis, ConsentGiver
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.reg17_grounds import Ground
from hub.law.safeguarding import Alerted
from schema.arrangement import Arrangement
from schema.fields import column, computed, first_of, members, node_id, one, row_of
from schema.node import Node
from schema.organisation import Organisation

if TYPE_CHECKING:
    from schema.child import Child

_CONSENT, _DECISION, _GLASS = tables.consent.c, tables.disclosure_decision.c, tables.broken_glass.c
_ACKNOWLEDGED = tables.glass_acknowledgement.c


def _names_whom_is_no_more(row: FromClause, sight: Sight) -> ColumnElement[bool]:
    body = sight.rows(tables.organisation)
    return body.exists(body.row.c.id == any_(row.c.recipients), body.row.c.successor_id.is_not(None))


@row_of(tables.consent, scope="child.read", part=Part.EXISTENCE)
class Consent(Node):
    """Consent to the disclosure of parts of a child's record (SEND Regs 2014 reg. 17(1) to (3)), which is not
    consent under the UK GDPR. Exists for the authority whose record it is.
    """

    id: strawberry.ID = node_id(_CONSENT.id, "Consent")
    given_by: str = column(_CONSENT.given_by, "Who consented, by name.")
    giver: ConsentGiver = column(_CONSENT.capacity, "As what this person consented (reg. 17(2), (3), reg. 64).")
    basis: CapacityBasis = column(_CONSENT.capacity_basis, "Why it was this person's to give (regs 17, 63, 64).")
    recipients: list[Organisation] = members(
        "Organisation", _CONSENT.recipients, "The bodies to which it may be disclosed.", order=("name",)
    )
    purposes: list[Purpose] = column(_CONSENT.purposes, "For which purposes.")
    parts: list[Part] = column(_CONSENT.parts, "Which parts of the record.")
    while_providing: bool = column(
        _CONSENT.while_providing, "Whether only while a recipient provides provision in a plan that is maintained."
    )
    given_on: date = column(_CONSENT.given_on, "The day on which it was given.")
    ends_on: date | None = column(
        _CONSENT.ends_on, "The last day; a child's or a parent's ends with compulsory school age (CFA 2014 s. 83(2))."
    )
    ask_again: bool = computed(
        _names_whom_is_no_more,
        "Whether a recipient was abolished: consent names whom it is for, and opens nothing to a successor until it is "
        "given anew (SEND Regs 2014 reg. 17(1)).",
    )
    withdrawn_on: date | None = column(_CONSENT.withdrawn_on, "From which day on it opens nothing; absent: it stands.")


@row_of(tables.disclosure_decision, scope="child.read", part=Part.EXISTENCE)
class DisclosureDecision(Node):
    """An authority's decision to disclose parts of one child's record without consent (SEND Regs 2014 reg. 17(1)(a) to
    (k)). Exists for the authority whose record it is.
    """

    id: strawberry.ID = node_id(_DECISION.id, "DisclosureDecision")
    ground: Ground = column(_DECISION.ground, "On which ground of reg. 17(1).")
    recipients: list[Organisation] = members(
        "Organisation", _DECISION.recipients, "The bodies to which it is disclosed.", order=("name",)
    )
    purposes: list[Purpose] = column(_DECISION.purposes, "For which purposes.")
    parts: list[Part] = column(_DECISION.parts, "Which parts of the record.")
    arrangement: Arrangement | None = one(
        "Arrangement",
        _DECISION.arrangement_id,
        "The version of the arrangements whose rules for these recipients and purposes it takes over (reg. 17(1)(a)).",
    )
    while_providing: bool = column(
        _DECISION.while_providing, "Whether only while a recipient provides provision in a plan that is maintained."
    )
    decide_again: bool = computed(
        _names_whom_is_no_more,
        "Whether a recipient was abolished: a decision names whom it is for, and opens nothing to a successor until it "
        "is made anew (SEND Regs 2014 reg. 17(1)).",
    )
    officer: str = column(_DECISION.officer, "The officer who decided for the authority.")
    reasons: str = column(_DECISION.reasons, "Why the authority is of this opinion.")
    undertaking_on: date | None = column(
        _DECISION.undertaking_on, "When a researcher undertook to publish nothing that identifies (reg. 17(1)(c))."
    )
    decided_at: datetime = column(_DECISION.decided_at, "When it was decided.")
    starts_on: date = column(_DECISION.starts_on, "The first day.")
    ends_on: date | None = column(_DECISION.ends_on, "The last day; absent: until it is revoked.")
    revoked_at: datetime | None = column(_DECISION.revoked_at, "When it was revoked; absent: it was not.")


@row_of(tables.glass_acknowledgement, scope="child.read", part=Part.EXISTENCE)
class GlassAcknowledgement:
    """That the body whose record it is has reviewed why the glass was broken (SEND Regs 2014 reg. 17(4))."""

    client_id: str = column(_ACKNOWLEDGED.client_id, "The client that acknowledged it.")
    person: str | None = column(_ACKNOWLEDGED.person, "The person who did, where one signed in.")
    finding: str = column(_ACKNOWLEDGED.finding, "What the review found, in words.")
    acknowledged_at: datetime = column(_ACKNOWLEDGED.acknowledged_at, "When it was acknowledged.")


def _alerted_to(glass: FromClause, _: Sight) -> ColumnElement[str]:
    body, officer = (literal_column(f"'{each.value}'", Text) for each in (Alerted.BODY, Alerted.PRIVACY_OFFICER))
    return case((glass.c.alerted.is_(None), body), else_=officer)


@row_of(tables.broken_glass, scope="child.read", part=Part.EXISTENCE)
class BrokenGlass(Node):
    """A body broke the glass over a child's record, for safeguarding (Children Act 2004 s. 11). Exists for the
    authority whose record it is, and while it lasts for that body.
    """

    id: strawberry.ID = node_id(_GLASS.id, "BrokenGlass")
    body: Organisation = one("Organisation", _GLASS.body_id, "The body that broke it.")
    client_id: str = column(_GLASS.client_id, "The client that asked.")
    person: str | None = column(_GLASS.person, "The person who asked, where one signed in.")
    reason: str = column(_GLASS.reason, "Why it could not wait, in words.")
    opened_at: datetime = column(_GLASS.opened_at, "When it was broken.")
    ends_at: datetime = column(_GLASS.ends_at, "From when on it opens nothing: 60 minutes later.")
    alerted: str | None = column(
        _GLASS.alerted, "The privacy officer of the authority who was told; absent: none was named then."
    )
    alerted_to: Alerted = computed(_alerted_to, "Whom the alert went to: the body itself where it had named nobody.")
    acknowledgement: GlassAcknowledgement | None = first_of(
        "GlassAcknowledgement",
        "broken_glass_id",
        "That the alert was acknowledged; absent: it is open. For the authority whose record it is.",
        order=("id",),
    )
    child: Annotated[Child, strawberry.lazy("schema.child")] | None = one(
        "Child", _GLASS.child_id, "Over whose record, as far as that is open to you."
    )
