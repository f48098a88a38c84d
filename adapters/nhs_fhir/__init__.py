"""The FHIR R4 face for NHS systems: a trust finds its s. 31 requests as Tasks, receives them, and answers them.

    routing.py            the addresses
    search.py read.py update_task.py transaction.py capabilities.py      one interaction a file
    strict_json.py shapes.py primitives.py invariants.py structure.py models.py
                          what comes in, checked in this order before anything is read of it
    resolution.py submission.py      what it means: an answer to one request, with its advice
    answering.py writing.py          done in one transaction, once; kept when it is refused
    readable.py showing.py reads/    every type that can be read: one row and one loader through the guard each
    record.py             receipt before a request is shown, and the note of having shown it
    errors.py             every No as an OperationOutcome

Later: subscriptions, $process-message (s. 23 notifications, BaRS), $validate, conditional create, history, profiles.
"""

from adapters.nhs_fhir.routing import routes

__all__ = ["routes"]
