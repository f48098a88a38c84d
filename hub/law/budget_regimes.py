"""Under which law a direct payment is made, and what that law asks before it is: data, dated, marked for certainty.

An authority's direct payment for special educational provision is made under the PB Regs 2014. One for social care is
made under its own law: s. 17A of the Children Act 1989 to 18, ss. 31 to 33 of the Care Act 2014 from 18 (most personal
budgets in England are these). One for health care is the commissioning body's own (NHS Act 2006 s. 12A). What was not
read carries another mark than VERIFIED, and is corrected here when it is.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from hub.law.decisions import Refusal
from hub.law.school_years import age_on
from hub.law.term import Term, means
from hub.law.vocabulary import BudgetKind, Mark

ADULT = 18  # Care Act 2014 s. 2(8)


class Regime(Term):
    """The law under which a direct payment is made."""

    PB_REGS_2014 = means("Special educational provision: CFA 2014 s. 49(3), PB Regs 2014.")
    CHILDREN_ACT_1989_S17A = means("Social care to 18: Children Act 1989 s. 17A, SI 2009/1887.")
    CARE_ACT_2014_S31 = means("Social care from 18: Care Act 2014 ss. 31 to 33, SI 2014/2871.")
    NHS_REGS_2013 = means("Health care, paid by the commissioning body: NHS Act 2006 s. 12A, SI 2013/1617.")


class Requirement(Term):
    """What must be so before a direct payment is made. The paying body says that it is satisfied of each."""

    CAPABLE_OF_MANAGING = means("The recipient appears capable of managing it, with such help as they have.")
    OVER_SCHOOL_AGE = means("A recipient who is an individual is over compulsory school age.")
    HAS_CAPACITY = means("The recipient does not lack capacity to consent to it or to secure the provision with it.")
    NOT_EXCLUDED = means("The recipient is under none of the drug or alcohol orders of the Schedule.")
    APPROPRIATE_USE = means("The recipient will use it to secure the provision in an appropriate way.")
    BEST_INTERESTS = means("A parent or nominee will act in the best interests of the child or young person.")
    NO_ADVERSE_IMPACT = means("It has no adverse impact on other services for those with plans.")
    EFFICIENT = means("It is an efficient use of the paying body's resources.")
    CONSENTS = means("The recipient consents to it.")
    WELFARE = means("The child's welfare is safeguarded and promoted by securing the service with it.")
    NEEDS_CAN_BE_MET = means("Making it is an appropriate way to meet the needs.")
    CARE_PLAN = means("There is a care plan that it is to be spent on.")


class Exclusion(Term):
    """The orders under which nobody may receive a direct payment (PB Regs 2014 reg. 5(2)(d), Schedule)."""

    DRUG_REHABILITATION = means("A drug rehabilitation requirement, Criminal Justice Act 2003 s. 209 (paragraph (a)).")
    ALCOHOL_TREATMENT = means("An alcohol treatment requirement, Criminal Justice Act 2003 s. 212 (paragraph (b)).")
    LICENCE_CONDITION = means("Release on licence with offending behaviour work on drugs or alcohol (paragraph (c)).")
    COMMUNITY_REHABILITATION = means("Treatment for dependency under a community rehabilitation order (paragraph (d)).")
    DRUG_TREATMENT_AND_TESTING = means("A drug treatment and testing order (paragraph (e)).")
    YOUTH_DRUG_TREATMENT = means("A youth rehabilitation order with a drug treatment requirement (paragraph (f)).")
    YOUTH_DRUG_TESTING = means("A youth rehabilitation order with a drug testing requirement (paragraph (g)).")
    YOUTH_INTOXICATING_SUBSTANCE = means(
        "A youth rehabilitation order with an intoxicating substance treatment requirement (paragraph (h))."
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What a regime asks: the requirement, the provision, from when, and how surely it is known."""

    requirement: Requirement
    provision: str
    in_force_from: date
    certainty: Mark = Mark.VERIFIED
    of_individuals: bool = False
    of_others: bool = False
    """`of_individuals`: not asked of an organisation. `of_others`: only of a recipient who is not the young person."""


PB_REGS_IN_FORCE = date(2014, 9, 1)  # PB Regs 2014 reg. 1
_S17A, _S31, _NHS = date(2009, 11, 9), date(2015, 4, 1), date(2013, 8, 1)
_R, _M = Requirement, Mark.FROM_MEMORY
_2009, _2014, _2013 = "SI 2009/1887", "Care Act 2014 s. 31", "SI 2013/1617"

