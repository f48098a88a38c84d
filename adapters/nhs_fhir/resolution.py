"""Where references lead (http://hl7.org/fhir/R4/bundle.html#references): within what came, or to the hub's own.

Nothing is ever fetched. A reference to another host, or to nothing, is a fault; one to a resource of the hub is noted,
and whether it exists for the sender is looked up where the record is at hand.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from adapters.nhs_fhir.structure import ReferenceAt
from fhir_mappings.outcome import Faults
from fhir_mappings.values import Json, Located


@dataclass(slots=True)
class Resolver:
    """Finds resources by fullUrl, by Type/id, and by #id within the resource that contains them."""

    address: str
    """The hub's own FHIR address, without a slash at its end."""

    _by_url: dict[str, Located] = field(default_factory=dict[str, Located])
    _urls: dict[str, str] = field(default_factory=dict[str, str])
    _roots: dict[str, Located] = field(default_factory=dict[str, Located])
    _contained: dict[tuple[str, str], Located] = field(default_factory=dict[tuple[str, str], Located])
    used: set[str] = field(default_factory=set[str])
    """Where the resources stand that `find` has led to."""

    def add(self, located: Located, *, full_url: str | None, known_as: str | None) -> None:
        """An entry's resource, and what it contains."""
        for url in (full_url, known_as):
            if url is not None:
                self._by_url[self._own(url)] = located
        self._urls[located.at] = full_url or ""
        for place, each in enumerate(located.resource.get("contained", ())):
            inside = Located(f"{located.at}.contained[{place}]", each)
            self._roots[inside.at] = located
            self._contained[located.at, str(each.get("id"))] = inside

    def find(self, reference: Json, within: Located) -> Located | None:
        """The resource that a reference leads to within what came; marks it as used."""
        found = self._resolve(str(reference.get("reference") or ""), within)
        if found is not None:
            self.used.add(found.at)
        return found

    def contained(self) -> Iterable[Located]:
        return self._contained.values()

    def check(self, references: Iterable[ReferenceAt], faults: Faults) -> list[tuple[str, str]]:
        """Adds a fault for each reference that leads nowhere or to a wrong type; answers those to the hub's own.

        Each of these as the path of the reference and the `Type/id` it names.
        """
        own: list[tuple[str, str]] = []
        for each in references:
            text = each.content.get("reference")
            if text is None:
                continue
            at = f"{each.at}.reference"
            found = self._resolve(text, each.within)
            path = self._own(text)
            kind = found.type if found is not None else path.partition("/")[0]
            if found is None and path.startswith(("#", "urn:")):
                faults.add("reference-unresolved", "this leads to nothing in what was sent", at, code="not-found")
            elif found is None and "://" in path:
                message = "this leads to another server, which the hub does not ask: send the resource itself"
                faults.add("reference-elsewhere", message, at, code="not-supported")
            elif each.targets and kind not in each.targets:
                wanted = ", ".join(sorted(each.targets))
                faults.add("reference-target", f"this leads to one of: {wanted}", at, code="invariant")
            elif found is None:
                own.append((at, path.partition("/_history/")[0]))
        return own

    def _resolve(self, text: str, within: Located) -> Located | None:
        root = self._roots.get(within.at, within)
        if text.startswith("#"):
            return self._contained.get((root.at, text[1:]))
        path = self._own(text)
        found = self._by_url.get(path)
        if found is None and "://" not in path:
            base = _base(self._urls.get(root.at, ""))
            found = self._by_url.get(f"{base}/{path}") if base else None
        return found

    def _own(self, url: str) -> str:
        return url.removeprefix(f"{self.address}/")


def _base(full_url: str) -> str:
    """The server that a RESTful fullUrl is of; empty for a urn."""
    if "://" not in full_url:
        return ""
    return full_url.rsplit("/", 2)[0]
