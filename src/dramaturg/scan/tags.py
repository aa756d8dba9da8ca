"""Tags: the words that introduce speech, as far as a scanner needs to know them.

Nothing here says who speaks. It only tells where speech that lost a mark stops, and whether a quotation
is introduced or followed by somebody's saying it.
"""

import re

_VERBS = """
acknowledge acquiesce add address admit admonish advise affirm agree allow amend announce answer apologise apologize
appeal argue ask assent assert assure avow babble bark bawl beg begin began bellow bellow bemoan beseech
bid bade blubber bluster blurt boast boom brag breathe call caution challenge chant chatter cheer chide chime chirp chorus chuckle
claim coax comfort command comment complain concede conclude concur confess confide confirm congratulate console
continue contradict coo correct counsel counter croak croon cry cried curse declare decide decree defend demand
demur deny denied describe detail direct disagree drawl drone echo ejaculate elaborate encourage enquire entreat enunciate exclaim
exhort explain explode expostulate falter finish flare fume gasp giggle greet groan growl grumble grunt guess gulp gush
hail hazard hint hiss holler howl huff hum implore inform inquire insist instruct interject interpose interpolate interrogate
interrupt intone invite jeer jest joke joined laugh lament lecture lie lisp maintain mimic moan mock mouth mumble murmur
muse mutter nag note object observe offer opine order parrot persist plead pled pipe pleaded point ponder pray press
proceed proclaim profess promise pronounce propose protest purr pursue query queried question quip quote quoth rage rail rant rap
rasp reassure recall recite recommend reckon reflect rejoin relate remark remember remind remonstrate repeat replied reply report
reprimand reprove request resolve respond resume retort return reveal roar rumble scoff scold scowl scream screech
shout shriek shrill shrug sigh signed sing sang smile smirk snap snarl sneer sniff snivel snort sob soothe speak spoke splutter spit
spat squall squawk squeak squeal stammer state storm stress stutter submit suggest supply supplied surmise swear swore
sympathise tease tell told testify thank think thought thunder threaten throw threw translate tut urge utter venture volunteer vow wail
warn weep wept wheedle wheeze whimper whine whisper whistle wonder write wrote yawn yell yelp
say says said saith sayeth asks ses sez
"""


def _forms(verb: str) -> set[str]:
    """The present and past forms of a regular verb, and the word itself."""
    if verb.endswith("e"):
        return {verb, verb + "d", verb + "s"}
    if verb.endswith("y") and verb[-2] not in "aeou":
        return {verb, verb[:-1] + "ied", verb[:-1] + "ies"}
    doubled = {verb + verb[-1] + "ed"} if verb[-1] in "bgmnpt" and verb[-2] in "aeiou" else set()
    return {verb, verb + "ed", verb + "s", verb + "es"} | doubled


SAYING = frozenset(form for verb in _VERBS.split() for form in _forms(verb))
SPEECH_VERBS = SAYING - {
    "go",
    "goes",
    "put",
    "lie",
    "lied",
    "lies",
    "point",
    "points",
    "order",
    "orders",
    "offers",
    "note",
    "notes",
}

_PAST = frozenset("said cried began told spoke swore wept sang wrote spat".split())
REACH = 120  # characters that a tag may take
_PRONOUN = r"(?:he|she|they|I|we|you|it|who|somebody|someone|everyone|everybody|nobody|one|He|She|They|We|It)"
_NAME = r"(?:(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Mm]y|[Oo]ur|[Tt]heir|[Tt]h[ei]s|[Aa]nother|[Oo]ld|poor|little)\s+(?:[\w’'-]+\s+){0,2}[\w’'-]+|[A-Z][\w’'.-]*(?:\s+(?:and|de|von|van|of|the|[A-Z][\w’'.-]*)){0,4})"
_VERB = r"(?P<verb%s>[a-z]+)"
_TAG = re.compile(
    r"(?:and\s+|then\s+|so\s+|but\s+){0,2}"
    r"(?:"
    rf"(?:{_PRONOUN}|{_NAME})\s+(?:[a-z]+ly\s+|had\s+|only\s+|just\s+|then\s+|again\s+|did\s+not\s+|didn[’']t\s+|could\s+|would\s+|was\s+|have\s+|at\s+last\s+){{0,2}}{_VERB % 1}"
    rf"|{_VERB % 2}\s+(?:[a-z]+ly\s+)?(?:{_PRONOUN}|{_NAME})\b"
    r")"
)


def tag_at(text: str, at: int, end: int) -> int:
    """The end of the tag that begins at `at` (after white space), or -1 where none does."""
    match = _match_tag(text, at, end)
    return -1 if match is None else match.end()


def _match_tag(text: str, at: int, end: int) -> "re.Match[str] | None":
    while at < end and text[at].isspace():
        at += 1
    match = _TAG.match(text, at, min(end, at + REACH))
    if match is None:
        return None
    verb = match["verb1"] or match["verb2"]
    if verb in SPEECH_VERBS or _PHRASE.match(text, match.start(), match.end() + 8):
        return match
    return None


_PHRASE = re.compile(r".*?\b(?:(?:went|goes|go) on|(?:put|puts|broke|breaks|chimed|cut) (?:in|off|out))\b", re.DOTALL)
_BOUNDARY = re.compile(r"(?<![,.!?…;—–-])[,.!?…;—–-]+\s+(?=\S)")


def find_tag(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The first tag in `text[start:end]` that follows a point: (where the words before it end, where it ends).

    After a full stop only what has been said counts: “… He thinks so” is no tag.
    """
    for boundary in _BOUNDARY.finditer(text, start, end):
        tag = _match_tag(text, boundary.end(), end)
        if tag is None:
            continue
        points = boundary.group().rstrip()
        verb = tag["verb1"] or tag["verb2"]
        if points == "." and not (verb.endswith("ed") or verb in _PAST):
            continue
        return boundary.start() + len(points), tag.end()
    return None


_LAST_WORDS = re.compile(r"[a-z]+(?:ing)?")
INTRODUCERS = frozenset("saying crying asking adding calling whispering murmuring shouting answering thinking".split())


def introduces(words: list[str]) -> bool:
    """Whether the last words before a quotation introduce speech: `he said`, `whispering softly to her`."""
    return any(word in SPEECH_VERBS or word in INTRODUCERS for word in words)
