"""Threads for cognition and learning: moderate (MLD), severe (SLD), profound (PMLD), specific (SPLD) and Down Syndrome (DS)."""

# ruff: noqa: E501  (a sentence of a plan stays on one line)

from hub.county import roles as by
from hub.county.threads import Thread, Work, thread

AREA = "Cognition and learning"

THREADS: tuple[Thread, ...] = (
    thread(
        "MLD DS SLCN OTH",
        AREA,
        (5, 12),
        need="{name} reads at the level of a child [two|three] years younger (reading age [5:4|5:10|6:2]) and [blends three sounds with help|knows 22 letter sounds|reads 30 common words by sight]. New learning is lost unless it is gone over many times in small steps.",
        outcome="By {by}, {name} will read [100|150|200] common words on sight and blend words of [four|five] sounds with [90|85]% accuracy.",
        works=(
            Work(
                "Individual precision teaching of sight words and phonics, charted daily",
                by.TA,
                ("5 x 15 a week", "5 x 20 a week", "4 x 20 a week"),
                "in a quiet bay",
            ),
            Work(
                "Literacy teaching in a small group from a structured, multi-sensory programme matched to {their} level",
                by.TEACHER,
                ("4 x 30 a week", "3 x 40 a week"),
                "in class",
                group=6,
            ),
        ),
    ),
    thread(
        "MLD SPLD DS",
        AREA,
        (6, 16),
        need="In mathematics {name} [counts reliably to 20 but not from a given number|adds within 10 with objects|works at the level of Year 1], and does not yet understand [place value|subtraction as difference|money]. Working memory is at the [3rd|5th|8th] centile.",
        outcome="By {by}, {name} will [add and subtract within 100 using a number line|give change from £1 and £5|tell and plan with the time to five minutes] correctly in [8 of 10|9 of 10] problems met in daily life.",
        works=(
            Work(
                "Individual teaching with concrete materials (Numicon, coins, clocks), overlearning and recap at the start of each session",
                by.TA,
                ("4 x 20 a week", "5 x 20 a week", "3 x 30 a week"),
                "in class or a quiet bay",
            ),
            Work(
                "Planning and modelling of the programme, with assessment each half-term",
                by.SENCO,
                ("1 x 30 a week", "2 x 30 a half-term"),
                "at {place}",
            ),
        ),
    ),
    thread(
        "MLD ASD OTH SEMH",
        AREA,
        (5, 19),
        need="{name} [attends to a task of {their} own choosing for long spells, but to a set task for barely five minutes|starts work only when an adult is beside {them}|depends on adult prompts at each step], and does not yet organise what is needed for it.",
        outcome="By {by}, {name} will start and finish a set task of [10|15|20] minutes with a checklist and no more than [one|two] prompts, in [4 of 5|9 of 10] {lessons}.",
        works=(
            Work(
                "In-class support to break tasks into steps, using task boards and checklists, and to fade prompts as set out in the plan for independence",
                by.TA,
                ("10 x 60 a week", "12 x 60 a week", "15 x 60 a week", "7 x 60 a week"),
                "in English, mathematics and other written lessons",
                group=2,
            ),
            Work(
                "Individual teaching of organisation: timetable, equipment, planner and tasks to be done",
                by.TA,
                ("5 x 10 a week", "5 x 15 a week"),
                "at the start of the day",
            ),
        ),
    ),
    thread(
        "MLD SLD DS",
        AREA,
        (11, 25),
        need="{name} needs work differentiated by [three|four|five] years or more to learn in a mainstream or college group, and [does not carry learning from one setting into another|needs practical contexts to understand abstract ideas].",
        outcome="By {by}, {name} will gain [Entry Level 1|Entry Level 2|Entry Level 3] in functional English and mathematics, and use both in [shopping and travel|a work placement] with written prompts.",
        works=(
            Work(
                "A personal timetable of small-group teaching in English, mathematics and life skills",
                by.TUTOR,
                ("10 x 60 a week", "8 x 60 a week", "12 x 60 a week"),
                "in the supported learning base",
                group=8,
            ),
            Work(
                "Support in all other {lessons} to adapt language, tasks and recording",
                by.TA,
                ("10 x 60 a week", "12 x 60 a week"),
                "in {lessons}",
                group=3,
            ),
        ),
    ),
    thread(
        "SLD DS",
        AREA,
        (3, 12),
        need="{name} has severe learning difficulties and learns at the pace of [the engagement model|early Pre-Key Stage standards]. {name} [explores objects and remembers where they are kept|matches and sorts by one feature|names common objects], and needs [hand-under-hand help|an adult beside {them}] for each new step.",
        outcome="By {by}, {name} will [match, sort and name objects by two features|follow a three-part work schedule from left to right|count out up to five objects on request] in [4 of 5|8 of 10] trials with different materials.",
        works=(
            Work(
                "A full timetable in a class of no more than [eight|nine|ten], at least one adult to [three|two] pupils, planned by a teacher with experience of severe learning difficulties",
                by.TEACHER,
                ("25 x 60 a week",),
                "in class",
                group=8,
            ),
            Work(
                "Individual structured (TEACCH) work on the targets of the term",
                by.SPECIALIST_TA,
                ("5 x 20 a week", "10 x 15 a week", "5 x 30 a week"),
                "at an individual work station",
            ),
        ),
    ),
    thread(
        "SLD PMLD",
        AREA,
        (10, 25),
        need="{name} understands [single words and objects of reference|everyday phrases backed by signs], chooses between [two|three] things shown, and depends on others for [dressing, washing and food|most daily tasks].",
        outcome="By {by}, {name} will take an active part in [dressing|preparing a snack|shopping for three items], doing [half|three] of the steps without a physical prompt.",
        works=(
            Work(
                "Teaching of daily living skills by task analysis and backward chaining, each step recorded",
                by.SPECIALIST_TA,
                ("5 x 40 a week", "5 x 30 a week", "4 x 60 a week"),
                "in the flat, kitchen and community",
            ),
            Work(
                "Weekly learning in the community, with a risk assessment for each place",
                by.TEACHER,
                ("1 x 120 a week", "1 x 90 a week"),
                "in shops, cafés and the library",
                group=4,
            ),
        ),
    ),
    thread(
        "PMLD MSI",
        AREA,
        (2, 25),
        need="{name} has profound and multiple learning difficulties and learns through [touch, movement and sound|consistent routines and cause and effect]. {name} shows [pleasure by stilling and smiling|refusal by turning away|anticipation of familiar routines], and responses can take [10|20|30] seconds.",
        outcome="By {by}, {name} will show, by a consistent signal, that [more|stop|no] is wanted, in [3 of 4|4 of 5] opportunities with [two|three] familiar people.",
        works=(
            Work(
                "A multi-sensory curriculum in a class of no more than eight, with one adult to one pupil when learning and two adults for moving and care",
                by.SPECIALIST_TA,
                ("25 x 60 a week",),
                "in class, the sensory room and the hydrotherapy pool",
            ),
            Work(
                "Intensive interaction, video recorded once each half-term to show change",
                by.SPECIALIST_TA,
                ("5 x 20 a week", "10 x 10 a week"),
                "in a quiet room",
            ),
            Work(
                "Planning of the programme with class staff and family",
                by.SPEECH_THERAPIST,
                ("3 x 60 a term", "2 x 60 a half-term"),
                "at {place}",
            ),
        ),
    ),
    thread(
        "SPLD",
        AREA,
        (7, 16),
        need="{name} is of [average|above average] ability and has dyslexia: phonological awareness is at the [4th|7th|9th] centile and spelling at the [2nd|5th|6th]. Reading is slow and [inaccurate|guessed from the first letter], so that written work shows little of what {name} knows.",
        outcome="By {by}, {name} will read texts of {their} year group with [95|93]% accuracy with a reading pen or text to speech, and gain [12|15|18] months in spelling age.",
        works=(
            Work(
                "Individual teaching from a structured, cumulative, multi-sensory literacy programme",
                by.LITERACY_TEACHER,
                ("2 x 45 a week", "3 x 40 a week", "2 x 60 a week"),
                "in a quiet room",
            ),
            Work(
                "Practice between lessons with the specialist teacher",
                by.TA,
                ("3 x 15 a week", "4 x 15 a week"),
                "in a quiet room",
            ),
        ),
    ),
    thread(
        "SPLD PD MLD",
        AREA,
        (8, 19),
        need="Handwriting is [painful and illegible after a few lines|half the speed expected for {their} age], and {name} avoids writing. {name} types at [8|12|15] words a minute.",
        outcome="By {by}, {name} will type [25|30|35] words a minute and record independently in all written {lessons}, with dictation software where speed matters.",
        works=(
            Work(
                "A touch-typing programme with daily practice",
                by.TA,
                ("5 x 15 a week", "4 x 20 a week"),
                "in registration time",
            ),
            Work(
                "A laptop with prediction, text to speech and dictation, and training for {name} and staff",
                by.SENCO,
                ("Provided throughout; two hours of training a term",),
                "in all written {lessons} and examinations",
                cost=740,
            ),
        ),
    ),
    thread(
        "OTH DS PD",
        AREA,
        (2, 5),
        need="{name}'s development is delayed by [12|18] months across play, language and self-help. {name} [plays at the level of filling and emptying|needs each new skill shown and practised many times].",
        outcome="By {by}, {name} will learn [eight|ten|twelve] new skills from the Portage checklist, each shown on three days running.",
        works=(
            Work(
                "Home and nursery teaching visits with a written activity for the week",
                by.EARLY_YEARS_TEACHER,
                ("1 x 60 a week", "1 x 60 a fortnight"),
                "at home and nursery by turns",
            ),
            Work(
                "Daily practice of the week's activity in play",
                by.KEY_PERSON,
                ("5 x 20 a week", "5 x 30 a week"),
                "in the room",
            ),
        ),
    ),
)
