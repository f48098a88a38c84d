"""Every table of the first version."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("token_id", sa.Text(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "OWN_FUNCTIONS",
                "S23_NOTIFICATION",
                "S31_COOPERATION",
                "EHCNA_ADVICE_REQUEST",
                "EHCNA_ADVICE_RETURN",
                "COMMISSIONER_NOTICE",
                "SECTION_G_AGREEMENT",
                "PROVISION_DELIVERY",
                "ANNUAL_REVIEW",
                "PERSONAL_BUDGET",
                "TRANSFER_AUTHORITY",
                "CHANGE_OF_COMMISSIONER",
                "MEDIATION",
                "APPEAL",
                "RECOMMENDATION",
                "SAFEGUARDING",
                "HIGHER_EDUCATION_DSA",
                "OFSTED_INSPECTION",
                "CQC_INSPECTION",
                "OMBUDSMAN",
                "COURT",
                "SECRETARY_OF_STATE",
                "YOUTH_JUSTICE",
                "RESEARCH",
                "STATISTICS",
                "SUBJECT_ACCESS",
                "SELF_OR_PARENT_VIEW",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("operation_hash", sa.Text(), nullable=False),
        sa.Column("parts_shown", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("parts_withheld", sa.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", "recorded_at", name="pk_disclosure"),
        postgresql_partition_by="RANGE (recorded_at)",
    )
    op.create_index(
        "ix_disclosure_owner_id_child_id_recorded_at",
        "disclosure",
        ["owner_id", "child_id", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("child_id", sa.Uuid(), nullable=True),
        sa.Column("about_type", sa.Text(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("client_id", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("token_id", sa.Text(), nullable=True),
        sa.Column(
            "purpose",
            sa.Enum(
                "OWN_FUNCTIONS",
                "S23_NOTIFICATION",
                "S31_COOPERATION",
                "EHCNA_ADVICE_REQUEST",
                "EHCNA_ADVICE_RETURN",
                "COMMISSIONER_NOTICE",
                "SECTION_G_AGREEMENT",
                "PROVISION_DELIVERY",
                "ANNUAL_REVIEW",
                "PERSONAL_BUDGET",
                "TRANSFER_AUTHORITY",
                "CHANGE_OF_COMMISSIONER",
                "MEDIATION",
                "APPEAL",
                "RECOMMENDATION",
                "SAFEGUARDING",
                "HIGHER_EDUCATION_DSA",
                "OFSTED_INSPECTION",
                "CQC_INSPECTION",
                "OMBUDSMAN",
                "COURT",
                "SECRETARY_OF_STATE",
                "YOUTH_JUSTICE",
                "RESEARCH",
                "STATISTICS",
                "SUBJECT_ACCESS",
                "SELF_OR_PARENT_VIEW",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=True,
        ),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="codes, dates and ids; never a name, number or free text",
        ),
        sa.PrimaryKeyConstraint("id", "recorded_at", name="pk_event"),
        postgresql_partition_by="RANGE (recorded_at)",
    )
    op.create_index(
        "ix_event_owner_id_about_id_recorded_at", "event", ["owner_id", "about_id", "recorded_at"], unique=False
    )
    op.create_index(
        "ix_event_owner_id_child_id_recorded_at", "event", ["owner_id", "child_id", "recorded_at"], unique=False
    )
    op.create_table(
        "idempotency_key",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "key", name="pk_idempotency_key"),
    )
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "LOCAL_AUTHORITY",
                "INTEGRATED_CARE_BOARD",
                "NHS_ENGLAND",
                "NHS_TRUST",
                "LOCAL_HEALTH_BOARD",
                "YOUTH_OFFENDING_TEAM",
                "YOUTH_ACCOMMODATION",
                "SCHOOL",
                "COLLEGE",
                "EARLY_YEARS_PROVIDER",
                "OTHER",
                name="organisationkind",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("ods_code", sa.Text(), nullable=True),
        sa.Column("la_code", sa.Text(), nullable=True),
        sa.Column("urn", sa.Text(), nullable=True),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.Column("in_force_to", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "in_force_to IS NULL OR in_force_from IS NULL OR in_force_from <= in_force_to",
            name="ck_organisation_validity",
        ),
        sa.ForeignKeyConstraint(["successor_id"], ["organisation.id"], name="fk_organisation_successor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
    )
    op.create_index("ix_organisation_name_id", "organisation", ["name", "id"], unique=False)
    op.create_index(
        "uq_organisation_la_code",
        "organisation",
        ["la_code"],
        unique=True,
        postgresql_where=sa.text("la_code IS NOT NULL"),
    )
    op.create_index(
        "uq_organisation_ods_code",
        "organisation",
        ["ods_code"],
        unique=True,
        postgresql_where=sa.text("ods_code IS NOT NULL"),
    )
    op.create_index(
        "uq_organisation_urn", "organisation", ["urn"], unique=True, postgresql_where=sa.text("urn IS NOT NULL")
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("sender_id", sa.Uuid(), nullable=True),
        sa.Column("client_id", sa.Text(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "RECORDED",
                "SEN2_RETURN",
                "EXTRACT",
                "FHIR",
                "GRAPHQL",
                "SYNTHETIC",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", "received_at", name="pk_source"),
        postgresql_partition_by="RANGE (received_at)",
    )
    op.create_index("ix_source_owner_id_sha256", "source", ["owner_id", "sha256"], unique=False)
    op.create_table(
        "arrangement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.Column("in_force_to", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["authority_id"], ["organisation.id"], name="fk_arrangement_authority_id"),
        sa.PrimaryKeyConstraint("id", name="pk_arrangement"),
    )
    op.create_index("ix_arrangement_authority_id_id", "arrangement", ["authority_id", "id"], unique=False)
    op.create_table(
        "child",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("given_names", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("date_of_birth", sa.Date(), nullable=False),
        sa.Column(
            "sex",
            sa.Enum("MALE", "FEMALE", "UNKNOWN", name="sex", native_enum=False, create_constraint=True, length=64),
            nullable=False,
        ),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("nhs_number", sa.Text(), nullable=True),
        sa.Column(
            "nhs_number_status",
            sa.Enum(
                "VERIFIED",
                "PRESENT_NOT_TRACED",
                "TRACE_REQUIRED",
                "NO_MATCH",
                "TO_BE_RESOLVED",
                "IN_PROGRESS",
                "NOT_REQUIRED",
                "POSTPONED",
                name="nhsnumberstatus",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=True,
        ),
        sa.Column("upn", sa.Text(), nullable=True),
        sa.Column("upn_unknown_reason", sa.Text(), nullable=True),
        sa.Column("ethnicity", sa.Text(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "RECORDED",
                "SEN2_RETURN",
                "EXTRACT",
                "FHIR",
                "GRAPHQL",
                "SYNTHETIC",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("date_of_birth >= DATE '1900-01-01'", name="ck_child_born"),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_child_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_child"),
    )
    op.create_index("ix_child_id", "child", ["id"], unique=False)
    op.create_index("ix_child_nhs_number", "child", ["nhs_number"], unique=False)
    op.create_index("ix_child_owner_id_date_of_birth_id", "child", ["owner_id", "date_of_birth", "id"], unique=False)
    op.create_index("ix_child_owner_id_family_name_id", "child", ["owner_id", "family_name", "id"], unique=False)
    op.create_index("ix_child_upn", "child", ["upn"], unique=False)
    op.create_index(
        "uq_child_owner_id_nhs_number",
        "child",
        ["owner_id", "nhs_number"],
        unique=True,
        postgresql_where=sa.text("nhs_number IS NOT NULL"),
    )
    op.create_index(
        "uq_child_owner_id_upn", "child", ["owner_id", "upn"], unique=True, postgresql_where=sa.text("upn IS NOT NULL")
    )
    op.create_table(
        "client",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("jwks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("algorithms", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("purposes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "default_purpose",
            sa.Enum(
                "OWN_FUNCTIONS",
                "S23_NOTIFICATION",
                "S31_COOPERATION",
                "EHCNA_ADVICE_REQUEST",
                "EHCNA_ADVICE_RETURN",
                "COMMISSIONER_NOTICE",
                "SECTION_G_AGREEMENT",
                "PROVISION_DELIVERY",
                "ANNUAL_REVIEW",
                "PERSONAL_BUDGET",
                "TRANSFER_AUTHORITY",
                "CHANGE_OF_COMMISSIONER",
                "MEDIATION",
                "APPEAL",
                "RECOMMENDATION",
                "SAFEGUARDING",
                "HIGHER_EDUCATION_DSA",
                "OFSTED_INSPECTION",
                "CQC_INSPECTION",
                "OMBUDSMAN",
                "COURT",
                "SECRETARY_OF_STATE",
                "YOUTH_JUSTICE",
                "RESEARCH",
                "STATISTICS",
                "SUBJECT_ACCESS",
                "SELF_OR_PARENT_VIEW",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "demo", sa.Text(), nullable=True, comment="set on clients whose private key is published in demo.json"
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_client_organisation_id"),
        sa.PrimaryKeyConstraint("client_id", name="pk_client"),
    )
    op.create_table(
        "import_run",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "RECORDED",
                "SEN2_RETURN",
                "EXTRACT",
                "FHIR",
                "GRAPHQL",
                "SYNTHETIC",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("reference_date", sa.Date(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_import_run_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_import_run"),
    )
    op.create_index("ix_import_run_owner_id_sha256", "import_run", ["owner_id", "sha256"], unique=False)
    op.create_table(
        "person",
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_person_organisation_id"),
        sa.PrimaryKeyConstraint("username", name="pk_person"),
    )
    op.create_table(
        "quarantined_item",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_run_id", sa.Uuid(), nullable=True),
        sa.Column("sender_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "RECORDED",
                "SEN2_RETURN",
                "EXTRACT",
                "FHIR",
                "GRAPHQL",
                "SYNTHETIC",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.Text(), nullable=False, comment="row, element path or FHIRPath"),
        sa.Column(
            "problems",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="[{place, rule, message}]; never a child's data",
        ),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("quarantined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_quarantined_item_owner_id"),
        sa.ForeignKeyConstraint(["sender_id"], ["organisation.id"], name="fk_quarantined_item_sender_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_quarantined_item"),
    )
    op.create_index(
        "ix_quarantined_item_owner_id_quarantined_at_id",
        "quarantined_item",
        ["owner_id", "quarantined_at", "id"],
        unique=False,
    )
    op.create_table(
        "arrangement_clause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("arrangement_id", sa.Uuid(), nullable=False),
        sa.Column("requirement", sa.Text(), nullable=False, comment="the paragraph of s. 26(3) or (4) that it answers"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["arrangement_id"], ["arrangement.id"], name="fk_arrangement_clause_arrangement_id"),
        sa.PrimaryKeyConstraint("id", name="pk_arrangement_clause"),
    )
    op.create_index("ix_arrangement_clause_arrangement_id", "arrangement_clause", ["arrangement_id"], unique=False)
    op.create_table(
        "arrangement_dispute_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("arrangement_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("owner_role", sa.Text(), nullable=True),
        sa.Column("working_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["arrangement_id"], ["arrangement.id"], name="fk_arrangement_dispute_step_arrangement_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_arrangement_dispute_step"),
    )
    op.create_index(
        "ix_arrangement_dispute_step_arrangement_id", "arrangement_dispute_step", ["arrangement_id"], unique=False
    )
    op.create_table(
        "arrangement_party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("arrangement_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False, comment="PARTY (s. 26(1), signs) or ACTING (acts under it)"),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["arrangement_id"], ["arrangement.id"], name="fk_arrangement_party_arrangement_id"),
        sa.ForeignKeyConstraint(["body_id"], ["organisation.id"], name="fk_arrangement_party_body_id"),
        sa.PrimaryKeyConstraint("id", name="pk_arrangement_party"),
    )
    op.create_index("ix_arrangement_party_arrangement_id", "arrangement_party", ["arrangement_id"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=True),
        sa.Column("responsible_from", sa.Date(), nullable=True),
        sa.Column("reassessment", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "WILL_ASSESS",
                "WILL_NOT_ASSESS",
                "WITHDRAWN",
                name="assessmentdecision",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=True,
        ),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "PLAN",
                "NO_PLAN",
                "WITHDRAWN",
                name="assessmentoutcome",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=True,
        ),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("request_mediation", sa.Boolean(), nullable=True),
        sa.Column("request_tribunal", sa.Boolean(), nullable=True),
        sa.Column("assessment_mediation", sa.Boolean(), nullable=True),
        sa.Column("assessment_tribunal", sa.Boolean(), nullable=True),
        sa.Column("other_mediation", sa.Boolean(), nullable=True),
        sa.Column("other_tribunal", sa.Boolean(), nullable=True),
        sa.Column("week20_exception", sa.Boolean(), nullable=True),
        sa.Column("exported_to", sa.Text(), nullable=True),
        sa.Column("rya", sa.Boolean(), nullable=True),
        sa.Column("historical", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "RECORDED",
                "SEN2_RETURN",
                "EXTRACT",
                "FHIR",
                "GRAPHQL",
                "SYNTHETIC",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_assessment_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_assessment_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_assessment"),
    )
    op.create_index("ix_assessment_id", "assessment", ["id"], unique=False)
    op.create_index("ix_assessment_owner_id_child_id", "assessment", ["owner_id", "child_id"], unique=False)
    op.create_index(
        "ix_assessment_owner_id_requested_on_id", "assessment", ["owner_id", "requested_on", "id"], unique=False
    )
    op.create_table(
        "child_identifier",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("held_from", sa.Date(), nullable=True),
        sa.Column("held_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_child_identifier_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_child_identifier_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_child_identifier"),
    )
    op.create_index("ix_child_identifier_id", "child_identifier", ["id"], unique=False)
    op.create_index("ix_child_identifier_owner_id_child_id", "child_identifier", ["owner_id", "child_id"], unique=False)
    op.create_index(
        "ix_child_identifier_owner_id_system_value", "child_identifier", ["owner_id", "system", "value"], unique=False
    )
    op.create_table(
        "consent",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False, comment="parent, child, young person, alternative person"),
        sa.Column("parts", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("recipients", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("purposes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_consent_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_consent_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_consent"),
    )
    op.create_index("ix_consent_id", "consent", ["id"], unique=False)
    op.create_index("ix_consent_owner_id_child_id", "consent", ["owner_id", "child_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("relationship", sa.Text(), nullable=False),
        sa.Column("parental_responsibility", sa.Boolean(), nullable=True),
        sa.Column("telephone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("address_withheld", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_contact_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_contact_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_contact"),
    )
    op.create_index("ix_contact_id", "contact", ["id"], unique=False)
    op.create_index("ix_contact_owner_id_child_id", "contact", ["owner_id", "child_id"], unique=False)
    op.create_table(
        "dispute",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "BETWEEN_PARTNERS",
                "MEDIATION",
                "APPEAL",
                "RECOMMENDATION",
                "COMPLAINT",
                name="disputekind",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("about_type", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "OPEN",
                "ESCALATED",
                "AGREED",
                "ORDERED",
                "CLOSED",
                name="disputestatus",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_dispute_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_dispute_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_dispute"),
    )
    op.create_index("ix_dispute_id", "dispute", ["id"], unique=False)
    op.create_index("ix_dispute_owner_id_child_id", "dispute", ["owner_id", "child_id"], unique=False)
    op.create_table(
        "duty",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column(
            "rule",
            sa.Enum(
                "NOTIFY_NOT_NECESSARY",
                "DECIDE_WHETHER_TO_ASSESS",
                "COMPLY_WITH_ADVICE_REQUEST",
                "NOTIFY_NO_PLAN",
                "LEAVE_TIME_TO_RESPOND_TO_DRAFT",
                "FINALISE_PLAN",
                "TRANSFER_PLAN",
                "TRANSFER_PLAN_ONCE_AWARE",
                "INFORM_FAMILY_OF_TRANSFER",
                "REVIEW_TRANSFERRED_PLAN_FROM_LAST_REVIEW",
                "REVIEW_TRANSFERRED_PLAN_FROM_TRANSFER",
                "NOTIFY_COMMISSIONER_OF_MOVE",
                "NOTIFY_COMMISSIONER_OF_MOVE_ONCE_AWARE",
                "ASK_FOR_ASSESSMENT_OR_REVIEW",
                "NOTIFY_COMMISSIONER_OF_CHANGE",
                "REVIEW_PLAN",
                "REVIEW_REASSESSED_PLAN",
                "GIVE_NOTICE_OF_REVIEW_MEETING",
                "CIRCULATE_REVIEW_ADVICE",
                "SEND_REVIEW_REPORT",
                "DECIDE_AFTER_REVIEW",
                "SEND_AMENDMENT_NOTICE",
                "LEAVE_TIME_TO_RESPOND_TO_AMENDMENT",
                "FINALISE_AMENDED_PLAN",
                "REVIEW_BEFORE_POST_16_PHASE",
                "REVIEW_BEFORE_PHASE_TRANSFER",
                "REVIEW_BEFORE_POST_16_TRANSFER",
                "DECIDE_WHETHER_TO_REASSESS",
                "FINALISE_REASSESSED_PLAN",
                "CONTACT_MEDIATION_ADVISER",
                "CERTIFY_MEDIATION_DECLINED",
                "TELL_COMMISSIONERS_OF_MEDIATION",
                "ARRANGE_HEALTH_MEDIATION",
                "ARRANGE_MEDIATION",
                "CERTIFY_MEDIATION_NOT_ARRANGED",
                "GIVE_NOTICE_OF_MEDIATION",
                "CERTIFY_MEDIATION_ENDED",
                "DO_WHAT_MEDIATION_AGREED",
                "TELL_AUTHORITY_OF_MEDIATION_AGREEMENT",
                "APPEAL_AFTER_DECISION",
                "APPEAL_AFTER_CERTIFICATE",
                "ORDERED_NOTIFY_ASSESSMENT",
                "ORDERED_NOTIFY_NO_PLAN",
                "ORDERED_FINALISE_AFTER_ASSESSMENT",
                "ORDERED_DRAFT_PLAN",
                "ORDERED_FINALISE_PLAN",
                "ORDERED_RECONSIDER",
                "ORDERED_AMEND_PROVISION",
                "ORDERED_AMEND_PLACEMENT",
                "ORDERED_CONTINUE_AND_AMEND",
                "UNOPPOSED_NOTIFY_ASSESSMENT",
                "UNOPPOSED_NOTIFY_NO_PLAN",
                "UNOPPOSED_FINALISE_AFTER_ASSESSMENT",
                "UNOPPOSED_AMEND_PROVISION",
                "UNOPPOSED_AMEND_PLACEMENT",
                "UNOPPOSED_DRAFT_PLAN",
                "UNOPPOSED_FINALISE_PLAN",
                "UNOPPOSED_CONTINUE_AND_AMEND",
                "RESPOND_TO_HEALTH_RECOMMENDATION",
                "COPY_HEALTH_RESPONSE_TO_SECRETARY_OF_STATE",
                "RESPOND_TO_SOCIAL_CARE_RECOMMENDATION",
                "COPY_SOCIAL_CARE_RESPONSE_TO_SECRETARY_OF_STATE",
                "REVIEW_DIRECT_PAYMENTS",
                "DISCLOSE_PLAN_FOR_HIGHER_EDUCATION",
                "PUBLISH_LOCAL_OFFER_COMMENTS",
                name="dutyrule",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("provision", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column(
            "basis",
            sa.Enum(
                "STATUTORY",
                "LOCAL_AGREEMENT",
                "NONE",
                name="dutybasis",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("excused", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "announced_state",
            sa.Enum(
                "WAITING_TO_START",
                "RUNNING",
                "DUE_SOON",
                "MET",
                "MET_LATE",
                "OVERDUE",
                "EXCUSED",
                "ENDED",
                name="dutystate",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=True,
        ),
        sa.Column("about_type", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["organisation.id"], name="fk_duty_holder_id"),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_duty_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_duty_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_duty"),
    )
    op.create_index("ix_duty_holder_id_due_on_id", "duty", ["holder_id", "due_on", "id"], unique=False)
    op.create_index("ix_duty_id", "duty", ["id"], unique=False)
    op.create_index("ix_duty_owner_id_child_id", "duty", ["owner_id", "child_id"], unique=False)
    op.create_index("ix_duty_owner_id_due_on_id", "duty", ["owner_id", "due_on", "id"], unique=False)
    op.create_index("uq_duty_about", "duty", ["owner_id", "about_id", "rule", "holder_id"], unique=True)
    op.create_table(
        "notification",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("notified_by_id", sa.Uuid(), nullable=False),
        sa.Column("to_authority_id", sa.Uuid(), nullable=False),
        sa.Column(
            "basis",
            sa.Enum(
                "S23_UNDER_COMPULSORY_SCHOOL_AGE",
                "S24_BROUGHT_TO_ATTENTION",
                name="notificationbasis",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column(
            "opinion",
            sa.Enum(
                "SEN",
                "DISABILITY",
                "SEN_AND_DISABILITY",
                name="opinion",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column(
            "certainty",
            sa.Enum("HAS", "PROBABLY_HAS", name="certainty", native_enum=False, create_constraint=True, length=64),
            nullable=False,
        ),
        sa.Column("parent_informed_on", sa.Date(), nullable=True),
        sa.Column("discussion_offered_on", sa.Date(), nullable=True),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voluntary_organisations", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column(
            "determination",
            sa.Enum(
                "WILL_ASSESS",
                "WILL_NOT_ASSESS",
                "WITHDRAWN",
                name="assessmentdecision",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=True,
        ),
        sa.Column("determined_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["notified_by_id"], ["organisation.id"], name="fk_notification_notified_by_id"),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_notification_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_notification_owner_id"),
        sa.ForeignKeyConstraint(["to_authority_id"], ["organisation.id"], name="fk_notification_to_authority_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_notification"),
    )
    op.create_index("ix_notification_id", "notification", ["id"], unique=False)
    op.create_index(
        "ix_notification_notified_by_id_owner_id_child_id",
        "notification",
        ["notified_by_id", "owner_id", "child_id"],
        unique=False,
    )
    op.create_index("ix_notification_owner_id_child_id", "notification", ["owner_id", "child_id"], unique=False)
    op.create_table(
        "responsibility",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "AUTHORITY",
                "COMMISSIONER",
                "SPECIALISED_COMMISSIONER",
                name="responsibilitykind",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("for_provision", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="ck_responsibility_validity"),
        sa.ForeignKeyConstraint(["body_id"], ["organisation.id"], name="fk_responsibility_body_id"),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_responsibility_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_responsibility_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_responsibility"),
    )
    op.create_index(
        "ix_responsibility_body_id_owner_id_child_id",
        "responsibility",
        ["body_id", "owner_id", "child_id"],
        unique=False,
    )
    op.create_index("ix_responsibility_id", "responsibility", ["id"], unique=False)
    op.create_index("ix_responsibility_owner_id_child_id", "responsibility", ["owner_id", "child_id"], unique=False)
    op.create_table(
        "sharing_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("arrangement_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_kinds", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("recipients", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("purposes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("parts", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("EXISTENCE", "CONTENT", name="sharingmode", native_enum=False, create_constraint=True, length=64),
            nullable=False,
        ),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["arrangement_id"], ["arrangement.id"], name="fk_sharing_rule_arrangement_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sharing_rule"),
    )
    op.create_index("ix_sharing_rule_arrangement_id", "sharing_rule", ["arrangement_id"], unique=False)
    op.create_table(
        "used_assertion",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("jti", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.client_id"], name="fk_used_assertion_client_id"),
        sa.PrimaryKeyConstraint("client_id", "jti", name="pk_used_assertion"),
    )
    op.create_index("ix_used_assertion_expires_at", "used_assertion", ["expires_at"], unique=False)
    op.create_table(
        "cooperation_request",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=True),
        sa.Column(
            "function",
            sa.Enum(
                "EHC_NEEDS_ASSESSMENT",
                "REASSESSMENT",
                "PLAN_PREPARATION",
                "PLAN_REVIEW",
                "SECURING_PROVISION",
                "PERSONAL_BUDGET",
                "TRANSFER",
                "OTHER_PART_3",
                name="part3function",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("requested_by_id", sa.Uuid(), nullable=False),
        sa.Column("addressed_to_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "SENT",
                "RECEIVED",
                "ACCEPTED",
                "COMPLIED",
                "DECLINED",
                "WITHDRAWN",
                name="cooperationstatus",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "receipt_by",
            sa.Enum(
                "RETRIEVED",
                "ACKNOWLEDGED",
                "SERVICE_PROVED",
                name="receipt",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=True,
        ),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "declined_ground",
            sa.Enum(
                "INCOMPATIBLE_WITH_OWN_DUTIES",
                "ADVERSE_EFFECT_ON_FUNCTIONS",
                name="refusalground",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=True,
        ),
        sa.Column("declined_reasons", sa.Text(), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("complied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["addressed_to_id"], ["organisation.id"], name="fk_cooperation_request_addressed_to_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "assessment_id"],
            ["assessment.owner_id", "assessment.id"],
            name="fk_cooperation_request_owner_id_assessment_id",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_cooperation_request_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_cooperation_request_owner_id"),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["organisation.id"], name="fk_cooperation_request_requested_by_id"
        ),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_cooperation_request"),
    )
    op.create_index(
        "ix_cooperation_request_addressed_to_id_owner_id_child_id",
        "cooperation_request",
        ["addressed_to_id", "owner_id", "child_id"],
        unique=False,
    )
    op.create_index(
        "ix_cooperation_request_addressed_to_id_status_sent_at_id",
        "cooperation_request",
        ["addressed_to_id", "status", "sent_at", "id"],
        unique=False,
    )
    op.create_index("ix_cooperation_request_id", "cooperation_request", ["id"], unique=False)
    op.create_index(
        "ix_cooperation_request_owner_id_assessment_id",
        "cooperation_request",
        ["owner_id", "assessment_id"],
        unique=False,
    )
    op.create_index(
        "ix_cooperation_request_owner_id_child_id", "cooperation_request", ["owner_id", "child_id"], unique=False
    )
    op.create_index(
        "ix_cooperation_request_owner_id_sent_at_id", "cooperation_request", ["owner_id", "sent_at", "id"], unique=False
    )
    op.create_table(
        "dispute_step",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("taken_by_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_dispute_step_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "dispute_id"], ["dispute.owner_id", "dispute.id"], name="fk_dispute_step_owner_id_dispute_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_dispute_step_owner_id"),
        sa.ForeignKeyConstraint(["taken_by_id"], ["organisation.id"], name="fk_dispute_step_taken_by_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_dispute_step"),
    )
    op.create_index("ix_dispute_step_id", "dispute_step", ["id"], unique=False)
    op.create_index("ix_dispute_step_owner_id_child_id", "dispute_step", ["owner_id", "child_id"], unique=False)
    op.create_index("ix_dispute_step_owner_id_dispute_id", "dispute_step", ["owner_id", "dispute_id"], unique=False)
    op.create_table(
        "duty_exception",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("duty_id", sa.Uuid(), nullable=True),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_duty_exception_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "duty_id"], ["duty.owner_id", "duty.id"], name="fk_duty_exception_owner_id_duty_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_duty_exception_owner_id"),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["organisation.id"], name="fk_duty_exception_recorded_by_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_duty_exception"),
    )
    op.create_index("ix_duty_exception_id", "duty_exception", ["id"], unique=False)
    op.create_index("ix_duty_exception_owner_id_child_id", "duty_exception", ["owner_id", "child_id"], unique=False)
    op.create_index("ix_duty_exception_owner_id_duty_id", "duty_exception", ["owner_id", "duty_id"], unique=False)
    op.create_table(
        "plan",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "DRAFT",
                "SERVED",
                "FINAL",
                "AMENDMENT_PROPOSED",
                "CEASE_NOTIFIED",
                "CEASED",
                "TRANSFERRED",
                "SUPERSEDED",
                name="planstatus",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("drafted_on", sa.Date(), nullable=True),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("finalised_on", sa.Date(), nullable=True),
        sa.Column("ceased_on", sa.Date(), nullable=True),
        sa.Column("cease_reason", sa.Text(), nullable=True),
        sa.Column("transferred_to_id", sa.Uuid(), nullable=True),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("personal_budget_reported", sa.Boolean(), nullable=True),
        sa.Column("organised_arrangements_reported", sa.Boolean(), nullable=True),
        sa.Column("direct_payment_reported", sa.Text(), nullable=True),
        sa.Column("phase_transfer_due_on", sa.Date(), nullable=True),
        sa.Column("phase_transfer_final_on", sa.Date(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "RECORDED",
                "SEN2_RETURN",
                "EXTRACT",
                "FHIR",
                "GRAPHQL",
                "SYNTHETIC",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "assessment_id"],
            ["assessment.owner_id", "assessment.id"],
            name="fk_plan_owner_id_assessment_id",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_plan_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_plan_owner_id"),
        sa.ForeignKeyConstraint(["transferred_to_id"], ["organisation.id"], name="fk_plan_transferred_to_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_plan"),
    )
    op.create_index("ix_plan_id", "plan", ["id"], unique=False)
    op.create_index("ix_plan_owner_id_assessment_id", "plan", ["owner_id", "assessment_id"], unique=False)
    op.create_index("ix_plan_owner_id_child_id", "plan", ["owner_id", "child_id"], unique=False)
    op.create_index("ix_plan_owner_id_status_id", "plan", ["owner_id", "status", "id"], unique=False)
    op.create_table(
        "advice",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("cooperation_request_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "PARENT",
                "EDUCATION",
                "MEDICAL",
                "PSYCHOLOGICAL",
                "SOCIAL_CARE",
                "OTHER_AUTHORITY_THINKS_FIT",
                "PREPARING_FOR_ADULTHOOD",
                "PARENT_REASONABLY_ASKS",
                name="advicekind",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("given_by_id", sa.Uuid(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("registration", sa.Text(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "RECORDED",
                "SEN2_RETURN",
                "EXTRACT",
                "FHIR",
                "GRAPHQL",
                "SYNTHETIC",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["given_by_id"], ["organisation.id"], name="fk_advice_given_by_id"),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_advice_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "cooperation_request_id"],
            ["cooperation_request.owner_id", "cooperation_request.id"],
            name="fk_advice_owner_id_cooperation_request_id",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_advice_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_advice"),
    )
    op.create_index("ix_advice_id", "advice", ["id"], unique=False)
    op.create_index("ix_advice_owner_id_child_id", "advice", ["owner_id", "child_id"], unique=False)
    op.create_index(
        "ix_advice_owner_id_cooperation_request_id", "advice", ["owner_id", "cooperation_request_id"], unique=False
    )
    op.create_table(
        "need",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column(
            "section",
            sa.Enum(
                "A",
                "B",
                "C",
                "D",
                "E",
                "F",
                "G",
                "H1",
                "H2",
                "I",
                "J",
                "K",
                name="sectioncode",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("sen_type", sa.Text(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_need_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(["owner_id", "plan_id"], ["plan.owner_id", "plan.id"], name="fk_need_owner_id_plan_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_need_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_need"),
    )
    op.create_index("ix_need_id", "need", ["id"], unique=False)
    op.create_index("ix_need_owner_id_child_id", "need", ["owner_id", "child_id"], unique=False)
    op.create_index("ix_need_owner_id_plan_id", "need", ["owner_id", "plan_id"], unique=False)
    op.create_table(
        "outcome",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("by_when", sa.Date(), nullable=True),
        sa.Column("achievement", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_outcome_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "plan_id"], ["plan.owner_id", "plan.id"], name="fk_outcome_owner_id_plan_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_outcome_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_outcome"),
    )
    op.create_index("ix_outcome_id", "outcome", ["id"], unique=False)
    op.create_index("ix_outcome_owner_id_child_id", "outcome", ["owner_id", "child_id"], unique=False)
    op.create_index("ix_outcome_owner_id_plan_id", "outcome", ["owner_id", "plan_id"], unique=False)
    op.create_table(
        "personal_budget",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "REQUESTED",
                "PROPOSED",
                "AGREED",
                "IN_PAYMENT",
                "SUSPENDED",
                "ENDED",
                "REFUSED",
                "NOT_RECORDED",
                name="budgetstatus",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "RECORDED",
                "SEN2_RETURN",
                "EXTRACT",
                "FHIR",
                "GRAPHQL",
                "SYNTHETIC",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_personal_budget_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "plan_id"], ["plan.owner_id", "plan.id"], name="fk_personal_budget_owner_id_plan_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_personal_budget_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_personal_budget"),
    )
    op.create_index("ix_personal_budget_id", "personal_budget", ["id"], unique=False)
    op.create_index("ix_personal_budget_owner_id_child_id", "personal_budget", ["owner_id", "child_id"], unique=False)
    op.create_index("ix_personal_budget_owner_id_plan_id", "personal_budget", ["owner_id", "plan_id"], unique=False)
    op.create_table(
        "placement",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("setting_id", sa.Uuid(), nullable=True),
        sa.Column("named_in_plan", sa.Boolean(), nullable=False),
        sa.Column("urn", sa.Text(), nullable=True),
        sa.Column("ukprn", sa.Text(), nullable=True),
        sa.Column("sen_setting", sa.Text(), nullable=True),
        sa.Column("sen_setting_other", sa.Text(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("residential", sa.Text(), nullable=True),
        sa.Column("work_based", sa.Text(), nullable=True),
        sa.Column("sen_unit", sa.Boolean(), nullable=True),
        sa.Column("resourced_provision", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_placement_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "plan_id"], ["plan.owner_id", "plan.id"], name="fk_placement_owner_id_plan_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_placement_owner_id"),
        sa.ForeignKeyConstraint(["setting_id"], ["organisation.id"], name="fk_placement_setting_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_placement"),
    )
    op.create_index("ix_placement_id", "placement", ["id"], unique=False)
    op.create_index("ix_placement_owner_id_child_id", "placement", ["owner_id", "child_id"], unique=False)
    op.create_index("ix_placement_owner_id_plan_id", "placement", ["owner_id", "plan_id"], unique=False)
    op.create_table(
        "plan_section",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column(
            "code",
            sa.Enum(
                "A",
                "B",
                "C",
                "D",
                "E",
                "F",
                "G",
                "H1",
                "H2",
                "I",
                "J",
                "K",
                name="sectioncode",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_plan_section_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "plan_id"], ["plan.owner_id", "plan.id"], name="fk_plan_section_owner_id_plan_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_plan_section_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_plan_section"),
    )
    op.create_index("ix_plan_section_id", "plan_section", ["id"], unique=False)
    op.create_index("ix_plan_section_owner_id_child_id", "plan_section", ["owner_id", "child_id"], unique=False)
    op.create_index("ix_plan_section_owner_id_plan_id", "plan_section", ["owner_id", "plan_id"], unique=False)
    op.create_index("uq_plan_section_code", "plan_section", ["owner_id", "plan_id", "code"], unique=True)
    op.create_table(
        "review",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "ANNUAL",
                "EARLY",
                "PHASE_TRANSFER",
                "FIRST_AFTER_TRANSFER",
                "DIRECT_PAYMENT",
                name="reviewkind",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("meeting_on", sa.Date(), nullable=True),
        sa.Column("report_on", sa.Date(), nullable=True),
        sa.Column(
            "decision",
            sa.Enum(
                "MAINTAIN",
                "AMEND",
                "CEASE",
                "REASSESS",
                name="reviewdecision",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=True,
        ),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("amendment_drafted_on", sa.Date(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "RECORDED",
                "SEN2_RETURN",
                "EXTRACT",
                "FHIR",
                "GRAPHQL",
                "SYNTHETIC",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_review_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "plan_id"], ["plan.owner_id", "plan.id"], name="fk_review_owner_id_plan_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_review_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_review"),
    )
    op.create_index("ix_review_id", "review", ["id"], unique=False)
    op.create_index("ix_review_owner_id_child_id", "review", ["owner_id", "child_id"], unique=False)
    op.create_index("ix_review_owner_id_meeting_on_id", "review", ["owner_id", "meeting_on", "id"], unique=False)
    op.create_index("ix_review_owner_id_plan_id", "review", ["owner_id", "plan_id"], unique=False)
    op.create_table(
        "time_exception",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("cooperation_request_id", sa.Uuid(), nullable=True),
        sa.Column(
            "ground",
            sa.Enum(
                "EXCEPTIONAL_CIRCUMSTANCES",
                "ABSENT_FROM_AREA",
                "MISSED_APPOINTMENT",
                name="timeexceptionground",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("claimed_by_id", sa.Uuid(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["claimed_by_id"], ["organisation.id"], name="fk_time_exception_claimed_by_id"),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_time_exception_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "cooperation_request_id"],
            ["cooperation_request.owner_id", "cooperation_request.id"],
            name="fk_time_exception_owner_id_cooperation_request_id",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_time_exception_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_time_exception"),
    )
    op.create_index("ix_time_exception_id", "time_exception", ["id"], unique=False)
    op.create_index("ix_time_exception_owner_id_child_id", "time_exception", ["owner_id", "child_id"], unique=False)
    op.create_index(
        "ix_time_exception_owner_id_cooperation_request_id",
        "time_exception",
        ["owner_id", "cooperation_request_id"],
        unique=False,
    )
    op.create_table(
        "advice_request",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "PARENT",
                "EDUCATION",
                "MEDICAL",
                "PSYCHOLOGICAL",
                "SOCIAL_CARE",
                "OTHER_AUTHORITY_THINKS_FIT",
                "PREPARING_FOR_ADULTHOOD",
                "PARENT_REASONABLY_ASKS",
                name="advicekind",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("asked_of", sa.Text(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("identified_by_id", sa.Uuid(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("advice_id", sa.Uuid(), nullable=True),
        sa.Column("cooperation_request_id", sa.Uuid(), nullable=True),
        sa.Column("provider_satisfied", sa.Boolean(), nullable=True),
        sa.Column("authority_satisfied", sa.Boolean(), nullable=True),
        sa.Column("parent_satisfied", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["identified_by_id"], ["organisation.id"], name="fk_advice_request_identified_by_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_advice_request_organisation_id"),
        sa.ForeignKeyConstraint(
            ["owner_id", "advice_id"], ["advice.owner_id", "advice.id"], name="fk_advice_request_owner_id_advice_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "assessment_id"],
            ["assessment.owner_id", "assessment.id"],
            name="fk_advice_request_owner_id_assessment_id",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_advice_request_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "cooperation_request_id"],
            ["cooperation_request.owner_id", "cooperation_request.id"],
            name="fk_advice_request_owner_id_cooperation_request_id",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_advice_request_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_advice_request"),
    )
    op.create_index("ix_advice_request_id", "advice_request", ["id"], unique=False)
    op.create_index("ix_advice_request_owner_id_advice_id", "advice_request", ["owner_id", "advice_id"], unique=False)
    op.create_index(
        "ix_advice_request_owner_id_assessment_id", "advice_request", ["owner_id", "assessment_id"], unique=False
    )
    op.create_index("ix_advice_request_owner_id_child_id", "advice_request", ["owner_id", "child_id"], unique=False)
    op.create_index(
        "ix_advice_request_owner_id_cooperation_request_id",
        "advice_request",
        ["owner_id", "cooperation_request_id"],
        unique=False,
    )
    op.create_table(
        "advised_need",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("advice_id", sa.Uuid(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id", "advice_id"], ["advice.owner_id", "advice.id"], name="fk_advised_need_owner_id_advice_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_advised_need_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "need_id"], ["need.owner_id", "need.id"], name="fk_advised_need_owner_id_need_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_advised_need_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_advised_need"),
    )
    op.create_index("ix_advised_need_id", "advised_need", ["id"], unique=False)
    op.create_index("ix_advised_need_owner_id_advice_id", "advised_need", ["owner_id", "advice_id"], unique=False)
    op.create_index("ix_advised_need_owner_id_child_id", "advised_need", ["owner_id", "child_id"], unique=False)
    op.create_index("ix_advised_need_owner_id_need_id", "advised_need", ["owner_id", "need_id"], unique=False)
    op.create_table(
        "advised_outcome",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("advice_id", sa.Uuid(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id", "advice_id"], ["advice.owner_id", "advice.id"], name="fk_advised_outcome_owner_id_advice_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_advised_outcome_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_advised_outcome_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_advised_outcome"),
    )
    op.create_index("ix_advised_outcome_id", "advised_outcome", ["id"], unique=False)
    op.create_index("ix_advised_outcome_owner_id_advice_id", "advised_outcome", ["owner_id", "advice_id"], unique=False)
    op.create_index("ix_advised_outcome_owner_id_child_id", "advised_outcome", ["owner_id", "child_id"], unique=False)
    op.create_table(
        "document",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("advice_id", sa.Uuid(), nullable=True),
        sa.Column("cooperation_request_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id", "advice_id"], ["advice.owner_id", "advice.id"], name="fk_document_owner_id_advice_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_document_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "cooperation_request_id"],
            ["cooperation_request.owner_id", "cooperation_request.id"],
            name="fk_document_owner_id_cooperation_request_id",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_document_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_document"),
    )
    op.create_index("ix_document_id", "document", ["id"], unique=False)
    op.create_index("ix_document_owner_id_advice_id", "document", ["owner_id", "advice_id"], unique=False)
    op.create_index("ix_document_owner_id_child_id", "document", ["owner_id", "child_id"], unique=False)
    op.create_index(
        "ix_document_owner_id_cooperation_request_id", "document", ["owner_id", "cooperation_request_id"], unique=False
    )
    op.create_table(
        "provision",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("need_id", sa.Uuid(), nullable=True),
        sa.Column(
            "section",
            sa.Enum(
                "A",
                "B",
                "C",
                "D",
                "E",
                "F",
                "G",
                "H1",
                "H2",
                "I",
                "J",
                "K",
                name="sectioncode",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=True),
        sa.Column("minutes_per_week", sa.Integer(), nullable=True),
        sa.Column("delivered_by", sa.Text(), nullable=True),
        sa.Column("qualification", sa.Text(), nullable=True),
        sa.Column("setting", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("commissioner_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("annual_cost", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.ForeignKeyConstraint(["commissioner_id"], ["organisation.id"], name="fk_provision_commissioner_id"),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_provision_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "need_id"], ["need.owner_id", "need.id"], name="fk_provision_owner_id_need_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "plan_id"], ["plan.owner_id", "plan.id"], name="fk_provision_owner_id_plan_id"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_provision_owner_id"),
        sa.ForeignKeyConstraint(["provider_id"], ["organisation.id"], name="fk_provision_provider_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_provision"),
    )
    op.create_index("ix_provision_id", "provision", ["id"], unique=False)
    op.create_index("ix_provision_owner_id_child_id", "provision", ["owner_id", "child_id"], unique=False)
    op.create_index("ix_provision_owner_id_need_id", "provision", ["owner_id", "need_id"], unique=False)
    op.create_index("ix_provision_owner_id_plan_id", "provision", ["owner_id", "plan_id"], unique=False)
    op.create_index("ix_provision_owner_id_section_id", "provision", ["owner_id", "section", "id"], unique=False)
    op.create_table(
        "advised_provision",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("advice_id", sa.Uuid(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=True),
        sa.Column("minutes_per_week", sa.Integer(), nullable=True),
        sa.Column("delivered_by", sa.Text(), nullable=True),
        sa.Column("qualification", sa.Text(), nullable=True),
        sa.Column("setting", sa.Text(), nullable=True),
        sa.Column("provision_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id", "advice_id"], ["advice.owner_id", "advice.id"], name="fk_advised_provision_owner_id_advice_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_advised_provision_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "provision_id"],
            ["provision.owner_id", "provision.id"],
            name="fk_advised_provision_owner_id_provision_id",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_advised_provision_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_advised_provision"),
    )
    op.create_index("ix_advised_provision_id", "advised_provision", ["id"], unique=False)
    op.create_index(
        "ix_advised_provision_owner_id_advice_id", "advised_provision", ["owner_id", "advice_id"], unique=False
    )
    op.create_index(
        "ix_advised_provision_owner_id_child_id", "advised_provision", ["owner_id", "child_id"], unique=False
    )
    op.create_index(
        "ix_advised_provision_owner_id_provision_id", "advised_provision", ["owner_id", "provision_id"], unique=False
    )
    op.create_table(
        "delivery",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("provision_id", sa.Uuid(), nullable=True),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("planned_minutes", sa.Integer(), nullable=False),
        sa.Column("delivered_minutes", sa.Integer(), nullable=False),
        sa.Column("reported_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "RECORDED",
                "SEN2_RETURN",
                "EXTRACT",
                "FHIR",
                "GRAPHQL",
                "SYNTHETIC",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("shortfall_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_delivery_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "provision_id"],
            ["provision.owner_id", "provision.id"],
            name="fk_delivery_owner_id_provision_id",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_delivery_owner_id"),
        sa.ForeignKeyConstraint(["reported_by_id"], ["organisation.id"], name="fk_delivery_reported_by_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_delivery"),
    )
    op.create_index("ix_delivery_id", "delivery", ["id"], unique=False)
    op.create_index("ix_delivery_owner_id_child_id", "delivery", ["owner_id", "child_id"], unique=False)
    op.create_index("ix_delivery_owner_id_provision_id", "delivery", ["owner_id", "provision_id"], unique=False)
    op.create_index(
        "uq_delivery_period", "delivery", ["owner_id", "provision_id", "period", "reported_by_id"], unique=True
    )
    op.create_table(
        "provision_agreement",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("provision_id", sa.Uuid(), nullable=True),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "NOT_ASKED",
                "ASKED",
                "AGREED",
                "DECLINED",
                "LEFT_OUT",
                "NOT_RECORDED",
                name="agreementstatus",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["organisation.id"], name="fk_provision_agreement_commissioner_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_provision_agreement_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "provision_id"],
            ["provision.owner_id", "provision.id"],
            name="fk_provision_agreement_owner_id_provision_id",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_provision_agreement_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_provision_agreement"),
    )
    op.create_index("ix_provision_agreement_id", "provision_agreement", ["id"], unique=False)
    op.create_index(
        "ix_provision_agreement_owner_id_child_id", "provision_agreement", ["owner_id", "child_id"], unique=False
    )
    op.create_index(
        "ix_provision_agreement_owner_id_provision_id",
        "provision_agreement",
        ["owner_id", "provision_id"],
        unique=False,
    )
    op.create_table(
        "provision_outcome",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("provision_id", sa.Uuid(), nullable=False),
        sa.Column("outcome_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id", "outcome_id"],
            ["outcome.owner_id", "outcome.id"],
            name="fk_provision_outcome_owner_id_outcome_id",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "provision_id"],
            ["provision.owner_id", "provision.id"],
            name="fk_provision_outcome_owner_id_provision_id",
        ),
        sa.PrimaryKeyConstraint("owner_id", "provision_id", "outcome_id", name="pk_provision_outcome"),
    )
    op.create_index(
        "ix_provision_outcome_owner_id_outcome_id", "provision_outcome", ["owner_id", "outcome_id"], unique=False
    )
    op.create_table(
        "budget_item",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("personal_budget_id", sa.Uuid(), nullable=True),
        sa.Column("provision_id", sa.Uuid(), nullable=True),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "EDUCATION",
                "HEALTH",
                "SOCIAL_CARE",
                name="budgetkind",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("funder_id", sa.Uuid(), nullable=False),
        sa.Column("financial_year", sa.Text(), nullable=False),
        sa.Column("indicative_amount", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column(
            "per",
            sa.Enum(
                "WEEK",
                "TERM_WEEK",
                "MONTH",
                "TERM",
                "YEAR",
                "ONCE",
                name="paymentperiod",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column(
            "mechanism",
            sa.Enum(
                "DIRECT_PAYMENT",
                "ARRANGEMENT",
                "THIRD_PARTY",
                "COMBINATION",
                name="paymentmechanism",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["funder_id"], ["organisation.id"], name="fk_budget_item_funder_id"),
        sa.ForeignKeyConstraint(
            ["owner_id", "agreement_id"],
            ["provision_agreement.owner_id", "provision_agreement.id"],
            name="fk_budget_item_owner_id_agreement_id",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_budget_item_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "personal_budget_id"],
            ["personal_budget.owner_id", "personal_budget.id"],
            name="fk_budget_item_owner_id_personal_budget_id",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "provision_id"],
            ["provision.owner_id", "provision.id"],
            name="fk_budget_item_owner_id_provision_id",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_budget_item_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_budget_item"),
    )
    op.create_index("ix_budget_item_id", "budget_item", ["id"], unique=False)
    op.create_index("ix_budget_item_owner_id_agreement_id", "budget_item", ["owner_id", "agreement_id"], unique=False)
    op.create_index("ix_budget_item_owner_id_child_id", "budget_item", ["owner_id", "child_id"], unique=False)
    op.create_index(
        "ix_budget_item_owner_id_personal_budget_id", "budget_item", ["owner_id", "personal_budget_id"], unique=False
    )
    op.create_index("ix_budget_item_owner_id_provision_id", "budget_item", ["owner_id", "provision_id"], unique=False)
    op.create_table(
        "direct_payment",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("personal_budget_id", sa.Uuid(), nullable=True),
        sa.Column("budget_item_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "EDUCATION",
                "HEALTH",
                "SOCIAL_CARE",
                name="budgetkind",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("payee", sa.Text(), nullable=True),
        sa.Column("nominee", sa.Text(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column(
            "per",
            sa.Enum(
                "WEEK",
                "TERM_WEEK",
                "MONTH",
                "TERM",
                "YEAR",
                "ONCE",
                name="paymentperiod",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("notice_served_on", sa.Date(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("premises_consent_on", sa.Date(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "CONSIDERED",
                "OFFERED",
                "AGREED",
                "PAYING",
                "REDUCED",
                "STOPPED",
                "REFUSED",
                name="directpaymentstatus",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "budget_item_id"],
            ["budget_item.owner_id", "budget_item.id"],
            name="fk_direct_payment_owner_id_budget_item_id",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_direct_payment_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "personal_budget_id"],
            ["personal_budget.owner_id", "personal_budget.id"],
            name="fk_direct_payment_owner_id_personal_budget_id",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_direct_payment_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_direct_payment"),
    )
    op.create_index("ix_direct_payment_id", "direct_payment", ["id"], unique=False)
    op.create_index(
        "ix_direct_payment_owner_id_budget_item_id", "direct_payment", ["owner_id", "budget_item_id"], unique=False
    )
    op.create_index("ix_direct_payment_owner_id_child_id", "direct_payment", ["owner_id", "child_id"], unique=False)
    op.create_index(
        "ix_direct_payment_owner_id_personal_budget_id",
        "direct_payment",
        ["owner_id", "personal_budget_id"],
        unique=False,
    )
    op.create_table(
        "payment",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("direct_payment_id", sa.Uuid(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id", "child_id"], ["child.owner_id", "child.id"], name="fk_payment_owner_id_child_id"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "direct_payment_id"],
            ["direct_payment.owner_id", "direct_payment.id"],
            name="fk_payment_owner_id_direct_payment_id",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name="fk_payment_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "id", name="pk_payment"),
    )
    op.create_index("ix_payment_id", "payment", ["id"], unique=False)
    op.create_index("ix_payment_owner_id_child_id", "payment", ["owner_id", "child_id"], unique=False)
    op.create_index("ix_payment_owner_id_direct_payment_id", "payment", ["owner_id", "direct_payment_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_payment_owner_id_direct_payment_id", table_name="payment")
    op.drop_index("ix_payment_owner_id_child_id", table_name="payment")
    op.drop_index("ix_payment_id", table_name="payment")
    op.drop_table("payment")
    op.drop_index("ix_direct_payment_owner_id_personal_budget_id", table_name="direct_payment")
    op.drop_index("ix_direct_payment_owner_id_child_id", table_name="direct_payment")
    op.drop_index("ix_direct_payment_owner_id_budget_item_id", table_name="direct_payment")
    op.drop_index("ix_direct_payment_id", table_name="direct_payment")
    op.drop_table("direct_payment")
    op.drop_index("ix_budget_item_owner_id_provision_id", table_name="budget_item")
    op.drop_index("ix_budget_item_owner_id_personal_budget_id", table_name="budget_item")
    op.drop_index("ix_budget_item_owner_id_child_id", table_name="budget_item")
    op.drop_index("ix_budget_item_owner_id_agreement_id", table_name="budget_item")
    op.drop_index("ix_budget_item_id", table_name="budget_item")
    op.drop_table("budget_item")
    op.drop_index("ix_provision_outcome_owner_id_outcome_id", table_name="provision_outcome")
    op.drop_table("provision_outcome")
    op.drop_index("ix_provision_agreement_owner_id_provision_id", table_name="provision_agreement")
    op.drop_index("ix_provision_agreement_owner_id_child_id", table_name="provision_agreement")
    op.drop_index("ix_provision_agreement_id", table_name="provision_agreement")
    op.drop_table("provision_agreement")
    op.drop_index("uq_delivery_period", table_name="delivery")
    op.drop_index("ix_delivery_owner_id_provision_id", table_name="delivery")
    op.drop_index("ix_delivery_owner_id_child_id", table_name="delivery")
    op.drop_index("ix_delivery_id", table_name="delivery")
    op.drop_table("delivery")
    op.drop_index("ix_advised_provision_owner_id_provision_id", table_name="advised_provision")
    op.drop_index("ix_advised_provision_owner_id_child_id", table_name="advised_provision")
    op.drop_index("ix_advised_provision_owner_id_advice_id", table_name="advised_provision")
    op.drop_index("ix_advised_provision_id", table_name="advised_provision")
    op.drop_table("advised_provision")
    op.drop_index("ix_provision_owner_id_section_id", table_name="provision")
    op.drop_index("ix_provision_owner_id_plan_id", table_name="provision")
    op.drop_index("ix_provision_owner_id_need_id", table_name="provision")
    op.drop_index("ix_provision_owner_id_child_id", table_name="provision")
    op.drop_index("ix_provision_id", table_name="provision")
    op.drop_table("provision")
    op.drop_index("ix_document_owner_id_cooperation_request_id", table_name="document")
    op.drop_index("ix_document_owner_id_child_id", table_name="document")
    op.drop_index("ix_document_owner_id_advice_id", table_name="document")
    op.drop_index("ix_document_id", table_name="document")
    op.drop_table("document")
    op.drop_index("ix_advised_outcome_owner_id_child_id", table_name="advised_outcome")
    op.drop_index("ix_advised_outcome_owner_id_advice_id", table_name="advised_outcome")
    op.drop_index("ix_advised_outcome_id", table_name="advised_outcome")
    op.drop_table("advised_outcome")
    op.drop_index("ix_advised_need_owner_id_need_id", table_name="advised_need")
    op.drop_index("ix_advised_need_owner_id_child_id", table_name="advised_need")
    op.drop_index("ix_advised_need_owner_id_advice_id", table_name="advised_need")
    op.drop_index("ix_advised_need_id", table_name="advised_need")
    op.drop_table("advised_need")
    op.drop_index("ix_advice_request_owner_id_cooperation_request_id", table_name="advice_request")
    op.drop_index("ix_advice_request_owner_id_child_id", table_name="advice_request")
    op.drop_index("ix_advice_request_owner_id_assessment_id", table_name="advice_request")
    op.drop_index("ix_advice_request_owner_id_advice_id", table_name="advice_request")
    op.drop_index("ix_advice_request_id", table_name="advice_request")
    op.drop_table("advice_request")
    op.drop_index("ix_time_exception_owner_id_cooperation_request_id", table_name="time_exception")
    op.drop_index("ix_time_exception_owner_id_child_id", table_name="time_exception")
    op.drop_index("ix_time_exception_id", table_name="time_exception")
    op.drop_table("time_exception")
    op.drop_index("ix_review_owner_id_plan_id", table_name="review")
    op.drop_index("ix_review_owner_id_meeting_on_id", table_name="review")
    op.drop_index("ix_review_owner_id_child_id", table_name="review")
    op.drop_index("ix_review_id", table_name="review")
    op.drop_table("review")
    op.drop_index("uq_plan_section_code", table_name="plan_section")
    op.drop_index("ix_plan_section_owner_id_plan_id", table_name="plan_section")
    op.drop_index("ix_plan_section_owner_id_child_id", table_name="plan_section")
    op.drop_index("ix_plan_section_id", table_name="plan_section")
    op.drop_table("plan_section")
    op.drop_index("ix_placement_owner_id_plan_id", table_name="placement")
    op.drop_index("ix_placement_owner_id_child_id", table_name="placement")
    op.drop_index("ix_placement_id", table_name="placement")
    op.drop_table("placement")
    op.drop_index("ix_personal_budget_owner_id_plan_id", table_name="personal_budget")
    op.drop_index("ix_personal_budget_owner_id_child_id", table_name="personal_budget")
    op.drop_index("ix_personal_budget_id", table_name="personal_budget")
    op.drop_table("personal_budget")
    op.drop_index("ix_outcome_owner_id_plan_id", table_name="outcome")
    op.drop_index("ix_outcome_owner_id_child_id", table_name="outcome")
    op.drop_index("ix_outcome_id", table_name="outcome")
    op.drop_table("outcome")
    op.drop_index("ix_need_owner_id_plan_id", table_name="need")
    op.drop_index("ix_need_owner_id_child_id", table_name="need")
    op.drop_index("ix_need_id", table_name="need")
    op.drop_table("need")
    op.drop_index("ix_advice_owner_id_cooperation_request_id", table_name="advice")
    op.drop_index("ix_advice_owner_id_child_id", table_name="advice")
    op.drop_index("ix_advice_id", table_name="advice")
    op.drop_table("advice")
    op.drop_index("ix_plan_owner_id_status_id", table_name="plan")
    op.drop_index("ix_plan_owner_id_child_id", table_name="plan")
    op.drop_index("ix_plan_owner_id_assessment_id", table_name="plan")
    op.drop_index("ix_plan_id", table_name="plan")
    op.drop_table("plan")
    op.drop_index("ix_duty_exception_owner_id_duty_id", table_name="duty_exception")
    op.drop_index("ix_duty_exception_owner_id_child_id", table_name="duty_exception")
    op.drop_index("ix_duty_exception_id", table_name="duty_exception")
    op.drop_table("duty_exception")
    op.drop_index("ix_dispute_step_owner_id_dispute_id", table_name="dispute_step")
    op.drop_index("ix_dispute_step_owner_id_child_id", table_name="dispute_step")
    op.drop_index("ix_dispute_step_id", table_name="dispute_step")
    op.drop_table("dispute_step")
    op.drop_index("ix_cooperation_request_owner_id_sent_at_id", table_name="cooperation_request")
    op.drop_index("ix_cooperation_request_owner_id_child_id", table_name="cooperation_request")
    op.drop_index("ix_cooperation_request_owner_id_assessment_id", table_name="cooperation_request")
    op.drop_index("ix_cooperation_request_id", table_name="cooperation_request")
    op.drop_index("ix_cooperation_request_addressed_to_id_status_sent_at_id", table_name="cooperation_request")
    op.drop_index("ix_cooperation_request_addressed_to_id_owner_id_child_id", table_name="cooperation_request")
    op.drop_table("cooperation_request")
    op.drop_index("ix_used_assertion_expires_at", table_name="used_assertion")
    op.drop_table("used_assertion")
    op.drop_index("ix_sharing_rule_arrangement_id", table_name="sharing_rule")
    op.drop_table("sharing_rule")
    op.drop_index("ix_responsibility_owner_id_child_id", table_name="responsibility")
    op.drop_index("ix_responsibility_id", table_name="responsibility")
    op.drop_index("ix_responsibility_body_id_owner_id_child_id", table_name="responsibility")
    op.drop_table("responsibility")
    op.drop_index("ix_notification_owner_id_child_id", table_name="notification")
    op.drop_index("ix_notification_notified_by_id_owner_id_child_id", table_name="notification")
    op.drop_index("ix_notification_id", table_name="notification")
    op.drop_table("notification")
    op.drop_index("uq_duty_about", table_name="duty")
    op.drop_index("ix_duty_owner_id_due_on_id", table_name="duty")
    op.drop_index("ix_duty_owner_id_child_id", table_name="duty")
    op.drop_index("ix_duty_id", table_name="duty")
    op.drop_index("ix_duty_holder_id_due_on_id", table_name="duty")
    op.drop_table("duty")
    op.drop_index("ix_dispute_owner_id_child_id", table_name="dispute")
    op.drop_index("ix_dispute_id", table_name="dispute")
    op.drop_table("dispute")
    op.drop_index("ix_contact_owner_id_child_id", table_name="contact")
    op.drop_index("ix_contact_id", table_name="contact")
    op.drop_table("contact")
    op.drop_index("ix_consent_owner_id_child_id", table_name="consent")
    op.drop_index("ix_consent_id", table_name="consent")
    op.drop_table("consent")
    op.drop_index("ix_child_identifier_owner_id_system_value", table_name="child_identifier")
    op.drop_index("ix_child_identifier_owner_id_child_id", table_name="child_identifier")
    op.drop_index("ix_child_identifier_id", table_name="child_identifier")
    op.drop_table("child_identifier")
    op.drop_index("ix_assessment_owner_id_requested_on_id", table_name="assessment")
    op.drop_index("ix_assessment_owner_id_child_id", table_name="assessment")
    op.drop_index("ix_assessment_id", table_name="assessment")
    op.drop_table("assessment")
    op.drop_index("ix_arrangement_party_arrangement_id", table_name="arrangement_party")
    op.drop_table("arrangement_party")
    op.drop_index("ix_arrangement_dispute_step_arrangement_id", table_name="arrangement_dispute_step")
    op.drop_table("arrangement_dispute_step")
    op.drop_index("ix_arrangement_clause_arrangement_id", table_name="arrangement_clause")
    op.drop_table("arrangement_clause")
    op.drop_index("ix_quarantined_item_owner_id_quarantined_at_id", table_name="quarantined_item")
    op.drop_table("quarantined_item")
    op.drop_table("person")
    op.drop_index("ix_import_run_owner_id_sha256", table_name="import_run")
    op.drop_table("import_run")
    op.drop_table("client")
    op.drop_index("uq_child_owner_id_upn", table_name="child", postgresql_where=sa.text("upn IS NOT NULL"))
    op.drop_index(
        "uq_child_owner_id_nhs_number", table_name="child", postgresql_where=sa.text("nhs_number IS NOT NULL")
    )
    op.drop_index("ix_child_upn", table_name="child")
    op.drop_index("ix_child_owner_id_family_name_id", table_name="child")
    op.drop_index("ix_child_owner_id_date_of_birth_id", table_name="child")
    op.drop_index("ix_child_nhs_number", table_name="child")
    op.drop_index("ix_child_id", table_name="child")
    op.drop_table("child")
    op.drop_index("ix_arrangement_authority_id_id", table_name="arrangement")
    op.drop_table("arrangement")
    op.drop_index("ix_source_owner_id_sha256", table_name="source")
    op.drop_table("source")
    op.drop_index("uq_organisation_urn", table_name="organisation", postgresql_where=sa.text("urn IS NOT NULL"))
    op.drop_index(
        "uq_organisation_ods_code", table_name="organisation", postgresql_where=sa.text("ods_code IS NOT NULL")
    )
    op.drop_index("uq_organisation_la_code", table_name="organisation", postgresql_where=sa.text("la_code IS NOT NULL"))
    op.drop_index("ix_organisation_name_id", table_name="organisation")
    op.drop_table("organisation")
    op.drop_index("ix_idempotency_key_created_at", table_name="idempotency_key")
    op.drop_table("idempotency_key")
    op.drop_index("ix_event_owner_id_child_id_recorded_at", table_name="event")
    op.drop_index("ix_event_owner_id_about_id_recorded_at", table_name="event")
    op.drop_table("event")
    op.drop_index("ix_disclosure_owner_id_child_id_recorded_at", table_name="disclosure")
    op.drop_table("disclosure")
