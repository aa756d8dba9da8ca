"""Reading → a story bible in Markdown: a page for each person, for Obsidian or any wiki.

`index.md` lists the cast, `chapters.md` who is in which chapter, `places.md` the places and other things with names
where the reading has any, and `people/` has a page for each person with YAML front matter (Obsidian's `aliases` and
`tags`).
"""

import json
import re
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from dramaturg.errors import UsageError
from dramaturg.exporters.manuscript import Manuscript, title_of
from dramaturg.exporters.markdown_text import CONTROL, markdown
from dramaturg.exporters.networks import network_of
from dramaturg.exporters.people import Part, chapter_parts, mentions_by_character, whole_mentions
from dramaturg.formatting import clip, counted, one_line
from dramaturg.phrases import Locator, snippet
from dramaturg.reading import Character, Mention, Reading
from dramaturg.utterances import Utterance, utterances

LINKS = ("wiki", "markdown")
# Windows, macOS, Obsidian's links and URLs between them take none of these.
NO_FILE_NAME = re.compile(r'[<>:"/\\|?*#^\[\]%\x00-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]+')
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # Windows's devices
LONGEST_NAME = 80  # bytes; many file systems take 255, and a path has other parts
OWN = ("index", "chapters", "places")  # pages that are no person's: a wiki's links know pages by their last name
MOST_NOUNS = 8
TYPES = {
    "GPE": "Towns and countries",
    "LOC": "Other places",
    "FAC": "Buildings",
    "ORG": "Organisations",
    "VEH": "To ride in",
}


def to_files(reading: Reading, *, links: str = "wiki", lines: int = 10) -> Iterator[tuple[str, str]]:
    """The pages of the story bible, by name.

    `links`: wiki for [[links]], as in Obsidian; markdown for links that every Markdown program follows
    `lines`: how many lines of each person to quote at most
    """
    if links not in LINKS:
        raise UsageError(f"there are no links of the kind “{links}”. There are: {', '.join(LINKS)}.")
    if lines < 0:
        raise UsageError(f"lines={lines}: give 0 or more.")
    return _Bible(reading, links == "wiki").pages(lines)


def file_names(names: Iterable[str]) -> list[str]:
    """A file name, without its ending, for each name: one that every system takes, no two alike in any letter case.

    >>> file_names(["Ann", "ann", "A/C: the “?”", "con"])
    ['Ann', 'ann (2)', 'A C the “ ”', 'con_']
    """
    taken = set(OWN)
    made = []
    for name in names:
        plain = " ".join(NO_FILE_NAME.sub(" ", unicodedata.normalize("NFC", name)).split()).strip(". ")
        while len(plain.encode("utf-8")) > LONGEST_NAME:
            plain = plain[:-1].rstrip(". ")
        if RESERVED.fullmatch(plain) or not plain:
            plain = f"{plain}_"
        number, free = 2, plain
        while free.casefold() in taken:
            free = f"{plain} ({number})"
            number += 1
        taken.add(free.casefold())
        made.append(free)
    return made


