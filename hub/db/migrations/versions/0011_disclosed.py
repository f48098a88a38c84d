"""What is opened beside the statute, as a function: the twin of hub.law.reg17_added.

It answers a number: a bit for each opener (DECISION, CONSENT, ARRANGEMENT, BROKEN_GLASS), then one for each part in the
order of the law. An instant of null opens no broken glass. A differential test holds it to the law.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Parts after the four openers.
BITS_OF_PARTS = """
CREATE FUNCTION bits_of_parts(words text[]) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(bit_or(1::bigint << (3 + array_position(ARRAY[
        'EXISTENCE', 'IDENTITY', 'CONTACTS', 'SECTION_A', 'SECTION_B', 'SECTION_C', 'SECTION_D', 'SECTION_E',
        'SECTION_F', 'SECTION_G', 'SECTION_H1', 'SECTION_H2', 'SECTION_I', 'SECTION_J', 'SECTION_K', 'ADVICE',
        'ASSESSMENT', 'NOTIFICATION', 'COOPERATION', 'BUDGET_EDUCATION', 'BUDGET_HEALTH', 'BUDGET_SOCIAL_CARE',
        'BUDGET_TOTAL', 'REVIEW', 'REDRESS', 'DUTIES', 'NOTICES'
    ], word))), 0)
    FROM unnest(words) AS word
$$
"""

# An arrangement is in force when it is signed by every party, has begun, has not ended, and the day of its review has
# not passed without one.
ARRANGED = """
CREATE FUNCTION rules_in_force(of_authority uuid, body uuid, kind text, wanted text, today date)
RETURNS TABLE (arrangement_id uuid, basis text, bits bigint) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT r.arrangement_id, r.basis, bits_of_parts(CASE r.mode WHEN 'CONTENT' THEN r.parts ELSE '{EXISTENCE}' END)
    FROM arrangement a JOIN sharing_rule r ON r.arrangement_id = a.id
    WHERE a.authority_id = of_authority
      AND a.in_force_from <= today AND (a.in_force_to IS NULL OR today <= a.in_force_to)
      AND (a.review_on IS NULL OR today <= a.review_on)
      AND EXISTS (SELECT FROM arrangement_party p WHERE p.arrangement_id = a.id AND p.role = 'PARTY')
      AND NOT EXISTS (
          SELECT FROM arrangement_party p WHERE p.arrangement_id = a.id AND p.role = 'PARTY' AND p.signed_at IS NULL)
      AND (body = ANY (r.recipients) OR kind = ANY (r.recipient_kinds))
      AND wanted = ANY (r.purposes)
      AND r.starts_on <= today AND (r.ends_on IS NULL OR today <= r.ends_on)
$$
"""

DISCLOSED = """
CREATE FUNCTION disclosed(
    of_owner uuid, of_child uuid, body uuid, kind text, wanted text, today date, at_instant timestamptz
) RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    found bigint := 0;
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
        found := found | each.opener | bits_of_parts(each.parts);
        IF each.ground = 'INTERESTS_OF_THE_CHILD' AND each.arrangement_id IS NOT NULL THEN
            found := found | (
                SELECT coalesce(bit_or(4 | r.bits), 0)
                FROM rules_in_force(of_owner, body, kind, wanted, today) r
                WHERE r.arrangement_id = each.arrangement_id AND r.basis = 'INTERESTS_OF_THE_CHILD');
        END IF;
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
    for function in (BITS_OF_PARTS, ARRANGED, DISCLOSED):
        op.execute(function)


def downgrade() -> None:
    raise RuntimeError("what is recorded is not dropped: restore a backup instead")
