"""What differs between two versions of a plan: an amendment shows what changed (CFA 2014 s. 44, reg. 22(2)(a))."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.law.term import Term, means
from hub.law.vocabulary import SectionCode


class ChangeKind(Term):
    """How a part of a plan differs from the version before."""

    ADDED = means("It is new in this version.")
    CHANGED = means("It was in the version before, in other words.")
    REMOVED = means("It was in the version before, and is no longer.")


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a plan in words. `continues`: the part of the version before that it was made from."""

    key: Hashable
    section: SectionCode
    text: str
    continues: Hashable | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `before` is None for what is new, `after` for what is gone."""

    section: SectionCode
    kind: ChangeKind
    before: str | None
    after: str | None


def changes(before: Sequence[Passage], after: Sequence[Passage]) -> tuple[Change, ...]:
    """Every difference, in the order of the sections; within one, as the later version has them, what is gone last."""
    earlier = {each.key: each for each in before}
    order = list(SectionCode)
    return tuple(sorted(_changes(earlier, after), key=lambda change: order.index(change.section)))


def _changes(earlier: Mapping[Hashable, Passage], after: Sequence[Passage]) -> Iterator[Change]:
    for each in after:
        old = earlier.get(each.continues) if each.continues is not None else None
        if old is None:
            yield Change(each.section, ChangeKind.ADDED, None, each.text)
        elif (old.text, old.section) != (each.text, each.section):
            yield Change(each.section, ChangeKind.CHANGED, old.text, each.text)
    kept = {each.continues for each in after}
    for key, old in earlier.items():
        if key not in kept:
            yield Change(old.section, ChangeKind.REMOVED, old.text, None)
