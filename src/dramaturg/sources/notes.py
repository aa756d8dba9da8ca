"""Is this paragraph an author's note, though it does not say so? Several signs, scored together.

A first-person story must stay a story: no one sign is enough, and speech or tale-telling weighs against.
Losing a note costs a paragraph too much; losing a story's opening costs the story.
"""

import re

from dramaturg.sources.marks import starts_note

MAX_LOOK = 3000  # characters of a paragraph that are looked at
NOTE_SCORE = 5  # at an edge of a chapter; the opening paragraphs of PDNC's and LitBank's novels stay at 3 or below
NEAR_NOTE_SCORE = 2  # beside a note

# (weight, what it is, words). Each sign counts once, however often it is seen, but for the words of fan fiction.
FANDOM = re.compile(
    r"\b(?:fan ?fics?|fics?|fanfiction|one-?shots?|two-?shot|drabbles?|ficlets?|chappies?|chappy|reviewers?|reviewed|reviewing|"
    r"otp|ooc|oc|ocs|wip|headcanons?|fandoms?|crossovers?|plot ?bunn(?:y|ies)|hiatus|kudos|lemons?|fluff|angsty?|"
    r"betas?|beta(?:ed|'d|-read(?:er)?)|beta-?reader|pov|au|follow-?up|prequel|songfic|uploaded|fanon|ship(?:ping|pers?)|"
    r"r&r|a/n|ff\.?net|fanfiction\.net|ao3|wattpad|tumblr|livejournal|writer'?s block|self-insert|flames)\b",
    re.IGNORECASE,
)
SIGNS = (
    (2, re.compile(r"\b(?:reviews?|updates?|updated|updating|sequel|pairings?|canon|rated|spoilers?)\b", re.IGNORECASE)),
    (1, re.compile(r"\b(?:chapters?|stor(?:y|ies)|characters?|plot|prompts?|challenge|readers?|posted|posting|ratings?|muse)\b", re.IGNORECASE)),
    (1, re.compile(r"\b(?:I|I'?m|I'?ve|I'?ll|my|me|im|ive)\b|\bi\b")),
    (1, re.compile(r"\b(?:wrote|writing|write|written|typos?|grammar|english is(?:n't| not)|edited)\b", re.IGNORECASE)),
    (2, re.compile(
        r"\bhere (?:you|ya|u|it|we) (?:go|is|are)\b|\bhope (?:you|u|ya|y'?all)(?: guys| all)? (?:like|enjoy|liked|enjoyed)|"
        r"\blet me know\b|\bbear with me\b|\bstay tuned\b|\bwithout further ado\b|\bon with the (?:story|show|fic|chapter)\b|"
        r"\bthanks? (?:you )?(?:so much |again )?(?:for|to) (?:reading|all|every|the reviews|my|reviewing)|"
        r"\b(?:you guys|y'?all|dear readers|hey (?:guys|everyone|all)|hi (?:guys|everyone|all)|hello (?:everyone|guys|all))\b|"
        r"\bsee you (?:next|in the next)|\b(?:leave|drop) (?:a|me a) (?:comment|review|line|note)\b|\bplease (?:review|comment|read)\b",
        re.IGNORECASE)),
    (3, re.compile(
        r"\b(?:do(?:n'?t| not)|does(?:n'?t| not)) own\b|\bI own (?:nothing|none)\b|\bbelongs? to (?:their|its|the) (?:respective|rightful)\b|"
        r"\bno copyright\b|\b(?:all rights|property of)\b.{0,60}\b(?:reserved|creators?|author)|\bnot mine\b",
        re.IGNORECASE)),
    (2, re.compile(
        r"\b(?:works?|can be read|could be read|read|stands?) (?:separately|alone|on its own|as a stand-?alone)\b|"
        r"\b(?:could|can) be (?:viewed|seen|taken|considered|read) as\b|\btakes? place (?:after|before|during) (?:the|episode|season|chapter)|"
        r"\bset (?:after|during|before) (?:the|episode|season|chapter|book)\b|\b(?:first|last|next|new|this|previous) chapter\b|"
        r"\b(?:first|new|next) (?:fic|story|attempt)\b",
        re.IGNORECASE)),
    (1, re.compile(r"\b(?:someone|somebody|people|anon) (?:pointed out|asked|requested|wanted|prompted|suggested)\b|\brequested\b", re.IGNORECASE)),
    (1, re.compile(r"(?:^|\s)(?:[:;]-?[)D(P3]|[xX]D|<3|\^_?\^|lol|o\.O)(?=\s|$|[.,!])|!!|\b(?:lol|btw|lmao|ok(?:ay)? so)\b", re.IGNORECASE)),
)  # fmt: skip
SPEECH = re.compile(
    r'[.,!?…-]["”]\s+(?:he|she|they|I|[A-Z]\w+) (?:said|asked|cried|replied|whispered|shouted|answered|muttered)\b'
)
ENJOY = re.compile(
    r"[\W_]*(?:enjoy|please enjoy|enjoy the (?:chapter|story|fic|show)|happy reading|on with the (?:story|show|chapter|fic))[\W_]*",
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
    if ENJOY.fullmatch(text[:80]) and len(text) <= 80:
        return NOTE_SCORE
    words = {word.lower() for word in FANDOM.findall(text)}
    score = 2 * min(len(words), 4)
    score += sum(weight for weight, sign in SIGNS if sign.search(text))
    if text[:1] in '"“«':
        score -= 3
    if SPEECH.search(text):
        score -= 3
    if len(text) > 1200 and len(words) < 2:
        score -= 3
    return score


def is_note(paragraph: str) -> bool:
    """Does a paragraph at a chapter's edge talk to readers, or say that it is a note?"""
    return starts_note(paragraph[:MAX_LOOK]) or score_note(paragraph) >= NOTE_SCORE
