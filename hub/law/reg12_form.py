"""What an EHC plan must contain (CFA 2014 ss. 37(2), 38(5), SEND Regs 2014 reg. 12). Values in, decisions out.

Sections A to K, each separately identified; section I only in the final plan. Needs, outcomes and provision are linked.
What the law forbids is a refusal; what makes a plan weak is a warning, which stops nothing: provision that is not
specified and quantified, a need that no provision meets, an outcome that nothing serves.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from hub.law.decisions import Refusal
from hub.law.reg12_agreement import REG_12_2, is_agreed
from hub.law.school_years import in_year_9_or_beyond
from hub.law.vocabulary import AgreementStatus, SectionCode

REG_12_1 = "SEND Regs 2014 reg. 12(1)"
NEEDS = frozenset({SectionCode.B, SectionCode.C, SectionCode.D})
PROVISION = frozenset({SectionCode.F, SectionCode.G, SectionCode.H1, SectionCode.H2})
MET_IN: Mapping[SectionCode, frozenset[SectionCode]] = MappingProxyType(
    {
        SectionCode.B: frozenset({SectionCode.F}),  # s. 37(2)(c)
        SectionCode.C: frozenset({SectionCode.F, SectionCode.G}),  # ss. 21(5), 37(2)(d)
        SectionCode.D: frozenset({SectionCode.F, SectionCode.H1, SectionCode.H2}),  # ss. 21(5), 37(2)(e), (f)
    }
)


@dataclass(frozen=True, slots=True)
class NeedIn:
    """A need in a plan. `key`: what provision names it by."""

    key: str
    section: SectionCode


@dataclass(frozen=True, slots=True)
class ProvisionIn:
    """Provision in a plan, with the need it meets, the outcomes it serves and, in section G, how far it is agreed.

    `commissioner_answers`: the body that commissions it is a responsible commissioning body of the child.
    `specified`: whether frequency, minutes, who delivers, qualification and setting are said, each.
    """

    section: SectionCode
    need: str | None
    outcomes: Collection[str]
    specified: Mapping[str, bool]
    for_adulthood: bool = False
    commissioner_answers: bool = True
    agreed: Sequence[AgreementStatus] = ()

    @property
    def is_left_out(self) -> bool:
        return bool(self.agreed) and all(each is AgreementStatus.LEFT_OUT for each in self.agreed)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a version of a plan contains."""

    sections: Collection[SectionCode]
    needs: Sequence[NeedIn]
    outcomes: Sequence[str]
    provision: Sequence[ProvisionIn]

    @property
    def provided(self) -> tuple[ProvisionIn, ...]:
        """The provision that stands in the plan: what was left out is not owed."""
        return tuple(each for each in self.provision if not each.is_left_out)


def refuse_draft(contents: Contents) -> tuple[Refusal, ...]:
    """Everything that may not be in a draft."""
    return tuple(_refuse_draft(contents))


def _refuse_draft(contents: Contents) -> Iterator[Refusal]:
    if SectionCode.I in contents.sections:
        message = "A draft does not name a school or other institution, nor its type."
        yield Refusal("CFA 2014 s. 38(5)", "section-i-in-draft", message, ("sections",))
    for place, need in enumerate(contents.needs):
        if need.section not in NEEDS:
            yield Refusal(
                REG_12_1, "not-a-section-of-needs", "Needs are in B, C and D.", ("needs", str(place), "section")
            )
    keys, outcomes = {need.key: need.section for need in contents.needs}, set(contents.outcomes)
    for place, each in enumerate(contents.provision):
        where = ("provisions", str(place))
        if each.section not in PROVISION:
            yield Refusal(
                REG_12_1, "not-a-section-of-provision", "Provision is in F, G, H1 and H2.", (*where, "section")
            )
        elif each.need is not None and each.section not in MET_IN.get(keys.get(each.need, SectionCode.A), ()):
            message = "There is no such need in this plan, or provision of this section does not meet it."
            yield Refusal("CFA 2014 s. 37(2)", "does-not-meet-the-need", message, (*where, "need"))
        if not set(each.outcomes) <= outcomes:
            yield Refusal("CFA 2014 s. 37(2)(b)", "no-such-outcome", "No such outcome is in it.", (*where, "outcomes"))
        if each.section is SectionCode.G and not each.commissioner_answers:
            message = "Health care provision is agreed and arranged by a responsible commissioning body of this child."
            yield Refusal(REG_12_2, "not-the-responsible-commissioner", message, (*where, "commissioner"))


def refuse_service(contents: Contents) -> tuple[Refusal, ...]:
    """Why a draft may not be served: besides what no draft may have, a section that is not identified."""
    return (*refuse_draft(contents), *_refuse_missing(contents, frozenset(SectionCode) - {SectionCode.I}))


def refuse_final(contents: Contents, *, born_on: date, on: date) -> tuple[Refusal, ...]:
    """Why a plan may not be made final on the day, as far as its contents go."""
    return tuple(_refuse_final(contents, born_on, on))


def _refuse_final(contents: Contents, born_on: date, on: date) -> Iterator[Refusal]:
    yield from _refuse_missing(contents, frozenset(SectionCode))
    for place, each in enumerate(contents.provision):
        if each.section is SectionCode.G and not is_agreed(each.agreed):
            message = "A responsible commissioning body has not agreed to this: it must agree, or it is left out."
            yield Refusal(REG_12_2, "not-agreed", message, ("provisions", str(place)))
    met = {each.need for each in contents.provided}
    for place, need in enumerate(contents.needs):
        if need.section is SectionCode.B and need.key not in met:
            message = "The plan specifies the special educational provision that each such need requires."
            yield Refusal("CFA 2014 s. 37(2)(c)", "need-without-provision", message, ("needs", str(place)))
    if in_year_9_or_beyond(born_on, on) and not any(each.for_adulthood for each in contents.provided):
        message = "From year 9 the provision includes some to prepare for adulthood and independent living."
        yield Refusal("SEND Regs 2014 reg. 12(3)", "nothing-for-adulthood", message, ("provisions",))


def _refuse_missing(contents: Contents, wanted: frozenset[SectionCode]) -> Iterator[Refusal]:
    missing = ", ".join(code for code in SectionCode if code in wanted - set(contents.sections))
    if missing:
        message = f"Each section is separately identified, and says so where there is nothing in it: {missing}."
        yield Refusal(REG_12_1, "section-missing", message, ("sections",))


def warnings(contents: Contents) -> tuple[Refusal, ...]:
    """What makes the plan weak and stops nothing."""
    return tuple(_warnings(contents))


def _warnings(contents: Contents) -> Iterator[Refusal]:
    for place, each in enumerate(contents.provision):
        missing = ", ".join(name for name, said in each.specified.items() if not said)
        if missing:
            message = f"Provision is specified and quantified; this does not say: {missing}."
            yield Refusal("CFA 2014 s. 37(2)", "not-quantified", message, ("provisions", str(place)))
        if each.need is None:
            yield Refusal("CFA 2014 s. 37(2)", "meets-no-need", "It meets no need.", ("provisions", str(place)))
    met = {each.need for each in contents.provided}
    for place, need in enumerate(contents.needs):
        if need.key not in met:
            yield Refusal("CFA 2014 s. 37(2)", "need-without-provision", "Nothing meets it.", ("needs", str(place)))
    served = {outcome for each in contents.provided for outcome in each.outcomes}
    for place, outcome in enumerate(contents.outcomes):
        if outcome not in served:
            yield Refusal("CFA 2014 s. 37(2)(b)", "outcome-unserved", "Nothing serves it.", ("outcomes", str(place)))
