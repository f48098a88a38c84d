"""The FHIR R4 face for NHS systems: a trust notifies, finds its s. 31 requests as Tasks, answers them, and advises.

interactions.py routing.py by_type.py      everything that can be done, in one table; the addresses made from it
capabilities.py capability_page.py published.py      metadata, its page, and the implementation guide
read.py history.py document.py search.py update_task.py create_communication.py create_advice.py
create_document.py process_message.py validate.py bundle.py transaction.py batch.py
subscription*.py      one interaction a file
try_page.py samples.py html.py      the page on which a test message is sent
strict_json.py tolerances.py shapes.py r4_types.py primitives.py invariants.py structure.py models.py
                      what comes in, checked in this order before anything is read of it (incoming.py);
                      what is large in a process of its own (apart.py)
resolution.py submission.py notifying.py      what it means: an answer with its advice, or a notification
answering.py writing.py conditional.py created.py created_advice.py
                      done in one transaction, once; kept when it is refused; what is answered
record.py showing.py readable.py reads/       what is shown, receipt before it, and the note of having shown it
errors.py             every No as an OperationOutcome
"""

from adapters.nhs_fhir.routing import routes

__all__ = ["routes"]
