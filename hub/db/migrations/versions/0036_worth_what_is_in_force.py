"""A decision that only takes over an arrangement opens nothing once that is not in force (hub.law.reg17_added).

And lists by a day are narrowed by it within their index, where the day stands by itself too: row-level security does
not let `coalesce` be asked before its own question.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None
OLDEST = "0029"

DAYS = (
    ("assessment", "owner_id", "requested_on"),
    ("review", "owner_id", "meeting_on"),
    ("duty", "owner_id", "due_on"),
    ("duty", "holder_id", "due_on"),
)

DISCLOSED = """
CREATE OR REPLACE FUNCTION disclosed(
    of_owner uuid, of_child uuid, body uuid, kind text, wanted text, today date, at_instant timestamptz
) RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    found bigint := 0;
    arranged bigint;
    provides boolean;
    each record;
BEGIN
    IF wanted = 'OWN_FUNCTIONS' THEN
        RETURN 0;
    END IF;
    FOR each IN
        SELECT 1 AS opener, d.ground, d.parts, d.arrangement_id, d.while_providing
        FROM disclosure_decision d
        WHERE d.owner_id = of_owner AND d.child_id = of_child
          AND body = ANY (d.recipients) AND wanted = ANY (d.purposes)
          AND d.revoked_at IS NULL AND d.starts_on <= today AND (d.ends_on IS NULL OR today <= d.ends_on)
        UNION ALL
        SELECT 2, NULL, c.parts, NULL, c.while_providing
        FROM consent c
        WHERE c.owner_id = of_owner AND c.child_id = of_child
          AND body = ANY (c.recipients) AND wanted = ANY (c.purposes)
          AND c.given_on <= today AND (c.ends_on IS NULL OR today <= c.ends_on)
          AND (c.withdrawn_on IS NULL OR today < c.withdrawn_on)
    LOOP
        IF each.while_providing THEN
            provides := coalesce(provides, EXISTS (
                SELECT FROM provision v JOIN plan p ON p.owner_id = v.owner_id AND p.id = v.plan_id
                WHERE v.owner_id = of_owner AND v.child_id = of_child AND v.provider_id = body
                  AND p.child_id = of_child AND p.status IN ('FINAL', 'AMENDMENT_PROPOSED', 'CEASE_NOTIFIED')));
            CONTINUE WHEN NOT provides;
        END IF;
        arranged := 0;
        IF each.ground = 'INTERESTS_OF_THE_CHILD' AND each.arrangement_id IS NOT NULL THEN
            arranged := (
                SELECT coalesce(bit_or(4 | r.bits), 0)
                FROM rules_in_force(of_owner, body, kind, wanted, today) r
                WHERE r.arrangement_id = each.arrangement_id AND r.basis = 'INTERESTS_OF_THE_CHILD');
        END IF;
        -- A decision that names no part itself is worth what the arrangement that it takes over still is.
        CONTINUE WHEN each.opener = 1 AND each.parts = '{}' AND arranged = 0;
        found := found | arranged | each.opener | bits_of_parts(each.parts);
    END LOOP;
    IF kind IN ('INTEGRATED_CARE_BOARD', 'NHS_ENGLAND') AND EXISTS (
        SELECT FROM responsibility h
        WHERE h.owner_id = of_owner AND h.child_id = of_child AND h.body_id = body
          AND h.kind IN ('COMMISSIONER', 'SPECIALISED_COMMISSIONER')
          AND h.starts_on <= today AND (h.ends_on IS NULL OR today <= h.ends_on))
    THEN
        found := found | (
            SELECT coalesce(bit_or(4 | r.bits), 0)
            FROM rules_in_force(of_owner, body, kind, wanted, today) r WHERE r.basis = 'STATUTE');
    END IF;
    IF wanted = 'SAFEGUARDING' AND EXISTS (
        SELECT FROM broken_glass g
        WHERE g.owner_id = of_owner AND g.child_id = of_child AND g.body_id = body
          AND g.opened_at <= at_instant AND at_instant < g.ends_at)
    THEN
        found := found | 8 | bits_of_parts(ARRAY[
            'EXISTENCE', 'IDENTITY', 'CONTACTS', 'SECTION_B', 'SECTION_C', 'SECTION_D', 'SECTION_G', 'SECTION_H1',
            'SECTION_H2', 'SECTION_I', 'ADVICE']);
    END IF;
    IF found = 0 THEN
        RETURN 0;
    END IF;
    found := found | bits_of_parts('{EXISTENCE}');
    IF of_owner <> body AND EXISTS (
        SELECT FROM child k WHERE k.owner_id = of_owner AND k.id = of_child AND k.restricted)
    THEN
        found := found & ~bits_of_parts('{CONTACTS}');
    END IF;
    RETURN found;
END $$
"""


def upgrade() -> None:
    op.execute(DISCLOSED)
    for table, scope, day in DAYS:
        name, last = f"ix_{table}_{scope}_{day}_or_last", sa.text(f"coalesce({day}, '9999-12-31'::date)")
        op.drop_index(name, table)
        op.create_index(name, table, [scope, last, "id", day])


def downgrade() -> None:
    raise RuntimeError("what is recorded is not dropped: restore a backup instead")
