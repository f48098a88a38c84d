"""Who answers for a child (CFA 2014 ss. 24, 26(8), 42(4)). One authority, and each body that must arrange provision."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from hub.law.decisions import Refusal
from hub.law.reg17_disclosure import Relationship
from hub.law.responsibility import (
    GROUNDS,
    HELD_BY,
    Responsibility,
    ResponsibilityGround,
    authority_on,
    commissioners_on,
    day_before,
    refuse_succession,
    refuse_to_add,
    refuse_to_ask_for_succession,
    refuse_to_assign,
    relationships_on,
    replaced_by,
    responsible_on,
)
from hub.law.vocabulary import OrganisationKind, ResponsibilityKind
from tests.law.cases import AUTHORITY, BOARD, OTHER_AUTHORITY, TRUST, day, days, every_case

OLD = Responsibility(AUTHORITY, ResponsibilityKind.AUTHORITY, None, "in the area", day("2024-01-01"), day("2026-06-14"))
NEW = Responsibility(OTHER_AUTHORITY, ResponsibilityKind.AUTHORITY, None, "moved (reg. 15)", day("2026-06-15"))
ICB = Responsibility(BOARD, ResponsibilityKind.COMMISSIONER, None, "registered with a GP", day("2024-01-01"))
NHS_ENGLAND = Responsibility(
    TRUST, ResponsibilityKind.SPECIALISED_COMMISSIONER, "cochlear implants", "s. 26(8)(a)", day("2025-01-01")
)
ALL = (OLD, NEW, ICB, NHS_ENGLAND)


def test_responsibility_passes_on_the_day_of_the_move() -> None:
    """The old authority answers up to the day before the move, the new one from that day (reg. 15(2), (3))."""
    assert authority_on(ALL, day("2026-06-14")) == AUTHORITY
    assert authority_on(ALL, day("2026-06-15")) == OTHER_AUTHORITY


def test_before_anyone_answers_nobody_does() -> None:
    """A child known to no authority, or with a disability and no SEN, has no responsible authority (s. 24)."""
    assert authority_on(ALL, day("2023-12-31")) is None
    assert authority_on((ICB,), day("2026-01-01")) is None


def test_several_bodies_may_commission() -> None:
    """Each body under a duty to arrange provision of that kind is a responsible commissioning body (s. 42(4))."""
    assert commissioners_on(ALL, day("2024-06-01")) == {BOARD}
    assert commissioners_on(ALL, day("2026-06-01")) == {BOARD, TRUST}
    assert responsible_on(ALL, day("2026-06-01")) == (OLD, ICB, NHS_ENGLAND)


def test_a_relationship_follows_from_responsibility() -> None:
    """A body stands to the child as authority, as commissioner, or by responsibility not at all."""
    assert relationships_on(AUTHORITY, ALL, day("2026-06-01")) == {Relationship.RESPONSIBLE_AUTHORITY}
    assert relationships_on(BOARD, ALL, day("2026-06-01")) == {Relationship.RESPONSIBLE_COMMISSIONER}
    assert relationships_on(OTHER_AUTHORITY, ALL, day("2026-06-01")) == frozenset()


def test_two_authorities_may_not_answer_at_once() -> None:
    """Another authority may not be recorded for days on which one answers already (s. 24(1))."""
    refusal = refuse_to_add(replace(NEW, from_=day("2026-06-14")), (OLD,))
    assert isinstance(refusal, Refusal)
    assert refusal.rule == "one-authority-at-a-time"
    assert refuse_to_add(NEW, (OLD, ICB)) is None


def test_the_same_body_or_a_commissioner_may_be_added() -> None:
    """The same authority may be recorded again, and a commissioner beside an authority and another commissioner."""
    assert refuse_to_add(replace(OLD, reason="identified (s. 24(1)(a))"), ALL) is None
    assert refuse_to_add(NHS_ENGLAND, ALL) is None


def test_a_responsibility_does_not_end_before_it_begins() -> None:
    """A responsibility whose last day is before its first is refused."""
    refusal = refuse_to_add(replace(OLD, to=day("2023-12-31")), ())
    assert isinstance(refusal, Refusal)
    assert refusal.rule == "dates-out-of-order"


@every_case
@given(st.lists(st.tuples(days, days, st.sampled_from([AUTHORITY, OTHER_AUTHORITY])), max_size=6), days)
def test_one_authority_answers_on_any_day(periods: list[tuple[date, date, object]], on: date) -> None:
    """Where each was admitted in turn, no two authorities answer on the same day."""
    admitted: list[Responsibility] = []
    for first, last, body in periods:
        new = replace(OLD, body=body, from_=first, to=last)
        if refuse_to_add(new, admitted) is None:
            admitted.append(new)
    assert len({each.body for each in responsible_on(admitted, on)}) <= 1


BORN = day("2016-03-04")
NEW_ICB = replace(ICB, body=TRUST, from_=day("2026-04-01"))


def _assigned(new: Responsibility, ground: ResponsibilityGround, held_by: OrganisationKind) -> str | None:
    refusal = refuse_to_assign(new, ALL, ground=ground, held_by=held_by, born_on=BORN)
    return refusal.rule if refusal else None


def test_a_board_takes_the_place_of_the_board_before_it() -> None:
    """One board commissions for a child at a time, for the same provision: the one before ends the day before (reg.
    16)."""
    ground = ResponsibilityGround.COMMISSIONS_FOR_PERSONS_OF_ITS_AREA
    assert _assigned(NEW_ICB, ground, OrganisationKind.INTEGRATED_CARE_BOARD) is None
    assert replaced_by(NEW_ICB, ALL) == ((ICB,), (OLD, NEW, NHS_ENGLAND))
    assert day_before(NEW_ICB.from_) == day("2026-03-31")


def test_an_authority_takes_nobodys_place() -> None:
    """An authority becomes responsible by the transfer of the plan (reg. 15), never by being written over another."""
    assert replaced_by(NEW, (OLD,)) == ((), (OLD,))
    again = replace(NEW, body=TRUST, from_=day("2026-07-01"))
    ground = ResponsibilityGround.MOVED_TO_AREA
    assert _assigned(again, ground, OrganisationKind.LOCAL_AUTHORITY) == "one-authority-at-a-time"


def test_detained_young_people_are_refused() -> None:
    """Part 3 applies to detained persons with changes (ss. 70 to 75, SI 2015/62) that the hub does not carry: no body
    is recorded on that ground, rather than a wrong clock be counted."""
    assert _assigned(NEW_ICB, ResponsibilityGround.DETAINED, OrganisationKind.INTEGRATED_CARE_BOARD) == (
        "detained-persons"
    )


def test_a_body_answers_as_its_kind_may() -> None:
    """An authority under s. 24, a board under s. 26(8)(b), NHS England under s. 26(8)(a): each on its own grounds."""
    ground = ResponsibilityGround.COMMISSIONS_FOR_PERSONS_OF_ITS_AREA
    assert _assigned(NEW_ICB, ground, OrganisationKind.NHS_TRUST) == "wrong-kind-of-body"
    forces = ResponsibilityGround.ARMED_FORCES_FAMILY
    assert _assigned(NEW_ICB, forces, OrganisationKind.INTEGRATED_CARE_BOARD) == "wrong-ground"
    assert set(HELD_BY) == set(GROUNDS) == set(ResponsibilityKind)


def test_nobody_answers_before_birth() -> None:
    """A responsibility that begins before the child is born is refused."""
    ground = ResponsibilityGround.COMMISSIONS_FOR_PERSONS_OF_ITS_AREA
    early = replace(NEW_ICB, from_=day("2016-03-03"))
    assert _assigned(early, ground, OrganisationKind.INTEGRATED_CARE_BOARD) == "before-birth"


def test_the_same_is_not_assigned_twice() -> None:
    """A body that answers already, for the same provision on some of the days, is not recorded again."""
    ground = ResponsibilityGround.COMMISSIONS_FOR_PERSONS_OF_ITS_AREA
    assert _assigned(replace(ICB, from_=day("2026-01-01")), ground, OrganisationKind.INTEGRATED_CARE_BOARD) == (
        "recorded-already"
    )


def test_an_abolished_board_owes_nothing() -> None:
    """On a succession the successor answers from its first day for all of the old board's children and owes what the
    old one owed: a board that exists, of the same kind, on a day that has come."""
    board, trust = OrganisationKind.INTEGRATED_CARE_BOARD, OrganisationKind.NHS_TRUST
    on, today = day("2026-04-01"), day("2026-11-22")

    def rule(old: OrganisationKind, new: OrganisationKind, **changed: object) -> str | None:
        usual = {"same": False, "old_until": None, "succeeded_otherwise": False, "new_exists": True}
        usual |= {"on": on, "today": today}
        refusal = refuse_succession(old, new, **(usual | changed))  # pyright: ignore[reportArgumentType]  (one key of each kind)
        return refusal.rule if refusal else None

    assert rule(board, board) is None
    assert rule(board, board, old_until=day("2026-03-31")) is None
    assert rule(board, board, same=True) == rule(board, trust) == rule(trust, trust) == "wrong-kind-of-body"
    assert rule(board, board, new_exists=False) == "successor-not-in-force"
    assert rule(board, board, on=day("2026-11-23")) == "in-the-future"
    assert rule(board, board, succeeded_otherwise=True) == "succeeded-already"
    assert rule(board, board, old_until=day("2026-03-30")) == "ended-before"


def test_nhs_england_says_which_body_takes_the_place_of_another() -> None:
    """NHS England makes the orders by which integrated care boards are established and abolished (NHS Act 2006
    s. 14Z25): no other body has one take the place of another."""
    allowed = {kind for kind in OrganisationKind if refuse_to_ask_for_succession(kind) is None}
    assert allowed == {OrganisationKind.NHS_ENGLAND}
    refusal = refuse_to_ask_for_succession(OrganisationKind.INTEGRATED_CARE_BOARD)
    assert refusal is not None
    assert refusal.rule == "not-nhs-england"
