"""Row-level security on every table with a child's data, and the access that bodies other than the owner have."""

import sqlalchemy as sa
from alembic import op

from hub.db.migrations.second_lock import (
    HAS_ACCESS,
    KEEP_CHILD_ACCESS,
    OWNED,
    any_of,
    give_access,
    is_caller,
    lock,
    lock_childs_table,
    reached,
)

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'hub_worker') THEN
        CREATE ROLE hub_worker NOLOGIN;
    END IF;
END $$;
GRANT hub_serving TO hub_worker;
"""
CHILDS = (
    "child_identifier",
    "contact",
    "assessment",
    "advice_request",
    "plan_section",
    "need",
    "outcome",
    "provision_agreement",
    "delivery",
    "placement",
    "review",
    "personal_budget",
    "budget_item",
    "direct_payment",
    "payment",
    "time_exception",
    "advice",
    "advised_need",
    "advised_provision",
    "advised_outcome",
    "document",
    "dispute",
    "dispute_step",
    "duty",
    "duty_exception",
)
# A withdrawn request opens nothing any more (hub.law.s31_cooperation). When a provider, a notified body or an authority
# that the child moved to may see what is the first lock's: here it is enough that the record names it.
GIVEN = {
    "responsibility": "SELECT owner_id, id, child_id, body_id, starts_on, ends_on FROM given",
    "cooperation_request": (
        "SELECT owner_id, id, child_id, addressed_to_id, NULL::date, NULL::date FROM given WHERE status <> 'WITHDRAWN'"
    ),
    "provision": "SELECT owner_id, id, child_id, provider_id, NULL::date, NULL::date FROM given",
    "notification": (
        "SELECT owner_id, id, child_id, body_id, NULL::date, NULL::date FROM given, "
        "unnest(ARRAY[notified_by_id, to_authority_id]) AS body_id"
    ),
    "plan": "SELECT owner_id, id, child_id, transferred_to_id, NULL::date, NULL::date FROM given",
    "consent": (
        "SELECT owner_id, id, child_id, body_id, given_on, least(ends_on, withdrawn_on - 1) FROM given, "
        "unnest(recipients) AS body_id"
    ),
    "disclosure_decision": (
        "SELECT owner_id, id, child_id, body_id, starts_on, ends_on FROM given, unnest(recipients) AS body_id "
        "WHERE revoked_at IS NULL"
    ),
    "broken_glass": (
        "SELECT owner_id, id, child_id, body_id, (opened_at AT TIME ZONE 'Europe/London')::date, "
        "(ends_at AT TIME ZONE 'Europe/London')::date FROM given"
    ),
}


def upgrade() -> None:
    op.get_bind().exec_driver_sql(ROLE)
    _child_access()
    _childs_data()
    _what_is_recorded()
    _idempotency()


def _child_access() -> None:
    op.create_table(
        "child_access",
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False, comment="the table whose row gives it"),
        sa.Column("given_by_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False, comment="the last day, itself counted"),
        sa.PrimaryKeyConstraint(
            "body_id", "owner_id", "child_id", "given_by", "given_by_id", name=op.f("pk_child_access")
        ),
    )
    op.create_index("ix_child_access_owner_id_given_by_id", "child_access", ["owner_id", "given_by_id"])
    op.execute(HAS_ACCESS)
    own = any_of(is_caller("body_id"), OWNED)
    op.execute(f"CREATE POLICY seen ON child_access FOR SELECT TO hub_serving USING ({own})")
    op.execute("CREATE POLICY hubs_own_work ON child_access FOR SELECT TO hub_worker USING (true)")
    op.execute("ALTER TABLE child_access ENABLE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON child_access TO hub_serving")
    op.get_bind().exec_driver_sql(KEEP_CHILD_ACCESS.replace("%", "%%"))
    for table, given in GIVEN.items():
        give_access(table, given)
    op.execute("SELECT refill_child_access()")


def _childs_data() -> None:
    lock_childs_table("child", child="id")
    for table in CHILDS:
        lock_childs_table(table)
    for table in ("plan", "provision", "consent", "disclosure_decision"):
        lock_childs_table(table, gives_access=True)
    lock("broken_glass", sees=any_of(OWNED, is_caller("body_id")), adds=is_caller("body_id"))
    # Rows that name the caller need no looking up, and are asked for in every statement of such a caller.
    lock("responsibility", sees=any_of(OWNED, is_caller("body_id"), reached()), adds=OWNED, changes=OWNED)
    asked = any_of(OWNED, is_caller("addressed_to_id"), reached())
    lock("cooperation_request", sees=asked, adds=OWNED)
    lock("notification", sees=any_of(OWNED, reached()), adds=any_of(OWNED, is_caller("notified_by_id")))
    lock("identity_candidate", sees=OWNED)
    above = (
        "EXISTS (SELECT FROM provision WHERE provision.owner_id = provision_outcome.owner_id "
        "AND provision.id = provision_outcome.provision_id)"
    )
    lock("provision_outcome", sees=any_of(OWNED, above))


def _what_is_recorded() -> None:
    """One records what one did, or what was done to one's records. Disclosures are stored for many callers at once."""
    lock(
        "event",
        sees=any_of(OWNED, is_caller("organisation_id"), reached()),
        adds=any_of(is_caller("organisation_id"), OWNED),
        changes="false",
    )
    lock("disclosure", sees=OWNED, adds="true", changes="false")
    lock("denied_attempt", sees=is_caller("organisation_id"), adds="true", changes="false")
    sent = any_of(OWNED, is_caller("sender_id"))
    lock("source", sees=sent, adds=is_caller("sender_id"), changes="false")
    lock("quarantined_item", sees=sent)
    lock("import_run", sees=OWNED)


def _idempotency() -> None:
    """A key belongs to the body for which its client acts, and so does the answer that is kept with it."""
    op.add_column("idempotency_key", sa.Column("organisation_id", sa.Uuid()))
    op.execute(
        "UPDATE idempotency_key SET organisation_id = client.organisation_id FROM client "
        "WHERE client.client_id = idempotency_key.client_id"
    )
    op.execute("DELETE FROM idempotency_key WHERE organisation_id IS NULL")
    op.execute(
        "ALTER TABLE idempotency_key ALTER COLUMN organisation_id "
        "SET DEFAULT nullif(current_setting('hub.caller', true), '')::uuid"
    )
    op.alter_column("idempotency_key", "organisation_id", nullable=False)
    lock("idempotency_key", sees=is_caller("organisation_id"))


def downgrade() -> None:
    raise RuntimeError("without the lock, the serving role would see every body's records: restore a backup instead")
