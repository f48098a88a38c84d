"""Where a child is placed: the setting named in section I, or what is arranged otherwise (SEN2 codes)."""

from datetime import date
from uuid import UUID

from hub.county.bodies import Body
from hub.county.rows import Case
from hub.law.school_years import age_on


def setting_on(case: Case, day: date) -> Body | None:
    """The school, college or nursery for a child of this age; None where the county has none."""
    age = age_on(case.born, day)
    fitting = [each for each in case.bodies.settings(case.owner) if each.ages[0] <= age <= each.ages[1]]
    special = [each for each in fitting if each.special & set(case.types)]
    mainstream = [each for each in fitting if not each.special]
    resourced = [each for each in mainstream if each.resourced == case.types[0]]
    chosen = (special if case.way.special else resourced) or mainstream or special
    return chosen[case.way.pick % len(chosen)] if chosen else None


def place(
    case: Case, plan_id: UUID, day: date, *, named: bool, until: date | None = None
) -> tuple[Body | None, str | None]:
    """Write where a plan names (`named`) and, while it lasts, where the child is; answers the setting, or the SEN2
    code of what is arranged otherwise."""
    otherwise = case.way.otherwise if until is None else None
    setting = None if otherwise else setting_on(case, day)
    if setting is None and otherwise is None:
        otherwise = "OLA" if age_on(case.born, day) < 17 else "NEET"
    rows = {True: named, False: until is None}
    for named_in_plan in (each for each, wanted in rows.items() if wanted):
        case.add(
            "placement",
            plan_id=plan_id,
            setting_id=setting.id if setting else None,
            named_in_plan=named_in_plan,
            urn=setting.urn if setting else None,
            ukprn=setting.ukprn or None if setting else None,
            sen_setting=otherwise,
            rank=1,
            starts_on=day,
            ends_on=until,
            residential=_residential(case, setting),
            sen_unit=False,
            resourced_provision=bool(setting and setting.resourced and setting.resourced == case.types[0]),
        )
    return setting, otherwise


def _residential(case: Case, setting: Body | None) -> str | None:
    """SEN2: A for 38 to 51 weeks, B for 52; a few of those in special schools."""
    if setting is None or not setting.special or case.way.pick % 29:
        return None
    return "B" if case.way.pick % 58 == 0 else "A"
