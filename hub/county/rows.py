"""The rows of the county, and the record of one child as it is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from hub.county.bodies import Bodies, Body
from hub.county.people import Specialised, Way
from hub.law.vocabulary import BudgetStatus, Sex

COLUMNS: Mapping[str, str] = {
    "organisation": "id name kind ods_code la_code urn in_force_from in_force_to successor_id",
    "person": "username organisation_id role name",
    "child": "owner_id id family_name given_names date_of_birth sex postcode nhs_number nhs_number_status upn "
    "upn_unknown_reason ethnicity restricted source version updated_at",
    "child_identifier": "owner_id id child_id system value held_from held_to",
    "child_source": "owner_id id child_id source system said_by_id said_on since family_name given_names date_of_birth "
    "sex postcode nhs_number nhs_number_status upn content_hash withdrawn_on",
    "disagreement": "owner_id id child_id field rule told found_on settled_on",
    "identity_candidate": "owner_id id child_id other_child_id reasons found_at score decision decision_reason "
    "decided_at",
    "contact": "owner_id id child_id name relationship parental_responsibility telephone email address "
    "address_withheld",
    "responsibility": "owner_id id child_id body_id kind for_provision reason starts_on ends_on",
    "assessment": "owner_id id child_id requested_on requested_by decider decides_because responsible_from "
    "reassessment decision decided_on outcome outcome_on decision_reasons outcome_reasons request_mediation "
    "request_tribunal assessment_mediation assessment_tribunal other_mediation other_tribunal week20_exception "
    "exported_to rya historical source",
    "arrangement": "id authority_id title version in_force_from in_force_to review_on proposed_by_id proposed_at "
    "starts_on supersedes_id",
    "cooperation_request": "owner_id id child_id assessment_id function asked requested_by_id addressed_to_id status "
    "sent_at received_at receipt_by due_on acknowledged_at accepted_at declined_ground declined_reasons declined_at "
    "complied_at withdrawn_at version updated_at agreed_in_id agreed_working_days",
    "time_exception": "owner_id id child_id cooperation_request_id ground explanation claimed_by_id claimed_at "
    "starts_on ends_on",
    "plan": "owner_id id child_id assessment_id status version drafted_on served_on finalised_on ceased_on "
    "cease_reason cease_notified_on amendment_reasons transferred_to_id transferred_from supersedes_id "
    "personal_budget_reported organised_arrangements_reported direct_payment_reported phase_transfer_due_on "
    "phase_transfer_final_on source",
    "plan_section": "owner_id id child_id plan_id code text",
    "need": "owner_id id child_id plan_id section area sen_type rank description continues_id",
    "outcome": "owner_id id child_id plan_id ordinal description by_when achievement continues_id",
    "provision": "owner_id id child_id plan_id need_id section ordinal description frequency minutes_per_week "
    "delivered_by qualification setting starts_on ends_on commissioner_id provider_id annual_cost "
    "for_adulthood continues_id",
    "provision_outcome": "owner_id provision_id outcome_id",
    "provision_agreement": "owner_id id child_id provision_id commissioner_id status asked_on reply_by "
    "decided_on reasons left_out_on left_out_reasons",
    "plan_change": "owner_id id child_id plan_id ordinal section kind before after",
    "delivery": "owner_id id child_id provision_id period planned_minutes delivered_minutes reported_by_id source "
    "shortfall_reason",
    "placement": "owner_id id child_id plan_id setting_id named_in_plan urn ukprn sen_setting sen_setting_other rank "
    "starts_on ends_on residential work_based sen_unit resourced_provision",
    "review": "owner_id id child_id plan_id kind due_on meeting_on report_on decision decided_on amendment_drafted_on "
    "planned_for notice_given_on invited papers_sent_on transfer_on reasons source",
    "advice": "owner_id id child_id cooperation_request_id kind given_by_id author registration given_on received_at "
    "source source_id",
    "advised_need": "owner_id id child_id advice_id ordinal description need_id",
    "advised_provision": "owner_id id child_id advice_id ordinal description frequency minutes_per_week delivered_by "
    "qualification setting provision_id",
    "advised_outcome": "owner_id id child_id advice_id ordinal description",
    "document": "owner_id id child_id advice_id cooperation_request_id title media_type size sha256 content created_at",
    "advice_request": "owner_id id child_id assessment_id kind asked_of organisation_id identified_by_id asked_on "
    "received_on representations advice_id cooperation_request_id provider_satisfied authority_satisfied "
    "parent_satisfied",
    "notification": "owner_id id child_id notified_by_id to_authority_id basis opinion certainty parent_informed_on "
    "discussion_offered_on notified_at received_at voluntary_organisations determination determined_on",
    "personal_budget": "owner_id id child_id plan_id status requested_on requested_by direct_payments_requested "
    "whole_indicative whole_agreed whole_paid section_j_behind decider decides_because source",
    "budget_item": "owner_id id child_id personal_budget_id provision_id agreement_id kind funder_id financial_year "
    "indicative_amount amount per mechanism buys status starts_on ends_on decided_on reasons aggregate_because pool_id "
    "arranged_by_id",
    "direct_payment": "owner_id id child_id personal_budget_id budget_item_id kind regime recipient payee nominee "
    "goods conditions on_premises undertakings young_person_asked_on young_persons_wish share "
    "amount per starts_on ends_on notice_served_on "
    "agreed_on premises_consent_on reviewed_on status",
    "amount_due": "owner_id id child_id personal_budget_id budget_item_id direct_payment_id kind funder_id due_on "
    "indicative_amount agreed_amount",
    "direct_payment_decision": "owner_id id child_id direct_payment_id kind decision decided_on effective_on reasons "
    "amount amount_before stop_ground repayment_ground repay_by reconsidered_on outcome outcome_reasons",
    "spending": "owner_id id child_id budget_item_id direct_payment_id kind spent_on amount",
    "school_year": "id authority_id name weeks terms",
    "payment": "owner_id id child_id budget_item_id direct_payment_id kind funder_id paid_on amount",
    "arrangement_party": "id arrangement_id body_id role signed_at",
    "arrangement_clause": "id arrangement_id requirement text",
    "arrangement_dispute_step": "id arrangement_id ordinal description owner_role working_days",
    "dispute": "owner_id id child_id kind about_type about_id parties status outcome raised_on ended_on raised_by_id "
    "matters decider decides_because appealed arrangement_id",
    "dispute_step": "owner_id id child_id dispute_id ordinal description taken_by_id due_on taken_on step held_on "
    "follows",
    "notice": "owner_id id child_id kind given_to addressed_to_id decider decides_because provision contents text "
    "about_type about_id given_on given_at given_by_id",
    "duty": "owner_id id child_id rule provision holder_id basis started_on due_on met_on ended_on excused "
    "announced_state about_type about_id reminded_days reminded_of",
    "duty_exception": "owner_id id child_id duty_id ground explanation recorded_by_id recorded_at starts_on ends_on",
    "sharing_rule": "id arrangement_id recipient_kinds recipients purposes parts mode basis ground starts_on ends_on",
    "consent": "owner_id id child_id given_by capacity capacity_basis parts recipients purposes while_providing "
    "given_on ends_on withdrawn_on",
    "disclosure_decision": "owner_id id child_id ground recipients purposes parts arrangement_id while_providing "
    "officer reasons undertaking_on decided_at starts_on ends_on revoked_at",
    "broken_glass": "owner_id id child_id body_id client_id person reason opened_at ends_at alerted",
    "glass_acknowledgement": "owner_id id child_id broken_glass_id client_id person finding acknowledged_at",
    "privacy_officer": "body_id name contact named_at",
}
"""The tables in the order in which they can be filled, each with its columns."""

_BLANK: Mapping[str, Mapping[str, None]] = {table: dict.fromkeys(columns.split()) for table, columns in COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class Book:
    """The rows written so far, by table."""

    rows: Mapping[str, list[dict[str, Any]]] = field(default_factory=lambda: {table: [] for table in COLUMNS})

    def add(self, table: str, values: Mapping[str, Any]) -> None:
        """Add a row; columns not given are null."""
        blank = _BLANK[table]
        row = {**blank, **values}
        if len(row) != len(blank):
            raise KeyError(f"{table} has no {sorted(row.keys() - blank.keys())}")
        self.rows[table].append(row)


def new_id(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


@dataclass(frozen=True, slots=True)
class Case:
    """One child's record with one authority, as it is written. Nothing in it happens on or after `today`."""

    book: Book
    rng: Random
    bodies: Bodies
    today: date
    owner: Body
    child_id: UUID
    name: str
    family_name: str
    sex: Sex
    born: date
    types: tuple[str, ...]
    way: Way
    specialised: Specialised | None
    budget: BudgetStatus | None

    def add(self, table: str, **values: Any) -> UUID:
        """Add a row of a table of this child's data; answers its id."""
        row_id = new_id(self.rng)
        self.book.add(table, {"owner_id": self.owner.id, "id": row_id, "child_id": self.child_id, **values})
        return row_id

    def chance(self, share: float) -> bool:
        """True in so large a share of cases."""
        return self.rng.random() < share

    def days(self, fewest: int, most: int) -> int:
        return self.rng.randint(fewest, most)
