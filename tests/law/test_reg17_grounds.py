"""Grounds of disclosure (SEND Regs 2014 reg. 17(1)(a) to (k)). On what an authority may decide to disclose, and what it
must write down."""

from dataclasses import replace

from hub.law.reg17_disclosure import Part, Purpose
from hub.law.reg17_grounds import ADMITTED, STATED, DisclosureDecision, Ground, refuse_to_decide
from hub.law.vocabulary import OrganisationKind
from tests.law.cases import BOARD, TRUST, day

TO_TRUST = [OrganisationKind.NHS_TRUST]
DECIDED = DisclosureDecision(
    ground=Ground.INTERESTS_OF_THE_CHILD,
    recipients=frozenset({TRUST}),
    purposes=frozenset({Purpose.PROVISION_DELIVERY}),
    parts=frozenset({Part.SECTION_F}),
    officer="Plan co-ordinator",
    reasons="The therapist cannot deliver the provision without knowing it.",
    starts_on=day("2026-11-02"),
)


def rules_against(decision: DisclosureDecision, to: list[OrganisationKind] = TO_TRUST) -> set[str]:
    """The codes of what keeps a decision from being recorded."""
    return {refusal.rule for refusal in refuse_to_decide(decision, to)}


def test_the_grounds_are_those_of_the_regulation() -> None:
    """A plan is disclosed without consent on the grounds of reg. 17(1)(a) to (k), each in force since the Regulations
    are, and on no other: there is none for the police, the Care Quality Commission or the suppliers of systems."""
    assert [each.provision for each in ADMITTED.values()] == [f"reg. 17(1)({letter})" for letter in "abcdefghijk"]
    assert all(each.in_force_from == day("2014-09-01") for each in ADMITTED.values())
    assert not any(Purpose.CQC_INSPECTION in each.purposes for each in list(ADMITTED.values())[1:])
    assert rules_against(replace(DECIDED, starts_on=day("2014-08-31"))) == {"ground-not-in-force"}


def test_each_ground_is_in_the_words_of_its_paragraph() -> None:
    """What a paragraph of reg. 17(1) asks for stands with the ground, so that whoever decides on it can read it."""
    words = {
        "a": ("opinion", "necessary", "whole or any part", "interests of the child or young person"),
        "b": ("any appeal under the Act",),
        "c": ("opinion", "education or training", "if, but only if", "undertakes not to publish", "any individual"),
        "d": ("order of any court", "criminal proceedings"),
        "e": ("investigation", "Part 3 of the Local Government Act 1974"),
        "f": ("Secretary of State", "requests", "Academy's funding agreement", "496, 497 or 497A"),
        "g": ("assessment of needs", "statutory services", "officers of an authority", "s. 5(5)"),
        "h": ("Children Act 1989", "22(3)(a)", "85(4)(a)", "86(3)(a)", "87(3)"),
        "i": ("Chief Inspector", "inspect and take copies", "s. 10(1)(e)", "s. 140(2)(a)"),
        "j": ("person in charge", "relevant youth accommodation", "education or training for a detained person"),
        "k": ("youth offending team", "education or training for a detained person"),
    }
    assert list(words) == [each.provision[-2] for each in ADMITTED.values()]
    for ground, (letter, said) in zip(ADMITTED, words.items(), strict=True):
        assert [each for each in said if each not in ground.meaning] == [], ground
        assert ground.meaning.endswith(f"(reg. 17(1)({letter})).")


def test_the_statute_and_consent_are_no_decision() -> None:
    """What the Act and the Regulations oblige the authority to send, and what is consented to, is not caught by
    reg. 17(1): the authority decides nothing."""
    for ground in (Ground.STATUTE, Ground.CONSENT):
        assert rules_against(replace(DECIDED, ground=ground)) == {"not-a-ground-to-decide-on"}


