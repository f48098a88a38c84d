"""Threads for preparing for adulthood, which a plan must have from year 9 (SEND Regs 2014 reg. 12(3))."""

# ruff: noqa: E501  (a sentence of a plan stays on one line)

from hub.county import roles as by
from hub.county.threads import Thread, Work, thread

AREA = "Preparing for adulthood"
EVERY = "ASD SLCN SEMH MLD SLD PMLD SPLD PD HI VI MSI DS OTH"

THREADS: tuple[Thread, ...] = (
    thread(
        "ASD SLCN SEMH MLD SPLD PD HI OTH DS",
        AREA,
        (13, 25),
        need="{name} [would like to work with animals|wants to be a mechanic|hopes to work with computers|would like to cook for a living], but has [not yet been in a workplace|had one placement, which ended early], and does not yet know what work asks of people.",
        outcome="By {by}, {name} will have completed [20|30|60] days of work experience in [two|three] places and chosen a [supported internship|apprenticeship|college course] to follow.",
        works=(
            Work(
                "Vocational profiling, careers guidance and supported work experience by an adviser who knows {their} needs",
                by.JOB_COACH,
                ("1 x 60 a fortnight", "1 x 120 a week", "2 x 60 a half-term"),
                "at {place} and in workplaces",
            ),
        ),
    ),
    thread(
        EVERY,
        AREA,
        (13, 25),
        need="{name} [travels by taxi with an escort|has never crossed a main road alone|freezes when a bus is late], and depends on others to get anywhere.",
        outcome="By {by}, {name} will travel [to {place} by bus|to one place in town] alone on [four of five days|ten journeys running], or tell a chosen companion the way where that is as far as it can go.",
        works=(
            Work(
                "Individual independent travel training with a risk assessment at each stage",
                by.JOB_COACH,
                ("1 x 60 a week", "2 x 45 a week", "1 x 90 a week"),
                "on the real journey",
            ),
        ),
    ),
    thread(
        EVERY,
        AREA,
        (13, 25),
        need="{name} relies on family for [meals, washing and money|reminders for each part of the day] and wishes to [have a flat with friends|do more for {themself}].",
        outcome="By {by}, {name} will [plan, shop for and cook three meals|wash, dry and put away a week's clothes|keep to a weekly budget of £20] with a picture or written guide.",
        works=(
            Work(
                "Teaching of independent living skills",
                by.SPECIALIST_TA,
                ("1 x 120 a week", "2 x 60 a week", "1 x 90 a week"),
                "in the training flat",
                group=4,
            ),
        ),
    ),
    thread(
        EVERY,
        AREA,
        (13, 25),
        need="{name} has [few friends outside lessons|friends online but not in person], and [is trusting of strangers|has been bullied|does not know how to keep {themself} safe].",
        outcome="By {by}, {name} will [meet friends outside {place} twice a month|belong to one club or group|say in four of five role plays what is safe and unsafe].",
        works=(
            Work(
                "A group on friendship, relationships, health and keeping safe",
                by.MENTOR,
                ("1 x 60 a week", "1 x 45 a week"),
                "at {place}",
                group=6,
            ),
        ),
    ),
)
