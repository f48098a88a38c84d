"""Assessments and plans: the advice sought, versions, sections A to K, provision and who must agree and arrange it."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)

from hub.db.tables.base import Pounds, body, by_day, childs_table, metadata, one_of, reference
from hub.law.reg64_decision_makers import Decider, DecidesBecause
from hub.law.s37_changes import ChangeKind
from hub.law.vocabulary import (
    AdviceKind,
    AgreementStatus,
    AssessmentDecision,
    AssessmentOutcome,
    PlanStatus,
    ReviewDecision,
    ReviewKind,
    SectionCode,
    Source,
)

assessment = childs_table(
    "assessment",
    Column("requested_on", Date),
    Column("requested_by", Text),
    Column("decider", one_of(Decider)),
    Column("decides_because", one_of(DecidesBecause)),
    Column("responsible_from", Date),
    Column("reassessment", Boolean, nullable=False, server_default="false"),
    Column("decision", one_of(AssessmentDecision)),
    Column("decided_on", Date),
    Column("outcome", one_of(AssessmentOutcome)),
    Column("outcome_on", Date),
    Column("decision_reasons", Text),
    Column("outcome_reasons", Text),
    Column("request_mediation", Boolean),
    Column("request_tribunal", Boolean),
    Column("assessment_mediation", Boolean),
    Column("assessment_tribunal", Boolean),
    Column("other_mediation", Boolean),
    Column("other_tribunal", Boolean),
    Column("week20_exception", Boolean),
    Column("exported_to", Text),
    Column("rya", Boolean),
    Column("historical", Boolean, nullable=False, server_default="false"),
    Column("source", one_of(Source), nullable=False),
    by_day("assessment", "owner_id", "requested_on"),
)

advice_request = childs_table(
    "advice_request",
    *reference("assessment_id", "assessment"),
    Column("kind", one_of(AdviceKind), nullable=False),
    Column("asked_of", Text),
    body("organisation_id"),
    body("identified_by_id"),
    Column("asked_on", Date, nullable=False),
    Column("received_on", Date),
    Column("representations", Boolean, comment="whether the family's went with it (reg. 6(3))"),
    *reference("advice_id", "advice"),
    *reference("cooperation_request_id", "cooperation_request"),
    Column("provider_satisfied", Boolean),
    Column("authority_satisfied", Boolean),
    Column("parent_satisfied", Boolean),
)

plan = childs_table(
    "plan",
    *reference("assessment_id", "assessment"),
    Column("status", one_of(PlanStatus), nullable=False),
    Column("version", Integer, nullable=False),
    Column("drafted_on", Date),
    Column("served_on", Date),
    Column("finalised_on", Date),
    Column("ceased_on", Date),
    Column("cease_reason", Text),
    Column("cease_notified_on", Date),
    Column("amendment_reasons", Text),
    body("transferred_to_id"),
    Column("transferred_from", Text, comment="code of the authority that the return says it came from in its year"),
    Column("supersedes_id", Uuid),
    Column("personal_budget_reported", Boolean),
    Column("organised_arrangements_reported", Boolean),
    Column("direct_payment_reported", Text),
    Column("phase_transfer_due_on", Date),
    Column("phase_transfer_final_on", Date),
    Column("source", one_of(Source), nullable=False),
    Index(None, "owner_id", "status", "id"),
    Index(None, "transferred_to_id", "owner_id", "child_id"),
)

plan_section = childs_table(
    "plan_section",
    *reference("plan_id", "plan", "code", "id"),
    Column("code", one_of(SectionCode), nullable=False),
    Column("text", Text, nullable=False),
    Index("uq_plan_section_code", "owner_id", "plan_id", "code", unique=True),
)

need = childs_table(
    "need",
    *reference("plan_id", "plan", "section", "rank", "id"),
    Column("section", one_of(SectionCode), nullable=False),
    Column("area", Text),
    Column("sen_type", Text),
    Column("rank", Integer),
    Column("description", Text, nullable=False),
    Column("continues_id", Uuid),
)

outcome = childs_table(
    "outcome",
    *reference("plan_id", "plan", "ordinal", "id"),
    Column("ordinal", Integer, nullable=False),
    Column("description", Text, nullable=False),
    Column("by_when", Date),
    Column("achievement", Text),
    Column("continues_id", Uuid),
)

provision = childs_table(
    "provision",
    *reference("plan_id", "plan", "section", "ordinal", "id"),
    *reference("need_id", "need"),
    Column("section", one_of(SectionCode), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("description", Text, nullable=False),
    Column("frequency", Text),
    Column("minutes_per_week", Integer),
    Column("delivered_by", Text),
    Column("qualification", Text),
    Column("setting", Text),
    Column("starts_on", Date),
    Column("ends_on", Date),
    body("commissioner_id"),
    body("provider_id"),
    Column("annual_cost", Pounds),
    Column("for_adulthood", Boolean, nullable=False, server_default="false"),
    Column("continues_id", Uuid),
    Index(None, "owner_id", "section", "id"),
)

provision_outcome = Table(
    "provision_outcome",
    metadata,
    Column("owner_id", Uuid, nullable=False),
    Column("provision_id", Uuid, nullable=False),
    Column("outcome_id", Uuid, nullable=False),
    PrimaryKeyConstraint("owner_id", "provision_id", "outcome_id"),
    ForeignKeyConstraint(["owner_id", "provision_id"], ["provision.owner_id", "provision.id"]),
    ForeignKeyConstraint(["owner_id", "outcome_id"], ["outcome.owner_id", "outcome.id"]),
    Index(None, "owner_id", "outcome_id"),
    info={"link": True},
)

provision_agreement = childs_table(
    "provision_agreement",
    *reference("provision_id", "provision", "id"),
    body("commissioner_id", nullable=False),
    Column("status", one_of(AgreementStatus), nullable=False),
    Column("asked_on", Date),
    Column("reply_by", Date),
    Column("decided_on", Date),
    Column("reasons", Text),
    Column("left_out_on", Date),
    Column("left_out_reasons", Text),
)

plan_change = childs_table(
    "plan_change",
    *reference("plan_id", "plan"),
    Column("ordinal", Integer, nullable=False),
    Column("section", one_of(SectionCode), nullable=False),
    Column("kind", one_of(ChangeKind), nullable=False),
    Column("before", Text),
    Column("after", Text),
)

delivery = childs_table(
    "delivery",
    *reference("provision_id", "provision"),
    Column("period", Text, nullable=False),
    Column("planned_minutes", Integer, nullable=False),
    Column("delivered_minutes", Integer, nullable=False),
    body("reported_by_id", nullable=False),
    Column("source", one_of(Source), nullable=False),
    Column("shortfall_reason", Text),
    Index("uq_delivery_period", "owner_id", "provision_id", "period", "reported_by_id", unique=True),
)

placement = childs_table(
    "placement",
    *reference("plan_id", "plan"),
    body("setting_id"),
    Column("named_in_plan", Boolean, nullable=False),
    Column("urn", Text),
    Column("ukprn", Text),
    Column("sen_setting", Text),
    Column("sen_setting_other", Text),
    Column("rank", Integer),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("residential", Text),
    Column("work_based", Text),
    Column("sen_unit", Boolean),
    Column("resourced_provision", Boolean),
)

review = childs_table(
    "review",
    *reference("plan_id", "plan"),
    Column("kind", one_of(ReviewKind), nullable=False),
    Column("due_on", Date),
    Column("meeting_on", Date),
    Column("report_on", Date),
    Column("decision", one_of(ReviewDecision)),
    Column("decided_on", Date),
    Column("amendment_drafted_on", Date),
    Column("planned_for", Date, comment="the day of the meeting, as those invited were told"),
    Column("notice_given_on", Date),
    Column("invited", ARRAY(Text), comment="who was invited"),
    Column("papers_sent_on", Date),
    Column("transfer_on", Date, comment="of a phase transfer: the day of the transfer"),
    Column("reasons", Text),
    Column("source", one_of(Source), nullable=False),
    by_day("review", "owner_id", "meeting_on"),
)
