"""What a single line can be by its shape: a scene break, a heading, a label, the start of a note.

Each function takes one stripped line or short block and does not see its surroundings; `lines.py` and `structure.py`
judge those. The words come from the language's `StructureWords`.
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import HeadingWords, LabelWords, MatterWords, NoteWords, StructureWords

WORDS = ENGLISH.structure  # the default

MAX_LINE_CHARACTERS = 200  # longer lines are none of these
MAX_TITLE_CHARACTERS = 90  # of a title that is not in capitals
MAX_TITLE_REST_CHARACTERS = 120  # of the title after `Chapter 4`
MAX_STRICT_TITLE_WORDS = 12
MIN_CAPITALISED_SHARE = 0.75  # of a title's words, small words left out
MIN_CAPITAL_SHARE = 0.9  # of the letters of a line in capitals
MAX_BYLINE_CHARACTERS = 70
MAX_END_CHARACTERS = 60
MAX_POINT_OF_VIEW_CHARACTERS = 60  # of `Anna's POV`
DECORATION = " \t\n*_~=#<>|^•·-–—"  # put round headings and breaks

# ---- scene breaks

BREAK_MARKS = frozenset("*#~-–—_=+•·°†‡§❦❧◆◇■□●○★☆♥♡※⁂<>/\\|^@&%$:;,.¤»«xXoO0")
BREAK_LETTERS = frozenset("xo0")
SINGLE_BREAK_MARKS = frozenset("#*~⁂❦❧§•◆●★☆♥※⸺⸻")  # a break even as the only character of the line
# Arrows, shapes, symbols, dingbats, rules of punctuation. A single one of the smileys after them may be a message.
ORNAMENTS = re.compile("[\u2042-\u2051\u2055-\u205e\u2190-\u21ff\u2300-\u27bf\u2900-\u2bff\u2e3a\u2e3b\u3030]\ufe0f?")
PICTOGRAPHS = re.compile("[\U0001f300-\U0001faff]\ufe0f?")
MIN_PICTOGRAPHS = 3


def is_scene_break(line: str, words: HeadingWords = WORDS.headings) -> bool:
    """`***`, `* * *`, `xXx`, `~*~`, `o0o`, `.:.`, `#`, `(line break)`: a line that only marks a change of scene.

    >>> [is_scene_break(line) for line in ("* * *", "oOo", "#", "(scene break)", "...", "XX", "Oh")]
    [True, True, True, True, False, False, False]
    """
    if len(line) > MAX_LINE_CHARACTERS:
        return set(line) <= BREAK_MARKS - BREAK_LETTERS - {" "}
    if words.scene_break.fullmatch(line):
        return True
    marks = ORNAMENTS.sub("*", "".join(line.split())) if not line.isascii() else "".join(line.split())
    if not marks.isascii() and len(PICTOGRAPHS.findall(marks)) >= MIN_PICTOGRAPHS:
        marks = PICTOGRAPHS.sub("*", marks)
    if len(marks) == 1:
        return marks in SINGLE_BREAK_MARKS
    if len(marks) < 3 or not set(marks) <= BREAK_MARKS:
        return len(marks) == 2 and len(set(marks)) == 1 and marks[0] in "*#~-=+—•⁂"
    letters = marks.strip("".join(BREAK_MARKS - BREAK_LETTERS - set("XO")))
    if any(c in "xXoO0" for c in letters):
        # XXX may be a numeral and Ooo a cry. A break of letters is the same read backwards.
        mirrored = letters.lower() == letters.lower()[::-1]
        return mirrored and marks not in ("XXX", "Ooo", "Ooooo", "000") and not marks.isdigit()
    if set(marks) <= {"."}:
        return len(marks) >= 5 or " " in line
    return not set(marks) <= set(",;:.-–—") or len(marks) >= 3 and len(set(marks)) <= 2


def is_centred_break(line: str, words: HeadingWords = WORDS.headings) -> bool:
    """Whether a line that stands in the middle is a scene break. It may then be one mark, dots, or a word in marks.

    >>> [is_centred_break(line) for line in ("...", "0", "~~~HARBOUR~~~", "Harbour", "I", "---Chapter 2---")]
    [True, True, True, False, False, False]
    """
    marks = "".join(line.split())
    if is_scene_break(line, words) or marks in ("0", "o", "O", "x", "X"):
        return True
    if not any(c.isalnum() or c in QUOTATION_MARKS for c in marks):
        return len(marks) <= MAX_LINE_CHARACTERS
    return MARKED_WORD.fullmatch(line) is not None and read_heading(line, words) is None


QUOTATION_MARKS = "\"“”„‘’'«»「」『』!?"
MARKED_WORD = re.compile(r"([~=_#+<>\-–—]{2,})[ \t]*[\w ]{1,20}[ \t]*[~=_#+<>\-–—]{2,}")


# ---- headings


HeadingKind = Literal["numbered", "named", "bare", "point_of_view", "marked", "capitals"]


class Heading(NamedTuple):
    """A line read as a heading. `level`: 1 for what holds chapters, 2 for a chapter, 3 for a section of one.

    `kind`: "numbered" by a keyword, "named" (Prologue), "bare" (a number alone or before a title), "point_of_view";
    `structure.py` adds "marked" by mark-up, and titles in "capitals". `titled`: it has words besides its number.
    """

    kind: HeadingKind
    level: int
    number: int | None
    titled: bool


@lru_cache(maxsize=4096)  # the same few headings and one-word lines come again and again
def read_heading(line: str, words: HeadingWords = WORDS.headings, *, untitled_only: bool = False) -> Heading | None:
    """What kind of heading a line is by its shape, or None.

    With `untitled_only` a number or name counts only without a title after it.

    >>> read_heading("Chapter 4: Ashes")
    Heading(kind='numbered', level=2, number=4, titled=True)
    >>> read_heading("BOOK THE FIRST").level
    1
    >>> read_heading("Chapter two was found, and she glanced at it.") is None
    True
    """
    if len(line) > MAX_LINE_CHARACTERS:
        return None
    line = strip_decoration(line)
    if not line:
        return None
    match = words.keyword_first.fullmatch(line) or words.ordinal_first.fullmatch(line)
    if match and match["keyword"][0].isupper() and _is_rest(match["rest"], words, untitled_only):
        keyword = match["keyword"].lower()
        level = 1 if keyword in words.divisions else 3 if keyword in words.sections else 2
        titled = bool(match["rest"].strip(DECORATION + ".:,)"))
        return Heading("numbered", level, number_of(match["number"], words), titled)
    match = words.named.fullmatch(line)
    if match and line[0].isupper() and _is_rest(match["rest"], words, untitled_only):
        return Heading("named", 2, None, True)
    match = words.number_only.fullmatch(line)
    if match and (match["number"].isdigit() or match["number"][0].isupper()):
        rest = match["rest"].strip(DECORATION + ".:,)]")
        if rest and match["rest"][0].isspace() and match["number"].lower() in words.numbers:
            return None  # `Two Men`
        if not rest or (not untitled_only and is_title(rest, words, strict=True)):
            return Heading("bare", 2, number_of(match["number"], words), bool(rest))
    is_point_of_view = not untitled_only and words.point_of_view.fullmatch(line) is not None
    if is_point_of_view and line[0].isupper() and len(line) < MAX_POINT_OF_VIEW_CHARACTERS:
        return Heading("point_of_view", 3, None, True)
    return None


def is_strong_heading(line: str, words: HeadingWords = WORDS.headings, *, untitled_only: bool) -> bool:
    """Whether a line is a heading whatever is around it: a keyword with a number, as in `CHAPTER IV`."""
    heading = read_heading(line, words, untitled_only=untitled_only)
    return heading is not None and heading.kind == "numbered" and heading.number is not None


def plain_heading(line: str) -> str:
    """A heading's words, without decoration around them and marks of emphasis in them."""
    return EMPHASIS_MARK.sub("", strip_decoration(line)).strip()


