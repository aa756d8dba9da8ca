"""What one line can be, looked at by itself: a scene break, a heading, a label, the start of a note.

Each test takes one stripped line or short piece; what stands around it is judged elsewhere.
"""

import re
from functools import lru_cache
from typing import NamedTuple

MAX_LENGTH = 200  # longer lines are none of these
DECORATION = " \t\n*_~=#<>|^•·-–—"  # put round headings and breaks

# ---- scene breaks

BREAK_MARKS = frozenset("*#~-–—_=+•·°†‡§❦❧◆◇■□●○★☆♥♡※⁂<>/\\|^@&%$:;,.¤»«xXoO0")
BREAK_LETTERS = frozenset("xo0")
ONE_MARK = frozenset("#*~⁂❦❧§•◆●★☆♥※")  # a break although it stands alone
BREAK_WORDS = re.compile(
    r"[\W_]*(?:(?:line|scene|page|section|chapter)[ -]?breaks?|time[ -]?skip|scene change|horizontal rule)[\W_]*",
    re.IGNORECASE,
)
BREAK_ENCLOSED = re.compile(
    r"[(\[<~*_=-]+\s*(?:break|line|space|time ?lapse|pagebreak|hr)\s*[)\]>~*_=-]+", re.IGNORECASE
)


def is_scene_break(line: str) -> bool:
    """`***`, `* * *`, `xXx`, `~*~`, `o0o`, `.:.`, `#`, `(line break)`: a line that only says: elsewhere, later.

    >>> [is_scene_break(line) for line in ("* * *", "oOo", "#", "(scene break)", "...", "XX", "Oh")]
    [True, True, True, True, False, False, False]
    """
    if len(line) > MAX_LENGTH:
        return set(line) <= BREAK_MARKS - BREAK_LETTERS - {" "}
    if BREAK_WORDS.fullmatch(line) or BREAK_ENCLOSED.fullmatch(line):
        return True
    marks = "".join(line.split())
    if len(marks) == 1:
        return marks in ONE_MARK
    if len(marks) < 3 or not set(marks) <= BREAK_MARKS:
        return len(marks) == 2 and len(set(marks)) == 1 and marks[0] in "*#~-=+—•⁂"
    letters = marks.strip("".join(BREAK_MARKS - BREAK_LETTERS - set("XO")))
    if any(c in "xXoO0" for c in letters):
        # as many X's may be a numeral, and Ooo a cry: a break goes both ways alike, or mixes, or repeats itself
        mirrored = letters.lower() == letters.lower()[::-1]
        return mirrored and marks not in ("XXX", "Ooo", "Ooooo", "000") and not marks.isdigit()
    if set(marks) <= {"."}:
        return len(marks) >= 5 or " " in line
    return not set(marks) <= set(",;:.-–—") or len(marks) >= 3 and len(set(marks)) <= 2


# ---- headings

ROMAN = r"[IVXLC]{1,8}|[ivxlc]{1,8}"
UNITS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORDS = {word: i for i, word in enumerate(UNITS, 1)} | {word: i for i, word in enumerate(ORDINALS, 1)}
WORDS |= {word: 10 * i for i, word in enumerate(TENS, 2)}
WORDS |= {word[:-1] + "ieth": 10 * i for i, word in enumerate(TENS, 2)}
WORDS |= {"hundred": 100, "last": 0, "final": 0}
NUMBER_WORD = "|".join(sorted(WORDS, key=len, reverse=True))
NUMBER = rf"(?:{ROMAN}|\d{{1,4}}|(?i:(?:{NUMBER_WORD})(?:[ -](?:{NUMBER_WORD}))?))"

