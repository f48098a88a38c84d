"""What is recorded for good, and how it is shown that nothing of it was changed.

`recording` inserts events, disclosures and denied attempts, those of many readers together (`grouping`);
`replayed` what replicas showed; `rows` reads them in the one order and form in which they are sealed; `sealing` adds
them to the Merkle tree of `merkle` and signs its head as `notes` says; `proofs` proves from what is stored;
`verifying` reads everything again and finds the first row that is not as it was sealed.
"""

from hub.audit.recording import (
    DENIED,
    DISCLOSURES_STORED,
    EVENTS_STORED,
    Denial,
    Denials,
    Disclosure,
    DisclosureLog,
    Event,
    Operation,
    Reading,
    denial_of,
    disclosure_rows,
    event_row,
    record_disclosures,
    record_event,
)
from hub.audit.replayed import ReplayedLog

__all__ = [
    "DENIED",
    "DISCLOSURES_STORED",
    "EVENTS_STORED",
    "Denial",
    "Denials",
    "Disclosure",
    "DisclosureLog",
    "Event",
    "Operation",
    "Reading",
    "ReplayedLog",
    "denial_of",
    "disclosure_rows",
    "event_row",
    "record_disclosures",
    "record_event",
]
