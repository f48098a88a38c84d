"""What a body sends: its answer to one request (a Task) with the advice that goes with it, read and checked.

Everything that is wrong with what came is found here, before the database is asked anything, and all of it at once:
first what is malformed, and where nothing is, then what is meant.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from adapters.nhs_fhir.incoming import FHIR_PATH, received
from adapters.nhs_fhir.resolution import Resolver
from adapters.nhs_fhir.shapes import ACCEPTED
from adapters.nhs_fhir.structure import Walk
from fhir_mappings.advice import read_advice
from fhir_mappings.document import decode, mark_of, read_document_reference
from fhir_mappings.elements import token
from fhir_mappings.outcome import BadInput, Faults, Issue
from fhir_mappings.values import GivenAdvice, Json, Located
from hub.settings import Settings

_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')
_MUST_BE_USED = frozenset({"Binary", "CarePlan", "Condition", "Goal", "ServiceRequest"})
"""Types that carry what the advice says: one that no section leads to would be lost without a word."""

_CONDITIONS = ("ifNoneMatch", "ifModifiedSince", "ifNoneExist")


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource that came, with what is asked of it."""

    located: Located
    method: str
    if_match: int | None


@dataclass(frozen=True, slots=True)
class Came:
    """What the response tells of one resource that came; `mark`: of the document that it carries, if it carries one."""

    type: str
    mark: str | None


@dataclass(frozen=True, slots=True)
class Submission:
    """An answer to a request: what the record needs of it, for a large one comes from another process."""

    came: tuple[Came, ...]
    task: Entry
    request_id: str
    advice: GivenAdvice | None
    own_references: tuple[tuple[str, str], ...]
    nhs_numbers: tuple[tuple[str, str], ...]
    patients: tuple[Located, ...]
    identifier: tuple[str, str] | None

    def has(self, kind: str) -> bool:
        """Whether a resource of this type came."""
        return any(each.type == kind for each in self.came)


def read_bundle(value: Any, *, settings: Settings, today: date) -> Submission:
    """A transaction Bundle. Raises `BadInput`."""
    bundle, walk = received(value, "Bundle", settings=settings, today=today)
    faults = walk.faults
    if bundle["type"] != "transaction":
        message = "only a transaction is taken here, in which all of the entries are done or none"
        raise BadInput(*faults.issues, Issue("bundle-type", message, "Bundle.type", "not-supported"))
    resolver = Resolver(f"{settings.address}{FHIR_PATH}")
    entries = [
        entry
        for place, each in enumerate(bundle.get("entry", ()))
        if (entry := _read_entry(each, f"Bundle.entry[{place}]", resolver, faults)) is not None
    ]
    check_full_urls(bundle, faults)
    return submission_of(entries, walk, resolver, token(bundle.get("identifier")))


def read_task(value: Any, *, request_id: str, if_match: int, settings: Settings, today: date) -> Submission:
    """A Task alone, put back to where it was read. Raises `BadInput`."""
    resource, walk = received(value, "Task", settings=settings, today=today)
    task = Located("Task", resource)
    if task.resource.get("id") != request_id:
        message = "the id in the Task must be the id in the address"
        walk.faults.add("id-mismatch", message, "Task.id", code="invariant", status=400)
    resolver = Resolver(f"{settings.address}{FHIR_PATH}")
    resolver.add(task, full_url=None, known_as=f"Task/{request_id}")
    return submission_of([Entry(task, "PUT", if_match)], walk, resolver, None)


def version_of(etag: str) -> int | None:
    """The version in an ETag, `W/"3"`; None for anything else."""
    match = _ETAG.fullmatch(etag.strip())
    return int(match[1]) if match else None


def _read_entry(entry: Json, at: str, resolver: Resolver, faults: Faults) -> Entry | None:
    request: Json = entry.get("request", {})
    for part in ("request", "resource"):
        if part not in entry:
            faults.add(
                "required", "each entry of a transaction needs this", f"{at}.{part}", code="required", status=400
            )
    for condition in _CONDITIONS:
        if condition in request:
            message = "conditional requests are not taken yet, other than ifMatch"
            faults.add("condition-unknown", message, f"{at}.request.{condition}", code="not-supported")
    if "request" not in entry or "resource" not in entry:
        return None
    located = Located(f"{at}.resource", entry["resource"])
    method, url = request["method"], request["url"].removeprefix(f"{resolver.address}/")
    known_as = f"Task/{located.resource.get('id')}" if method == "PUT" else None
    if (method, located.type) not in {("PUT", "Task")} | {("POST", kind) for kind in ACCEPTED - {"Task"}}:
        message = "a transaction here updates a Task (PUT) and creates the resources of its advice (POST)"
        faults.add("interaction", message, f"{at}.request.method", code="not-supported")
    elif url != (known_as or located.type):
        message = "the url must be Type (POST), or Type/id with the id of the resource (PUT)"
        faults.add("request-url", message, f"{at}.request.url", code="invariant", status=400)
    if_match = version_of(request["ifMatch"]) if "ifMatch" in request else None
    if "ifMatch" in request and if_match is None:
        faults.add("if-match-format", 'a version is written W/"3"', f"{at}.request.ifMatch", status=400)
    resolver.add(located, full_url=entry.get("fullUrl"), known_as=known_as)
    return Entry(located, method, if_match)


def check_full_urls(bundle: Json, faults: Faults) -> None:
    seen: set[str] = set()
    for place, entry in enumerate(bundle.get("entry", ())):
        url = entry.get("fullUrl")
        if url in seen:
            message = "no two entries have the same fullUrl"
            faults.add("bdl-7", message, f"Bundle.entry[{place}].fullUrl", code="invariant", status=400)
        if url is not None:
            seen.add(url)


def submission_of(
    entries: list[Entry], walk: Walk, resolver: Resolver, identifier: tuple[str, str] | None
) -> Submission:
    faults = walk.faults
    by_type: dict[str, list[Located]] = {}
    for entry in entries:
        by_type.setdefault(entry.located.type, []).append(entry.located)
    for kind, least in (("Task", 1), ("Composition", 0)):
        if not least <= len(by_type.get(kind, ())) <= 1:
            message = "a Bundle answers one request: one Task, and at most one Composition with its documents"
            faults.add("one-answer", message, "Bundle.entry", code="business-rule")
    own = resolver.check(walk.references, faults)
    composition = next(iter(by_type.get("Composition", ())), None)
    said = Faults()
    advice = read_advice(composition, by_type.get("DocumentReference", []), find=resolver.find, faults=said)
    for located in [*(entry.located for entry in entries), *resolver.contained()]:
        if located.type in _MUST_BE_USED and located.at not in resolver.used:
            message = "no section or document leads to this, so it would be lost"
            said.add("resource-not-used", message, located.at, code="business-rule")
    faults.issues += [issue for issue in said.issues if issue.at is None or not faults.under(issue.at)]
    faults.check()
    task = next(entry for entry in entries if entry.located.type == "Task")
    return Submission(
        tuple(Came(entry.located.type, _mark(entry.located, resolver)) for entry in entries),
        task,
        str(task.located.resource.get("id")),
        advice,
        tuple(own),
        tuple(walk.nhs_numbers),
        tuple(walk.patients),
        identifier,
    )


def _mark(located: Located, resolver: Resolver) -> str | None:
    """Of the document that a resource carries: the first, if it carries several."""
    match located.type:
        case "DocumentReference":
            documents = read_document_reference(located, resolver.find, Faults())
            return mark_of(documents[0].content) if documents else None
        case "Binary":
            return mark_of(decode(located.resource.get("data", "")) or b"")
        case _:
            return None
