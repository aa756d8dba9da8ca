"""Reading → a story bible in Markdown: a page for each person, for Obsidian or any wiki.

`index.md` lists the cast, `chapters.md` who is in each chapter, and `places.md` places and other named things, if the
reading has any. `people/` has a page for each person, with YAML front matter (Obsidian's `aliases` and `tags`).
"""

import json
import re
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from dramaturg.errors import UsageError
from dramaturg.exporters.common.chapters import ChapterSpan, chapter_spans
from dramaturg.exporters.common.display_text import DisplayText
from dramaturg.exporters.common.markdown_text import CONTROL, escape_markdown
from dramaturg.exporters.common.mentions import mentions_by_character, whole_mentions
from dramaturg.exporters.common.networks import network_of
from dramaturg.exporters.common.titles import title_of
from dramaturg.formatting import clip, counted, one_line
from dramaturg.phrases import Locator, snippet
from dramaturg.portraits import facts_of, portrait
from dramaturg.reading import Character, Fact, Mention, Reading
from dramaturg.utterances import Utterance, utterances

ABOUT = "a story bible in Markdown, a page for each person"
LINK_STYLES = ("wiki", "markdown")
# Not allowed in file names by Windows or macOS, or in Obsidian's links, or in URLs.
FORBIDDEN_IN_FILE_NAMES = re.compile(r'[<>:"/\\|?*#^\[\]%\x00-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]+')
RESERVED_NAMES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # devices of Windows
MAX_NAME_BYTES = 80  # many file systems allow 255, but paths are limited too
OTHER_PAGES = ("index", "chapters", "places")  # wiki links use file names without folders, so people cannot use these
MAX_NOUNS = 8
MAX_FACT_CHARACTERS = 160
HEADINGS = {
    "GPE": "Towns and countries",
    "LOC": "Other places",
    "FAC": "Buildings",
    "ORG": "Organisations",
    "VEH": "Vehicles",
}


def to_files(reading: Reading, *, links: str = "wiki", lines: int = 10) -> Iterator[tuple[str, str]]:
    """The pages of the story bible, by name.

    `links`: wiki for [[links]], as in Obsidian; markdown for standard Markdown links
    `lines`: the maximum number of lines to quote for each person
    """
    if links not in LINK_STYLES:
        raise UsageError(f"there are no links of the kind “{links}”. The kinds are: {', '.join(LINK_STYLES)}.")
    if lines < 0:
        raise UsageError(f"lines={lines}: give 0 or more.")
    return _Bible(reading, links == "wiki").pages(lines)


def file_names(names: Iterable[str]) -> list[str]:
    """A file name without extension for each name: valid on every system, and unique even if case is ignored.

    >>> file_names(["Ann", "ann", "A/C: the “?”", "con"])
    ['Ann', 'ann (2)', 'A C the “ ”', 'con_']
    """
    taken = set(OTHER_PAGES)
    stems = []
    for name in names:
        plain = " ".join(FORBIDDEN_IN_FILE_NAMES.sub(" ", unicodedata.normalize("NFC", name)).split()).strip(". ")
        while len(plain.encode("utf-8")) > MAX_NAME_BYTES:
            plain = plain[:-1].rstrip(". ")
        if RESERVED_NAMES.fullmatch(plain) or not plain:
            plain = f"{plain}_"
        number, free = 2, plain
        while free.casefold() in taken:
            free = f"{plain} ({number})"
            number += 1
        taken.add(free.casefold())
        stems.append(free)
    return stems


