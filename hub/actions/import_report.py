"""What came of an import: counts, and every problem with its place and rule, for people and for machines."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from hub.actions.sen2_return import ImportProblem, ReadPerson, Severity
from hub.law.imports import TELLS_NOT_WHO

MOST_PROBLEMS = 10_000
"""The most problems of each severity that a report lists one by one. It counts them all."""

EXAMPLES = 5
"""The warnings by one rule that the text for people shows; the JSON has the others."""

DECIDED_ON = "/review"
"""The page on which a person decides who is who."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How an import went. `unchanged_file`: this file had been imported before. `pairs`: of records that may be one
    child's, brought forward by this import for a person to decide.
    """

    name: str
    sha256: str
    authority_la_code: str
    year: int
    reference_date: date
    started_at: datetime
    seconds: float
    title: str
    read: int
    new: int
    changed: int
    unchanged: int
    refused: int
    pairs: int
    unchanged_file: bool
    refusals_by_rule: Mapping[str, int]
    warnings_by_rule: Mapping[str, int]
    problems: tuple[ImportProblem, ...]

    @property
    def warnings(self) -> int:
        return sum(self.warnings_by_rule.values())

    @property
    def undecided(self) -> int:
        """How many of the refused wait for a person to say which child they are."""
        return sum(count for rule, count in self.refusals_by_rule.items() if rule in TELLS_NOT_WHO)

    @property
    def exit_status(self) -> int:
        """What a command ends with: 0 when all of it was applied, 3 when any person was refused."""
        return 3 if self.refused else 0

    @property
    def counts(self) -> dict[str, Any]:
        """What `import_run` keeps."""
        return {
            "read": self.read,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "undecided": self.undecided,
            "pairs": self.pairs,
            "warnings": self.warnings,
            "refusals_by_rule": dict(self.refusals_by_rule),
            "warnings_by_rule": dict(self.warnings_by_rule),
        }

    def as_json(self) -> str:
        """The report for machines."""
        return orjson.dumps(self.as_values(), option=orjson.OPT_INDENT_2).decode()

    def as_values(self, most: int | None = None) -> dict[str, Any]:
        """The report as plain JSON values, with at most so many of its problems."""
        listed = self.problems[:most]
        return {
            "name": self.name,
            "sha256": self.sha256,
            "authority": self.authority_la_code,
            "year": self.year,
            "reference_date": self.reference_date.isoformat(),
            "started_at": self.started_at.isoformat(),
            "seconds": round(self.seconds, 3),
            "unchanged_file": self.unchanged_file,
            **self.counts,
            "decided_on": DECIDED_ON,
            "problems": [asdict(problem) for problem in listed],
            "problems_not_listed": sum(self.refusals_by_rule.values()) + self.warnings - len(listed),
        }

    def as_text(self) -> str:
        """The report for people: what came of the persons, why some were refused, and then each problem."""
        lines = [
            f"{self.title} of authority {self.authority_la_code}: {self.name}",
            *(f"  {word:<10}{getattr(self, word):>9,}" for word in ("read", "new", "changed", "unchanged", "refused")),
            f"  {'warnings':<10}{self.warnings:>9,}",
            f"  in {self.seconds:.1f} seconds",
        ]
        if self.unchanged_file:
            lines.append("  This file had been imported before.")
        lines += self._who_is_who()
        lines += self._rules("Refused", self.refusals_by_rule) + self._rules("Warnings", self.warnings_by_rule)
        if self.problems:
            shown = [problem for problem in self.problems if problem.severity is Severity.REFUSED] + self._examples()
            lines += ["", "Where and what:", *(_line(problem) for problem in shown)]
            more = sum(self.refusals_by_rule.values()) + self.warnings - len(shown)
            lines += [f"  and {more:,} more of the same rules"] if more else []
        return "\n".join(lines)

    def _who_is_who(self) -> list[str]:
        """What waits for a person to decide who is who."""
        waits = [
            (self.pairs, "pairs of records, one of them new, that may be of one child"),
            (self.undecided, "refused persons of whom it cannot be told which child they are"),
        ]
        lines = [f"  {count:>9,}  {what}" for count, what in waits if count]
        return ["", f"Who is who, for a person to decide on {DECIDED_ON}:", *lines] if lines else []

    def _examples(self) -> list[ImportProblem]:
        """The first warnings by each rule."""
        seen: Counter[str] = Counter()
        shown: list[ImportProblem] = []
        for problem in self.problems:
            if problem.severity is Severity.WARNING and seen[problem.rule] < EXAMPLES:
                seen[problem.rule] += 1
                shown.append(problem)
        return shown

    @staticmethod
    def _rules(title: str, by_rule: Mapping[str, int]) -> list[str]:
        if not by_rule:
            return []
        return ["", f"{title} by rule:", *(f"  {number:>9,}  {rule}" for rule, number in by_rule.items())]


def _line(problem: ImportProblem) -> str:
    where = problem.place if problem.line is None else f"{problem.place} (line {problem.line})"
    return f"  {problem.severity.value}: {where}: {problem.message} [{problem.rule}]"


@dataclass(slots=True)
class Tally:
    """The counts and problems as they come in."""

    read: int = 0
    new: int = 0
    changed: int = 0
    refused: int = 0
    _listed: Counter[Severity] = field(default_factory=Counter[Severity])
    _rules: dict[Severity, Counter[str]] = field(
        default_factory=lambda: {severity: Counter[str]() for severity in Severity}
    )
    _problems: list[ImportProblem] = field(default_factory=list[ImportProblem])

    def count(self, read: ReadPerson, problems: tuple[ImportProblem, ...], *, refused: bool) -> None:
        """One more person read, with all that is wrong with it."""
        self.read += 1
        self.refused += refused
        for problem in problems:
            self._rules[problem.severity][problem.rule] += 1
            if self._listed[problem.severity] < MOST_PROBLEMS:
                self._listed[problem.severity] += 1
                self._problems.append(problem)

    def report(self, *, pairs: int = 0, **about: Any) -> ImportReport:
        """All of it, once the last person has been counted."""
        return ImportReport(
            read=self.read,
            new=self.new,
            changed=self.changed,
            unchanged=self.read - self.new - self.changed - self.refused,
            refused=self.refused,
            pairs=pairs,
            refusals_by_rule=dict(self._rules[Severity.REFUSED].most_common()),
            warnings_by_rule=dict(self._rules[Severity.WARNING].most_common()),
            problems=tuple(self._problems),
            **about,
        )


def write_report(report: ImportReport, directory: Path) -> Path:
    """Write the report as `import-<time>.json` into the directory, which is made if it is missing; the file's path."""
    directory.mkdir(parents=True, exist_ok=True)
    stem = f"import-{report.started_at:%Y%m%dT%H%M%S}"
    for number in range(1, 1_000):
        path = directory / (f"{stem}.json" if number == 1 else f"{stem}-{number}.json")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(report.as_json() + "\n")
        except FileExistsError:
            continue
        return path
    raise FileExistsError(stem)
