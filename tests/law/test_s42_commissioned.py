"""Which provision in section G is whose (CFA 2014 ss. 26(8), 42(4)). Each commissioning body has the provision of the
kind that it commissions, and not the other's."""

from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from hub.law.reg17_disclosure import Part, Purpose, Relationship, Standing
from hub.law.reg17_rows import row_open
from hub.law.responsibility import Responsibility
from hub.law.s42_commissioned import Commissioned, is_of_its_kind
from hub.law.vocabulary import OrganisationKind, ResponsibilityKind
from tests.law.cases import AUTHORITY, BOARD, day, days, every_case

NHS_ENGLAND = UUID("00000000-0000-4000-8000-000000000005")
NEXT_BOARD = UUID("00000000-0000-4000-8000-000000000006")
TODAY = day("2026-11-22")

BOARDS = Responsibility(BOARD, ResponsibilityKind.COMMISSIONER, None, "s. 26(8)(b)", day("2024-01-01"))
NHS_ENGLANDS = Responsibility(
    NHS_ENGLAND, ResponsibilityKind.SPECIALISED_COMMISSIONER, "Cochlear implants", "s. 26(8)(a)", day("2025-01-01")
)
BOTH = (BOARDS, NHS_ENGLANDS)

THERAPY = Commissioned(BOARD, OrganisationKind.INTEGRATED_CARE_BOARD)
IMPLANTS = Commissioned(NHS_ENGLAND, OrganisationKind.NHS_ENGLAND)
IMPORTED = Commissioned(None, None)


def test_each_commissioning_body_has_the_provision_that_it_commissions() -> None:
    """Health care provision is agreed with and arranged by the body that must arrange provision "of that kind"
    (s. 42(4)): NHS England what it commissions itself (s. 26(8)(a)), the board what it commissions (s. 26(8)(b)). Of
    one child's section G the board has not NHS England's provision, nor NHS England the board's."""
    assert is_of_its_kind(BOARD, BOTH, THERAPY, TODAY)
    assert is_of_its_kind(NHS_ENGLAND, BOTH, IMPLANTS, TODAY)
    assert not is_of_its_kind(BOARD, BOTH, IMPLANTS, TODAY)
    assert not is_of_its_kind(NHS_ENGLAND, BOTH, THERAPY, TODAY)


def test_it_has_it_while_it_answers_for_the_child() -> None:
    """From the first to the last day of its responsibility, both counted, and on no other day: not even what names
    it."""
    ended = replace(BOARDS, to=TODAY)
    assert is_of_its_kind(BOARD, (ended,), THERAPY, TODAY)
    assert not is_of_its_kind(BOARD, (ended,), THERAPY, day("2026-11-23"))
    assert not is_of_its_kind(BOARD, (ended,), THERAPY, day("2023-12-31"))
    assert not is_of_its_kind(BOARD, (), THERAPY, TODAY)
    of_authority = replace(BOARDS, body=AUTHORITY, kind=ResponsibilityKind.AUTHORITY)
    assert not is_of_its_kind(AUTHORITY, (of_authority,), replace(THERAPY, by=AUTHORITY), TODAY)


def test_where_the_board_changes_the_next_one_has_it() -> None:
    """A plan goes on naming the board before (reg. 16) until it is amended: the board that took its place answers for
    the same kind of provision."""
    changed = (replace(BOARDS, to=day("2026-10-31")), replace(BOARDS, body=NEXT_BOARD, from_=day("2026-11-01")))
    assert is_of_its_kind(NEXT_BOARD, changed, THERAPY, TODAY)
    assert not is_of_its_kind(BOARD, changed, THERAPY, TODAY)


def test_a_body_that_answers_for_some_provision_has_what_names_it() -> None:
    """A responsibility for certain provision only ("Cochlear implants") reaches what the plan says that this body
    commissions, and no other provision of its kind."""
    others = Commissioned(UUID(int=9), OrganisationKind.NHS_ENGLAND)
    assert not is_of_its_kind(NHS_ENGLAND, BOTH, others, TODAY)
    for_all = replace(NHS_ENGLANDS, for_provision=None)
    assert is_of_its_kind(NHS_ENGLAND, (BOARDS, for_all), others, TODAY)


def test_provision_that_names_nobody_is_the_boards() -> None:
    """An imported plan may not say who commissions: that is the board's, which commissions what NHS England does not
    (s. 26(8)). NHS England has it when the plan names it."""
    assert is_of_its_kind(BOARD, BOTH, IMPORTED, TODAY)
    assert not is_of_its_kind(NHS_ENGLAND, (BOARDS, replace(NHS_ENGLANDS, for_provision=None)), IMPORTED, TODAY)


def test_who_was_asked_to_agree_sees_what_it_was_asked() -> None:
    """The authority asks a responsible commissioning body to agree (reg. 12(2)): it sees that provision, whatever the
    plan says of who commissions it."""
    asked = replace(THERAPY, asked=frozenset({NHS_ENGLAND}))
    assert is_of_its_kind(NHS_ENGLAND, BOTH, asked, TODAY)
    assert not is_of_its_kind(NHS_ENGLAND, (BOARDS,), asked, TODAY)


def test_no_provision_of_another_kind_is_open_by_statute() -> None:
    """So that the gateway of a commissioning body opens in section G the provision of its kind alone; an addition
    (a consent, a decision, an arrangement) opens the section whole."""
    commissioner = Standing(frozenset({Relationship.RESPONSIBLE_COMMISSIONER}))
    purpose = Purpose.SECTION_G_AGREEMENT
    assert row_open(Part.SECTION_G, commissioner, purpose, meets={Relationship.RESPONSIBLE_COMMISSIONER})
    assert not row_open(Part.SECTION_G, commissioner, purpose, meets=())
    assert row_open(Part.SECTION_G, replace(commissioner, added=frozenset({Part.SECTION_G})), purpose, meets=())
    assert row_open(Part.SECTION_C, commissioner, purpose, meets=())


@every_case
@given(st.sampled_from([THERAPY, IMPLANTS, IMPORTED]), days)
def test_all_provision_is_somebodys_while_both_answer(provision: Commissioned, on: object) -> None:
    """Where a board and NHS England both answer for a child, each line of section G is the one's or the other's, and
    never both's: none is left without a body to agree and arrange it."""
    both = tuple(replace(each, from_=day("2014-09-01"), for_provision=None) for each in BOTH)
    of = [is_of_its_kind(body, both, provision, day(str(on))) for body in (BOARD, NHS_ENGLAND)]
    assert sorted(of) == [False, True]
