"""Reading → non-consumptive features: counts and measures by chapter and by person, without the text.

For texts that may be studied but not shared, modelled on HathiTrust's Extracted Features. No passage can be
reconstructed: words are counted without their order, chapters and people with fewer than MIN_COUNTED_WORDS words have
no word counts (the counts of a short passage almost are the passage), and no quoted text, such as a name or a chapter
title, is longer than MAX_QUOTED_WORDS words.
"""

import json
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain
from statistics import mean
from typing import Any

from dramaturg.exporters.common.chapters import chapter_spans
from dramaturg.exporters.common.networks import network_of
from dramaturg.exporters.common.script_lines import script_lines
from dramaturg.exporters.common.word_table import WordTable, words_of
from dramaturg.reading import Reading

ABOUT = "counts and measures, without the text"
SUFFIX = ".features.json"
MAX_QUOTED_WORDS = 5
MIN_COUNTED_WORDS = 200
MAX_WORD_LETTERS = 40  # anything longer is not a word
# Scripts without spaces between words, where each letter is counted as a word.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
WORD = re.compile(
    rf"{UNSPACED.pattern}|(?:(?!{UNSPACED.pattern})[^\W\d_])+(?:[’'](?:(?!{UNSPACED.pattern})[^\W\d_])+)?"
)
# For the limit on quoted text, everything that could count as a word does.
ANY_WORD = re.compile(rf"{UNSPACED.pattern}|(?:(?!{UNSPACED.pattern})[^\W_])+")
KINDS = ("narration", "speech", "tag", "thought")


def to_text(reading: Reading, *, words: bool = True) -> str:
    """The features as a JSON document.

    `words`: include word counts by chapter and by person
    """
    return json.dumps(features(reading, words), ensure_ascii=False, indent=1) + "\n"


def features(reading: Reading, with_words: bool = True) -> dict[str, Any]:
    """The features as plain values."""
    tokens = words_of(reading)
    source = reading.story.source
    text = reading.story.text
    ids = _ids(reading)
    # Short chapters are left out of the total too: otherwise their counts would be the total minus the other chapters.
    chapter_texts = [text[chapter.start : chapter.end] for chapter in chapter_spans(reading)]
    counted = [
        chapter_text
        for chapter_text in chapter_texts
        if sum(1 for _ in WORD.finditer(chapter_text)) >= MIN_COUNTED_WORDS
    ]
    return {
        "features": "dramaturg-features/1",
        "made_by": {"version": reading.made_by.version, "weights": reading.made_by.weights},
        "source": {
            "title": clipped(source.title),
            "author": clipped(source.author),
            "sha256": source.sha256,
            "language": source.language,
        },
        "limits": {"longest_run": MAX_QUOTED_WORDS, "shortest_counted": MIN_COUNTED_WORDS},
        "characters_of_text": len(text),
        "words": sum(1 for _ in WORD.finditer(text)),
        "word_counts": _word_counts(counted or chapter_texts, with_words),
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


def clipped(text: str | None) -> str | None:
    """The first MAX_QUOTED_WORDS words of a quoted text."""
    if text is None:
        return None
    found = list(ANY_WORD.finditer(text))
    return text.strip() if len(found) <= MAX_QUOTED_WORDS else text[: found[MAX_QUOTED_WORDS - 1].end()].strip()


def _ids(reading: Reading) -> dict[str, str]:
    """An id for each character: a number if its own id has more than MAX_QUOTED_WORDS words."""
    return {
        c.id: c.id if len(ANY_WORD.findall(c.id)) <= MAX_QUOTED_WORDS else f"person-{n}"
        for n, c in enumerate(reading.characters, 1)
    }


def _chapters(reading: Reading, tokens: WordTable, ids: dict[str, str], with_words: bool) -> list[dict[str, Any]]:
    chapters = chapter_spans(reading)
    starts = [chapter.start for chapter in chapters]

    def chapter_at(offset: int) -> int:
        return max(0, bisect_right(starts, offset) - 1)

    kinds: list[Counter[str]] = [Counter() for _ in chapters]
    lines = script_lines(reading)
    line_starts = [line.start for line in lines]
    for match in WORD.finditer(reading.story.text):
        line = lines[max(0, bisect_right(line_starts, match.start()) - 1)]
        kinds[chapter_at(match.start())][line.kind] += 1
    lengths: list[list[int]] = [[] for _ in chapters]
    pos: list[Counter[str]] = [Counter() for _ in chapters]
    for sentence in tokens.sentences:
        lengths[chapter_at(tokens.words[sentence[0]].start)].append(len(sentence))
    for word in tokens.words:
        if word.pos:
            pos[chapter_at(word.start)][word.pos] += 1
    mentions: list[Counter[str]] = [Counter() for _ in chapters]
    for mention in reading.mentions:
        mentions[chapter_at(mention.start)][f"{mention.type} {mention.kind}"] += 1
    supersenses: list[Counter[str]] = [Counter() for _ in chapters]
    for supersense in reading.supersenses:
        supersenses[chapter_at(supersense.start)][supersense.label] += 1
    events = Counter(chapter_at(event.start) for event in reading.events)
    paragraphs = Counter(chapter_at(block.start) for block in reading.story.blocks if block.role == "paragraph")
    scenes = Counter(chapter_at(block.start) for block in reading.story.blocks if block.role == "scene_break")
    speakers: list[Counter[str]] = [Counter() for _ in chapters]
    for quotation in reading.quotations:
        speakers[chapter_at(quotation.start)][ids.get(quotation.speaker or "", "unknown")] += 1
    return [
        {
            "number": chapter.number,
            "title": clipped(chapter.title),
            "words": sum(kinds[n].values()),
            "words_by_kind": {kind: kinds[n][kind] for kind in KINDS},
            "paragraphs": paragraphs[n],
            "scene_breaks": scenes[n],
            "sentences": len(lengths[n]),
            "mean_sentence": round(mean(lengths[n]), 2) if lengths[n] else None,
            "parts_of_speech": dict(sorted(pos[n].items())),
            "mentions": dict(sorted(mentions[n].items())),
            "events": events[n],
            "supersenses": dict(sorted(supersenses[n].items())),
            "quotations_by_speaker": dict(sorted(speakers[n].items())),
            "word_counts": _word_counts([reading.story.text[chapter.start : chapter.end]], with_words),
        }
        for n, chapter in enumerate(chapters)
    ]


def _people(reading: Reading, ids: dict[str, str], with_words: bool) -> list[dict[str, Any]]:
    lines: dict[str, list[str]] = defaultdict(list)
    for quotation in reading.quotations:
        if quotation.speaker is not None and quotation.within is None:
            lines[quotation.speaker].append(reading.text_of(quotation))
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
            "questions": sum(line.count("?") > 0 for line in lines[c.id]),
            "exclamations": sum(line.count("!") > 0 for line in lines[c.id]),
            "events_as_agent": agents[c.id],
            "events_as_patient": patients[c.id],
            "word_counts": _word_counts(lines[c.id], with_words),
        }
        for c in reading.characters
    ]


def _word_counts(texts: Iterable[str], wanted: bool) -> dict[str, int] | None:
    """The number of uses of each word, in alphabetical order; None if there are too few words to hide the text."""
    if not wanted:
        return None
    counts = Counter(match.group().lower() for text in texts for match in WORD.finditer(text))
    if sum(counts.values()) < MIN_COUNTED_WORDS:
        return None
    return {word: counts[word] for word in sorted(counts) if len(word) <= MAX_WORD_LETTERS}
