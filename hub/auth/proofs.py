"""A bound token is taken with its proof alone, and the proof once (RFC 9449 s. 7)."""

from collections.abc import Callable
from datetime import datetime

from hub.auth.dpop import Presented, check, use_up
from hub.auth.jose import JwtError
from hub.auth.parties import unauthenticated
from hub.db.session import Database


class Proofs:
    """Holds bound tokens to their keys. Used proofs are shared by every process on this database."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def must_hold(
        self, thumbprint: str | None, scheme: str, text: str, digest: bytes, presented: Presented | None
    ) -> None:
        """Raises `Problem` UNAUTHENTICATED unless token, scheme and proof belong together; BUSY."""
        if scheme != "dpop":
            raise unauthenticated("dpop-bearer", "the token is bound to a key: send it as DPoP, with a proof")
        if thumbprint is None:
            raise unauthenticated("dpop-not-bound", "the token is not bound to a key: send it as Bearer")
        if presented is None:
            raise unauthenticated("proof-missing", "the token is bound to a key: send a proof with it")
        if presented.proved == digest:
            return
        try:
            proof = check(presented, now=self._clock().timestamp(), access_token=text)
        except JwtError as error:
            raise unauthenticated(f"proof-{error.rule}", error.message) from error
        if proof.thumbprint != thumbprint:
            raise unauthenticated("proof-key", "the proof is of another key than the token's")
        async with self._database.begin(None) as connection:
            if await connection.scalar(use_up(proof)) is None:
                raise unauthenticated("proof-replayed", "the proof has been used before")
        presented.proved = digest
