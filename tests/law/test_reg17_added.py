"""Disclosure beside the statute (SEND Regs 2014 reg. 17(1), CFA 2014 s. 26(3)(d), (e)). What a decision, a consent, an
arrangement or broken glass adds, and when each adds nothing."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from hub.law.reg17_added import Asked, Recorded, standing
from hub.law.reg17_consent import CapacityBasis, Consent, ConsentGiver
from hub.law.reg17_disclosure import Opener, Part, Purpose, Relationship, Standing
from hub.law.reg17_grounds import DisclosureDecision, Ground
from hub.law.s26_arrangements import Arrangement, SharingRule
from hub.law.safeguarding import BEHIND_GLASS, BrokenGlass
from hub.law.vocabulary import OrganisationKind, SharingMode
from tests.law.cases import AUTHORITY, BOARD, NOW, TRUST, day, every_case

TODAY = day("2026-11-22")
ASKED = Asked(TRUST, OrganisationKind.NHS_TRUST, Purpose.PROVISION_DELIVERY, TODAY, NOW)
BY_BOARD = replace(ASKED, body=BOARD, kind=OrganisationKind.INTEGRATED_CARE_BOARD)
OPINION = DisclosureDecision(
    ground=Ground.INTERESTS_OF_THE_CHILD,
    recipients=frozenset({TRUST}),
    purposes=frozenset({Purpose.PROVISION_DELIVERY}),
    parts=frozenset({Part.SECTION_F}),
    officer="Plan co-ordinator",
    reasons="Necessary to deliver it.",
    starts_on=day("2026-11-02"),
)
CONSENT = Consent(
    giver=ConsentGiver.PARENT,
    basis=CapacityBasis.CHILD_DOES_NOT_UNDERSTAND,
    recipients=frozenset({TRUST}),
    purposes=frozenset({Purpose.PROVISION_DELIVERY}),
    parts=frozenset({Part.SECTION_E, Part.CONTACTS}),
    given_on=day("2026-11-02"),
)
RULE = SharingRule(
    recipient_kinds=frozenset({OrganisationKind.NHS_TRUST}),
    recipients=frozenset({BOARD}),
    purposes=frozenset({Purpose.PROVISION_DELIVERY}),
    parts=frozenset({Part.SECTION_B}),
    mode=SharingMode.CONTENT,
    basis=Ground.INTERESTS_OF_THE_CHILD,
    starts_on=day("2026-04-01"),
)
ARRANGEMENT = Arrangement(
    id=UUID(int=26),
    authority=AUTHORITY,
    parties={AUTHORITY: OrganisationKind.LOCAL_AUTHORITY, BOARD: OrganisationKind.INTEGRATED_CARE_BOARD},
    signed=frozenset({AUTHORITY, BOARD}),
    in_force_from=day("2026-04-01"),
    in_force_to=None,
    review_on=day("2027-03-31"),
    rules=(RULE,),
)
TAKEN_OVER = replace(OPINION, arrangement=ARRANGEMENT.id)
COMMISSIONER = frozenset({Relationship.RESPONSIBLE_COMMISSIONER})
NOTHING = Standing()


def added(recorded: Recorded, asked: Asked = ASKED, held: frozenset[Relationship] = frozenset()) -> frozenset[Part]:
    """The parts that are added."""
    return standing(recorded, held, asked).added


def test_without_a_record_nothing_is_added() -> None:
    """Nobody has consented, the authority has decided nothing, nothing is arranged: what the statute keeps shut stays
    shut."""
    assert standing(Recorded(), [], ASKED) == NOTHING
    assert standing(Recorded(), COMMISSIONER, BY_BOARD) == Standing(COMMISSIONER)


def test_an_opinion_opens_what_it_names() -> None:
    """The authority's recorded opinion on this child (reg. 17(1)(a)) opens the parts it names, and that there is a
    record, to the bodies and for the purposes it names, and nothing to others or for other purposes."""
    recorded = Recorded(decisions=(OPINION,))
    found = standing(recorded, [], ASKED)
    assert found.added == {Part.EXISTENCE, Part.SECTION_F}
    assert found.openers == {Opener.DECISION}
    assert found.held == {Relationship.DISCLOSED_TO}
    assert added(recorded, BY_BOARD) == frozenset()
    assert added(recorded, replace(ASKED, purpose=Purpose.ANNUAL_REVIEW)) == frozenset()
    assert added(recorded, replace(ASKED, day=day("2026-11-01"))) == frozenset()
    assert added(Recorded(decisions=(replace(OPINION, revoked=True),))) == frozenset()


def test_consent_opens_what_is_consented_to() -> None:
    """A plan is disclosed with consent (reg. 17(1)): to the bodies, in the parts and for the purposes that were
    consented to, until it is withdrawn."""
    assert added(Recorded(consents=(CONSENT,))) == {Part.EXISTENCE, Part.SECTION_E, Part.CONTACTS}
    assert added(Recorded(consents=(replace(CONSENT, withdrawn_on=TODAY),))) == frozenset()


def test_an_arrangement_alone_opens_nothing_of_a_child() -> None:
    """A rule that rests on reg. 17(1)(a) adds nothing by itself, however it is signed: it takes the authority's
    recorded opinion on this child, that takes over this version of the arrangement."""
    assert added(Recorded(arrangements=(ARRANGEMENT,))) == frozenset()
    assert added(Recorded(decisions=(OPINION,), arrangements=(ARRANGEMENT,))) == {Part.EXISTENCE, Part.SECTION_F}
    both = Recorded(decisions=(TAKEN_OVER,), arrangements=(ARRANGEMENT,))
    assert added(both) == {Part.EXISTENCE, Part.SECTION_F, Part.SECTION_B}
    assert standing(both, [], ASKED).openers == {Opener.DECISION, Opener.ARRANGEMENT}


def test_an_opinion_takes_over_what_is_arranged_for_its_recipients() -> None:
    """The arrangement and the opinion that takes it over must both name the body and the purpose: the arrangement says
    what, the opinion that it is necessary for this child."""
    other_kind = replace(RULE, recipient_kinds=frozenset({OrganisationKind.SCHOOL}))
    for rule in (other_kind, replace(RULE, purposes=frozenset({Purpose.ANNUAL_REVIEW}))):
        recorded = Recorded(decisions=(TAKEN_OVER,), arrangements=(replace(ARRANGEMENT, rules=(rule,)),))
        assert added(recorded) == {Part.EXISTENCE, Part.SECTION_F}
    on_order = replace(TAKEN_OVER, ground=Ground.COURT)
    assert Part.SECTION_B not in added(Recorded(decisions=(on_order,), arrangements=(ARRANGEMENT,)))


def test_an_arrangement_that_is_not_in_force_adds_nothing() -> None:
    """An arrangement that a party has not signed, that has not begun, has ended, is superseded, or is stale because the
    day of its review has passed, adds nothing, and takes nothing away that the statute opens (s. 26(6)). An opinion
    that named no part but only took it over opens nothing any more, not even that there is a record.
    """
    for not_in_force in (
        replace(ARRANGEMENT, signed=frozenset({AUTHORITY})),
        replace(ARRANGEMENT, in_force_from=None),
        replace(ARRANGEMENT, in_force_from=day("2026-11-23")),
        replace(ARRANGEMENT, in_force_to=day("2026-11-21")),
        replace(ARRANGEMENT, review_on=day("2026-11-21")),
        replace(ARRANGEMENT, id=UUID(int=27)),
        replace(ARRANGEMENT, rules=(replace(RULE, starts_on=day("2026-11-23")),)),
        replace(ARRANGEMENT, rules=(replace(RULE, ends_on=day("2026-11-21")),)),
    ):
        recorded = Recorded(decisions=(TAKEN_OVER,), arrangements=(not_in_force,))
        assert added(recorded) == {Part.EXISTENCE, Part.SECTION_F}
        only = replace(TAKEN_OVER, parts=frozenset())
        assert added(Recorded(decisions=(only,), arrangements=(not_in_force,))) == frozenset()


def test_an_arrangement_widens_what_a_commissioner_has_by_statute() -> None:
    """The authority sends the responsible commissioning body the plan (reg. 13(2)(c)), so that reg. 17(1) is not in the
    way of a rule that rests on the statute: it adds for that body, and for nobody without the relationship."""
    on_statute = replace(ARRANGEMENT, rules=(replace(RULE, basis=Ground.STATUTE),))
    recorded = Recorded(arrangements=(on_statute,))
    assert added(recorded, BY_BOARD, COMMISSIONER) == {Part.EXISTENCE, Part.SECTION_B}
    assert added(recorded, BY_BOARD) == frozenset()
    assert added(recorded, ASKED) == frozenset()


def test_that_a_record_exists_is_itself_a_disclosure() -> None:
    """A rule in the mode EXISTENCE opens that there is a record, and nothing of what it says."""
    existence = replace(RULE, mode=SharingMode.EXISTENCE, parts=frozenset({Part.SECTION_B, Part.IDENTITY}))
    only = replace(TAKEN_OVER, parts=frozenset())
    recorded = Recorded(decisions=(only,), arrangements=(replace(ARRANGEMENT, rules=(existence,)),))
    assert added(recorded) == {Part.EXISTENCE}


def test_a_provider_sees_while_it_provides() -> None:
    """A decision or consent may be for as long as the body provides provision in a plan that is maintained: when it
    no longer does, nothing is open to it."""
    while_it_does = replace(OPINION, while_providing=True)
    provider = frozenset({Relationship.PROVIDER})
    assert added(Recorded(decisions=(while_it_does,)), held=provider) == {Part.EXISTENCE, Part.SECTION_F}
    assert added(Recorded(decisions=(while_it_does,))) == frozenset()
    assert added(Recorded(consents=(replace(CONSENT, while_providing=True),))) == frozenset()


def test_broken_glass_opens_at_once_and_for_an_hour() -> None:
    """Broken glass opens who the child is and who cares for it, its needs and the care it has: to the body that broke
    it, for safeguarding, until the hour is over."""
    safeguarding = replace(ASKED, purpose=Purpose.SAFEGUARDING)
    recorded = Recorded(glass=(BrokenGlass(TRUST, NOW),))
    assert added(recorded, safeguarding) == BEHIND_GLASS
    assert standing(recorded, [], safeguarding).openers == {Opener.BROKEN_GLASS}
    assert added(recorded, replace(safeguarding, at=NOW + timedelta(hours=1))) == frozenset()
    assert added(recorded, replace(safeguarding, body=BOARD)) == frozenset()
    assert added(recorded, ASKED) == frozenset()


def test_where_a_restricted_child_lives_is_open_to_nobody() -> None:
    """Contacts and addresses of a restricted child are open to the authority whose record it is and to nobody else:
    not by a decision, by consent, by an arrangement or by broken glass."""
    safeguarding = replace(ASKED, purpose=Purpose.SAFEGUARDING)
    recorded = Recorded(consents=(CONSENT,), glass=(BrokenGlass(TRUST, NOW),), restricted=True)
    assert added(recorded) == {Part.EXISTENCE, Part.SECTION_E}
    assert added(recorded, safeguarding) == BEHIND_GLASS - {Part.CONTACTS}
    own = frozenset({Relationship.RESPONSIBLE_AUTHORITY})
    assert Part.CONTACTS in added(recorded, safeguarding, own)


def test_nothing_is_added_for_own_functions() -> None:
    """A body that states no purpose has what the statute opens to it, whatever else is on record."""
    own = replace(ASKED, purpose=Purpose.OWN_FUNCTIONS)
    everything = replace(OPINION, purposes=frozenset(Purpose))
    assert added(Recorded(decisions=(everything,)), own) == frozenset()


@every_case
@given(
    st.lists(st.sampled_from([OPINION, TAKEN_OVER, replace(OPINION, revoked=True)]), max_size=3),
    st.lists(st.sampled_from([CONSENT, replace(CONSENT, withdrawn_on=TODAY)]), max_size=2),
    st.lists(st.sampled_from([ARRANGEMENT, replace(ARRANGEMENT, signed=frozenset[UUID]())]), max_size=1),
    st.frozensets(st.sampled_from(Relationship)),
    st.sampled_from(Purpose),
)
def test_what_is_on_record_only_adds(
    decisions: list[DisclosureDecision],
    consents: list[Consent],
    arrangements: list[Arrangement],
    held: frozenset[Relationship],
    purpose: Purpose,
) -> None:
    """Whatever is on record, nothing that the statute opens is taken away, and nothing is open of a record whose
    existence is not."""
    recorded = Recorded(tuple(decisions), tuple(consents), tuple(arrangements))
    found = standing(recorded, held, replace(ASKED, purpose=purpose))
    assert found.held - {Relationship.DISCLOSED_TO} == held - {Relationship.DISCLOSED_TO}
    assert not found.added or Part.EXISTENCE in found.added
    assert bool(found.added) == bool(found.openers) == (Relationship.DISCLOSED_TO in found.held)
