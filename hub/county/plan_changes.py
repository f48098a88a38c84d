"""How a version of a plan differs from the one before: what a reader of an amendment looks for."""

from hub.county.plans import Written, describe
from hub.county.rows import Case
from hub.law.s37_changes import Passage, changes
from hub.law.vocabulary import SectionCode


def write(case: Case, before: Written, after: Written) -> None:
    """How a version differs from the one before, in the needs, outcomes and provision that it says otherwise."""
    for ordinal, each in enumerate(changes(_passages(case, before), _passages(case, after)), start=1):
        case.add(
            "plan_change",
            plan_id=after.id,
            ordinal=ordinal,
            section=each.section,
            kind=each.kind,
            before=each.before,
            after=each.after,
        )


def _passages(case: Case, written: Written) -> list[Passage]:
    found: list[Passage] = []
    for strand, arranged in zip(written.strands, written.arranged, strict=True):
        thread = strand.thread.area
        said = [("need", strand.section, strand.need), ("outcome", SectionCode.E, strand.outcome)]
        said += [(each.provided.what, each.section, describe(case, each.provided, each.provider)) for each in arranged]
        for what, section, text in said:
            key = (thread, strand.need, what)
            found.append(Passage(key, section, text, key))
    return found
