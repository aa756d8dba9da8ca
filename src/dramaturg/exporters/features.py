"""Reading → non-consumptive features: counts and measures, by chapter and by person, and none of the text.

For texts that may be studied and not shared, after HathiTrust's Extracted Features. From what stands here no passage
can be put together: words are counted without their order, chapters and people with fewer than SHORTEST words have no
word counts (those of a short stretch nearly are that stretch), and nothing that is quoted from the text, such as a name
or a chapter's title, is longer than LONGEST_RUN words.
"""

import json
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain
from statistics import mean
from typing import Any

from dramaturg.exporters.networks import network_of
from dramaturg.exporters.people import chapter_parts
from dramaturg.exporters.script import script_lines
from dramaturg.exporters.words import Words, words_of
from dramaturg.reading import Reading

LONGEST_RUN = 5
SHORTEST = 200  # words
LONGEST_WORD = 40  # letters; what is longer is no word
# Scripts that write no space between words: there each letter counts by itself.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
WORD = re.compile(
    rf"{UNSPACED.pattern}|(?:(?!{UNSPACED.pattern})[^\W\d_])+(?:[’'](?:(?!{UNSPACED.pattern})[^\W\d_])+)?"
)
# Where it is decided how much may stand in a row, whatever could be taken for a word is one.
ANY_WORD = re.compile(rf"{UNSPACED.pattern}|(?:(?!{UNSPACED.pattern})[^\W_])+")
KINDS = ("narration", "speech", "tag", "thought")


def to_text(reading: Reading, *, words: bool = True) -> str:
    """The features as a JSON document.

    `words`: also how often each word is used, by chapter and by person
    """
    return json.dumps(features(reading, words), ensure_ascii=False, indent=1) + "\n"


def features(reading: Reading, with_words: bool = True) -> dict[str, Any]:
    """The features as plain values."""
    tokens = words_of(reading)
    source = reading.story.source
    text = reading.story.text
    ids = _ids(reading)
    # A short chapter's words must not come out as what the whole has more than the other chapters.
    parts = [text[part.start : part.end] for part in chapter_parts(reading)]
    counted = [part for part in parts if sum(1 for _ in WORD.finditer(part)) >= SHORTEST]
    return {
        "features": "dramaturg-features/1",
        "made_by": {"version": reading.made_by.version, "weights": reading.made_by.weights},
        "source": {
            "title": clipped(source.title),
            "author": clipped(source.author),
            "sha256": source.sha256,
            "language": source.language,
        },
        "limits": {"longest_run": LONGEST_RUN, "shortest_counted": SHORTEST},
        "characters_of_text": len(text),
        "words": sum(1 for _ in WORD.finditer(text)),
        "word_counts": _word_counts(counted or parts, with_words),
        "chapters": _chapters(reading, tokens, ids, with_words),
        "people": _people(reading, ids, with_words),
        "talk": [
            {
                "from": ids[edge.source],
                "to": ids[edge.target],
                "quotations": edge.weight,
                "by_chapter": dict(edge.chapters),
            }
            for edge in network_of(reading, "conversation").edges
        ],
        "copresence": [
            {"between": [ids[edge.source], ids[edge.target]], "paragraphs": edge.weight}
            for edge in network_of(reading, "copresence").edges
        ],
    }


def clipped(words: str | None) -> str | None:
    """The first words of what is quoted, as many as may stand in a row."""
    if words is None:
        return None
    found = list(ANY_WORD.finditer(words))
    return words.strip() if len(found) <= LONGEST_RUN else words[: found[LONGEST_RUN - 1].end()].strip()


def _ids(reading: Reading) -> dict[str, str]:
    """An id for each character: a number, where its own is longer than what may stand in a row."""
    return {
        c.id: c.id if len(ANY_WORD.findall(c.id)) <= LONGEST_RUN else f"person-{n}"
        for n, c in enumerate(reading.characters, 1)
    }


