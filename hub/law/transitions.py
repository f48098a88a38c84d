"""What may follow what, as one table: the law runs on it, and the book prints it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from hub.law.term import Term

State = TypeVar("State", bound=Term)
Step = TypeVar("Step")
Then = TypeVar("Then")


class Transitions(Mapping[tuple[State, type[Step]], Then], Generic[State, Step, Then]):
    """From a state, by a step, to a state or to one of a set. A pair that is absent is refused, and nothing happens."""

    def __init__(
        self, states: type[State], steps: Sequence[type[Step]], then: Mapping[tuple[State, type[Step]], Then]
    ) -> None:
        """`steps`: all there are, in the order in which the table shows them."""
        self._states = states
        self._steps = tuple(steps)
        self._then = dict(then)

    def __getitem__(self, pair: tuple[State, type[Step]]) -> Then:
        return self._then[pair]

    def __iter__(self) -> Iterator[tuple[State, type[Step]]]:
        return iter(self._then)

    def __len__(self) -> int:
        return len(self._then)

    def as_markdown(self) -> str:
        """A row a state, a column a step. A dash is a refusal."""
        lines = [f"| | {' | '.join(step.__name__ for step in self._steps)} |", "|---" * (len(self._steps) + 1) + "|"]
        for state in self._states:
            cells = (self._cell(state, step) for step in self._steps)
            lines.append(f"| **{state}** | {' | '.join(cells)} |")
        return "\n".join(lines)

    def _cell(self, state: State, step: type[Step]) -> str:
        then = self._then.get((state, step))
        if isinstance(then, Collection) and not isinstance(then, str):
            return " or ".join(each for each in self._states if each in then)
        return "-" if then is None else str(then)