EMPHASIS_MARK = re.compile(r"(?<!\w)[_*]+|[_*]+(?!\w)")


def strip_decoration(line: str) -> str:
    """A line without mark-up, dashes and brackets around it; each run of white space becomes one space."""
    line = " ".join(line.split()).strip(DECORATION)
    if line[:1] in "([" and line[-1:] in ")]":
        line = line[1:-1].strip(DECORATION)
    return line


def _is_rest(rest: str, words: HeadingWords, untitled_only: bool) -> bool:
    """Whether `rest` may follow `Chapter 4` in a heading."""
    title = rest.strip(DECORATION + ".:,)]")
    if not title:
        return True
    if untitled_only or len(title) > MAX_TITLE_REST_CHARACTERS:
        return False
    separated = rest.lstrip()[:1] in ".:-–—)]|~"
    if rest.lstrip()[:1] == ",":
        return words.keyword_first.match(title) is not None
    return is_title(title, words, strict=not separated)


def is_title(line: str, words: HeadingWords = WORDS.headings, *, strict: bool) -> bool:
    """Whether a line could be a title. Strictly: in capitals, or most words with a capital, small words left out."""
    line = strip_decoration(line)
    if not line or len(line) > 2 * MAX_LINE_CHARACTERS or not any(c.isalpha() for c in line):
        return False
    if is_capitals(line):
        return True
    if line[-1] in ",;:" or (line[-1] == "." and not line.endswith("..") and len(line.split()) > 3):
        return False
    if line[0].islower() or len(line) > MAX_TITLE_CHARACTERS:
        return False
    if not strict:
        return True
    tokens = [token.strip("\"“”‘’'(),.:;!?") for token in line.replace("--", " ").replace("—", " ").split()]
    tokens = [token for token in tokens if token and token.lower() not in words.title_small_words]
    n_capital = sum(not token[0].islower() for token in tokens)
    return n_capital >= MIN_CAPITALISED_SHARE * len(tokens) and len(tokens) <= MAX_STRICT_TITLE_WORDS


