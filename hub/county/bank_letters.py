"""What bodies write to each other: what is asked, why it is refused or late, and why provision fell short."""

# ruff: noqa: E501  (a sentence of a plan stays on one line)

from collections.abc import Mapping

from hub.law.s31_cooperation import Part3Function, RefusalGround, TimeExceptionGround

ASKED: Mapping[Part3Function, tuple[str, ...]] = {
    Part3Function.EHC_NEEDS_ASSESSMENT: (
        "Advice and information for an EHC needs assessment of {name}: {their} needs, the provision that may be required, and the outcomes it is intended to achieve ({subject}). Please say how often, for how long and by whom. The parents' representations are attached.",
        "Medical advice under reg. 6(1)(c) on {name}'s needs: {subject}. Please specify and quantify any provision you advise. The parents' views and the school's evidence are attached.",
    ),
    Part3Function.REASSESSMENT: (
        "Up-to-date advice for a re-assessment: {name}'s needs have changed since the plan was made ([a new diagnosis|a long absence|loss of skills]). What is needed now, and what provision would meet it?",
    ),
    Part3Function.PLAN_PREPARATION: (
        "The draft plan's section G for {name} is attached. Please say whether the health provision is what you advise and can be arranged from the start of next term.",
    ),
    Part3Function.PLAN_REVIEW: (
        "A report for {name}'s annual review: progress towards the outcomes, provision given since the last review, and what should change. The meeting is in four weeks.",
    ),
    Part3Function.SECURING_PROVISION: (
        "The therapy in {name}'s plan has not been delivered since [the start of term|half-term]. Please say when it will be, and how the missed sessions will be made good.",
    ),
    Part3Function.PERSONAL_BUDGET: (
        "{name}'s parents have asked for a personal budget. Please state the sum available for the health provision in section G, and whether a direct payment is possible.",
    ),
    Part3Function.TRANSFER: (
        "{name}'s plan transferred to us on moving here. Please send what you hold that is not in the plan: advice, review reports and the therapist's current programme.",
    ),
    Part3Function.OTHER_PART_3: (
        "{name} has waited [fourteen|twenty] months for [an autism assessment|sensory occupational therapy]. Please say when {name} will be seen, so that {their} support can be planned meanwhile.",
    ),
}

ASKED_OF_OTHERS: Mapping[Part3Function, tuple[str, ...]] = {
    Part3Function.EHC_NEEDS_ASSESSMENT: (
        "Advice and information that you hold on {name} for an EHC needs assessment: what you know of {their} needs, the support you have given or commissioned, and what you advise. The parents' representations are attached.",
    ),
    Part3Function.PLAN_REVIEW: (
        "A report for {name}'s annual review on your work with {them} in the past year, and what should change.",
    ),
}
"""What is asked of bodies other than a trust."""

REFUSALS: Mapping[RefusalGround, tuple[str, ...]] = {
    RefusalGround.INCOMPATIBLE_WITH_OWN_DUTIES: (
        "{name} was discharged from our service before the request and is now under a trust in another area, which holds the clinical record. To advise we would have to assess a patient for whom we hold no referral and no consent to treat, which is incompatible with our duty under our registration to give care only within an agreed pathway. We have told the family and name that trust in the covering letter.",
        "The question asks for information given in confidence by another member of the family. To disclose it would be incompatible with our duty of confidence and with article 9 of the UK GDPR. We can advise without it, and will do so if the request is narrowed.",
    ),
    RefusalGround.ADVERSE_EFFECT_ON_FUNCTIONS: (
        "The only clinician with the competence asked for (augmentative communication) is on long-term sick leave until spring. To meet the request within the time, six urgent dysphagia reviews would have to be cancelled, each with a risk of aspiration. We have asked the commissioner for a locum and offer an appointment in the first week of her return; a written summary of our records is enclosed.",
        "The assessment asked for takes two clinicians two days. Our ward liaison team has lost half its staff, and releasing them would leave the in-patient unit below its safe number. We propose a joint visit with the educational psychologist next term instead.",
    ),
}

REFUSALS_OF_OTHERS: Mapping[RefusalGround, tuple[str, ...]] = {
    RefusalGround.INCOMPATIBLE_WITH_OWN_DUTIES: (
        "What we hold on {name} was given to us by another body for another purpose, and to pass it on would be incompatible with our duties under data protection law. We have asked that body to answer you itself, and name it in the covering letter.",
    ),
    RefusalGround.ADVERSE_EFFECT_ON_FUNCTIONS: (
        "The one officer who could answer is preparing evidence for four hearings this month. To release her would put statutory dates for other children at risk. We can answer in the second week of next month.",
    ),
}
"""Why bodies other than a trust decline."""

SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "ZZR01": (
        "speech, language and communication",
        "occupational therapy and sensory regulation",
        "physiotherapy and posture",
        "continence and health care in school",
    ),
    "ZZR02": (
        "community paediatrics",
        "mental health and emotional regulation",
        "hearing and vision",
        "learning disability and behaviour",
    ),
}
"""What each trust knows about."""

EXCEPTIONS: Mapping[TimeExceptionGround, tuple[str, ...]] = {
    TimeExceptionGround.EXCEPTIONAL_CIRCUMSTANCES: (
        "The family was rehoused in an emergency after a fire during the six weeks, and two home visits could not take place.",
        "{name}'s mother was in hospital for most of the six weeks, and {name} was cared for outside the area.",
    ),
    TimeExceptionGround.ABSENT_FROM_AREA: (
        "The family was abroad with a grandparent who was dying, for longer than four weeks of the six.",
    ),
    TimeExceptionGround.MISSED_APPOINTMENT: (
        "{name} was not brought to the assessment appointment we had made. A second has been offered.",
    ),
}

SHORTFALLS = (
    "Therapist on maternity leave; locum began in the third week",
    "Two sessions missed: pupil absent through illness",
    "Vacancy: post advertised a second time",
    "Teaching assistant redeployed to cover absence",
    "Examinations took the room; sessions to be made good next month",
    "Staff training days",
    "Pupil on reduced timetable this month",
)

AGREEMENT_REASONS: Mapping[str, tuple[str, ...]] = {
    "DECLINED": (
        "The frequency asked for is above what the assessing clinician advised; we would agree six sessions a term and a programme carried on by the school.",
        "Sensory integration therapy is not commissioned on the evidence available. We offer assessment and a sensory diet.",
    ),
    "LEFT_OUT": (
        "No agreement before the plan was due. Left out of section G, and taken to the procedure for disputes between partners.",
    ),
}

SUPPORTERS = (
    "Marchland Autism Together",
    "Kestrel Families, for parents of disabled children",
    "the parent carer forum",
    "Upbeat Down Syndrome Group",
    "Hear Together Marchland",
    "the Merrybell Toy Library",
)
