"""Threads for communication and interaction: autism (ASD) and speech, language and communication needs (SLCN)."""

# ruff: noqa: E501  (a sentence of a plan stays on one line)

from hub.county import roles as by
from hub.county.threads import Thread, Work, thread

AREA = "Communication and interaction"

THREADS: tuple[Thread, ...] = (
    thread(
        "ASD SLCN SLD",
        AREA,
        (2, 6),
        need="{name} [uses few words and leads adults by the hand to what is wanted|speaks in single words and learnt phrases|communicates mostly by gesture and by fetching things]. {name} [does not yet respond reliably to {their} name|rarely points or looks to share interest] and moves away when other children come close.",
        outcome="By {by}, {name} will ask for a wanted object, help or a break by [exchanging a symbol|a sign or a word], unprompted, in [8 of 10|4 of 5] opportunities with [two|three] familiar adults.",
        works=(
            Work(
                "Individual work on intensive interaction and symbol exchange, following a programme set by the speech and language therapist, with each exchange recorded",
                by.KEY_PERSON,
                ("5 x 15 a week", "10 x 10 a week", "5 x 20 a week"),
                "in a low-distraction corner of the room",
            ),
            Work(
                "Direct speech and language therapy to set up, model and review the communication programme with the key person present",
                by.SPEECH_THERAPIST,
                ("1 x 45 a fortnight", "3 x 45 a half-term", "6 x 40 a term"),
                "at {place}",
            ),
        ),
    ),
    thread(
        "ASD",
        AREA,
        (4, 11),
        need="{name} finds it hard to [start and keep up play with other children|join a game that is already going|share the rules of a game], and [walks the edge of the playground|insists on a chosen part] unless an adult sets play up. {name} [takes what is said literally|misses facial expression and tone of voice], which leads to [daily misunderstandings|disputes several times a week].",
        outcome="By {by}, {name} will take turns in an adult-led game of [three|four] for [10|15] minutes without leaving it, [three|four] times a week, and will say what another child is feeling in [4 of 5|7 of 10] pictured or acted situations.",
        works=(
            Work(
                "A structured social communication group ([Lego-based|turn-taking and conversation|Socially Speaking]) with targets reviewed each half-term",
                by.SPECIALIST_TA,
                ("2 x 30 a week", "3 x 30 a week", "2 x 40 a week"),
                "in a quiet room",
                group=4,
            ),
            Work(
                "Adult-supported play at break and lunch, with a buddy rota and social stories written for what is coming",
                by.TA,
                ("5 x 30 a week", "5 x 40 a week"),
                "in the playground and dining hall",
            ),
        ),
    ),
    thread(
        "ASD",
        AREA,
        (5, 18),
        need="Change of [timetable, adult or room|routine, however small|plan without warning] causes {name} marked anxiety: {name} [asks the same question many times|shuts down under the table|leaves the room], and takes [20|30|45] minutes or more to be ready to learn again. Demands made in words alone are often not processed.",
        outcome="By {by}, {name} will move between activities using a visual timetable within [two|three] minutes, with no more than one adult prompt, on [4 of 5|9 of 10] occasions.",
        works=(
            Work(
                "An individual visual timetable with a now-and-next board and a change card, prepared each morning and gone through with {name} before registration",
                by.SPECIALIST_TA,
                ("5 x 15 a week", "5 x 10 a week"),
                "in a distraction-free work bay",
            ),
            Work(
                "Advice to staff on structure, visual support and low-demand approaches, with observation, a written programme and its review",
                by.AUTISM_TEACHER,
                ("2 x 60 a term", "1 x 90 a half-term", "1 x 60 a half-term"),
                "at {place}",
            ),
        ),
    ),
    thread(
        "ASD PMLD",
        AREA,
        (3, 19),
        need="{name} is [over-sensitive to noise, crowds and touch|overwhelmed by noise and seeks deep pressure and movement|distressed by bright light, smells and unexpected touch]. In [assembly, the dining hall and corridors|busy rooms] {name} [covers {their} ears and cries|paces and bolts|strips off layers], and has been out of class for up to [a fifth|a quarter] of the day.",
        outcome="By {by}, {name} will use two agreed ways to become calm before distress peaks, and will take part in [90|85]% of timetabled {lessons} in a week.",
        works=(
            Work(
                "A sensory diet of planned movement and deep-pressure activity, following the occupational therapist's written programme",
                by.TA,
                ("10 x 10 a week", "15 x 10 a week", "10 x 15 a week"),
                "in the sensory room and the class base",
            ),
            Work(
                "Direct occupational therapy for sensory regulation, with the programme revised and staff coached each term",
                by.OCCUPATIONAL_THERAPIST,
                ("4 x 45 a term", "6 x 45 a term", "3 x 60 a term"),
                "at {place}",
            ),
        ),
    ),
    thread(
        "ASD SLCN",
        AREA,
        (11, 25),
        need="{name} speaks fluently on subjects of interest but finds [give-and-take in conversation|inference, irony and unspoken rules|group work] hard, and [is left out of|withdraws from|is taken advantage of in] friendships. {name} [masks difficulty all day and is exhausted at home|does not ask for help when stuck].",
        outcome="By {by}, {name} will keep a conversation with a peer going for [five|eight] exchanges, and will ask for help in an agreed way at least once in [4 of 5|9 of 10] {lessons} where it is needed.",
        works=(
            Work(
                "A small group on conversation, friendship and online safety, planned by the speech and language therapist",
                by.SPECIALIST_TA,
                ("1 x 50 a week", "2 x 40 a week"),
                "in the learning support base",
                group=5,
            ),
            Work(
                "Individual mentoring to plan the week, rehearse what is new and go over what went wrong",
                by.MENTOR,
                ("5 x 15 a week", "2 x 30 a week", "3 x 20 a week"),
                "in the learning support base",
            ),
        ),
    ),
    thread(
        "SLCN DS HI",
        AREA,
        (3, 9),
        need="{name}'s understanding of spoken language is at about the [2nd|5th|9th] centile (CELF [Preschool|5]). {name} follows instructions of [two|three] key words, and loses longer ones, so that much of what is said to the whole {group} passes {them} by.",
        outcome="By {by}, {name} will carry out spoken instructions of [four|five] key words in [8 of 10|4 of 5] trials in class, without repetition.",
        works=(
            Work(
                "Individual and paired work on key-word understanding, concepts and vocabulary from a written therapy programme",
                by.TA,
                ("5 x 20 a week", "4 x 20 a week", "3 x 30 a week"),
                "in a quiet space next to the classroom",
                group=2,
            ),
            Work(
                "Direct speech and language therapy, with targets set and measured each half-term and a weekly model for the adult who carries the programme on",
                by.SPEECH_THERAPIST,
                ("1 x 30 a week", "1 x 45 a week", "8 x 40 a term"),
                "at {place}",
            ),
        ),
    ),
    thread(
        "SLCN",
        AREA,
        (3, 11),
        need="{name}'s speech is understood by [family but few others|about half of what {their} class teacher hears]. [Fronting of back sounds, stopping and cluster reduction|Inconsistent errors, diagnosed as childhood apraxia of speech|Final consonant deletion and backing] remain. {name} is aware of it and [has begun to stay silent in groups|becomes frustrated and gives up].",
        outcome="By {by}, {name} will be understood by an unfamiliar adult in [80|85|90]% of connected speech on a familiar subject.",
        works=(
            Work(
                "Direct speech sound therapy with a parent or adult from {place} present",
                by.SPEECH_THERAPIST,
                ("1 x 30 a week", "2 x 30 a week", "10 x 30 a term"),
                "in a quiet room at {place}",
            ),
            Work(
                "Daily practice of the sounds and words set that week, recorded in the therapy book",
                by.TA,
                ("5 x 10 a week", "5 x 15 a week"),
                "in a quiet room",
            ),
        ),
    ),
    thread(
        "SLCN SPLD MLD",
        AREA,
        (6, 16),
        need="{name} has developmental language disorder: finding words, ordering sentences and telling what happened are [severely|significantly] impaired ([standard score 68|standard score 71|4th centile]), and the language of textbooks and tests is not understood without being broken down.",
        outcome="By {by}, {name} will retell an event or a text in order, with [six|eight] of ten key points and full sentences, in [3 of 4|4 of 5] recorded samples.",
        works=(
            Work(
                "Pre-teaching of the week's subject vocabulary with word maps and Shape Coding",
                by.TA,
                ("3 x 20 a week", "4 x 20 a week", "5 x 15 a week"),
                "before the lessons they are needed in",
                group=3,
            ),
            Work(
                "A narrative and sentence-building programme",
                by.SPEECH_ASSISTANT,
                ("1 x 40 a week", "2 x 30 a week"),
                "at {place}",
                group=2,
            ),
            Work(
                "Assessment, target setting and joint planning with teachers",
                by.SPEECH_THERAPIST,
                ("2 x 60 a term", "3 x 45 a term"),
                "at {place}",
            ),
        ),
    ),
    thread(
        "SLCN ASD PD PMLD",
        AREA,
        (4, 19),
        need="{name} has [little|no] functional speech and uses [a communication book of 60 symbols|a tablet with Grid software|an eye-gaze device], as yet mostly to ask and seldom to comment, question or object. Vocabulary is limited to what has been put on the page.",
        outcome="By {by}, {name} will use the communication aid for [four|five] different purposes, joining [two|three] symbols, at least [15|20|30] times a day across {lessons}.",
        works=(
            Work(
                "Modelling on the communication aid by an adult who has been trained in aided language, with the aid in reach throughout the day",
                by.SPECIALIST_TA,
                ("10 x 60 a week", "15 x 60 a week", "12 x 60 a week"),
                "in all {lessons}",
            ),
            Work(
                "Direct therapy, programming of vocabulary and training of staff and family in the communication aid",
                by.SPEECH_THERAPIST,
                ("1 x 60 a fortnight", "6 x 60 a term", "3 x 60 a half-term"),
                "at {place}",
            ),
        ),
    ),
    thread(
        "SLCN",
        AREA,
        (6, 16),
        need="{name} stammers, with [blocks of up to three seconds|prolongations and facial tension|repetitions in about a fifth of words], and avoids [reading aloud|answering the register|speaking to unfamiliar adults].",
        outcome="By {by}, {name} will rate {their} confidence in speaking in class at [7 of 10 or more|two points above the first rating], and will take part in a presentation in a way of {their} own choosing.",
        works=(
            Work(
                "Specialist fluency therapy, including desensitisation and work on attitudes to speaking",
                by.SPEECH_THERAPIST,
                ("8 x 45 a term", "6 x 45 a term"),
                "at clinic or {place}, as {name} prefers",
            ),
            Work(
                "A named adult to meet, plan speaking tasks and brief teachers on agreed adjustments",
                by.MENTOR,
                ("1 x 20 a week", "1 x 30 a week"),
                "at {place}",
            ),
        ),
    ),
)
