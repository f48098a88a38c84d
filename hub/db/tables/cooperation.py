"""Requests for co-operation (s. 31), the advice that answers them, notifications (s. 23), duties and disputes."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
)

from hub.db.tables.base import Instant, body, by_day, by_open_day, childs_table, one_of, reference
from hub.law.duties import RULES, DutyBasis, DutyRule, DutyState
from hub.law.reg8_time_limit import Part3Function, TimeExceptionGround
from hub.law.reg44_orders import AppealedMatter
from hub.law.reg64_decision_makers import Decider, DecidesBecause
from hub.law.s31_cooperation import CooperationStatus, Receipt, RefusalGround
from hub.law.s51_terms import RedressStep
from hub.law.vocabulary import (
    AdviceKind,
    AssessmentDecision,
    Certainty,
    DisputeKind,
    DisputeStatus,
    NotificationBasis,
    Opinion,
    Source,
)

_OF_NO_BODY = ", ".join(f"'{duty.value}'" for duty, rule in RULES.items() if not rule.holder.is_body)

cooperation_request = childs_table(
    "cooperation_request",
    *reference("assessment_id", "assessment"),
    Column("function", one_of(Part3Function), nullable=False),
    Column("asked", Text, nullable=False),
    body("requested_by_id", nullable=False),
    body("addressed_to_id", nullable=False),
    Column("status", one_of(CooperationStatus), nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("received_at", Instant),
    Column("receipt_by", one_of(Receipt)),
    Column("due_on", Date),
    Column("acknowledged_at", Instant),
    Column("accepted_at", Instant),
    Column("declined_ground", one_of(RefusalGround)),
    Column("declined_reasons", Text),
    Column("declined_at", Instant),
    Column("complied_at", Instant),
    Column("withdrawn_at", Instant),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("updated_at", Instant, nullable=False),
    Column("agreed_in_id", Uuid, ForeignKey("arrangement.id")),
    Column("agreed_working_days", Integer, comment="by the arrangement, from receipt"),
    Index(None, "addressed_to_id", "status", "sent_at", "id"),
    Index(None, "addressed_to_id", "owner_id", "child_id"),
    Index(None, "addressed_to_id", "sent_at", "id"),
    Index(None, "owner_id", "sent_at", "id"),
)

time_exception = childs_table(
    "time_exception",
    *reference("cooperation_request_id", "cooperation_request"),
    Column("ground", one_of(TimeExceptionGround), nullable=False),
    Column("explanation", Text, nullable=False),
    body("claimed_by_id", nullable=False),
    Column("claimed_at", Instant, nullable=False),
    Column("starts_on", Date),
    Column("ends_on", Date),
)

advice = childs_table(
    "advice",
    *reference("cooperation_request_id", "cooperation_request"),
    Column("kind", one_of(AdviceKind), nullable=False),
    body("given_by_id"),
    Column("author", Text),
    Column("registration", Text),
    Column("given_on", Date, nullable=False),
    Column("received_at", Instant),
    Column("source", one_of(Source), nullable=False),
    Column("source_id", Uuid),
)

advised_need = childs_table(
    "advised_need",
    *reference("advice_id", "advice"),
    Column("ordinal", Integer, nullable=False),
    Column("description", Text, nullable=False),
    *reference("need_id", "need"),
)

advised_provision = childs_table(
    "advised_provision",
    *reference("advice_id", "advice"),
    Column("ordinal", Integer, nullable=False),
    Column("description", Text, nullable=False),
    Column("frequency", Text),
    Column("minutes_per_week", Integer),
    Column("delivered_by", Text),
    Column("qualification", Text),
    Column("setting", Text),
    *reference("provision_id", "provision"),
)

advised_outcome = childs_table(
    "advised_outcome",
    *reference("advice_id", "advice"),
    Column("ordinal", Integer, nullable=False),
    Column("description", Text, nullable=False),
)

document = childs_table(
    "document",
    *reference("advice_id", "advice"),
    *reference("cooperation_request_id", "cooperation_request"),
    Column("title", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)

notification = childs_table(
    "notification",
    body("notified_by_id", nullable=False),
    body("to_authority_id", nullable=False),
    Column("basis", one_of(NotificationBasis), nullable=False),
    Column("opinion", one_of(Opinion), nullable=False),
    Column("certainty", one_of(Certainty), nullable=False),
    Column("parent_informed_on", Date),
    Column("discussion_offered_on", Date),
    Column("notified_at", Instant, nullable=False),
    Column("received_at", Instant),
    Column("voluntary_organisations", ARRAY(Text)),
    Column("determination", one_of(AssessmentDecision)),
    Column("determined_on", Date),
    Index(None, "notified_by_id", "owner_id", "child_id"),
    Index(None, "owner_id", "notified_at", "id"),
)

dispute = childs_table(
    "dispute",
    Column("kind", one_of(DisputeKind), nullable=False),
    Column("about_type", Text, nullable=False),
    Column("about_id", Uuid, nullable=False),
    Column("parties", ARRAY(Uuid), nullable=False),
    Column("status", one_of(DisputeStatus), nullable=False),
    Column("outcome", Text),
    Column("raised_on", Date, nullable=False),
    Column("ended_on", Date),
    body("raised_by_id"),
    Column("matters", ARRAY(Text), comment="the kinds of provision in issue"),
    Column("decider", one_of(Decider)),
    Column("decides_because", one_of(DecidesBecause)),
    Column("appealed", one_of(AppealedMatter)),
    Column("arrangement_id", Uuid, ForeignKey("arrangement.id")),
    Index(None, "owner_id", "raised_on", "id"),
)

dispute_step = childs_table(
    "dispute_step",
    *reference("dispute_id", "dispute"),
    Column("ordinal", Integer, nullable=False),
    Column("description", Text, nullable=False),
    body("taken_by_id"),
    Column("due_on", Date),
    Column("taken_on", Date),
    Column("step", one_of(RedressStep)),
    Column("held_on", Date, comment="the day of a mediation that is arranged"),
    Column("follows", Boolean, comment="whether a recommendation is followed"),
)

duty = childs_table(
    "duty",
    Column("rule", one_of(DutyRule), nullable=False),
    Column("provision", Text, nullable=False),
    body("holder_id"),
    Column("basis", one_of(DutyBasis), nullable=False),
    Column("started_on", Date),
    Column("due_on", Date),
    Column("met_on", Date),
    Column("ended_on", Date),
    Column("excused", Boolean, nullable=False, server_default="false"),
    Column("announced_state", one_of(DutyState)),
    Column("about_type", Text, nullable=False),
    Column("about_id", Uuid, nullable=False),
    Column(
        "reminded_days",
        Integer,
        comment="days before the last day, or since a request was sent that nobody has received: the last reminder",
    ),
    Column("reminded_of", Date, comment="the last day that it reminded of"),
    CheckConstraint(f"(holder_id IS NULL) = (rule IN ({_OF_NO_BODY}))", name="held_by_body"),
    Index(
        "uq_duty_about",
        *("owner_id", "about_id", "rule", "holder_id"),
        unique=True,
        postgresql_nulls_not_distinct=True,
    ),
    by_day("duty", "holder_id", "due_on"),
    by_day("duty", "owner_id", "due_on"),
    by_open_day("holder_id"),
    by_open_day("owner_id"),
)

duty_exception = childs_table(
    "duty_exception",
    *reference("duty_id", "duty"),
    Column("ground", Text, nullable=False),
    Column("explanation", Text, nullable=False),
    body("recorded_by_id", nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("starts_on", Date),
    Column("ends_on", Date),
)