class _Bible:
    """What all pages draw on, looked up once."""

    def __init__(self, reading: Reading, wiki: bool) -> None:
        self.reading = reading
        self.wiki = wiki
        self.places = Locator(reading)
        self.manuscript = Manuscript(reading)
        names = file_names(character.name for character in reading.characters)
        self.files = {character.id: name for character, name in zip(reading.characters, names, strict=True)}
        self.parts = chapter_parts(reading)
        self.starts = [part.start for part in self.parts]
        self.mentions = mentions_by_character(reading)
        self.spoken: dict[str, list[Utterance]] = defaultdict(list)
        for utterance in utterances(reading):
            if utterance.first.speaker is not None:
                self.spoken[utterance.first.speaker].append(utterance)
        self.to: dict[str, Counter[str]] = defaultdict(Counter)
        self.by: dict[str, Counter[str]] = defaultdict(Counter)
        for edge in network_of(reading, "conversation").edges:
            self.to[edge.source][edge.target] = edge.weight
            self.by[edge.target][edge.source] = edge.weight

    def pages(self, n_lines: int) -> Iterator[tuple[str, str]]:
        yield "index.md", _page(self._index())
        yield "chapters.md", _page(self._chapters())
        if things := self._things():
            yield "places.md", _page(["# Places and other names", *things])
        for character in self.reading.characters:
            yield f"people/{self.files[character.id]}.md", _page(self._person(character, n_lines))

    def _title(self) -> str:
        return markdown(title_of(self.reading))

    def link(self, id: str, folder: str = "") -> str:
        """A link to a person's page, from a page in the folder."""
        file = self.files[id]
        if self.wiki:
            return f"[[{file}]]"  # in such a link nothing can be escaped, and a file's name needs it nowhere
        target = quote(f"{file}.md" if folder == "people" else f"people/{file}.md")
        return f"[{markdown(one_line(self.reading.character(id).name))}]({target})"

    def _index(self) -> Iterator[str]:
        author = self.reading.story.source.author
        yield f"# {self._title()}"
        if author:
            yield f"by {markdown(one_line(author))}"
        yield "See [chapters](chapters.md)." if not self.wiki else "See [[chapters]]."
        rows = ["| who | pronouns | lines | words | first met |", "| --- | --- | --: | --: | --- |"]
        for character in self.reading.characters:
            first = "" if character.first is None else self.places.describe(character.first)
            said = len(self.spoken[character.id])
            cells = (self.link(character.id), character.pronouns or "", said, character.words_spoken, first)
            rows.append(f"| {' | '.join(map(str, cells))} |")
        yield "\n".join(rows)

    def _chapters(self) -> Iterator[str]:
        yield "# Chapters"
        people: list[Counter[str]] = [Counter() for _ in self.parts]
        for id, mentions in self.mentions.items():
            for mention in mentions:
                people[self._part(mention.start)][id] += 1
        for part, here in zip(self.parts, people, strict=True):
            if not part.number and not here and len(self.parts) > 1:
                continue  # nothing but the story's title
            yield f"## {self._chapter_name(part)}"
            order = sorted(here, key=lambda id: (-here[id], id))
            yield "\n".join(f"- {self.link(id)}: {counted(here[id], 'mention')}" for id in order) or "Nobody."

    def _things(self) -> list[str]:
        """What has a name and is no person, by type: a heading, and a list."""
        found: dict[str, dict[str, list[Mention]]] = defaultdict(lambda: defaultdict(list))
        for mention in whole_mentions(self.reading):
            if mention.type != "PER" and mention.character is None:
                found[mention.type][mention.entity].append(mention)
        made = []
        for type, heading in TYPES.items():
            rows = []
            for mentions in found[type].values():
                names = Counter(one_line(self.reading.text_of(m)) for m in mentions if m.kind == "name")
                if names:
                    where = self.places.describe(mentions[0].start)
                    rows.append(
                        f"- {markdown(names.most_common(1)[0][0])}: {counted(len(mentions), 'mention')}, first {where}"
                    )
            if rows:
                made += [f"## {heading}", "\n".join(sorted(rows))]
        return made

    def _person(self, character: Character, n_lines: int) -> Iterator[str]:
        spoken = self.spoken[character.id]
        yield _front_matter(character, len(spoken))
        yield f"# {markdown(one_line(character.name))}"
        yield self._facts(character, spoken)
        mentions = self.mentions.get(character.id, [])
        nouns = Counter(one_line(self.reading.text_of(m)) for m in mentions if m.kind == "noun")
        if character.aliases:
            yield "## Also called\n\n" + "\n".join(f"- {markdown(one_line(alias))}" for alias in character.aliases)
        if nouns:
            rows = (f"- {markdown(words)} ({n})" for words, n in nouns.most_common(MOST_NOUNS))
            yield "## Spoken of as\n\n" + "\n".join(rows)
        if character.first is not None:
            met = snippet(self.reading, character.first, before=80, after=160, words=self.manuscript.words)
            yield f"## First met\n\n> {markdown(met)}"
        if len(self.reading.story.chapters) > 1:
            yield "## Chapters\n\n" + self._where(mentions, spoken)
        if talks := self._talks(character.id):
            yield "## Talks with\n\n" + talks
        if spoken and n_lines:
            yield self._lines(spoken, n_lines)

    def _facts(self, character: Character, spoken: list[Utterance]) -> str:
        told = ["Tells the story."] if character.narrator else []
        if character.kind == "group":
            told.append("Several, who speak as one.")
        if spoken:
            told.append(f"{counted(len(spoken), 'line')}, {counted(character.words_spoken, 'word')}.")
        else:
            told.append("Says nothing.")
        if character.first is not None and character.last is not None:
            told.append(f"From {self.places.describe(character.first)} to {self.places.describe(character.last)}.")
        return " ".join(told)

    def _where(self, mentions: list[Mention], spoken: list[Utterance]) -> str:
        named = Counter(self._part(mention.start) for mention in mentions)
        heard = Counter(self._part(utterance.first.start) for utterance in spoken)
        rows = ["| chapter | mentions | lines |", "| --- | --: | --: |"]
        for n in sorted(named.keys() | heard.keys()):
            rows.append(f"| {self._chapter_name(self.parts[n])} | {named[n]} | {heard[n]} |")
        return "\n".join(rows)

    def _talks(self, id: str) -> str:
        to, by = self.to[id], self.by[id]
        others = sorted(to.keys() | by.keys(), key=lambda other: (-to[other] - by[other], other))
        return "\n".join(f"- {self.link(other, 'people')}: says {to[other]}, hears {by[other]}" for other in others)

    def _lines(self, spoken: list[Utterance], most: int) -> str:
        step = max(1, -(-len(spoken) // most))
        rows = []
        for utterance in spoken[::step]:
            to = ", ".join(self.link(other, "people") for other in utterance.first.addressees)
            said = " … ".join(one_line(self.manuscript.words(part.start, part.end)) for part in utterance.parts)
            words = markdown(clip(said, 400))
            rows.append(f"- {words} ({f'to {to}, ' if to else ''}{self.places.describe(utterance.first.start)})")
        return "## Lines\n\n" + "\n".join(rows)

    def _part(self, at: int) -> int:
        return max(0, bisect_right(self.starts, at) - 1)

    def _chapter_name(self, part: Part) -> str:
        if part.title:
            return markdown(clip(one_line(part.title), 100))
        if part.number:
            return f"Chapter {part.number}"
        return "Before the first chapter" if len(self.parts) > 1 else "The whole story"


def _front_matter(character: Character, n_lines: int) -> str:
    """Obsidian's properties. JSON's strings and lists are YAML's."""
    rows = {
        "aliases": [one_line(alias) for alias in character.aliases],
        "tags": ["character"],
        "id": character.id,
        "pronouns": character.pronouns,
        "narrator": character.narrator,
        "lines": n_lines,
        "words": character.words_spoken,
    }
    made = (
        f"{name}: {CONTROL.sub(chr(0xFFFD), json.dumps(value, ensure_ascii=False))}" for name, value in rows.items()
    )
    return "\n".join(["---", *made, "---"])


def _page(pieces: Iterable[str]) -> str:
    return "\n\n".join(pieces) + "\n"