def is_capitals(line: str) -> bool:
    """Whether a line of two letters or more is in capitals. One letter in ten may be small."""
    letters = [c for c in line if c.isalpha()]
    return len(letters) >= 2 and sum(c.isupper() for c in letters) >= MIN_CAPITAL_SHARE * len(letters)


def number_of(number: str, words: HeadingWords = WORDS.headings) -> int | None:
    """The value of `IV`, `4`, `four` or `twenty-first`; None for other words and for letters that are not a numeral.

    >>> [number_of(n) for n in ("IV", "12", "Twenty-First", "the last", "IIX")]
    [4, 12, 21, None, None]
    """
    number = number.lower()
    if number.isdecimal():
        return int(number)
    values = [words.numbers.get(word) for word in re.split(r"[ -]", number)]
    if all(values):
        return sum(value for value in values if value)
    return _roman(number)


def _roman(numeral: str) -> int | None:
    match = ROMAN_NUMERAL.fullmatch(numeral)
    if not match or not numeral:
        return None
    digits = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}[c] for c in numeral]
    return sum(-a if a < b else a for a, b in zip(digits, [*digits[1:], 0], strict=True))


ROMAN_NUMERAL = re.compile(r"c{0,3}(?:xc|xl|l?x{0,4})(?:ix|iv|v?i{0,4})")


# ---- labels, as archives and downloaders put before a story


class Label(NamedTuple):
    """The two parts of a line such as `Rating: T`. `label` is in lower case."""

    label: str
    value: str


def read_label(line: str, words: LabelWords = WORDS.labels) -> Label | None:
    """A `Label: value` from before a story, or None."""
    match = words.label.fullmatch(line)
    return Label(match["label"].lower(), " ".join(match["value"].split()).strip("*_ ")) if match else None


def is_label(line: str, words: LabelWords = WORDS.labels) -> bool:
    """Whether a line starts with a label."""
    return words.label.match(line) is not None


def is_byline(line: str, words: LabelWords = WORDS.labels) -> bool:
    """Whether a line names an author, as in `by Jane Roe`, and is not a sentence.

    >>> [is_byline(line) for line in ("by StarGazer99", "_By Jane Austen_", "by the door.", "by")]
    [True, True, False, False]
    """
    return len(line) <= MAX_BYLINE_CHARACTERS and words.byline.fullmatch(line) is not None


# ---- notes and endings


def starts_note(line: str, words: NoteWords = WORDS.notes) -> bool:
    """Whether a line says that an author's note begins: `A/N`, `(AN: …`, `Disclaimer:`.

    >>> [starts_note(line) for line in ("A/N: hi!", "(A/N hi)", "AN: hi", "An: hi", "An old man.", "And so it ends")]
    [True, True, True, True, False, False]
    """
    return words.opening.match(line) is not None


def is_the_end(line: str, words: HeadingWords = WORDS.headings) -> bool:
    """`THE END`, `[END]`, `Finis.`, `~fin~`, `End of Part One`, `To be continued…`."""
    return len(line) <= MAX_END_CHARACTERS and bool(
        words.the_end.fullmatch(strip_decoration(line).strip(" .!…~*_-[]()"))
    )


def is_standalone(line: str, words: StructureWords = WORDS) -> bool:
    """Whether a line is a block of its own even without blank lines around it."""
    return is_scene_break(line, words.headings) or (
        len(line) <= MAX_LINE_CHARACTERS and _is_bracketed_or_gutenberg(line, words.matter)
    )


def _is_bracketed_or_gutenberg(line: str, words: MatterWords) -> bool:
    return bool(
        (words.bracketed.match(line) and line.rstrip("_*").endswith("]"))
        or words.gutenberg_start.match(line)
        or words.gutenberg_end.match(line)
    )