def test_an_opinion_names_to_whom_which_part_and_why() -> None:
    """Reg. 17(1)(a): to persons to whom, in the authority's opinion, it is necessary to disclose the whole or any part
    in the interests of the child. So it says who they are, which part, for what, which officer decided, and why."""
    assert rules_against(DECIDED) == set()
    assert rules_against(replace(DECIDED, recipients=frozenset())) == {"recipients-required"}
    assert rules_against(replace(DECIDED, parts=frozenset())) == {"parts-required"}
    assert rules_against(replace(DECIDED, officer=" ")) == {"officer-required"}
    assert rules_against(replace(DECIDED, reasons=" - ")) == {"reasons-required"}
    assert rules_against(replace(DECIDED, purposes=frozenset())) == {"purpose-not-of-ground"}


def test_an_opinion_is_for_a_purpose_that_is_stated() -> None:
    """It opens nothing for a body's own functions, which have the statute alone."""
    assert frozenset(Purpose) - {Purpose.OWN_FUNCTIONS} == STATED
    assert rules_against(replace(DECIDED, purposes=frozenset({Purpose.OWN_FUNCTIONS}))) == {"purpose-not-of-ground"}


def test_an_opinion_may_take_over_an_arrangement() -> None:
    """Instead of parts, or beside them, an opinion may take over what the rules of one version of an arrangement open;
    on another ground it may not."""
    taking = replace(DECIDED, arrangement=BOARD, parts=frozenset())
    assert rules_against(taking) == set()
    other = replace(taking, ground=Ground.COURT, purposes=frozenset({Purpose.COURT}))
    assert rules_against(other) == {"arrangement-not-of-ground"}


def test_each_ground_has_its_purposes_and_recipients() -> None:
    """Grounds (b) to (k) serve their own purposes. Six have their own recipients: the Secretary of State (f), the
    authority whose officers assess (g) or which performs its duties (h), the Chief Inspector (i), the person in charge
    of relevant youth accommodation (j) and a youth offending team (k)."""
    own = {each.provision[-2]: each.recipients for each in ADMITTED.values() if each.recipients is not None}
    assert own == {
        "f": {OrganisationKind.OTHER},
        "g": {OrganisationKind.LOCAL_AUTHORITY},
        "h": {OrganisationKind.LOCAL_AUTHORITY},
        "i": {OrganisationKind.OTHER},
        "j": {OrganisationKind.YOUTH_ACCOMMODATION},
        "k": {OrganisationKind.YOUTH_OFFENDING_TEAM},
    }
    for ground, admits in ADMITTED.items():
        kinds = [*(admits.recipients or TO_TRUST)]
        undertaken = day("2026-11-01") if admits.takes_undertaking else None
        good = replace(DECIDED, ground=ground, purposes=admits.purposes, undertaking_on=undertaken)
        assert rules_against(good, kinds) == set(), ground
        if admits.purposes != STATED:
            wrong = replace(good, purposes=frozenset({Purpose.STATISTICS}))
            assert rules_against(wrong, kinds) == {"purpose-not-of-ground"}
        if admits.recipients is not None:
            assert rules_against(good, [OrganisationKind.SCHOOL]) == {"recipient-not-of-ground"}


def test_research_takes_an_undertaking() -> None:
    """Reg. 17(1)(c): only on an undertaking to publish nothing that identifies the child or the parent."""
    research = replace(DECIDED, ground=Ground.RESEARCH, purposes=frozenset({Purpose.RESEARCH}))
    assert rules_against(research) == {"undertaking-required"}
    assert rules_against(replace(research, undertaking_on=day("2026-10-30"))) == set()


def test_a_decision_stands_until_it_ends_or_is_revoked() -> None:
    """It stands from its first day to its last, both counted, and no longer once it is revoked."""
    decision = replace(DECIDED, ends_on=day("2026-11-22"))
    assert decision.stands_on(day("2026-11-02"))
    assert decision.stands_on(day("2026-11-22"))
    assert not decision.stands_on(day("2026-11-01"))
    assert not decision.stands_on(day("2026-11-23"))
    assert DECIDED.stands_on(day("2030-01-01"))
    assert not replace(decision, revoked=True).stands_on(day("2026-11-22"))
    assert rules_against(replace(DECIDED, ends_on=day("2026-11-01"))) == {"dates-out-of-order"}