class _Bible:
    """Makes the pages from indexes that are built once."""

    def __init__(self, reading: Reading, wiki: bool) -> None:
        self.reading = reading
        self.wiki = wiki
        self.locator = Locator(reading)
        self.display = DisplayText(reading)
        names = file_names(character.name for character in reading.characters)
        self.files = {character.id: name for character, name in zip(reading.characters, names, strict=True)}
        self.chapters = chapter_spans(reading)
        self.chapter_starts = [chapter.start for chapter in self.chapters]
        self.mentions = mentions_by_character(reading)
        self.utterances: dict[str, list[Utterance]] = defaultdict(list)
        for utterance in utterances(reading):
            if utterance.first.speaker is not None:
                self.utterances[utterance.first.speaker].append(utterance)
        self.lines_to: dict[str, Counter[str]] = defaultdict(Counter)
        self.lines_from: dict[str, Counter[str]] = defaultdict(Counter)
        for edge in network_of(reading, "conversation").edges:
            self.lines_to[edge.source][edge.target] = edge.weight
            self.lines_from[edge.target][edge.source] = edge.weight

    def pages(self, n_lines: int) -> Iterator[tuple[str, str]]:
        yield "index.md", _page(self._index())
        yield "chapters.md", _page(self._chapters())
        if things := self._named_things():
            yield "places.md", _page(["# Places and other names", *things])
        for character in self.reading.characters:
            yield f"people/{self.files[character.id]}.md", _page(self._person(character, n_lines))

    def _title(self) -> str:
        return escape_markdown(title_of(self.reading))

    def link(self, id: str, folder: str = "") -> str:
        """A link to a person's page, from a page in `folder`."""
        file = self.files[id]
        if self.wiki:
            return f"[[{file}]]"  # nothing can be escaped in wiki links, and these file names need no escapes
        target = quote(f"{file}.md" if folder == "people" else f"people/{file}.md")
        return f"[{escape_markdown(one_line(self.reading.character(id).name))}]({target})"

    def _index(self) -> Iterator[str]:
        author = self.reading.story.source.author
        yield f"# {self._title()}"
        if author:
            yield f"by {escape_markdown(one_line(author))}"
        yield "See [chapters](chapters.md)." if not self.wiki else "See [[chapters]]."
        rows = ["| who | pronouns | lines | words | first appearance |", "| --- | --- | --: | --: | --- |"]
        for character in self.reading.characters:
            first = "" if character.first is None else self.locator.describe(character.first)
            said = len(self.utterances[character.id])
            cells = (self.link(character.id), character.pronouns or "", said, character.words_spoken, first)
            rows.append(f"| {' | '.join(map(str, cells))} |")
        yield "\n".join(rows)

    def _chapters(self) -> Iterator[str]:
        yield "# Chapters"
        people: list[Counter[str]] = [Counter() for _ in self.chapters]
        for id, mentions in self.mentions.items():
            for mention in mentions:
                people[self._chapter_at(mention.start)][id] += 1
        for chapter, counts in zip(self.chapters, people, strict=True):
            if not chapter.number and not counts and len(self.chapters) > 1:
                continue  # only the story's title
            yield f"## {self._chapter_name(chapter)}"
            order = sorted(counts, key=lambda id: (-counts[id], id))
            yield "\n".join(f"- {self.link(id)}: {counted(counts[id], 'mention')}" for id in order) or "Nobody."

    def _named_things(self) -> list[str]:
        """Named entities that are not people: a heading and a list for each type."""
        found: dict[str, dict[str, list[Mention]]] = defaultdict(lambda: defaultdict(list))
        for mention in whole_mentions(self.reading):
            if mention.type != "PER" and mention.character is None:
                found[mention.type][mention.entity].append(mention)
        sections = []
        for type, heading in HEADINGS.items():
            rows = []
            for mentions in found[type].values():
                names = Counter(one_line(self.reading.text_of(m)) for m in mentions if m.kind == "name")
                if names:
                    where = self.locator.describe(mentions[0].start)
                    name = escape_markdown(names.most_common(1)[0][0])
                    rows.append(f"- {name}: {counted(len(mentions), 'mention')}, first {where}")
            if rows:
                sections += [f"## {heading}", "\n".join(sorted(rows))]
        return sections

    def _person(self, character: Character, n_lines: int) -> Iterator[str]:
        spoken = self.utterances[character.id]
        yield _front_matter(character, len(spoken))
        yield f"# {escape_markdown(one_line(character.name))}"
        if who := portrait(self.reading, character):
            yield f"{escape_markdown(one_line(who[:1].upper() + who[1:]))}."
        yield self._facts(character, spoken)
        if facts := facts_of(self.reading, character):
            yield "## What the story says\n\n" + "\n".join(self._fact(fact) for fact in facts)
        mentions = self.mentions.get(character.id, [])
        nouns = Counter(one_line(self.reading.text_of(m)) for m in mentions if m.kind == "noun")
        if character.aliases:
            yield "## Also called\n\n" + "\n".join(
                f"- {escape_markdown(one_line(alias))}" for alias in character.aliases
            )
        if nouns:
            rows = (f"- {escape_markdown(words)} ({n})" for words, n in nouns.most_common(MAX_NOUNS))
            yield "## Referred to as\n\n" + "\n".join(rows)
        if character.first is not None:
            excerpt = snippet(self.reading, character.first, before=80, after=160, words=self.display.plain)
            yield f"## First appearance\n\n> {escape_markdown(excerpt)}"
        if len(self.reading.story.chapters) > 1:
            yield "## Chapters\n\n" + self._by_chapter(mentions, spoken)
        if conversations := self._conversations(character.id):
            yield "## Talks with\n\n" + conversations
        if spoken and n_lines:
            yield self._lines(spoken, n_lines)

    def _fact(self, fact: Fact) -> str:
        """A row with what the story says, of whom, where and in which words."""
        of = f" of {self.link(fact.of, 'people')}" if fact.of is not None else ""
        claim = f", says {self.link(fact.said_by, 'people')}" if fact.said_by is not None else ""
        words = escape_markdown(clip(self.display.plain(fact.start, fact.end), MAX_FACT_CHARACTERS))
        value = escape_markdown(one_line(fact.value))
        return f"- {fact.kind}: {value}{of}{claim} ({self.locator.describe(fact.start)}: “{words}”)"

    def _facts(self, character: Character, spoken: list[Utterance]) -> str:
        sentences = ["The narrator of the story."] if character.narrator else []
        if character.kind == "group":
            sentences.append("A group that speaks as one.")
        if spoken:
            sentences.append(f"{counted(len(spoken), 'line')}, {counted(character.words_spoken, 'word')}.")
        else:
            sentences.append("Does not speak.")
        if character.first is not None and character.last is not None:
            sentences.append(
                f"From {self.locator.describe(character.first)} to {self.locator.describe(character.last)}."
            )
        return " ".join(sentences)

    def _by_chapter(self, mentions: list[Mention], spoken: list[Utterance]) -> str:
        mentioned_in = Counter(self._chapter_at(mention.start) for mention in mentions)
        spoken_in = Counter(self._chapter_at(utterance.first.start) for utterance in spoken)
        rows = ["| chapter | mentions | lines |", "| --- | --: | --: |"]
        for n in sorted(mentioned_in.keys() | spoken_in.keys()):
            rows.append(f"| {self._chapter_name(self.chapters[n])} | {mentioned_in[n]} | {spoken_in[n]} |")
        return "\n".join(rows)

    def _conversations(self, id: str) -> str:
        to, by = self.lines_to[id], self.lines_from[id]
        others = sorted(to.keys() | by.keys(), key=lambda other: (-to[other] - by[other], other))
        return "\n".join(f"- {self.link(other, 'people')}: says {to[other]}, hears {by[other]}" for other in others)

    def _lines(self, spoken: list[Utterance], max_lines: int) -> str:
        step = max(1, -(-len(spoken) // max_lines))
        rows = []
        for utterance in spoken[::step]:
            to = ", ".join(self.link(other, "people") for other in utterance.first.addressees)
            said = " … ".join(one_line(self.display.plain(part.start, part.end)) for part in utterance.parts)
            words = escape_markdown(clip(said, 400))
            rows.append(f"- {words} ({f'to {to}, ' if to else ''}{self.locator.describe(utterance.first.start)})")
        return "## Lines\n\n" + "\n".join(rows)

    def _chapter_at(self, at: int) -> int:
        return max(0, bisect_right(self.chapter_starts, at) - 1)

    def _chapter_name(self, chapter: ChapterSpan) -> str:
        if chapter.title:
            return escape_markdown(clip(one_line(chapter.title), 100))
        if chapter.number:
            return f"Chapter {chapter.number}"
        return "Before the first chapter" if len(self.chapters) > 1 else "The whole story"


def _front_matter(character: Character, n_lines: int) -> str:
    """YAML front matter, which Obsidian shows as properties. JSON strings and lists are valid YAML."""
    rows = {
        "aliases": [one_line(alias) for alias in character.aliases],
        "tags": ["character"],
        "id": character.id,
        "pronouns": character.pronouns,
        "narrator": character.narrator,
        "lines": n_lines,
        "words": character.words_spoken,
    }
    fields = (
        f"{name}: {CONTROL.sub(chr(0xFFFD), json.dumps(value, ensure_ascii=False))}" for name, value in rows.items()
    )
    return "\n".join(["---", *fields, "---"])


def _page(pieces: Iterable[str]) -> str:
    return "\n\n".join(pieces) + "\n"
