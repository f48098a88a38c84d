"""Versions of plans: the rows of the plan, its sections, and the golden thread of need, provision and outcome."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from hub.county import bank_letters, sections
from hub.county.bodies import Body
from hub.county.contents import Provided, Strand
from hub.county.dates import days_after, on_work_day, years_on
from hub.county.placements import place
from hub.county.roles import Employer
from hub.county.rows import Case
from hub.law.vocabulary import AgreementStatus, BudgetStatus, PlanStatus, SectionCode, Source

Agreed = Callable[[Case, int], AgreementStatus]
"""How far a commissioner has come with the nth provision in section G."""

_UNDECIDED = frozenset({AgreementStatus.NOT_ASKED, AgreementStatus.ASKED, AgreementStatus.NOT_RECORDED})
_IN_A_RETURN = frozenset(
    {BudgetStatus.AGREED, BudgetStatus.IN_PAYMENT, BudgetStatus.SUSPENDED, BudgetStatus.NOT_RECORDED}
)
_BEFORE_FINAL = frozenset({PlanStatus.DRAFT, PlanStatus.SERVED})


@dataclass(frozen=True, slots=True)
class Dates:
    """When a version was drafted, served, made final and ended; None for what has not happened."""

    drafted_on: date
    served_on: date | None = None
    finalised_on: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Arranged:
    """A provision as it was written down, with its agreement when it is in section G."""

    id: UUID
    section: SectionCode
    provided: Provided
    provider: Body | None
    commissioner: Body
    agreement_id: UUID | None = None
    agreement: AgreementStatus | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A version that has been written: what other rows point to."""

    id: UUID
    status: PlanStatus
    dates: Dates
    strands: tuple[Strand, ...]
    needs: tuple[UUID, ...]
    arranged: tuple[tuple[Arranged, ...], ...]
    setting: Body | None

    @property
    def provisions(self) -> tuple[Arranged, ...]:
        return tuple(each for group in self.arranged for each in group)


@dataclass(frozen=True, slots=True)
class Version:
    """What a version is to be, beside its contents and dates."""

    status: PlanStatus
    agreed: Agreed
    number: int = 1
    supersedes: UUID | None = None
    more: Mapping[str, object] = field(default_factory=dict[str, object])


def write(case: Case, assessment_id: UUID | None, strands: Sequence[Strand], dates: Dates, version: Version) -> Written:
    """Write a version of the plan with everything in it."""
    final = version.status not in _BEFORE_FINAL
    plan_id = case.add(
        "plan",
        **{
            "assessment_id": assessment_id, "status": version.status, "version": version.number,
            "drafted_on": dates.drafted_on, "served_on": dates.served_on, "finalised_on": dates.finalised_on,
            "supersedes_id": version.supersedes, "personal_budget_reported": final and case.budget in _IN_A_RETURN,
            "organised_arrangements_reported": False, "source": Source.SYNTHETIC, **version.more,
        },
    )  # fmt: skip
    setting, arrangement = place(
        case, plan_id, dates.finalised_on or dates.drafted_on, named=final, until=dates.ended_on
    )
    needs: list[UUID] = []
    arranged: list[tuple[Arranged, ...]] = []
    ordinals = dict.fromkeys(SectionCode, 0)
    ranks = _ranks(case, strands)
    for number, strand in enumerate(strands, start=1):
        need_id, own = _thread(case, plan_id, strand, (number, ranks.get(number)), dates, version, setting, ordinals)
        needs.append(need_id)
        arranged.append(own)
    written = Written(
        plan_id,
        version.status,
        dates,
        tuple(strands),
        tuple(needs),
        tuple(arranged),
        setting,
    )
    for code, text in sorted(_texts(case, written, arrangement).items()):
        if final or code is not SectionCode.I:  # s. 38(5): a draft does not name a school
            case.add("plan_section", plan_id=plan_id, code=code, text=text)
    return written


def describe(case: Case, each: Provided, provider: Body | None) -> str:
    """A provision in one sentence: what, how often and for how long, by whom, how qualified, where."""
    by = each.work.role
    of = f" of {provider.name}" if provider and by.employer not in (Employer.SETTING, Employer.AUTHORITY) else ""
    share = f", in a group of no more than {each.work.group}" if each.work.group > 1 else ""
    return f"{each.what}: {each.dose.frequency}{share}, by {by.one}{of} ({by.qualification}), {each.where}."


def provider_of(case: Case, each: Provided, setting: Body | None) -> Body | None:
    """Whose staff deliver it."""
    match each.work.role.employer:
        case Employer.SETTING:
            return setting
        case Employer.AUTHORITY:
            return case.owner
        case Employer.THERAPIES:
            return case.bodies.therapies
        case Employer.HOSPITAL:
            return case.bodies.hospital
        case Employer.INDEPENDENT:
            return case.bodies.independent


def _ranks(case: Case, strands: Sequence[Strand]) -> dict[int, int]:
    """Which needs stand for the primary and the secondary type of the return, by their number in the plan."""
    ranks: dict[int, int] = {}
    for rank, type_ in enumerate(case.types[:2], start=1):
        own = [n for n, each in enumerate(strands, start=1) if each.section is SectionCode.B and n not in ranks]
        fitting = [n for n in own if type_ in strands[n - 1].thread.types] or own
        if fitting:
            ranks[fitting[0]] = rank
    return ranks


