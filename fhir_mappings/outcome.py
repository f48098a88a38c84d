"""What is wrong, as values, and as an OperationOutcome.

An issue names the place and the rule. It never carries the value that was sent, nor anything of a child.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from fhir_mappings.systems import ERROR_CODES, NHS_HTTP_ERROR_CODES
from fhir_mappings.values import Json

MOST_ISSUES = 100

# BaRS: the receiver's side of each status (NHS England, http-error-codes). It has none for 406, 412, 413, 415 and 428.
_RECEIVER: Mapping[int, str] = MappingProxyType(
    {
        401: "REC_UNAUTHORIZED",
        403: "REC_FORBIDDEN",
        404: "REC_NOT_FOUND",
        405: "REC_METHOD_NOT_ALLOWED",
        409: "REC_CONFLICT",
        412: "REC_CONFLICT",
        422: "REC_UNPROCESSABLE_ENTITY",
        500: "REC_SERVER_ERROR",
        503: "REC_UNAVAILABLE",
    }
)


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong.

    `rule` is a stable code in kebab case that partners may branch on; `code` is FHIR's (issue-type); `at` a FHIRPath;
    `status` the HTTP status that the issue deserves; `provision` the law that says so, where it is the law.
    """

    rule: str
    diagnostics: str
    at: str | None = None
    code: str = "value"
    status: int = 422
    severity: str = "error"
    provision: str | None = None


class BadInput(Exception):  # noqa: N818  (named for what it says)
    """What came cannot be taken, with every reason. Nothing of it is done."""

    def __init__(self, *issues: Issue) -> None:
        super().__init__(", ".join(issue.rule for issue in issues[:MOST_ISSUES]))
        self.issues = issues

    def __reduce__(self) -> tuple[type["BadInput"], tuple[Issue, ...]]:
        """From one process to another."""
        return BadInput, self.issues

    @property
    def status(self) -> int:
        """400 where something is malformed, else the gravest of the others."""
        statuses = {issue.status for issue in self.issues}
        return 400 if 400 in statuses else max(statuses)


@dataclass(slots=True)
class Faults:
    """Collects issues, so that a sender learns of all of them at once; of a document full of them, of the first."""

    issues: list[Issue] = field(default_factory=list[Issue])

    def add(
        self, rule: str, diagnostics: str, at: str | None = None, *, code: str = "value", status: int = 422
    ) -> None:
        issue = Issue(rule, diagnostics, at, code, status)
        if issue not in self.issues:
            self.issues.append(issue)
        if len(self.issues) > MOST_ISSUES:
            self.check()

    def under(self, at: str) -> bool:
        """Whether something is wrong in this place or below it."""
        return any(issue.at is not None and (issue.at + ".").startswith(at + ".") for issue in self.issues)

    def check(self) -> None:
        """Raises `BadInput` if anything is wrong."""
        if self.issues:
            raise BadInput(*self.issues)


def operation_outcome(issues: Iterable[Issue]) -> Json:
    """An OperationOutcome; where there are very many issues, it says that there are more."""
    every = list(issues)
    shown = [_issue(each) for each in every[:MOST_ISSUES]]
    if len(every) > MOST_ISSUES:
        message = "there are more issues, which are not shown"
        shown.append({"severity": "information", "code": "incomplete", "diagnostics": message})
    return {"resourceType": "OperationOutcome", "issue": shown}


def _issue(issue: Issue) -> Json:
    details: Json = {"coding": [{"system": ERROR_CODES, "code": issue.rule}]}
    if issue.severity == "error":
        twin = _RECEIVER.get(issue.status, "REC_BAD_REQUEST")
        details["coding"].append({"system": NHS_HTTP_ERROR_CODES, "code": twin})
    if issue.provision:
        details["text"] = issue.provision
    shown: Json = {
        "severity": issue.severity,
        "code": issue.code,
        "details": details,
        "diagnostics": issue.diagnostics,
    }
    if issue.at:
        shown["expression"] = [issue.at]
    return shown
