"""Is this paragraph an author's note, though it does not say so? Several signs, scored together.

A first-person story must stay a story: no one sign is enough, and speech or tale-telling weighs against.
Losing a note costs a paragraph too much; losing a story's opening costs the story.
"""

import re

from dramaturg.sources.line_patterns import starts_note

MAX_LOOK = 3000  # characters of a paragraph that are looked at
NOTE_SCORE = 5  # at an edge of a chapter: no opening or closing paragraph of PDNC's and LitBank's novels gets there
NEAR_NOTE_SCORE = 2  # beside a note
MANY_WORDS = 1200  # characters: a note this long holds more than one word of fan fiction


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE)


# Words that tales hardly use. Each different one counts, up to four.
FANDOM = _any(
    r"fan ?fics?|fics?|fanfiction|one-?shots?|two-?shot|drabbles?|ficlets?|songfic|chappies?|chappy|prequel|follow-?up",
    r"reviewers?|reviewed|reviewing|kudos|flames|uploaded|hiatus|betaed|beta'd|beta-?read(?:er)?|plot ?bunn(?:y|ies)",
    r"otp|ooc|ocs?|wip|au|pov|r&r|a/n|headcanons?|fandoms?|fanon|crossovers?|self-insert|lemons?|fluff|angsty?",
    r"shippers?",
    r"ff\.?net|fanfiction\.net|ao3|wattpad|tumblr|livejournal|writer'?s block",
)
# A writer turns to readers.
ADDRESS = _any(
    r"here (?:you|ya|u|it|we) (?:go|is|are)",
    r"hope (?:you|u|ya|y'?all)(?: guys| all)? (?:like|enjoy|liked|enjoyed)",
    r"let me know|bear with me|stay tuned|without further ado|on with the (?:story|show|fic|chapter)",
    r"thanks? (?:you )?(?:so much |again )?(?:for|to) (?:reading|all|every\w*|the reviews|my|reviewing)",
    r"you guys|y'?all|dear readers|(?:hey|hi|hello) (?:guys|everyone|all)",
    r"see you (?:next|in the next)|(?:leave|drop) (?:a|me a) (?:comment|review|line|note)",
    r"please (?:review|comment|read)",
)
OWNERSHIP = _any(
    r"(?:do|does)(?:n'?t| not) own (?:any of|the (?:characters|rights|show|series|books?)|these|those)",
    r"(?:do|does)(?:n'?t| not) own [a-z]+,? (?:or|and)",
    r"I own (?:nothing|none)|belongs? to (?:their|its|the) (?:respective|rightful)|no copyright",
)
SIGNS = (  # (weight, sign): each counts once
    (2, ADDRESS),
    (3, OWNERSHIP),
    (2, _any(r"reviews?|updates?|updated|updating|sequel|pairings?|canon|rated|spoilers?")),
    (1, _any(r"chapters?|stor(?:y|ies)|characters?|plot|prompts?|challenge|readers?|posted|posting|ratings?|muse")),
    (1, _any(r"I|I'?m|I'?ve|I'?ll|my|me")),
    (1, _any(r"wrote|writing|write|written|typos?|grammar|english is(?:n't| not)|edited")),
    (2, _any(
        r"(?:works?|can be read|could be read|read|stands?) (?:separately|alone|on its own|as a stand-?alone)",
        r"(?:could|can) be (?:viewed|seen|taken|considered|read) as",
        r"(?:set|takes? place) (?:after|before|during) (?:the (?:\w+ )?)?(?:episode|season|chapter|book|movie|series)",
        r"(?:first|last|next|new|this|previous) (?:chapter|fic|attempt)",
    )),
    (1, _any(r"(?:someone|somebody|people|anon) (?:pointed out|asked|requested|wanted|prompted|suggested)|requested")),
    (1, re.compile(
        r"(?:^|\s)(?:[:;]-?[)D(P3]|[xX]D|<3|\^_?\^|o\.O)(?=\s|$|[.,!])|!!|"
        r"\b(?:lol|btw|lmao|ok(?:ay)? so)\b", re.IGNORECASE
    )),
)  # fmt: skip
SPEECH = re.compile(
    r'[.,!?…-]["”]\s+(?:he|she|they|I|[A-Z]\w+) (?:said|asked|cried|replied|whispered|shouted|answered|muttered)\b'
)
ENJOY = re.compile(
    r"[\W_]*(?:(?:please )?enjoy(?: the (?:chapter|story|fic|show))?|happy reading|"
    r"on with the (?:story|show|chapter|fic))[\W_]*",
    re.IGNORECASE,
)


def score_note(paragraph: str) -> int:
    """How much a paragraph talks like a writer to readers; NOTE_SCORE and more is a note at a chapter's edge.

    >>> score_note("Sorry for the late update! I hope you like this chapter, please review.") >= NOTE_SCORE
    True
    >>> score_note("I am going to tell you a story about how I died.") >= NOTE_SCORE
    False
    """
    text = paragraph[:MAX_LOOK].replace("’", "'")
    if len(text) <= 80 and ENJOY.fullmatch(text):
        return NOTE_SCORE
    words = {word.lower() for word in FANDOM.findall(text)}
    score = 2 * min(len(words), 4) + sum(weight for weight, sign in SIGNS if sign.search(text))
    if text[:1] in '"“«' or SPEECH.search(text):
        score -= 3
    if len(text) > MANY_WORDS and len(words) < 2:
        score -= 3
    if not (words or ADDRESS.search(text) or OWNERSHIP.search(text)):
        score = min(score, NOTE_SCORE - 1)  # a narrator may speak of chapters and readers too
    return score


def is_note(paragraph: str) -> bool:
    """Does a paragraph at a chapter's edge talk to readers, or say that it is a note?"""
    return starts_note(paragraph[:MAX_LOOK]) or score_note(paragraph) >= NOTE_SCORE
