"""Threads for social, emotional and mental health (SEMH)."""

# ruff: noqa: E501  (a sentence of a plan stays on one line)

from hub.county import roles as by
from hub.county.threads import Thread, Work, thread

AREA = "Social, emotional and mental health"

THREADS: tuple[Thread, ...] = (
    thread(
        "SEMH OTH",
        AREA,
        (4, 12),
        need="{name} [hits out, throws and bolts|shouts, upturns furniture and hides] when [told no|work feels too hard|another child comes too near], on average [four|six|nine] times a week, and has had [two|three|five] suspensions. Early [loss|neglect|separation from {their} mother] means that {name} [expects adults to leave|watches for danger all the time].",
        outcome="By {by}, {name} will use an agreed way to be safe (card, calm space or named adult) before an incident in [4 of 5|9 of 10] times of stress, with incidents down to [one|two] a fortnight or fewer.",
        works=(
            Work(
                "A key adult who meets {name} on arrival, checks in at each transition and repairs after incidents, following a written relational support plan",
                by.MENTOR,
                ("10 x 15 a week", "15 x 10 a week", "10 x 20 a week"),
                "throughout the day",
            ),
            Work(
                "Support within arm's reach in unstructured times and in lessons that set off distress",
                by.TA,
                ("10 x 60 a week", "15 x 60 a week", "12 x 60 a week"),
                "in lessons, corridors and the playground",
            ),
            Work(
                "Observation, training of staff in de-escalation, and review of the plan",
                by.BEHAVIOUR_TEACHER,
                ("3 x 60 a term", "1 x 60 a half-term", "2 x 60 a half-term"),
                "at {place}",
            ),
        ),
    ),
    thread(
        "SEMH ASD",
        AREA,
        (8, 19),
        need="Anxiety has kept {name} from {place} for [40|55|65]% of the [last two terms|school year]. {name} [has panic attacks at the gate|manages two mornings a week|has not left home alone since the spring], and sleep is poor.",
        outcome="By {by}, {name} will attend [80|85|90]% of an agreed timetable for [six|eight] weeks running, and rate {their} anxiety at [4 of 10|5 of 10] or less on most days.",
        works=(
            Work(
                "A graded plan of return, gone over each Monday with {name} and a parent, with a soft start and a safe base",
                by.MENTOR,
                ("3 x 30 a week", "5 x 20 a week", "5 x 15 a week"),
                "in the well-being base or at home",
            ),
            Work(
                "Individual teaching while attendance is built up, so that learning is not lost",
                by.TUTOR,
                ("5 x 60 a week", "8 x 60 a week", "10 x 60 a week"),
                "at home, the library or the well-being base",
            ),
            Work(
                "Psychological advice on anxiety-based absence, with a session with family and staff to plan and to review",
                by.PSYCHOLOGIST,
                ("2 x 90 a term", "1 x 90 a half-term"),
                "at {place} or home",
            ),
        ),
    ),
    thread(
        "SEMH",
        AREA,
        (6, 16),
        need="{name} [thinks little of {themself}|calls {themself} stupid and bad|expects to fail], [tears up work|will not start rather than be wrong], and finds it hard to name feelings before they take over.",
        outcome="By {by}, {name} will name a feeling and its cause on [4 of 5|8 of 10] occasions with a prompt card, and will show two pieces of finished work a week with pride.",
        works=(
            Work(
                "Emotional literacy work on feelings, worry and self-worth",
                by.ELSA,
                ("2 x 40 a week", "1 x 45 a week", "2 x 30 a week"),
                "in the nurture room",
            ),
            Work(
                "A nurture group with a shared meal and play",
                by.SPECIALIST_TA,
                ("3 x 90 a week", "5 x 60 a week", "4 x 90 a week"),
                "in the nurture room",
                group=8,
            ),
        ),
    ),
    thread(
        "SEMH OTH",
        AREA,
        (6, 16),
        need="{name} has ADHD. Impulsivity and inattention mean that {name} [calls out and leaves {their} seat about every five minutes|loses instructions and belongings|finishes a third of set work], and friendships break down quickly.",
        outcome="By {by}, {name} will stay with a set task for [12|15|20] minutes with one movement break, in [4 of 5|7 of 10] {lessons}.",
        works=(
            Work(
                "Chunked tasks with a timer, a place away from distraction and planned movement breaks",
                by.TA,
                ("15 x 10 a week", "20 x 5 a week", "10 x 15 a week"),
                "in all {lessons}",
            ),
            Work(
                "In-class support in English, mathematics and science to begin, keep to and finish tasks",
                by.TA,
                ("8 x 60 a week", "10 x 60 a week", "6 x 60 a week"),
                "in {lessons}",
                group=2,
            ),
        ),
    ),
    thread(
        "SEMH",
        AREA,
        (13, 25),
        need="{name} has [a history of self-harm|depression|complex trauma] and is at risk of [going missing|exploitation|dropping out of education]. Trust in adults is thin, and {name} leaves a lesson rather than ask for help.",
        outcome="By {by}, {name} will keep up a course of {their} own choosing at [85|90]% attendance, and name [two|three] adults to whom {name} would turn, using {their} safety plan when needed.",
        works=(
            Work(
                "Individual mentoring by one consistent adult, including a safety plan shared with those who teach {name}",
                by.MENTOR,
                ("2 x 60 a week", "3 x 40 a week", "1 x 60 a week"),
                "where {name} feels safe",
            ),
            Work(
                "A flexible timetable with vocational learning and a place of calm to work",
                by.TUTOR,
                ("6 x 60 a week", "10 x 60 a week"),
                "at {place} and an alternative provider",
                group=4,
            ),
        ),
    ),
    thread(
        "SEMH",
        AREA,
        (3, 6),
        need="{name} [bites, scratches and runs off|cannot yet wait, share or be told no without lasting distress], and settles only with one adult. Play is [fleeting|destructive], and other children keep away.",
        outcome="By {by}, {name} will play beside two other children for [10|15] minutes with an adult near, [three|four] times a week, without hurting anyone.",
        works=(
            Work(
                "Adult-supported play with emotion coaching and now-and-next pictures",
                by.KEY_PERSON,
                ("10 x 30 a week", "15 x 20 a week", "10 x 20 a week"),
                "in the room and garden",
            ),
            Work(
                "Video interaction guidance with the family and the key person",
                by.PSYCHOLOGIST,
                ("3 x 60 a term", "2 x 60 a term"),
                "at home and nursery",
            ),
        ),
    ),
    thread(
        "SEMH",
        AREA,
        (11, 18),
        need="{name} is often drawn into conflict, has been permanently excluded [once|twice], and is known to the youth offending team. Reading is [three|four] years behind, which {name} hides with challenge.",
        outcome="By {by}, {name} will complete [a term|two terms] without suspension and gain [two|three] accredited units.",
        works=(
            Work(
                "Restorative meetings after each conflict, and weekly planning with {name}, home and the youth justice worker",
                by.MENTOR,
                ("2 x 45 a week", "3 x 30 a week"),
                "at {place}",
            ),
            Work(
                "Individual literacy teaching with material for {their} age",
                by.LITERACY_TEACHER,
                ("2 x 45 a week", "2 x 40 a week"),
                "in a private room",
            ),
        ),
    ),
)