def _thread(
    case: Case,
    plan_id: UUID,
    strand: Strand,
    place_in_plan: tuple[int, int | None],
    dates: Dates,
    version: Version,
    setting: Body | None,
    ordinals: dict[SectionCode, int],
) -> tuple[UUID, tuple[Arranged, ...]]:
    """The need, the outcome, and each provision with its place in the thread."""
    number, rank = place_in_plan
    need_id = case.add(
        "need",
        plan_id=plan_id,
        section=strand.section,
        area=strand.thread.area,
        sen_type=case.types[rank - 1] if rank else None,
        rank=rank,
        description=strand.need,
    )
    outcome_id = case.add(
        "outcome",
        plan_id=plan_id,
        ordinal=number,
        description=strand.outcome,
        by_when=strand.phase.ends_on,
        achievement=_achievement(case, dates),
    )
    own: list[Arranged] = []
    for each in strand.provided:
        ordinals[each.work.section] += 1
        own.append(
            _provision(case, plan_id, need_id, strand, each, dates, version, setting, ordinals[each.work.section])
        )
        case.book.add(
            "provision_outcome", {"owner_id": case.owner.id, "provision_id": own[-1].id, "outcome_id": outcome_id}
        )
    return need_id, tuple(own)


def _provision(
    case: Case,
    plan_id: UUID,
    need_id: UUID,
    strand: Strand,
    each: Provided,
    dates: Dates,
    version: Version,
    setting: Body | None,
    ordinal: int,
) -> Arranged:
    section = each.work.section
    provider = provider_of(case, each, setting)
    commissioner = case.owner
    if section is SectionCode.G:
        commissioner = case.bodies.nhs_england if strand.specialised else case.bodies.icb
    provision_id = case.add(
        "provision",
        plan_id=plan_id,
        need_id=need_id,
        section=section,
        ordinal=ordinal,
        description=describe(case, each, provider),
        frequency=each.dose.frequency[0].upper() + each.dose.frequency[1:],
        minutes_per_week=each.dose.minutes_per_week,
        delivered_by=each.work.role.title[0].upper() + each.work.role.title[1:],
        qualification=each.work.role.qualification,
        setting=each.where,
        starts_on=dates.finalised_on,
        ends_on=dates.ended_on,
        commissioner_id=commissioner.id,
        provider_id=provider.id if provider else None,
        annual_cost=each.annual_cost,
        for_adulthood=False,
    )
    if section is not SectionCode.G:
        return Arranged(provision_id, section, each, provider, commissioner)
    agreement_id, status = _agreement(case, provision_id, strand, dates, version, ordinal)
    return Arranged(provision_id, section, each, provider, commissioner, agreement_id, status)


_TIME_TO_REPLY = timedelta(weeks=3)
"""What authorities ask for; no statute sets a day."""


def _agreement(
    case: Case, provision_id: UUID, strand: Strand, dates: Dates, version: Version, ordinal: int
) -> tuple[UUID, AgreementStatus]:
    """The responsible commissioning body's agreement (reg. 12(2)): of the body that was responsible then."""
    status = version.agreed(case, ordinal)
    decided_on = None
    if status not in _UNDECIDED:
        last = on_work_day(dates.finalised_on or case.today)
        decided_on = max(dates.drafted_on, days_after(last, -case.days(2, 12)))
    asked_on = decided_on or dates.finalised_on or dates.drafted_on
    body = case.bodies.nhs_england if strand.specialised else case.bodies.commissioner_on(case.owner, asked_on)
    reasons = bank_letters.AGREEMENT_REASONS.get(status)
    was_asked = status is AgreementStatus.ASKED or decided_on is not None
    agreement_id = case.add(
        "provision_agreement",
        provision_id=provision_id,
        commissioner_id=body.id,
        status=status,
        asked_on=dates.drafted_on if was_asked else None,
        reply_by=on_work_day(dates.drafted_on + _TIME_TO_REPLY) if was_asked else None,
        decided_on=decided_on,
        reasons=case.rng.choice(reasons) if reasons else None,
    )
    return agreement_id, status


def _achievement(case: Case, dates: Dates) -> str | None:
    """What a review found of the outcome, once the plan has run for a year."""
    since = dates.finalised_on
    if since is None or (dates.ended_on or case.today) < years_on(since, 1):
        return None
    return case.rng.choice(("Achieved", "Partly achieved", "Partly achieved", "Not yet achieved", "No longer sought"))


def _texts(case: Case, written: Written, arrangement: str | None) -> dict[SectionCode, str]:
    made_on = written.dates.finalised_on or written.dates.drafted_on
    texts = {
        SectionCode.A: sections.views_text(case, made_on),
        SectionCode.E: sections.outcomes_text(written.strands),
        SectionCode.I: sections.placement_text(written.setting, arrangement),
    }
    for code in (SectionCode.B, SectionCode.C, SectionCode.D):
        texts[code] = sections.needs_text(case, written.strands, code, made_on)
    for code in (SectionCode.F, SectionCode.G, SectionCode.H1, SectionCode.H2):
        own = [
            each
            for each in written.provisions
            if each.section is code and each.agreement is not AgreementStatus.LEFT_OUT
        ]
        texts[code] = sections.provision_text(
            case, [describe(case, each.provided, each.provider) for each in own], code
        )
    return texts
