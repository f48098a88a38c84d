"""What is written into a draft: what a portal gives becomes rows, is held to reg. 12, and is compared with the version
before."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar
from uuid import UUID

from hub.actions.checked_advice import check_specified
from hub.actions.checks import checked
from hub.actions.plan_given import FromAdvice, Given, GivenNeed, GivenOutcome, GivenProvision, Ref
from hub.db.plan_rows import Agreement, Need, Outcome, Provision, Written
from hub.errors import conflict, invalid, not_found
from hub.law.reg12_form import Contents, NeedIn, ProvisionIn
from hub.law.s37_changes import Passage
from hub.law.s42_securing import Securer, secured_by
from hub.law.vocabulary import AgreementStatus, SectionCode

Row = TypeVar("Row", Need, Outcome, Provision)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where it is written: who owns the plan, who must agree to section G, today, and ids for new rows."""

    authority: UUID
    today: date
    new_id: Callable[[], UUID]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The draft as it is to be, and what in it was made from which advice."""

    written: Written
    needs: Mapping[FromAdvice, UUID]
    provision: Mapping[FromAdvice, UUID]


def rewritten(before: Written, given: Given, setting: Setting) -> Rewritten:
    """The draft after what is given; raises `Problem` for what is not there or cannot be stored."""
    _must_be_there(before, given)
    sections = {code: checked(text, "sections", str(place)) for place, (code, text) in enumerate(given.sections)}
    names: dict[str, UUID] = {}
    from_need: dict[FromAdvice, UUID] = {}
    from_provision: dict[FromAdvice, UUID] = {}
    needs, outcomes = _kept(before.needs, given.taken_out), _kept(before.outcomes, given.taken_out)
    for place, each in enumerate(given.needs):
        row = _need(needs, each, place, setting)
        needs[row.id] = row
        _name(names, each.key, row.id, ("needs", str(place), "key"))
        from_need |= dict.fromkeys(each.from_advice, row.id)
    for place, each in enumerate(given.outcomes):
        row = _outcome(outcomes, each, place, setting)
        outcomes[row.id] = row
        _name(names, each.key, row.id, ("outcomes", str(place), "key"))
    provision = {
        row_id: replace(
            each,
            need_id=each.need_id if each.need_id in needs else None,
            outcome_ids=frozenset(one for one in each.outcome_ids if one in outcomes),
        )
        for row_id, each in _kept(before.provision, given.taken_out).items()
    }
    for place, each in enumerate(given.provision):
        row = _provision(provision, each, place, names, given, setting)
        provision[row.id] = row
        from_provision |= dict.fromkeys(each.from_advice, row.id)
    after = Written(
        {**before.sections, **sections}, tuple(needs.values()), tuple(outcomes.values()), tuple(provision.values())
    )
    return Rewritten(after, from_need, from_provision)


def contents(of: Written, commissioners: Collection[UUID]) -> Contents:
    """The same for the law."""
    return Contents(
        [code for code, text in of.sections.items() if text.strip()],
        [NeedIn(str(each.id), each.section) for each in of.needs],
        [str(each.id) for each in of.outcomes],
        [
            ProvisionIn(
                section=each.section,
                need=str(each.need_id) if each.need_id else None,
                outcomes=[str(one) for one in each.outcome_ids],
                specified=each.says,
                for_adulthood=each.for_adulthood,
                commissioner_answers=each.commissioner_id in commissioners,
                agreed=[one.status for one in each.agreements],
            )
            for each in of.provision
        ],
    )


def passages(of: Written) -> list[Passage]:
    """The same in words, for what changed."""
    found = [Passage(code, code, text, code) for code, text in of.sections.items()]
    found += [Passage(each.id, each.section, each.description, each.continues_id) for each in of.needs]
    found += [Passage(each.id, SectionCode.E, each.description, each.continues_id) for each in of.outcomes]
    found += [Passage(each.id, each.section, _in_words(each), each.continues_id) for each in of.provision]
    return found


def _in_words(each: Provision) -> str:
    minutes = f"{each.minutes_per_week} minutes a week" if each.minutes_per_week is not None else None
    details = (each.frequency, minutes, each.delivered_by, each.qualification, each.setting)
    left_out = "left out" if each.agreements and all(one.left_out_on for one in each.agreements) else None
    said = "; ".join(detail for detail in (*details, left_out) if detail)
    return f"{each.description} ({said})" if said else each.description


def asked_anew(of: Written, changed: Collection[UUID], setting: Setting, by: date | None) -> Written:
    """The same, with the commissioning body of each changed provision in section G asked to agree."""
    return replace(
        of, provision=tuple(_ask(each, setting, by) if each.id in changed else each for each in of.provision)
    )


def _ask(each: Provision, setting: Setting, by: date | None) -> Provision:
    if each.section is not SectionCode.G or each.commissioner_id is None:
        return replace(each, agreements=())
    bodies = {one.commissioner_id: one.id for one in each.agreements}
    own = bodies.get(each.commissioner_id) or setting.new_id()
    asked = Agreement(own, each.commissioner_id, AgreementStatus.ASKED, setting.today, by)
    return replace(each, agreements=(asked,))


def _kept(rows: Iterable[Row], taken_out: frozenset[UUID]) -> dict[UUID, Row]:
    return {each.id: each for each in rows if each.id not in taken_out}


def _must_be_there(before: Written, given: Given) -> None:
    there = {each.id for each in (*before.needs, *before.outcomes, *before.provision)}
    if not given.taken_out <= there:
        raise not_found("part of this plan")


def _name(names: dict[str, UUID], key: str, row_id: UUID, path: tuple[str, ...]) -> None:
    if key in names:
        raise invalid("two things in this request have the same key", rule="key-taken", path=path)
    if key:
        names[key] = row_id


def _need(there: Mapping[UUID, Need], each: GivenNeed, place: int, setting: Setting) -> Need:
    where = ("needs", str(place))
    old = _old(there, each.id, "need")
    return Need(
        old.id if old else setting.new_id(),
        each.section,
        _said(each.description, *where, "description"),
        checked(each.area, *where, "area") if each.area else None,
        checked(each.sen_type, *where, "senType") if each.sen_type else None,
        each.rank,
        old.continues_id if old else None,
    )


def _outcome(there: Mapping[UUID, Outcome], each: GivenOutcome, place: int, setting: Setting) -> Outcome:
    old = _old(there, each.id, "outcome")
    return Outcome(
        old.id if old else setting.new_id(),
        old.ordinal if old else max((one.ordinal for one in there.values()), default=0) + 1,
        _said(each.description, "outcomes", str(place), "description"),
        each.by_when,
        old.continues_id if old else None,
    )


def _provision(
    there: Mapping[UUID, Provision],
    each: GivenProvision,
    place: int,
    names: Mapping[str, UUID],
    given: Given,
    setting: Setting,
) -> Provision:
    where = ("provisions", str(place))
    old = _old(there, each.id, "provision")
    check_specified(each, *where)
    if each.starts_on and each.ends_on and each.ends_on < each.starts_on:
        raise invalid("it ends before it begins", rule="dates-out-of-order", path=(*where, "endsOn"))
    in_section = [one.ordinal for one in there.values() if one.section is each.section]
    row = Provision(
        id=old.id if old else setting.new_id(),
        section=each.section,
        ordinal=old.ordinal if old else max(in_section, default=0) + 1,
        description=_said(each.description, *where, "description"),
        need_id=_row(each.need, names, (*where, "need")) if each.need is not None else None,
        frequency=each.frequency or None,
        minutes_per_week=each.minutes_per_week,
        delivered_by=each.delivered_by or None,
        qualification=each.qualification or None,
        setting=each.setting or None,
        starts_on=each.starts_on,
        ends_on=each.ends_on,
        commissioner_id=each.commissioner_id
        or (setting.authority if secured_by(each.section) is Securer.AUTHORITY else None),
        provider_id=each.provider_id,
        annual_cost=each.annual_cost,
        for_adulthood=each.for_adulthood,
        continues_id=old.continues_id if old else None,
        outcome_ids=frozenset(_row(one, names, (*where, "outcomes")) for one in each.outcomes),
        agreements=old.agreements if old else (),
    )
    return row if row == old else _ask(row, setting, given.agreement_by)


def _old(there: Mapping[UUID, Row], row_id: UUID | None, what: str) -> Row | None:
    if row_id is None:
        return None
    if row_id not in there:
        raise not_found(f"{what} in this plan")
    return there[row_id]


def _row(ref: Ref, names: Mapping[str, UUID], path: tuple[str, ...]) -> UUID:
    if isinstance(ref, UUID):
        return ref
    if ref not in names:
        raise invalid("nothing in this request has this key", rule="key-unknown", path=path)
    return names[ref]


def _said(text: str, *path: str) -> str:
    if not checked(text, *path).strip():
        raise invalid("say what it is", rule="description-required", path=path)
    return text


def not_budgeted(budgeted: bool) -> None:
    """Raises `Problem` CONFLICT where what is to go from the plan is paid for from a personal budget."""
    if budgeted:
        raise conflict("a personal budget pays for this provision: change that first", rule="in-a-personal-budget")
