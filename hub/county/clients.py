"""The clients of the demo: which software acts for which body, what it may ask and for which purposes.

Their keys are made when the county is loaded, and are public: `demo.json` carries them.
"""

from dataclasses import dataclass

from hub.law.reg17_disclosure import AUTHORITY_PURPOSES, COMMISSIONER_PURPOSES, Purpose


@dataclass(frozen=True, slots=True)
class CountyClient:
    """A client as it is to be registered. `organisation` is the body's code."""

    client_id: str
    label: str
    organisation: str
    scopes: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    default_purpose: Purpose = Purpose.OWN_FUNCTIONS

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """People sign in through portals: those of the demo run on the same machine, on the port 3000."""
        return ("http://127.0.0.1:3000/callback",) if self.client_id.endswith("-portal") else ()

    @property
    def algorithm(self) -> str:
        """What its key signs with: systems that speak FHIR as on NHS England's platform, others as SMART advises."""
        return "RS512" if any(scope.startswith("system/") for scope in self.scopes) else "ES384"


def _scopes(*words: str) -> tuple[str, ...]:
    return tuple(scope for each in words for scope in each.split())


def _purposes(*purposes: Purpose) -> tuple[Purpose, ...]:
    return tuple(purpose for purpose in Purpose if purpose in purposes)


_READ = (
    "child.read plan.read provision.read budget.read advice.read cooperation.read notification.read offer.read "
    "audit.read statistics.read"
)
_AUTHORITY_WRITES = (
    "cooperation.request cooperation.respond advice.write notification.write assessment.write plan.write "
    "provision.agree budget.write review.write redress.write arrangement.write offer.write record.import"
)
_TRUST_FHIR = (
    "system/Task.crus system/Patient.rs system/ServiceRequest.rs system/DocumentReference.crs system/Composition.crs "
    "system/Bundle.cr system/Subscription.cruds system/Communication.crs system/Organization.rs system/CarePlan.rs "
    "system/Goal.rs system/Condition.rs system/Observation.rs system/RelatedPerson.rs system/Practitioner.r "
    "system/PractitionerRole.r system/Provenance.rs"
)
_BUDGETS_FHIR = "system/Account.rs system/Contract.rs"
_ASKED = "child.read advice.read cooperation.read cooperation.respond advice.write"
_BY_STATUTE = (
    Purpose.OWN_FUNCTIONS,
    Purpose.S31_COOPERATION,
    Purpose.EHCNA_ADVICE_REQUEST,
    Purpose.EHCNA_ADVICE_RETURN,
)

_AUTHORITY = _purposes(*AUTHORITY_PURPOSES, Purpose.SAFEGUARDING, Purpose.STATISTICS, Purpose.SUBJECT_ACCESS)
_COMMISSIONER = _purposes(*COMMISSIONER_PURPOSES, Purpose.SAFEGUARDING)
_TRUST = _purposes(
    *_BY_STATUTE, Purpose.S23_NOTIFICATION, Purpose.PROVISION_DELIVERY, Purpose.ANNUAL_REVIEW, Purpose.SAFEGUARDING
)
_ASKED_BODY = _purposes(*_BY_STATUTE)
_SETTING = _purposes(Purpose.OWN_FUNCTIONS, Purpose.PROVISION_DELIVERY, Purpose.ANNUAL_REVIEW)

_AUTHORITY_SCOPES = _scopes(_READ, _AUTHORITY_WRITES)
_TRUST_SCOPES = _scopes(_TRUST_FHIR, _ASKED, "plan.read provision.read notification.read notification.write")
_COMMISSIONER_SCOPES = _scopes(
    _TRUST_FHIR,
    _BUDGETS_FHIR,
    _ASKED,
    "plan.read provision.read budget.read notification.read notification.write provision.agree budget.write "
    "redress.write arrangement.write offer.read statistics.read",
)
_SETTING_SCOPES = _scopes("child.read plan.read provision.read offer.read")

