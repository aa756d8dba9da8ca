"""Letters and diaries in a story: where each begins and ends, and who writes it.

The “I” of a letter is its writer, not the narrator of the story around it. A letter begins with a salutation and ends
with a signature; a part of a diary begins under a line that says whose it is, and ends with the next letter, heading
or such line.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dramaturg.cast.people.person import Person
from dramaturg.draft import Draft
from dramaturg.lexicon.language import Language

MAX_SALUTATION_WORDS, MAX_DIARY_WORDS = 7, 10
MAX_CLOSING_CHARACTERS = 120
MAX_PARAGRAPHS = 400  # of a letter
_EDGES = " *_~()[]\n\t\u00a0"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, or a part of a diary. `start`, `end`: code points. `to`, `signed`: as written, "" if there is none."""

    start: int
    end: int
    to: str
    signed: str


def find_letters(draft: Draft, people: Sequence[Person]) -> dict[Letter, int]:
    """The letters and diaries of a story with their writers, indices of `people`; in order, none overlaps another.

    Letters whose writer is not among the people are left out. Linear in the length of the story.
    """
    by_name = _by_name(people)
    texts = [draft.text[b.start : b.end] if b.end - b.start <= MAX_CLOSING_CHARACTERS else "" for b in draft.paragraphs]
    stripped = [text.strip(_EDGES) for text in texts]
    headings = [block.start for block in draft.story.blocks if block.role == "heading"]
    found: list[Letter] = []
    index = 0
    while index < len(texts):
        letter, after = _letter_at(draft, stripped, headings, index, by_name)
        if letter is not None:
            found.append(letter)
        index = after
    return _find_writers(found, people, by_name)


def _by_name(people: Sequence[Person]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, person in enumerate(people):
        for form in person.forms:
            if person.named:
                found.setdefault(form.casefold(), number)
    return found


def _letter_at(
    draft: Draft, texts: Sequence[str], headings: Sequence[int], index: int, by_name: Mapping[str, int]
) -> tuple[Letter | None, int]:
    """The letter that begins with a paragraph, None if none does; and the paragraph after it."""
    narration, paragraphs = draft.language.narration, draft.paragraphs
    text = texts[index]
    diary = narration.diary.search(text) if text and len(text.split()) <= MAX_DIARY_WORDS else None
    if diary is None and not _is_salutation(text, draft.language):
        return None, index + 1
    heading = bisect_right(headings, paragraphs[index].start)
    until = headings[heading] if heading < len(headings) else len(draft.text)
    last = index
    for k in range(index + 1, min(len(texts), index + MAX_PARAGRAPHS)):
        if paragraphs[k].start >= until or _is_salutation(texts[k], draft.language):
            break
        if diary is None:
            signed = _signature(texts[k], draft.language, by_name)
            if signed:
                end = k + 1
                while end < len(texts) and narration.postscript.match(draft.text, paragraphs[end].start):
                    end += 1
                return Letter(paragraphs[index].start, paragraphs[end - 1].end, text, signed), end
        elif texts[k] and len(texts[k].split()) <= MAX_DIARY_WORDS and narration.diary.search(texts[k]):
            break
        last = k
    if diary is None:
        return None, index + 1
    return Letter(paragraphs[index].start, paragraphs[last].end, "", diary["keeper"] or ""), last + 1


def _is_salutation(text: str, language: Language) -> bool:
    return 0 < len(text.split()) <= MAX_SALUTATION_WORDS and language.narration.salutation.fullmatch(text) is not None


def _signature(text: str, language: Language, by_name: Mapping[str, int]) -> str:
    """The name that a short paragraph signs with, "" if it is none: “Your loving / L.”, “Bo”."""
    match = language.narration.closing.fullmatch(text) if text else None
    if match is None:
        return ""
    signed = match["signed"].strip(" .,")
    is_known = len(signed) == 1 or signed.casefold() in by_name
    return signed if match["closing"] or is_known else ""


def _find_writers(letters: Sequence[Letter], people: Sequence[Person], by_name: Mapping[str, int]) -> dict[Letter, int]:
    """The writer of each letter.

    An initial stands for whoever of that initial is written to elsewhere; a diary without a name goes on with the last.
    """
    correspondents = {n for letter in letters for n in _named_in(letter.to, by_name)}
    writers: dict[Letter, int] = {}
    keeper = -1
    for letter in letters:
        if not letter.to and not letter.signed:
            number = keeper
        else:
            number = by_name.get(letter.signed.casefold(), -1)
            if number < 0 and len(letter.signed) == 1:
                number = _of_initial(letter.signed, people, correspondents)
        if not letter.to:
            keeper = number
        if number >= 0:
            writers[letter] = number
    return writers


def _named_in(text: str, by_name: Mapping[str, int]) -> Iterator[int]:
    for word in text.replace(",", " ").split():
        if word.casefold() in by_name:
            yield by_name[word.casefold()]


def _of_initial(initial: str, people: Sequence[Person], correspondents: set[int]) -> int:
    """The person with an initial: one who is written to, else the one who is mentioned most."""
    fits = [n for n, p in enumerate(people) if p.named and any(form.startswith(initial) for form in p.forms)]
    return max(fits, key=lambda n: (n in correspondents, len(people[n].mentions), -n), default=-1)
