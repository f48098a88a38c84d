"""What the authorization server keeps of tokens: those that are denied, and the codes and proofs that have been used.

Rows are short-lived: each is deleted once it has expired, for what it guards against would be refused by its age.
"""

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from hub.db.tables.base import Instant, metadata

denied_token = Table(
    "denied_token",
    metadata,
    Column("token_id", Text, primary_key=True, comment="the jti of a token that has been revoked"),
    Column("client_id", Text, ForeignKey("client.client_id"), nullable=False),
    Column("denied_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index(None, "client_id"),
    Index(None, "expires_at"),
)

used_proof = Table(
    "used_proof",
    metadata,
    Column("thumbprint", Text, primary_key=True, comment="of the key that signed the DPoP proof (RFC 7638)"),
    Column("jti", Text, primary_key=True),
    Column("expires_at", Instant, nullable=False),
    Index(None, "expires_at"),
)

authorization_code = Table(
    "authorization_code",
    metadata,
    Column("code_hash", Text, primary_key=True, comment="SHA-256 in hexadecimal: the code itself is not kept"),
    Column("client_id", Text, ForeignKey("client.client_id"), nullable=False),
    Column("username", Text, ForeignKey("person.username"), nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("code_challenge", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("nonce", Text),
    Column("thumbprint", Text, comment="of the key that the token will be bound to (RFC 9449 s. 10)"),
    Column("signed_in_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("token_id", Text, comment="of the token that the code was redeemed for"),
    Index(None, "expires_at"),
)
