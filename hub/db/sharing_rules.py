"""How the rows of each table are reached: the parts of the record that they belong to, and what narrows them.

A table that is not here cannot be read at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Text, any_, case, false, literal_column, or_, true

from hub.db import tables
from hub.db.conditions import Condition, every, is_one_of, some
from hub.db.guarded import Guarded, issue
from hub.db.sharing_parts import BUDGET_PARTS, EVENT_PARTS, FIELD_PARTS, SECTION_PARTS, HasHistory
from hub.law.reg17_disclosure import Part, Relationship
from hub.law.vocabulary import AdviceKind, OrganisationKind, ResponsibilityKind

if TYPE_CHECKING:
    from hub.db.sharing import Sight

Below: TypeAlias = tuple[str, str]
"""A table, and the column by which a row of another is joined to a row of it."""

Narrow: TypeAlias = "Callable[[FromClause, Sight], Condition]"


@dataclass(frozen=True, slots=True)
class Rows:
    """How the rows of a table with a child's data are reached.

    `parts`: the parts a row may belong to; where there are several, `part_of` gives each row's own, and without it a
    row is seen by whoever has any of them. `narrowed`: what a relationship needs beside the part. `follows`: the
    rows above, where being below one that is seen is all that the narrowing asks. `scattered`: relationships whose
    narrowing does not say where the rows are.
    """

    parts: frozenset[Part]
    part_of: Callable[[FromClause], tuple[ColumnElement[Any], Mapping[Any, Part]]] | None = None
    narrowed: Mapping[Relationship, Narrow] = field(default_factory=dict[Relationship, Narrow])
    follows: frozenset[Below] = frozenset()
    scattered: frozenset[Relationship] = frozenset()

    def seen(self, row: FromClause, sight: Sight, below: Below | None) -> Condition:
        if below in self.follows:
            return true()
        return some(*(sight.way(each, self, row) for each in Relationship))

    def in_parts(self, row: FromClause, opened: Collection[Part]) -> Condition:
        if self.part_of is None or self.parts <= frozenset(opened):
            return true()
        column, part_of = self.part_of(row)
        return is_one_of(column, [word for word, part in part_of.items() if part in opened])


@dataclass(frozen=True, slots=True)
class Own:
    """A table about no child, or about the keeping of a record: seen by whom `whose` says."""

    whose: Narrow

    def seen(self, row: FromClause, sight: Sight, _: Below | None) -> Condition:
        return self.whose(row, sight)


def _by_section(column: str) -> Callable[[FromClause], tuple[ColumnElement[Any], Mapping[Any, Part]]]:
    return lambda row: (row.c[column], SECTION_PARTS)


def _by_field(row: FromClause) -> tuple[ColumnElement[Any], Mapping[Any, Part]]:
    return row.c.field, FIELD_PARTS


def _by_budget(row: FromClause) -> tuple[ColumnElement[Any], Mapping[Any, Part]]:
    return row.c.kind, BUDGET_PARTS


def _through(parent: str, column: str) -> Narrow:
    """Seen if and only if the row it belongs to is seen."""

    def condition(row: FromClause, sight: Sight) -> Condition:
        above = sight.rows(tables.metadata.tables[parent])
        same_child = (above.row.c.owner_id == row.c.owner_id) & (above.row.c.child_id == row.c.child_id)
        return above.exists(same_child, above.row.c.id == row.c[column])

    return condition


def _is_own(column: str) -> Narrow:
    return lambda row, sight: row.c[column] == sight.asking.organisation


def _is_to_or_from(row: FromClause, sight: Sight) -> Condition:
    return some(row.c.addressed_to_id == sight.asking.organisation, row.c.given_by_id == sight.asking.organisation)


def _said_it(row: FromClause, sight: Sight) -> Condition:
    return every(row.c.said_by_id.is_not(None), row.c.said_by_id == sight.asking.organisation)


def _is_transferred(row: FromClause, sight: Sight) -> Condition:
    return every(row.c.transferred_to_id.is_not(None), row.c.transferred_to_id == sight.asking.organisation)


def _is_in_it(row: FromClause, sight: Sight) -> Condition:
    return any_(row.c.parties) == sight.asking.organisation


def _is_medical(row: FromClause, _: Sight) -> Condition:
    return is_one_of(row.c.kind, [AdviceKind.MEDICAL])


def _is_of_its_kind(row: FromClause, sight: Sight) -> Condition:
    """The twin of `hub.law.s42_commissioned.is_of_its_kind`, of a body that is a commissioner of the child."""
    asking = sight.asking
    agreement, held, body = issue(tables.provision_agreement), issue(tables.responsibility), tables.organisation.alias()
    asked = Guarded(agreement, agreement.c.commissioner_id == asking.organisation).exists(
        agreement.c.owner_id == row.c.owner_id, agreement.c.provision_id == row.c.id
    )
    by_kind = Guarded(body, body.c.id == row.c.commissioner_id).select(body.c.kind).scalar_subquery()
    board, nhs_england = (_word(each) for each in COMMISSIONERS)
    kind = case((by_kind == _word(OrganisationKind.NHS_ENGLAND), nhs_england), else_=board)
    for_all = Guarded(held, held.c.body_id == asking.organisation).exists(
        held.c.owner_id == row.c.owner_id,
        held.c.child_id == row.c.child_id,
        held.c.starts_on <= asking.today,
        or_(held.c.ends_on.is_(None), held.c.ends_on >= asking.today),
        held.c.for_provision.is_(None),
        held.c.kind == kind,
    )
    named = every(row.c.commissioner_id.is_not(None), row.c.commissioner_id == asking.organisation)
    return some(named, asked, for_all)


def _word(word: StrEnum) -> ColumnElement[str]:
    return literal_column(f"'{word.value}'", Text)


def _is_in_correspondence(row: FromClause, sight: Sight) -> Condition:
    """The authority that wrote, and the body that it wrote to: for whatever purpose, it is their own letter."""
    return or_(row.c.owner_id == sight.asking.organisation, row.c.addressed_to_id == sight.asking.organisation)


def _nobody(_: FromClause, __: Sight) -> Condition:
    return false()


def _everybody(_: FromClause, __: Sight) -> Condition:
    return true()


def _parties(row: FromClause, sight: Sight) -> Condition:
    """The authority of an arrangement and the bodies that are in it."""
    body = tables.arrangement_party.alias()
    is_in = Guarded(body, body.c.body_id == sight.asking.organisation).exists(body.c.arrangement_id == row.c.id)
    return or_(row.c.authority_id == sight.asking.organisation, is_in)


def _in_arrangement(row: FromClause, sight: Sight) -> Condition:
    above = tables.arrangement.alias()
    return Guarded(above, _parties(above, sight)).exists(above.c.id == row.c.arrangement_id)


def _about_what_is_seen(row: FromClause, sight: Sight) -> Condition:
    return some(
        *(
            every(is_one_of(row.c.about_type, [each]), _through(each.name.lower(), "about_id")(row, sight))
            for each in HasHistory
        )
    )


def _under(parent: str, column: str, parts: frozenset[Part]) -> Rows:
    """A table whose rows follow the row above them."""
    return Rows(
        parts, narrowed=dict.fromkeys(Relationship, _through(parent, column)), follows=frozenset({(parent, column)})
    )


def _parts(*parts: Part) -> Rows:
    return Rows(frozenset(parts))


def _document_of(row: FromClause, sight: Sight) -> Condition:
    with_advice = _through("advice", "advice_id")(row, sight)
    with_request = _through("cooperation_request", "cooperation_request_id")(row, sight)
    return some(with_advice, every(row.c.advice_id.is_(None), with_request))


_SECTIONS = frozenset(SECTION_PARTS.values())
_BUDGETS = frozenset(BUDGET_PARTS.values())
_ASKED, _COMMISSIONER = Relationship.ASKED_TO_COOPERATE, Relationship.RESPONSIBLE_COMMISSIONER
COMMISSIONERS = (ResponsibilityKind.COMMISSIONER, ResponsibilityKind.SPECIALISED_COMMISSIONER)

_OTHERS = frozenset(Relationship) - {Relationship.RESPONSIBLE_AUTHORITY}
_kept_by_authority = Rows(frozenset({Part.EXISTENCE}), narrowed=dict.fromkeys(_OTHERS, _nobody))
_transferred = {Relationship.RECEIVING_AUTHORITY: _through("plan", "plan_id")}

ROWS: Mapping[str, Rows | Own] = {
    "child": _parts(Part.EXISTENCE),
    "child_identifier": _parts(Part.IDENTITY),
    # Which other bodies hold a child is nobody's business but the authority's: a body finds what it said itself.
    "child_source": Rows(frozenset({Part.IDENTITY}), narrowed=dict.fromkeys(_OTHERS, _said_it)),
    "disagreement": Rows(frozenset(FIELD_PARTS.values()), _by_field),
    "responsibility": _parts(Part.EXISTENCE),
    "consent": _kept_by_authority,
    "disclosure_decision": _kept_by_authority,
    "broken_glass": Rows(frozenset({Part.EXISTENCE}), narrowed=dict.fromkeys(_OTHERS, _is_own("body_id"))),
    "glass_acknowledgement": _kept_by_authority,
    "contact": _parts(Part.CONTACTS),
    "assessment": _parts(Part.ASSESSMENT),
    "advice_request": _under("assessment", "assessment_id", frozenset({Part.ASSESSMENT})),
    "plan": Rows(_SECTIONS, narrowed={Relationship.RECEIVING_AUTHORITY: _is_transferred}),
    "plan_section": Rows(_SECTIONS, _by_section("code"), _transferred),
    "need": Rows(_SECTIONS, _by_section("section"), _transferred),
    "outcome": Rows(frozenset({Part.SECTION_E}), narrowed=_transferred),
    "provision": Rows(
        _SECTIONS,
        _by_section("section"),
        {**_transferred, _COMMISSIONER: _is_of_its_kind},
        scattered=frozenset({_COMMISSIONER}),
    ),
    "provision_agreement": _under("provision", "provision_id", _SECTIONS),
    "delivery": _under("provision", "provision_id", _SECTIONS),
    "plan_change": Rows(_SECTIONS, _by_section("section"), _transferred),
    "placement": Rows(frozenset({Part.SECTION_I}), narrowed=_transferred),
    "review": _parts(Part.REVIEW),
    "personal_budget": Rows(_BUDGETS | {Part.BUDGET_TOTAL}),
    "budget_item": Rows(_BUDGETS, _by_budget),
    "amount_due": Rows(_BUDGETS, _by_budget),
    "direct_payment": Rows(_BUDGETS, _by_budget),
    "direct_payment_decision": Rows(_BUDGETS, _by_budget),
    "payment": Rows(_BUDGETS, _by_budget),
    "spending": Rows(_BUDGETS, _by_budget),
    "cooperation_request": Rows(frozenset({Part.COOPERATION}), narrowed={_ASKED: _is_own("addressed_to_id")}),
    "time_exception": _under("cooperation_request", "cooperation_request_id", frozenset({Part.COOPERATION})),
    "advice": Rows(frozenset({Part.ADVICE}), narrowed={_ASKED: _is_own("given_by_id"), _COMMISSIONER: _is_medical}),
    "advised_need": _under("advice", "advice_id", frozenset({Part.ADVICE})),
    "advised_provision": _under("advice", "advice_id", frozenset({Part.ADVICE})),
    "advised_outcome": _under("advice", "advice_id", frozenset({Part.ADVICE})),
    "document": Rows(frozenset({Part.ADVICE, Part.COOPERATION}), narrowed=dict.fromkeys(Relationship, _document_of)),
    "event": Rows(
        frozenset(EVENT_PARTS.values()),
        lambda row: (row.c.about_type, EVENT_PARTS),
        narrowed=dict.fromkeys(Relationship, _about_what_is_seen),
        follows=frozenset((each.name.lower(), "about_id") for each in HasHistory),
    ),
    "notification": Rows(
        frozenset({Part.NOTIFICATION}), narrowed={Relationship.NOTIFYING_BODY: _is_own("notified_by_id")}
    ),
    "notice": Rows(frozenset({Part.NOTICES}), narrowed={_COMMISSIONER: _is_to_or_from}),
    "dispute": Rows(frozenset({Part.REDRESS}), narrowed={_COMMISSIONER: _is_in_it}),
    "dispute_step": _under("dispute", "dispute_id", frozenset({Part.REDRESS})),
    "duty": Rows(
        frozenset({Part.DUTIES}), narrowed={_ASKED: _is_own("holder_id"), _COMMISSIONER: _is_own("holder_id")}
    ),
    "duty_exception": _under("duty", "duty_id", frozenset({Part.DUTIES})),
    "disclosure": _kept_by_authority,
    "identity_candidate": _kept_by_authority,
    "identity_merge": _kept_by_authority,
    "enquiry": Own(_is_in_correspondence),
    "withdrawn_request": Own(_is_in_correspondence),
    "quarantined_item": Own(_is_own("owner_id")),
    "precedence": Own(_is_own("owner_id")),
    "arrangement": Own(_parties),
    "arrangement_party": Own(_in_arrangement),
    "arrangement_clause": Own(_in_arrangement),
    "arrangement_dispute_step": Own(_in_arrangement),
    "arrangement_time_limit": Own(_in_arrangement),
    "sharing_rule": Own(_in_arrangement),
    "organisation": Own(_everybody),
    "school_year": Own(_everybody),
    "succession": Own(_everybody),
}
CHILDS = frozenset(name for name, rule in ROWS.items() if isinstance(rule, Rows))
