"""What section A says: the child's and parents' views, interests, history, and how to take part in decisions."""

# ruff: noqa: E501  (a sentence of a plan stays on one line)

INTRODUCTIONS = {
    "young": "{name} is {age} and lives with {family}. These views were gathered by {their} key person from play, pictures and talk at home.",
    "child": "My name is {name}. I am {age} and I live with {family}. [My teaching assistant|The SENCO|My mentor] helped me to say this, with [pictures|a talking mat|drawings|cards to sort].",
    "older": "I am {name}, I am {age} and I live with {family}. I [wrote this with my mentor|typed this myself|talked this through with someone I trust].",
}

LIKES = {
    "young": (
        "{name} loves [water play|trains|being outside|spinning things|songs with actions] and [bubbles|books with flaps|the swing|{their} dog].",
        "{name} is happiest [on the trampoline|in the garden|with music on|lining up cars] and laughs at [tickling games|peekaboo|silly noises].",
    ),
    "child": (
        "I like [dinosaurs|football|Minecraft|drawing comics|trampolining|baking with my nan|space and planets|horses] and I am good at [building things|remembering facts|making people laugh|swimming|looking after animals|numbers].",
        "The best bit of school is [PE|art|computing|lunch with my friends|the library|forest school]. I am proud of [my swimming badge|my Lego models|reading my first book|being kind].",
    ),
    "older": (
        "I enjoy [gaming|music production|fishing|anime|football|cooking|fixing bikes|photography], and people say I am [loyal|funny|determined|good with younger children|honest].",
        "I spend my time [on my drums|with my dog|making videos|at air cadets|at the gym|drawing manga]. I am proud of [finishing my work experience|my art|getting the bus alone|my Duke of Edinburgh's award].",
    ),
}

DISLIKES = {
    "young": (
        "{name} becomes upset [in crowds|by hand dryers|when hungry|when {their} mother leaves] and is comforted by [a blanket|quiet|deep hugs|going outside].",
    ),
    "child": (
        "I don't like [loud noise|shouting|when plans change|being watched when I write|wet play|supply teachers]. It helps when people [give me time|tell me first|show me|let me have a break|don't go on at me].",
        "School is hard when [it is noisy|I don't understand and everybody else has started|people stare|it is writing]. Grown-ups can help by [checking I know what to do|letting me use my laptop|giving me a job].",
    ),
    "older": (
        "What does not work for me is [being put on the spot|being talked about in front of others|rushing|people who give up on me]. What works is [being asked|a quiet word|knowing the plan|a laugh].",
        "I find it hard when [there are lots of people|I have to read aloud|things change at the last minute]. Please [text me rather than ring|give me time to answer|explain why].",
    ),
}

HOPES = {
    "young": (
        "{their_cap} family hope that {name} will [say what {name} wants|make a friend|be understood|start school happily|sleep and eat better].",
    ),
    "child": (
        "When I grow up I want to be a [vet|YouTuber|builder|footballer|bus driver|teacher|baker|scientist]. This year I would like [to have a best friend|to read chapter books|to go on the school trip|to do maths with my class].",
    ),
    "older": (
        "In the future I want [a job and my own flat|to go to college for catering|to work with animals|an apprenticeship in engineering|to go to university|to live with my friends].",
        "I would like to [learn to drive|travel by myself|get my GCSEs|earn my own money], and [live near my family|have a dog of my own|keep my friends].",
    ),
}

PARENTS = (
    "{their_cap} parents are proud of how [hard {name} tries|far {name} has come|caring {name} is]. They worry about [what happens after school|{their} safety|sleep|the gap that grows each year], and want [people who stay|therapy that happens|a place where {name} is known].",
    "{name}'s mother says: \"[You have to get to know {name} first|{name} holds it together all day and then it comes out at home|Nobody listens until it goes wrong|With the right help there is nothing {name} won't try].\" The family hope for [steady progress in communication|friendship and belonging|{their} independence].",
    "{their_cap} [grandparents|parents|mother and stepfather] would like information [by e-mail|in a meeting with an interpreter|by telephone after six], and one person to ring.",
)

HISTORY = (
    "{name} was born [at term|at 31 weeks|at 36 weeks] and [walked at 20 months|first spoke at three|reached early milestones on time]. Concerns were first raised by [the health visitor|the nursery|{their} parents|the class teacher] and [SEN support|an early help plan|Portage] followed for [two terms|a year|eighteen months].",
    "The family [moved into the area three years ago|have always lived in the area|came to England five years ago]. {name} has [one sister|two brothers|no brothers or sisters], and has been known to [speech and language therapy|community paediatrics|the early years service|CAMHS] since [the age of two|starting school|last year].",
)

TAKING_PART = (
    "To take part in decisions {name} needs [symbols and real objects|short sentences and thinking time|questions beforehand|an adult {name} trusts|a British Sign Language interpreter|an advocate], and may [leave and come back|answer by pointing|send {their} views as a film].",
)

FAMILIES = (
    "my mum and dad",
    "my mum",
    "my dad and my brother",
    "my mum, my stepdad and my sister",
    "my gran",
    "my foster family",
    "my mum and my two sisters",
    "my mums",
    "my dad",
    "my mum, dad, nan and three brothers",
)
YOUNG_FAMILIES = (
    "both parents",
    "{their} mother",
    "{their} father and brother",
    "{their} mother and grandmother",
    "foster carers",
    "{their} parents and two sisters",
)

STRENGTHS = (
    "{name} [has a warm sense of humour|is curious|is kind to younger children|is persistent|has a remarkable memory for places and people] and [learns well by doing|learns best from pictures|responds to praise|loves music|is proud of work that is finished].",
    "{name} [is affectionate|is a loyal friend|notices detail that others miss|has a strong sense of what is fair], and [enjoys practical work|is good with technology|will try again when helped|likes to help adults].",
)
