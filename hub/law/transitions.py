"""What may follow what, as one table: the law runs on it, and the book prints it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

from hub.law.term import Term

State = TypeVar("State", bound=Term)
Step = TypeVar("Step")
Then = TypeVar("Then")


class Transitions(Mapping[tuple[State, Step], Then], Generic[State, Step, Then]):
    """From a state, by a step, to a state or to one of a set. A pair that is absent is refused, and nothing happens."""

    def __init__(self, states: type[State], steps: Sequence[Step], then: Mapping[tuple[State, Step], Then]) -> None:
        """`steps`: all there are, in the order in which the table shows them; each a type of event, or a term."""
        self._states = states
        self._steps = tuple(steps)
        self._then = dict(then)

    def __getitem__(self, pair: tuple[State, Step]) -> Then:
        return self._then[pair]

    def __iter__(self) -> Iterator[tuple[State, Step]]:
        return iter(self._then)

    def __len__(self) -> int:
        return len(self._then)

    def as_markdown(self) -> str:
        """A row a state, a column a step. A dash is a refusal."""
        lines = [f"| | {' | '.join(_name(step) for step in self._steps)} |", "|---" * (len(self._steps) + 1) + "|"]
        for state in self._states:
            cells = (self._cell(state, step) for step in self._steps)
            lines.append(f"| **{state}** | {' | '.join(cells)} |")
        return "\n".join(lines)

    def as_diagram(self) -> str:
        """The same as a state diagram in Mermaid: an arrow a change, with the steps that make it."""
        arrows: dict[tuple[State, State], list[str]] = {}
        for (state, step), then in self._then.items():
            for reached in self._states_in(then):
                arrows.setdefault((state, reached), []).append(_name(step))
        drawn = (f"    {state} --> {reached} : {', '.join(steps)}" for (state, reached), steps in arrows.items())
        return "\n".join(["```mermaid", "stateDiagram-v2", *drawn, "```"])

    def _states_in(self, then: Then) -> list[State]:
        return [
            each for each in self._states if each == then or (not isinstance(then, str) and each in cast(Any, then))
        ]

    def _cell(self, state: State, step: Step) -> str:
        then = self._then.get((state, step))
        return "-" if then is None else " or ".join(self._states_in(then))


def _name(step: object) -> str:
    return step.__name__ if isinstance(step, type) else str(step)