COUNTY_CLIENTS: tuple[CountyClient, ...] = (
    CountyClient("northmere-portal", "SEND portal of Northmere", "990", _AUTHORITY_SCOPES, _AUTHORITY),
    CountyClient(
        "northmere-case-system", "Case system of Northmere", "990",
        _scopes("child.read plan.read provision.read cooperation.read advice.read record.import statistics.read"),
        _purposes(Purpose.OWN_FUNCTIONS, Purpose.STATISTICS),
    ),
    CountyClient("southwoldvale-portal", "SEND portal of Southwold Vale", "991", _AUTHORITY_SCOPES, _AUTHORITY),
    CountyClient("marchland-icb-portal", "Commissioner's portal", "ZZQ90", _COMMISSIONER_SCOPES, _COMMISSIONER),
    CountyClient("nhse-portal", "Specialised commissioning portal", "ZZX24", _COMMISSIONER_SCOPES, _COMMISSIONER),
    CountyClient("mereside-ehr", "Electronic record of Mereside", "ZZR01", _TRUST_SCOPES, _TRUST),
    CountyClient("marchland-trust-ehr", "Electronic record of Marchland Hospitals", "ZZR02", _TRUST_SCOPES, _TRUST),
    CountyClient("gwernfach-ehr", "Electronic record of Gwernfach", "ZZ7A9", _scopes(_TRUST_FHIR, _ASKED), _ASKED_BODY),
    CountyClient("marchland-yot-portal", "Youth offending team portal", "ZZY01", _scopes(_ASKED), _ASKED_BODY),
    CountyClient("stonecrop-portal", "Portal of Stonecrop House", "ZZS01", _scopes(_ASKED), _ASKED_BODY),
    CountyClient("thrushmere-mis", "School system of Thrushmere", "ZZE102", _SETTING_SCOPES, _SETTING),
    CountyClient("marchland-college-mis", "College system", "ZZE110", _SETTING_SCOPES, _SETTING),
    CountyClient("little-curlews-app", "Nursery app", "ZZE101", _SETTING_SCOPES, _SETTING),
    CountyClient("kingcup-records", "Records of Kingcup Therapies", "ZZT01", _SETTING_SCOPES, _SETTING),
)  # fmt: skip
"""At least one for each kind of body."""

_TRUST_PEOPLE = _scopes(
    _ASKED, "plan.read provision.read notification.read notification.write provision.agree record.import"
)
_COMMISSIONER_PEOPLE = tuple(
    scope for scope in (*_COMMISSIONER_SCOPES, "record.import") if not scope.startswith("system/")
)

PAGES: tuple[CountyClient, ...] = (
    CountyClient("pages-northmere", "the hub's pages", "990", _AUTHORITY_SCOPES, _AUTHORITY),
    CountyClient("pages-southwoldvale", "the hub's pages", "991", _AUTHORITY_SCOPES, _AUTHORITY),
    CountyClient("pages-marchland-icb", "the hub's pages", "ZZQ90", _COMMISSIONER_PEOPLE, _COMMISSIONER),
    CountyClient("pages-nhse", "the hub's pages", "ZZX24", _COMMISSIONER_PEOPLE, _COMMISSIONER),
    CountyClient("pages-mereside", "the hub's pages", "ZZR01", _TRUST_PEOPLE, _TRUST),
    CountyClient("pages-marchland-trust", "the hub's pages", "ZZR02", _TRUST_PEOPLE, _TRUST),
    CountyClient("pages-thrushmere", "the hub's pages", "ZZE102", _SETTING_SCOPES, _SETTING),
    CountyClient("pages-marchland-college", "the hub's pages", "ZZE110", _SETTING_SCOPES, _SETTING),
)
"""The hub's own pages, for each body that people of the demo work for. Nobody holds their keys: the pages need none."""

GRAPHIQL: tuple[CountyClient, ...] = (
    CountyClient("graphiql-northmere", "GraphiQL", "990", _AUTHORITY_SCOPES, _AUTHORITY),
    CountyClient("graphiql-marchland-icb", "GraphiQL", "ZZQ90", _COMMISSIONER_PEOPLE, _COMMISSIONER),
    CountyClient("graphiql-mereside", "GraphiQL", "ZZR01", _TRUST_PEOPLE, _TRUST),
)
"""GraphiQL, for the bodies whose people sign in from its toolbar: it asks whatever they write."""