def _chapters(reading: Reading, tokens: Words, ids: dict[str, str], with_words: bool) -> list[dict[str, Any]]:
    parts = chapter_parts(reading)
    starts = [part.start for part in parts]

    def part_of(at: int) -> int:
        return max(0, bisect_right(starts, at) - 1)

    kinds: list[Counter[str]] = [Counter() for _ in parts]
    lines = script_lines(reading)
    line_starts = [line.start for line in lines]
    for match in WORD.finditer(reading.story.text):
        line = lines[max(0, bisect_right(line_starts, match.start()) - 1)]
        kinds[part_of(match.start())][line.kind] += 1
    lengths: list[list[int]] = [[] for _ in parts]
    pos: list[Counter[str]] = [Counter() for _ in parts]
    for sentence in tokens.sentences:
        lengths[part_of(tokens.words[sentence[0]].start)].append(len(sentence))
    for word in tokens.words:
        if word.pos:
            pos[part_of(word.start)][word.pos] += 1
    mentions: list[Counter[str]] = [Counter() for _ in parts]
    for mention in reading.mentions:
        mentions[part_of(mention.start)][f"{mention.type} {mention.kind}"] += 1
    events = Counter(part_of(event.start) for event in reading.events)
    paragraphs = Counter(part_of(block.start) for block in reading.story.blocks if block.role == "paragraph")
    scenes = Counter(part_of(block.start) for block in reading.story.blocks if block.role == "scene_break")
    speakers: list[Counter[str]] = [Counter() for _ in parts]
    for quotation in reading.quotations:
        speakers[part_of(quotation.start)][ids.get(quotation.speaker or "", "unknown")] += 1
    return [
        {
            "number": part.number,
            "title": clipped(part.title),
            "words": sum(kinds[n].values()),
            "words_by_kind": {kind: kinds[n][kind] for kind in KINDS},
            "paragraphs": paragraphs[n],
            "scene_breaks": scenes[n],
            "sentences": len(lengths[n]),
            "mean_sentence": round(mean(lengths[n]), 2) if lengths[n] else None,
            "parts_of_speech": dict(sorted(pos[n].items())),
            "mentions": dict(sorted(mentions[n].items())),
            "events": events[n],
            "quotations_by_speaker": dict(sorted(speakers[n].items())),
            "word_counts": _word_counts([reading.story.text[part.start : part.end]], with_words),
        }
        for n, part in enumerate(parts)
    ]


def _people(reading: Reading, ids: dict[str, str], with_words: bool) -> list[dict[str, Any]]:
    said: dict[str, list[str]] = defaultdict(list)
    for quotation in reading.quotations:
        if quotation.speaker is not None and quotation.within is None:
            said[quotation.speaker].append(reading.text_of(quotation))
    agents = Counter(chain.from_iterable(event.agents for event in reading.events))
    patients = Counter(chain.from_iterable(event.patients for event in reading.events))
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for mention in reading.mentions:
        if mention.character is not None:
            kinds[mention.character][mention.kind] += 1
    return [
        {
            "id": ids[c.id],
            "name": clipped(c.name),
            "aliases": sorted({alias for alias in map(clipped, c.aliases) if alias}),
            "named": c.named,
            "kind": c.kind,
            "pronouns": c.pronouns,
            "narrator": c.narrator,
            "mentions": dict(sorted(kinds[c.id].items())),
            "quotations": c.quotations,
            "words_spoken": c.words_spoken,
            "questions": sum(line.count("?") > 0 for line in said[c.id]),
            "exclamations": sum(line.count("!") > 0 for line in said[c.id]),
            "events_as_agent": agents[c.id],
            "events_as_patient": patients[c.id],
            "word_counts": _word_counts(said[c.id], with_words),
        }
        for c in reading.characters
    ]


def _word_counts(texts: Iterable[str], wanted: bool) -> dict[str, int] | None:
    """How often each word is used, in alphabetical order; None where too few words would tell what they say."""
    if not wanted:
        return None
    counts = Counter(match.group().lower() for text in texts for match in WORD.finditer(text))
    if sum(counts.values()) < SHORTEST:
        return None
    return {word: counts[word] for word in sorted(counts) if len(word) <= LONGEST_WORD}