DIVISION = "book|part|volume|vol|act|phase|arc|teil|buch|partie|livre|parte|libro"  # hold chapters
CHAPTER = "chapter|chap|ch|stave|canto|episode|letter|section|scene|kapitel|chapitre|cap[ií]tulo|capitolo|hoofdstuk"
KEYWORD = re.compile(
    rf"(?P<keyword>(?i:{DIVISION}|{CHAPTER}))\b\.?\s*(?:(?i:the|no\.?|number)\s+|\#)?"
    rf"(?P<number>{NUMBER})(?![\w'’])(?P<rest>.*)",
    re.DOTALL,
)
ORDINAL_FIRST = re.compile(
    rf"(?:(?i:the)\s+)?(?P<number>(?i:{'|'.join(ORDINALS)}))\s+(?P<keyword>(?i:{DIVISION}|{CHAPTER}))(?P<rest>\W.*|)",
    re.DOTALL,
)
NAMED = re.compile(
    r"(?:the\s+|an?\s+)?(?:prologue|epilogue|preface|introduction|foreword|afterword|prelude|interlude|intermission|"
    r"conclusion|postscript|postlude|appendix|preamble|coda|intro|outro|introductory|pr[oó]logo|ep[ií]logo|epilog|prolog)\b"
    r"(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
BARE = re.compile(rf"(?P<number>{NUMBER})(?P<rest>\s*[.):\]—–-]+\s*\S.*|\s+\S.*|\s*[.):\]—–-]*)", re.DOTALL)
POINT_OF_VIEW = re.compile(
    r"(?P<who>[^\W\d_][\w.'’ -]{0,40}?)(?:['’]s?)?\s+(?:p\.?o\.?v\.?|point of view)\b[\W_]*", re.IGNORECASE
)
SMALL_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "but",
        "by",
        "de",
        "for",
        "from",
        "in",
        "into",
        "la",
        "le",
        "nor",
        "of",
        "off",
        "on",
        "or",
        "over",
        "per",
        "the",
        "to",
        "upon",
        "via",
        "vs",
        "with",
        "without",
    ]
)


class Heading(NamedTuple):
    """A line read as a heading. `level`: 1 for what holds chapters, 2 for a chapter, 3 for less.

    `kind`: "numbered" by a keyword, "named" (Prologue), "bare" (a numeral alone, or before a title), "view".
    `titled`: it has words of its own beyond its number.
    """

    kind: str
    level: int
    number: int | None
    titled: bool


@lru_cache(maxsize=4096)  # the same few headings and one-word lines come again and again
def read_heading(line: str, *, alone: bool = False) -> Heading | None:
    """What kind of heading a line is by its shape, or None.

    With `alone` only a number or name by itself counts, no title after it.

    >>> read_heading("Chapter 4: Ashes")
    Heading(kind='numbered', level=2, number=4, titled=True)
    >>> read_heading("BOOK THE FIRST").level
    1
    >>> read_heading("Chapter two was found, and she glanced at it.") is None
    True
    """
    if len(line) > MAX_LENGTH:
        return None
    line = bare(line)
    if not line:
        return None
    match = KEYWORD.fullmatch(line) or ORDINAL_FIRST.fullmatch(line)
    if match and match["keyword"][0].isupper() and _is_rest(match["rest"], alone):
        keyword = match["keyword"].lower()
        level = 1 if keyword in DIVISION.split("|") else 3 if keyword in ("scene", "section") else 2
        return Heading("numbered", level, number_of(match["number"]), bool(match["rest"].strip(DECORATION + ".:,)")))
    match = NAMED.fullmatch(line)
    if match and line[0].isupper() and _is_rest(match["rest"], alone):
        return Heading("named", 2, None, True)
    match = BARE.fullmatch(line)
    if match and (match["number"].isdigit() or match["number"][0].isupper()):
        rest = match["rest"].strip(DECORATION + ".:,)]")
        if rest and match["rest"][0].isspace() and match["number"].lower() in WORDS:
            return None  # `Two Men`
        if not rest or (not alone and is_title(rest, strict=True)):
            return Heading("bare", 2, number_of(match["number"]), bool(rest))
    if not alone and POINT_OF_VIEW.fullmatch(line) and line[0].isupper() and len(line) < 60:
        return Heading("view", 3, None, True)
    return None


def is_strong_heading(line: str, *, alone: bool) -> bool:
    """Is it one whatever stands around it: `CHAPTER IV`, `Prologue`?"""
    heading = read_heading(line, alone=alone)
    return heading is not None and heading.kind == "numbered" and heading.number is not None


