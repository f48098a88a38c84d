"""Threads for health needs which relate to SEN (section C) and health provision (section G)."""

# ruff: noqa: E501  (a sentence of a plan stays on one line)

from hub.county import roles as by
from hub.county.threads import Thread, Work, thread
from hub.law.vocabulary import SectionCode

AREA = "Health"
G = SectionCode.G

THREADS: tuple[Thread, ...] = (
    thread(
        "PD PMLD MSI",
        AREA,
        (2, 25),
        need="{name} has [high tone with a risk of hip displacement|a scoliosis under review|tightness of the calves and hamstrings], with [hip X-rays every six months|orthopaedic review each year], and needs posture managed by day and night.",
        outcome="By {by}, {name}'s hip migration and range of movement will be no worse at surveillance, and {name} will be comfortable in sitting for [two|three] hours.",
        works=(
            Work(
                "Paediatric physiotherapy: review, hands-on treatment, revision of the daily programme and training of all who carry it out",
                by.PHYSIOTHERAPIST,
                ("1 x 45 a fortnight", "6 x 45 a term", "1 x 45 a week"),
                "at {place}",
                G,
            ),
            Work(
                "Postural assessment and supply of specialist seating, sleep system and standing frame, with review",
                by.OCCUPATIONAL_THERAPIST,
                ("2 x 60 a term", "1 x 60 a term"),
                "at {place} and home",
                G,
            ),
        ),
    ),
    thread(
        "PMLD PD SLD MSI",
        AREA,
        (2, 25),
        need="{name} has an unsafe swallow ([aspiration shown on videofluoroscopy|repeated chest infections last winter]) and takes [a puréed diet (IDDSI level 4)|a minced and moist diet (IDDSI level 5)|most nutrition by gastrostomy].",
        outcome="By {by}, {name} will have no admission for aspiration in a school year and will follow {their} growth centile.",
        works=(
            Work(
                "Dysphagia assessment, a written eating and drinking plan, and competency training of named staff each year",
                by.SPEECH_THERAPIST,
                ("3 x 60 a term", "2 x 60 a term"),
                "at {place} and home",
                G,
            ),
            Work(
                "Dietetic review of weight, growth and feeds",
                by.DIETITIAN,
                ("1 x 45 a term", "1 x 45 a half-term"),
                "at clinic or {place}",
                G,
            ),
        ),
    ),
    thread(
        "PMLD SLD PD OTH DS",
        AREA,
        (2, 25),
        need="{name} has epilepsy, with [absences and about two tonic-clonic seizures a month|clusters of seizures that need buccal midazolam|seizures that are well controlled by day but not in sleep].",
        outcome="By {by}, every adult who works with {name} will follow the seizure plan, and no seizure will last beyond [five|three] minutes untreated.",
        works=(
            Work(
                "A seizure management plan, renewed each year, and training of named staff in rescue medicine with competency signed off",
                by.CHILDRENS_NURSE,
                ("2 x 60 a term", "1 x 90 a term"),
                "at {place}",
                G,
            ),
        ),
    ),
    thread(
        "ASD SEMH",
        AREA,
        (7, 25),
        need="{name} has [generalised anxiety disorder|obsessive-compulsive disorder|panic disorder|low mood with self-harm], diagnosed by CAMHS, which limits attendance, sleep and time with others.",
        outcome="By {by}, {name}'s anxiety score (RCADS) will be below the clinical threshold, and {name} will use [two|three] strategies without a prompt.",
        works=(
            Work(
                "Cognitive behavioural therapy adapted for {their} needs, with a review of progress at each sixth session",
                by.CAMHS_PRACTITIONER,
                ("6 x 50 a term", "1 x 50 a fortnight", "8 x 50 a term"),
                "at clinic, online or at {place}",
                G,
            ),
            Work(
                "Consultation with staff and family on the formulation and plan",
                by.CLINICAL_PSYCHOLOGIST,
                ("1 x 60 a term", "2 x 60 a term"),
                "at {place}",
                G,
            ),
        ),
    ),
    thread(
        "SEMH OTH ASD",
        AREA,
        (6, 18),
        need="{name} has ADHD, treated with [methylphenidate|lisdexamfetamine|guanfacine]. Appetite, sleep, pulse and blood pressure are watched.",
        outcome="By {by}, {name} will take part in [three|four] lessons of a day without a break for regulation, with height and weight on {their} centiles.",
        works=(
            Work(
                "Medication review with measurement of height, weight, pulse and blood pressure",
                by.PAEDIATRICIAN,
                ("1 x 40 a term", "1 x 30 a term"),
                "at clinic",
                G,
            ),
        ),
    ),
    thread(
        "ASD SLD DS",
        AREA,
        (3, 16),
        need="{name} eats [fewer than ten foods|only dry beige foods of one brand|no food at {place}] (avoidant restrictive food intake disorder), with [low iron|weight on the 0.4th centile|constipation].",
        outcome="By {by}, {name} will eat [three|four|five] new foods from two food groups, and {their} weight will follow or cross up through its centile.",
        works=(
            Work(
                "Dietetic and sensory feeding plan, with training for family and lunchtime staff",
                by.DIETITIAN,
                ("1 x 60 a half-term", "2 x 45 a term"),
                "at clinic and {place}",
                G,
            ),
        ),
    ),
    thread(
        "SLD PMLD PD ASD",
        AREA,
        (4, 16),
        need="{name} [wears pads by day and night|has a neuropathic bladder and is catheterised four times a day|withholds and soils].",
        outcome="By {by}, {name} will [use the toilet at timed visits and be dry for three hours|catheterise with one adult's supervision|be free of soiling on four days of five].",
        works=(
            Work(
                "Continence assessment, a toileting or catheter plan, and training and sign-off of named staff",
                by.CONTINENCE_NURSE,
                ("1 x 60 a term", "2 x 45 a term"),
                "at {place} and home",
                G,
            ),
        ),
    ),
    thread(
        "HI MSI DS",
        AREA,
        (2, 25),
        need="{name}'s hearing [fluctuates with glue ear on top of a permanent loss|is at risk of getting worse|has changed twice in two years], and moulds are outgrown often.",
        outcome="By {by}, {name} will wear working devices for at least [eight|ten] hours of each school day.",
        works=(
            Work(
                "Audiological review with retuning of devices, new moulds within ten working days, and a report to the teacher of deaf children",
                by.AUDIOLOGIST,
                ("1 x 60 a term", "2 x 45 a term"),
                "at the audiology clinic",
                G,
            ),
        ),
    ),
    thread(
        "VI MSI PMLD",
        AREA,
        (2, 19),
        need="{name}'s vision is affected by [cerebral visual impairment|nystagmus and albinism|retinal dystrophy], and changes with tiredness and light.",
        outcome="By {by}, all who teach {name} will use an up-to-date description of what {name} can see, at what distance and size.",
        works=(
            Work(
                "Orthoptic and functional vision assessment, with a report to the teacher of children with vision impairment",
                by.ORTHOPTIST,
                ("1 x 60 a term", "1 x 60 a year"),
                "at the eye clinic or {place}",
                G,
            ),
        ),
    ),
    thread(
        "SLD SEMH PMLD",
        AREA,
        (8, 25),
        need="{name} has a learning disability with behaviour that harms {them} or others ([head-banging|biting of {their} hand|hitting others]) [daily|several times a week], made worse by [pain|poor sleep|change].",
        outcome="By {by}, behaviour that harms will fall by [half|two thirds] from the recorded baseline, without restraint.",
        works=(
            Work(
                "Positive behaviour support: functional assessment, a written plan, and coaching of family and staff",
                by.LEARNING_DISABILITY_NURSE,
                ("1 x 60 a fortnight", "6 x 60 a term", "4 x 60 a term"),
                "at {place} and home",
                G,
            ),
        ),
    ),
    thread(
        "PD OTH",
        AREA,
        (2, 19),
        need="{name} has [type 1 diabetes with an insulin pump|severe asthma|a gastrostomy with feeds through the day], and needs trained adults within reach at all times.",
        outcome="By {by}, {name} will [take part in every trip and club with {their} care plan|carry out four steps of {their} own care under supervision].",
        works=(
            Work(
                "An individual healthcare plan, training and yearly competency checks of named staff",
                by.CHILDRENS_NURSE,
                ("1 x 90 a term", "2 x 60 a term"),
                "at {place}",
                G,
            ),
        ),
    ),
)

SPECIALISED: tuple[Thread, ...] = (
    thread(
        "PMLD PD HI SEMH",
        AREA,
        (2, 25),
        need="{name} has [a tracheostomy and long-term ventilation at night|a rare neuromuscular disease treated at a national centre|bilateral cochlear implants under a specialist centre], for which NHS England commissions the specialised service.",
        outcome="By {by}, {name} will attend {place} on every day that {name} is well, with {their} equipment and trained staff in place.",
        works=(
            Work(
                "Specialist centre review and programming of equipment, with training of local staff after each visit",
                by.CHILDRENS_NURSE,
                ("2 x 90 a term", "1 x 120 a term"),
                "at the specialist centre and {place}",
                G,
            ),
        ),
    ),
)
