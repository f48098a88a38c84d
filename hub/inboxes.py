"""The addresses at which bodies send files, and who may: `POST /import/<path>`."""

from hub.actions.import_return import check_may_import
from hub.law.vocabulary import Source
from hub.web.imports import Inbox

SEN2_INBOX = Inbox(
    path="sen2",
    kind=Source.SEN2_RETURN,
    media_types=frozenset({"application/xml", "text/xml", "application/zip"}),
    may=lambda caller: check_may_import(caller, caller.organisation_code),
)
