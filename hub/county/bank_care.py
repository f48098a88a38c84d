"""Threads for social care needs (section D) and provision: H1 (CSDPA 1970 s. 2, under 18) and H2 (any other)."""

# ruff: noqa: E501  (a sentence of a plan stays on one line)

from hub.county import roles as by
from hub.county.threads import Thread, Work, thread
from hub.law.vocabulary import SectionCode

AREA = "Social care"
H1, H2 = SectionCode.H1, SectionCode.H2

THREADS: tuple[Thread, ...] = (
    thread(
        "ASD SLD SEMH DS",
        AREA,
        (5, 17),
        need="{name} has no club or activity outside {place} that can meet {their} needs, and {their} [mother|parents|grandmother] cannot leave {name} with others.",
        outcome="By {by}, {name} will go to [a club|two activities] of {their} choice each week and name two people {name} enjoys being with there.",
        works=(
            Work(
                "Support to take part in community activities in term time and holidays",
                by.PERSONAL_ASSISTANT,
                ("1 x 180 a week all year", "1 x 240 a week all year", "2 x 120 a week all year"),
                "in the community",
                H1,
            ),
        ),
    ),
    thread(
        "PMLD PD SLD",
        AREA,
        (3, 17),
        need="{name} needs [two adults|an adult] for bathing, dressing and [moving|the night], and {their} parents' health is affected.",
        outcome="By {by}, {name} will have safe care each morning and evening by people {name} knows, and {their} parents will have [one full night|two evenings] of rest a week.",
        works=(
            Work(
                "Personal care at home, before and after school",
                by.PERSONAL_ASSISTANT,
                ("5 x 90 a week all year", "7 x 60 a week all year", "10 x 45 a week all year"),
                "at home",
                H1,
            ),
            Work(
                "Adaptations following an occupational therapy assessment (ceiling hoist, level-access shower)",
                by.SOCIAL_WORKER,
                ("Provided once, serviced each year",),
                "at home",
                H1,
                cost=2400,
            ),
        ),
    ),
    thread(
        "PMLD SLD ASD",
        AREA,
        (6, 17),
        need="{name}'s need for constant supervision, with [broken sleep|behaviour that harms], has brought the family to the [edge of breaking down|limit of what they can do].",
        outcome="By {by}, {name} will settle in the short breaks house within [one hour|two hours] of arrival, and the family will report that they can go on caring.",
        works=(
            Work(
                "Overnight short breaks in a registered children's home",
                by.SHORT_BREAKS_WORKER,
                ("Two nights a month, 24 nights a year", "Three nights a month, 36 nights a year"),
                "at the short breaks house",
                H2,
                cost=9800,
            ),
        ),
    ),
    thread(
        "SEMH OTH MLD",
        AREA,
        (6, 17),
        need="{name} is supported under a child in need plan, following [domestic abuse|parental ill health|missing episodes].",
        outcome="By {by}, {name} will have [stayed with {their} family|one trusted worker throughout] and the plan will have been stepped down.",
        works=(
            Work(
                "Direct work with {name} and the family under the child in need plan, with a review every [six|eight] weeks",
                by.SOCIAL_WORKER,
                ("1 x 60 a fortnight", "1 x 60 a week all year"),
                "at home and {place}",
                H2,
            ),
        ),
    ),
    thread(
        "ASD MLD SLD DS PD PMLD",
        AREA,
        (18, 25),
        need="{name} is eligible for care and support under the Care Act 2014 to [keep a home|take part in work and leisure|keep up relationships], and wishes to [live with friends|move into supported living|depend less on {their} parents].",
        outcome="By {by}, {name} will [manage a weekly budget with prompts|have stayed in supported living for three trial weekends|travel to two regular activities with a personal assistant who stands back].",
        works=(
            Work(
                "Support towards an adult life: home skills, travel and leisure",
                by.PERSONAL_ASSISTANT,
                ("3 x 180 a week all year", "2 x 240 a week all year", "1 x 300 a week all year"),
                "at home and in the community",
                H2,
            ),
        ),
    ),
)
