"""What `hub doctor` says of the trusted issuers: each row, and whether its keys can be had now."""

from hub.auth.issuer_file import IssuerRow
from hub.auth.issuers import keys_of, rows_of
from hub.auth.jwks import KeysUnavailableError, usable_keys
from hub.settings import Settings


async def trusted(settings: Settings) -> list[tuple[str, bool]]:
    """A line for each issuer, and whether its keys could be had. Raises `SettingError` for a file that is wrong."""
    said = [(f"trusted issuer {settings.address} (the hub's own): machines{_people(settings)}", True)]
    for row in rows_of(settings):
        try:
            found = usable_keys(await keys_of(row, settings)())
        except KeysUnavailableError as error:
            said.append((f"trusted issuer {row.issuer} ({row.kind}): its keys cannot be had: {error}", False))
        else:
            said.append((f"trusted issuer {row.issuer} ({row.kind}): {len(found)} keys{_signing_in(row)}", True))
    return said


def _people(settings: Settings) -> str:
    return "" if settings.production else ", and people of the demo"


def _signing_in(row: IssuerRow) -> str:
    return f"; people sign in to the pages as {', '.join(row.sign_in.clients)}" if row.sign_in else ""
