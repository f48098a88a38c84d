"""Tokens can be revoked and bound to a key, people can sign in, and clients may belong to another issuer."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _client() -> sa.Column[object]:
    return sa.Column("client_id", sa.Text(), sa.ForeignKey("client.client_id"), nullable=False)


def upgrade() -> None:
    op.add_column("client", sa.Column("dpop_required", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("client", sa.Column("redirect_uris", sa.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("client", sa.Column("issuer", sa.Text(), comment="whose tokens name it; null: the hub's own server"))
    op.create_table(
        "denied_token",
        sa.Column("token_id", sa.Text(), primary_key=True, comment="the jti of a token that has been revoked"),
        _client(),
        _instant("denied_at"),
        _instant("expires_at"),
    )
    op.create_table(
        "used_proof",
        sa.Column(
            "thumbprint", sa.Text(), primary_key=True, comment="of the key that signed the DPoP proof (RFC 7638)"
        ),
        sa.Column("jti", sa.Text(), primary_key=True),
        _instant("expires_at"),
    )
    op.create_table(
        "authorization_code",
        sa.Column(
            "code_hash", sa.Text(), primary_key=True, comment="SHA-256 in hexadecimal: the code itself is not kept"
        ),
        _client(),
        sa.Column("username", sa.Text(), sa.ForeignKey("person.username"), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("code_challenge", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text()),
        sa.Column("thumbprint", sa.Text(), comment="of the key that the token will be bound to (RFC 9449 s. 10)"),
        _instant("signed_in_at"),
        _instant("expires_at"),
        sa.Column("token_id", sa.Text(), comment="of the token that the code was redeemed for"),
    )
    op.create_index("ix_denied_token_client_id", "denied_token", ["client_id"])
    for table in ("denied_token", "used_proof", "authorization_code"):
        op.create_index(f"ix_{table}_expires_at", table, ["expires_at"])
        op.execute(f"GRANT SELECT, INSERT, DELETE ON {table} TO hub_serving")
    op.execute("GRANT UPDATE (token_id) ON authorization_code TO hub_serving")


def downgrade() -> None:
    # Without the list of denied tokens, those that are revoked would work again.
    raise RuntimeError("what is revoked is not forgotten: restore a backup instead")