def without_marks(line: str) -> str:
    """A heading's words: no decoration round it, no marks of emphasis in it."""
    return EMPHASIS_MARK.sub("", bare(line)).strip()


EMPHASIS_MARK = re.compile(r"(?<!\w)[_*]+|[_*]+(?!\w)")


def bare(line: str) -> str:
    """A line without what decorates it: mark-up, dashes, brackets right round it; white space made one blank."""
    line = " ".join(line.split()).strip(DECORATION)
    if line[:1] in "([" and line[-1:] in ")]":
        line = line[1:-1].strip(DECORATION)
    return line


def _is_rest(rest: str, alone: bool) -> bool:
    """May this follow `Chapter 4` in a heading?"""
    title = rest.strip(DECORATION + ".:,)]")
    if not title:
        return True
    if alone or len(title) > 120:
        return False
    separated = rest.lstrip()[:1] in ".:-–—)]|~"
    if rest.lstrip()[:1] == ",":
        return KEYWORD.match(title) is not None
    return is_title(title, strict=not separated)


def is_title(line: str, *, strict: bool) -> bool:
    """Could it be a title? Strictly: in capitals, or every word that counts with a capital."""
    line = bare(line)
    if not line or len(line) > 2 * MAX_LENGTH or not any(c.isalpha() for c in line):
        return False
    if is_capitals(line):
        return True
    if line[-1] in ",;:" or (line[-1] == "." and not line.endswith("..") and len(line.split()) > 3):
        return False
    if line[0].islower() or len(line) > 90:
        return False
    words = [word.strip("\"“”‘’'(),.:;!?") for word in line.replace("--", " ").replace("—", " ").split()]
    words = [word for word in words if word and word.lower() not in SMALL_WORDS]
    n_capital = sum(not word[0].islower() for word in words)
    return n_capital >= (0.75 if strict else 0.0) * len(words) and (not strict or len(words) <= 12)


def is_capitals(line: str) -> bool:
    """Is it all in capitals, two letters at least (a stray small one is let through in long lines)?"""
    letters = [c for c in line if c.isalpha()]
    return len(letters) >= 2 and sum(c.isupper() for c in letters) >= 0.9 * len(letters)


def number_of(number: str) -> int | None:
    """The value of `IV`, `4`, `four`, `twenty-first`; None for a word that counts nothing or a numeral that is none.

    >>> [number_of(n) for n in ("IV", "12", "Twenty-First", "the last", "IIX")]
    [4, 12, 21, None, None]
    """
    number = number.lower()
    if number.isdecimal():
        return int(number)
    values = [WORDS.get(word) for word in re.split(r"[ -]", number)]
    if all(values):
        return sum(value for value in values if value)
    return _roman(number)


def _roman(numeral: str) -> int | None:
    match = ROMAN_SHAPE.fullmatch(numeral)
    if not match or not numeral:
        return None
    digits = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}[c] for c in numeral]
    return sum(-a if a < b else a for a, b in zip(digits, [*digits[1:], 0], strict=True))


ROMAN_SHAPE = re.compile(r"c{0,3}(?:xc|xl|l?x{0,4})(?:ix|iv|v?i{0,4})")

# ---- labels, as archives and downloaders put before a story

NOTE_LABELS = "disclaimer|disclaimers|a/n|author['’]?s?['’]? notes?|notes?|beginning notes|end notes"
SUMMARY_LABELS = "summary|chapter summary|description|blurb"
MATTER_LABELS = (
    "title|author|category|categories|genres?|rating|rated|pairings?|fandoms?|relationships?|relationship\\(s\\)|"
    "characters?|character\\(s\\)|main characters?|additional tags?|tags|archive warnings?|"
    "archive warning\\(s\\)|warnings?|series|stats|collections|spoilers?|timeline|status|published|updated|"
    "completed|packaged|publisher|words|word ?count|chapters|story url|author url|url|source|language|release date|"
    "posting date|last updated|ebook \\#|etext \\#|"
    "character set encoding|beta|betas|translator|illustrator|editor|date|credits|most recently updated|"
    "original publication"
)
LABEL = re.compile(
    rf"[\s*_>#-]*(?P<label>{NOTE_LABELS}|{SUMMARY_LABELS}|{MATTER_LABELS})\s*[*_]*\s*:[\s*_]*(?P<value>.*)",
    re.IGNORECASE | re.DOTALL,
)