REGIMES: Mapping[Regime, tuple[Asked, ...]] = MappingProxyType(
    {
        Regime.PB_REGS_2014: (
            Asked(_R.CAPABLE_OF_MANAGING, "PB Regs 2014 reg. 5(2)(a)", PB_REGS_IN_FORCE),
            Asked(_R.OVER_SCHOOL_AGE, "PB Regs 2014 reg. 5(2)(b)", PB_REGS_IN_FORCE, of_individuals=True),
            Asked(_R.HAS_CAPACITY, "PB Regs 2014 reg. 5(2)(c)", PB_REGS_IN_FORCE, of_individuals=True),
            Asked(_R.NOT_EXCLUDED, "PB Regs 2014 reg. 5(2)(d), Schedule", PB_REGS_IN_FORCE),
            Asked(_R.APPROPRIATE_USE, "PB Regs 2014 reg. 6(1)(a)", PB_REGS_IN_FORCE),
            Asked(_R.BEST_INTERESTS, "PB Regs 2014 reg. 6(1)(b)", PB_REGS_IN_FORCE, of_others=True),
            Asked(_R.NO_ADVERSE_IMPACT, "PB Regs 2014 reg. 6(1)(c)", PB_REGS_IN_FORCE),
            Asked(_R.EFFICIENT, "PB Regs 2014 reg. 6(1)(d)", PB_REGS_IN_FORCE),
        ),
        Regime.CHILDREN_ACT_1989_S17A: (
            Asked(_R.CAPABLE_OF_MANAGING, f"{_2009}", _S17A, _M),
            Asked(_R.NOT_EXCLUDED, f"{_2009} Sch. 2", _S17A, _M),
            Asked(_R.CONSENTS, "Children Act 1989 s. 17A", _S17A, _M),
            Asked(_R.WELFARE, f"{_2009}", _S17A, _M),
        ),
        Regime.CARE_ACT_2014_S31: (
            Asked(_R.CONSENTS, f"{_2014}(3)", _S31, _M),
            Asked(_R.HAS_CAPACITY, f"{_2014}(4)(a)", _S31, _M),
            Asked(_R.NOT_EXCLUDED, f"{_2014}(4)(b)", _S31, _M),
            Asked(_R.CAPABLE_OF_MANAGING, f"{_2014}(4)(c)", _S31, _M),
            Asked(_R.NEEDS_CAN_BE_MET, f"{_2014}(4)(d)", _S31, _M),
        ),
        Regime.NHS_REGS_2013: (
            Asked(_R.CONSENTS, _2013, _NHS, _M),
            Asked(_R.NOT_EXCLUDED, f"{_2013} Sch.", _NHS, _M),
            Asked(_R.CAPABLE_OF_MANAGING, _2013, _NHS, _M),
            Asked(_R.CARE_PLAN, _2013, _NHS, _M),
        ),
    }
)
CITED: Mapping[Regime, str] = MappingProxyType(
    {
        Regime.PB_REGS_2014: "PB Regs 2014",
        Regime.CHILDREN_ACT_1989_S17A: "Children Act 1989 s. 17A, SI 2009/1887",
        Regime.CARE_ACT_2014_S31: "Care Act 2014 ss. 31 to 33, SI 2014/2871",
        Regime.NHS_REGS_2013: "NHS Act 2006 s. 12A, SI 2013/1617",
    }
)
"""How each is cited where no provision of the PB Regs 2014 governs."""


def regime_of(kind: BudgetKind, born_on: date, on: date) -> Regime:
    """The law under which a direct payment of the kind is made on a day."""
    if kind is BudgetKind.EDUCATION:
        return Regime.PB_REGS_2014
    if kind is BudgetKind.HEALTH:
        return Regime.NHS_REGS_2013
    return Regime.CARE_ACT_2014_S31 if age_on(born_on, on) >= ADULT else Regime.CHILDREN_ACT_1989_S17A


def provision_of(regime: Regime, reg: str) -> str:
    """The provision of the PB Regs 2014, or for another regime its own law."""
    cited = CITED[regime]
    return f"{cited} reg. {reg}" if regime is Regime.PB_REGS_2014 else cited


def missing(
    regime: Regime,
    satisfied: Collection[Requirement],
    exclusions: Collection[Exclusion],
    *,
    individual: bool,
    is_young_person: bool,
    on: date,
) -> list[Refusal]:
    """Why a direct payment may not be made: each requirement of which the paying body is not satisfied."""
    refusals: list[Refusal] = []
    for asked in REGIMES[regime]:
        if (
            asked.in_force_from > on
            or (asked.of_individuals and not individual)
            or (asked.of_others and is_young_person)
        ):
            continue
        if asked.requirement is Requirement.NOT_EXCLUDED and exclusions:
            orders = " ".join(each.meaning for each in sorted(exclusions))
            message = f"The recipient may not receive direct payments. {orders}"
            refusals.append(Refusal(asked.provision, "excluded-recipient", message, ("exclusions",)))
        elif asked.requirement not in satisfied:
            message = f"The paying body is not satisfied: {asked.requirement.meaning}"
            rule = asked.requirement.value.lower().replace("_", "-")
            refusals.append(Refusal(asked.provision, rule, message, ("satisfied",)))
    return refusals


def regimes_table() -> str:
    """REGIMES as Markdown: a row a requirement."""
    lines = ["| regime | must be so | provision | from | certainty |", "|---|---|---|---|---|"]
    lines += [
        f"| {regime} | {each.requirement.meaning} | {each.provision} | {each.in_force_from} | {each.certainty} |"
        for regime, asked in REGIMES.items()
        for each in asked
    ]
    return "\n".join(lines)
