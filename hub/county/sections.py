"""The texts of sections A to K, composed from the strands of a plan (SEND Regs 2014 reg. 12(1))."""

from collections.abc import Iterable, Sequence
from datetime import date

from hub.county import bank_views as views
from hub.county.bodies import Body
from hub.county.contents import Strand, words_of
from hub.county.rows import Case
from hub.county.threads import fill
from hub.law.school_years import age_on
from hub.law.vocabulary import SectionCode

_NONE = {
    SectionCode.C: "No health needs which relate to {name}'s special educational needs have been identified.",
    SectionCode.D: "No social care needs which relate to {name}'s special educational needs have been identified.",
    SectionCode.G: "No health provision is reasonably required by {name}'s learning difficulties or disabilities.",
    SectionCode.H1: "No provision must be made under section 2 of the Chronically Sick and Disabled Persons Act 1970.",
    SectionCode.H2: "No other social care provision is reasonably required.",
}


def views_text(case: Case, day: date) -> str:
    """Section A."""
    age = age_on(case.born, day)
    voice = "young" if age < 5 else "child" if age < 12 else "older"
    family = case.rng.choice(views.YOUNG_FAMILIES if voice == "young" else views.FAMILIES)
    words = words_of(case, day)
    words["family"] = family.format_map(words)
    parts = (
        (views.INTRODUCTIONS[voice],), views.LIKES[voice], views.DISLIKES[voice], views.HOPES[voice],
        views.PARENTS, views.HISTORY, views.TAKING_PART,
    )  # fmt: skip
    return "\n\n".join(fill(case.rng, case.rng.choice(part), words) for part in parts)


def needs_text(case: Case, strands: Sequence[Strand], section: SectionCode, day: date) -> str:
    """Sections B, C and D: each need, numbered."""
    own = [each for each in strands if each.section is section]
    if not own:
        return _NONE[section].format(name=case.name)
    lines = [f"{section}{number}. {each.thread.area}. {each.need}" for number, each in enumerate(own, start=1)]
    if section is SectionCode.B:
        lines.insert(0, f"Strengths. {fill(case.rng, case.rng.choice(views.STRENGTHS), words_of(case, day))}")
    return "\n".join(lines)


def outcomes_text(strands: Sequence[Strand]) -> str:
    """Section E."""
    return "\n".join(f"E{number}. {each.outcome}" for number, each in enumerate(strands, start=1))


def provision_text(case: Case, descriptions: Sequence[str], section: SectionCode) -> str:
    """Sections F, G, H1 and H2: each provision, numbered."""
    if not descriptions:
        return _NONE.get(section, "").format(name=case.name)
    mark = f"{section}." if section.value[1:] else section.value  # F1, but H1.1
    return "\n".join(f"{mark}{number}. {each}" for number, each in enumerate(descriptions, start=1))


def placement_text(setting: Body | None, arrangement: str | None) -> str:
    """Section I: the name and type of the school, or what is arranged otherwise."""
    if setting is None:
        return _OTHERWISE.get(arrangement or "", "A mainstream school.")
    if setting.special:
        return f"{setting.name}, a special school."
    if setting.ages[0] >= 16:
        return f"{setting.name}, a mainstream post-16 institution (college of further education)."
    if setting.ages[1] < 5:
        return f"{setting.name}, a mainstream early years setting."
    return f"{setting.name}, a mainstream school{', in its resourced provision' if setting.resourced else ''}."


_OTHERWISE = {
    "OLA": "Education otherwise than in a school (s. 61): a package arranged by the authority.",
    "EHE": "The parents have made their own arrangements for education at home. Type: a mainstream school.",
    "NEET": "A mainstream post-16 institution, to be named when a course has been agreed.",
}


def direct_payment_text(case: Case, what: Iterable[str]) -> str:
    """Section J: the needs and outcomes that direct payments are to meet."""
    return (
        f"A personal budget was asked for and agreed in part as direct payments. They are for: {'; '.join(what)}. "
        f"They serve the outcomes in section E to which that provision belongs. Money may be spent on nothing else, is "
        f"kept in an account of its own and accounted for every quarter. {case.name}'s family chooses whom to engage."
    )


def advice_text(advice: Iterable[tuple[str, str, date]]) -> str:
    """Section K: the advice gathered, each with its author and date."""
    given = sorted(advice, key=lambda each: each[2])
    return "\n".join(
        f"K{number}. {what}, by {author}, {day.day} {day:%B %Y}" for number, (what, author, day) in enumerate(given, 1)
    )