class Label(NamedTuple):
    """`Rating: T` in two."""

    label: str
    value: str


def read_label(line: str) -> Label | None:
    """A `Label: value` that goes before a story, or None."""
    match = LABEL.fullmatch(line)
    return Label(match["label"].lower(), " ".join(match["value"].split()).strip("*_ ")) if match else None


def is_label(line: str) -> bool:
    """Does the line start with a label?"""
    return LABEL.match(line) is not None


BYLINE = re.compile(r"[_*(\s]*by:?\s+[_*]*[^\W_][^.!?]{0,60}", re.IGNORECASE)


def is_byline(line: str) -> bool:
    """`by Somebody`, no sentence.

    >>> [is_byline(line) for line in ("by StarGazer99", "_By Jane Austen_", "by the door.", "by")]
    [True, True, False, False]
    """
    return len(line) <= 70 and BYLINE.fullmatch(line) is not None


# ---- notes

NOTE = re.compile(
    r"[\s*_~=#<>|(\[{-]*(?:"
    r"a\s?/\s?n\b|an\s*[:~]|an\s+-\s|A\.N\.|"
    r"author(?:['’]?s?['’]?|ess['’]?s?)\s+note?s?\b(?!\s+(?:that|which|was|had|in|to|on))|"
    r"(?:disclaimers?|discl)\s*[:;~–—-]|disclaimers?\s*$|"
    r"(?:end|beginning|chapter|translator['’]?s?) notes?\s*:|"
    r"r\s*(?:&|and|n|\+)\s*r\b(?!\w)|r&r|(?:please\s+)?(?:read|rate)\s+(?:and|&|n)\s+review|please\s+(?:review|r&r)|"
    r"n/?a:|nota de la autora|note de l['’]auteure?"
    r")",
    re.IGNORECASE,
)


def starts_note(line: str) -> bool:
    """Does the line say itself that a note of the author's begins: `A/N`, `(AN: …`, `Disclaimer:`?

    >>> [starts_note(line) for line in ("A/N: hi!", "(A/N hi)", "AN: hi", "An: hi", "An old man.", "And so it ends")]
    [True, True, True, True, False, False]
    """
    return NOTE.match(line) is not None


# ---- furniture of one line

BRACKETED = re.compile(
    r"[_*]*\[[_*]*\s*(?:illustrations?|picture|image|frontispiece|footnote|transcriber['’]s note)\b", re.IGNORECASE
)
GUTENBERG_START = re.compile(
    r"\**\s*(?:START OF (?:THE|THIS) PROJECT GUTENBERG|END\s*\*?\s*THE SMALL PRINT)", re.IGNORECASE
)
GUTENBERG_END = re.compile(
    r"(?:\**\s*END OF (?:THE |THIS )?PROJECT GUTENBERG|End of (?:The )?Project Gutenberg(?:'s|’s)?\b)", re.IGNORECASE
)
THE_END = re.compile(
    r"(?:the\s+)?(?:end|finis|fin)|(?:the\s+)?end of (?:the\s+)?(?!a\b)(?:\w+\s+)?"
    r"(?:book|volume|part|chapter|file|story)(?:\s+[\w-]+)?|"
    r"to be continued|tbc|owari|the end\?|fini|complete|end file",
    re.IGNORECASE,
)


def is_the_end(line: str) -> bool:
    """`THE END`, `[END]`, `Finis.`, `~fin~`, `End of Part One`, `To be continued…`."""
    return len(line) <= 60 and THE_END.fullmatch(bare(line).strip(" .!…~*_-[]()")) is not None


def is_standalone(line: str) -> bool:
    """Does the line stand by itself although no blank line may be around it?"""
    if is_scene_break(line):
        return True
    if len(line) > MAX_LENGTH:
        return False
    return bool(
        (BRACKETED.match(line) and line.rstrip("_*").endswith("]"))
        or GUTENBERG_START.match(line)
        or GUTENBERG_END.match(line)
    )
