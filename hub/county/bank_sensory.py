"""Threads for sensory and physical needs: PD, HI, VI, MSI."""

# ruff: noqa: E501  (a sentence of a plan stays on one line)

from hub.county import roles as by
from hub.county.threads import Thread, Work, thread

AREA = "Sensory and/or physical"

THREADS: tuple[Thread, ...] = (
    thread(
        "PD PMLD",
        AREA,
        (2, 25),
        need="{name} has [spastic diplegia|quadriplegic cerebral palsy (GMFCS level IV)|spina bifida|muscular dystrophy] and [walks short distances with a frame and uses a wheelchair outside|uses a powered wheelchair|is pushed in a wheelchair and stands in a frame]. {name} tires by [midday|the early afternoon] and cannot change position alone.",
        outcome="By {by}, {name} will [drive {their} wheelchair between rooms unaided|transfer with one person's help|stand in the frame for 40 minutes a day], and take part in every {lessons_one} with {their} group.",
        works=(
            Work(
                "Help with transfers, positioning and personal care by two adults trained in moving and handling each year",
                by.SPECIALIST_TA,
                ("15 x 60 a week", "20 x 60 a week", "25 x 60 a week"),
                "throughout the day",
            ),
            Work(
                "A daily physical programme of stretches, standing and walking, set by the physiotherapist",
                by.SPECIALIST_TA,
                ("5 x 30 a week", "5 x 40 a week", "10 x 20 a week"),
                "in the therapy room",
            ),
        ),
    ),
    thread(
        "PD SPLD OTH",
        AREA,
        (5, 16),
        need="{name} has developmental coordination disorder (Movement ABC [2nd|5th] centile). [Cutlery, fasteners and scissors|Dressing for PE, ball skills and handwriting] are well below what is expected, and {name} [falls and bumps into others|is slow to change and misses teaching].",
        outcome="By {by}, {name} will dress for PE within [five|eight] minutes, eat with knife and fork, and [catch a ball in 8 of 10 throws|write a page legibly].",
        works=(
            Work(
                "A motor skills programme (gross and fine motor) from the occupational therapist's written plan",
                by.TA,
                ("4 x 20 a week", "5 x 20 a week", "3 x 30 a week"),
                "in the hall or classroom",
                group=3,
            ),
            Work(
                "Direct occupational therapy in blocks, with equipment advice (slope, seat, pencil, cutlery)",
                by.OCCUPATIONAL_THERAPIST,
                ("6 x 45 a term", "4 x 45 a term"),
                "at {place}",
            ),
        ),
    ),
    thread(
        "PD",
        AREA,
        (4, 19),
        need="{name} has limited use of [both hands|{their} right side] and reaches for, holds and turns objects with difficulty. Recording, practical work and meals depend on [adaptation|another's hands].",
        outcome="By {by}, {name} will record and take part in practical work through adapted equipment in [90|80]% of {lessons}, giving the directions where another's hands are used.",
        works=(
            Work(
                "Support in practical {lessons} and recording, under {name}'s direction",
                by.TA,
                ("10 x 60 a week", "12 x 60 a week", "8 x 60 a week"),
                "in {lessons}",
            ),
            Work(
                "Assessment for, and training in, access technology (switches, keyguard, adapted tools)",
                by.OCCUPATIONAL_THERAPIST,
                ("3 x 60 a term", "2 x 60 a term"),
                "at {place}",
            ),
        ),
    ),
    thread(
        "HI DS",
        AREA,
        (2, 25),
        need="{name} has a [moderate|severe|profound] bilateral sensorineural hearing loss and wears [two hearing aids|bilateral cochlear implants|a bone conduction device]. In noise {name} hears about [50|60|40]% of speech, and [vocabulary is two years behind|listening is tiring by the afternoon].",
        outcome="By {by}, {name} will report and mend faults of {their} hearing devices, and will use [800|1,200] new words of the curriculum in speech, sign or writing.",
        works=(
            Work(
                "Individual teaching of language, listening and deaf identity",
                by.DEAF_TEACHER,
                ("2 x 60 a week", "1 x 60 a week", "3 x 45 a week"),
                "in a sound-treated room",
            ),
            Work(
                "Daily check of devices and radio aid, pre-teaching and note-taking",
                by.SPECIALIST_TA,
                ("5 x 30 a week", "10 x 30 a week", "5 x 45 a week"),
                "before and in {lessons}",
            ),
        ),
    ),
    thread(
        "HI",
        AREA,
        (4, 25),
        need="{name}'s first language is British Sign Language. {name} follows group talk only through sign, and has few people to sign with at {place}.",
        outcome="By {by}, {name} will reach BSL [Level 1|Level 2|Level 3] and take part in group discussion through an interpreter in [4 of 5|9 of 10] {lessons}.",
        works=(
            Work(
                "Communication support by a worker qualified to BSL level [3|6]",
                by.SPECIALIST_TA,
                ("20 x 60 a week", "25 x 60 a week"),
                "in all {lessons}, break and clubs",
            ),
            Work(
                "Teaching of BSL and meeting deaf adults and peers",
                by.DEAF_TEACHER,
                ("1 x 60 a week", "2 x 45 a week"),
                "at {place} and the resourced provision",
            ),
        ),
    ),
    thread(
        "VI",
        AREA,
        (2, 25),
        need="{name} is [registered severely sight impaired|registered sight impaired|sight impaired, with nystagmus and a visual acuity of 6/36]. {name} reads [N24 print for no more than ten minutes|braille with contractions as yet partly learnt|by magnifier], and misses what is shown or pointed to.",
        outcome="By {by}, {name} will read {their} own materials in [braille at 40 words a minute|N18 on a tablet without help|modified print] in every {lessons_one}, ready at the start.",
        works=(
            Work(
                "Individual teaching of [braille|low vision skills] and access technology",
                by.VISION_TEACHER,
                ("3 x 45 a week", "2 x 60 a week", "4 x 40 a week"),
                "in a room with task lighting",
            ),
            Work(
                "Preparation of modified materials, at least two days before they are needed",
                by.SPECIALIST_TA,
                ("5 x 60 a week", "8 x 60 a week", "10 x 60 a week"),
                "in the resources room",
            ),
        ),
    ),
    thread(
        "VI MSI",
        AREA,
        (4, 25),
        need="{name} does not see kerbs, steps or faces, knows [two|three] indoor routes, and outdoors holds an adult's arm.",
        outcome="By {by}, {name} will walk [four|five|six] routes with a [long|symbol] cane, one of them outdoors, without verbal help.",
        works=(
            Work(
                "Mobility, orientation and independent living skills",
                by.HABILITATION,
                ("1 x 60 a week", "2 x 45 a week", "3 x 60 a half-term"),
                "at {place}, at home and in the neighbourhood",
            ),
            Work("Practice of the routes of the term", by.TA, ("5 x 15 a week", "5 x 20 a week"), "between {lessons}"),
        ),
    ),
    thread(
        "MSI",
        AREA,
        (2, 25),
        need="{name} has both hearing and vision impairment and cannot make up for one sense with the other. {name} knows what is to happen by [touch cues and objects of reference|hands-on signing], and withdraws when cues are missing.",
        outcome="By {by}, {name} will go to the next activity on [an object of reference|a tactile sign] in [4 of 5|8 of 10] transitions.",
        works=(
            Work(
                "An intervenor who works with {name} alone and gives access to information, communication and movement",
                by.SPECIALIST_TA,
                ("25 x 60 a week", "20 x 60 a week"),
                "throughout the day",
            ),
            Work(
                "Teaching and planning by a teacher qualified in multi-sensory impairment",
                by.SENSORY_TEACHER,
                ("1 x 90 a week", "1 x 60 a week"),
                "at {place}",
            ),
        ),
    ),
)
