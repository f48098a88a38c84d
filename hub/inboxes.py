"""The addresses at which bodies send files, and who may: `POST /import/<path>`."""

from hub.actions.import_return import check_may_import
from hub.law.vocabulary import Source
from hub.web.imports import Inbox

EXTRACT_INBOX = Inbox(
    path="extract",
    kind=Source.EXTRACT,
    media_types=frozenset({"application/zip"}),
    may=lambda caller: check_may_import(caller, caller.organisation_code),
    options=frozenset({"on"}),
)
"""A zip of the extract's files, with its mapping beside them. `on`: the day of which it tells; left out: that of its
import."""

SEN2_INBOX = Inbox(
    path="sen2",
    kind=Source.SEN2_RETURN,
    media_types=frozenset({"application/xml", "text/xml", "application/zip"}),
    may=lambda caller: check_may_import(caller, caller.organisation_code),
)
