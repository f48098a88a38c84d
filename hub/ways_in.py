"""The ways by which what waits in quarantine came, and goes again: one for each form of item."""

from adapters.la_extract.replaying import WAY_IN as EXTRACT
from adapters.la_sen2.replaying import WAY_IN as SEN2
from adapters.la_statement.replaying import WAY_IN as STATEMENT
from adapters.nhs_fhir.replaying import way_in
from hub.actions.quarantine import WaysIn
from hub.law.imports import QuarantineForm
from hub.settings import Settings


def ways_in(settings: Settings) -> WaysIn:
    """Every way, for a hub with these settings."""
    return {
        QuarantineForm.SEN2_PERSON: SEN2,
        QuarantineForm.EXTRACT_ROWS: EXTRACT,
        QuarantineForm.STATEMENT_LINE: STATEMENT,
        QuarantineForm.FHIR_WRITE: way_in(settings),
    }
