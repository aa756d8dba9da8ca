"""A novel as the ranker sees it: the scene that dramaturg sets, with the annotators' answers beside it."""

import random
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, replace

import numpy as np

from corpora.given import corrections_of
from corpora.pairing import index_stretches
from corpora.pdnc import GoldQuotation, Novel
from dramaturg.cast import Scene, find_people, set_scene
from dramaturg.cast.people.aligned_spans import align_mentions
from dramaturg.cast.people.corrections.stated import lay_out
from dramaturg.cast.people.person import Person
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.utterances import Utterance
from dramaturg.corrections.resolve import ResolvedCorrections, resolve
from dramaturg.draft import Draft
from dramaturg.findings import Findings, NeuralFindings
from dramaturg.layers.rules.words import annotate_words
from dramaturg.pipeline import run_rule_layers
from dramaturg.scan import scan
from dramaturg.sources import load_bytes
from dramaturg.story import Block
from training.neural_findings import cut_neural_findings, neural_findings_of

FEWEST = 15  # quotations: a chapter with fewer is no example
STRETCH = (3, 12)  # quotations: how few at least make a stretch of talk, drawn for each
AROUND = 2  # paragraphs of narration that stay before a stretch, where there are as many


@dataclass
class Case:
    """A scene with answers. `speaker[u]`: the gold speaker of utterance u, or None. `gold_of[p]`: whom person p is.

    `covering[g]`: the utterance that speaks for gold quotation g, or -1.
    """

    novel: str
    author: str
    scene: Scene
    speaker: list[str | None]
    addressees: list[tuple[str, ...]]
    gold_of: list[str | None]
    covering: list[int]
    quotations: tuple[GoldQuotation, ...]

    @property
    def right(self) -> np.ndarray:
        """Whether each candidate row is the gold speaker: bool (candidates,).

        Where several of our people are one of theirs, the chief one is right where it is a candidate.
        """
        table = self.scene.table
        chief = self.chief
        fits = np.zeros(len(table.person), dtype=bool)
        chiefs = np.zeros(len(table.person), dtype=bool)
        for k, (u, p) in enumerate(zip(table.utterance.tolist(), table.person.tolist(), strict=True)):
            gold = self.speaker[u]
            fits[k] = gold is not None and self.gold_of[p] == gold
            chiefs[k] = fits[k] and chief[gold] == p
        with_chief = np.zeros(len(self.speaker), dtype=bool)
        with_chief[table.utterance[chiefs]] = True
        return np.where(with_chief[table.utterance], chiefs, fits)

    @property
    def chief(self) -> dict[str, int]:
        """For each gold character, the one of our people that has most of their mentions."""
        people = self.scene.roster.people
        best: dict[str, int] = {}
        for p, gold in enumerate(self.gold_of):
            if gold is not None and (gold not in best or _weight(people[p]) > _weight(people[best[gold]])):
                best[gold] = p
        return best


def _weight(person: Person) -> tuple[bool, int]:
    return person.named, person.forms.total()


@dataclass
class Matched:
    """A novel's roster before descriptions are joined to names, with whom of the gold characters each person is."""

    draft: Draft
    findings: Findings
    utterances: list[Utterance]
    roster: Roster
    gold_of: list[str | None]


def match_novel(novel: Novel) -> Matched:
    """Read a novel as far as its roster, and lay the annotation beside it."""
    draft = _scan(novel)
    words = annotate_words(draft)
    findings = run_rule_layers(draft, words)
    aligned = align_mentions(draft, findings.mentions, neural_findings_of(draft))
    people = find_people(draft, words, findings, aligned, lay_out(findings.mentions, draft.language))
    speaker, _, _ = _answers(novel, people.utterances, draft)
    gold_of = _match_people(novel, people.utterances, people.roster, people.narrator, findings, speaker)
    return Matched(draft, findings, people.utterances, people.roster, gold_of)


def excerpts(novel: Novel) -> list[tuple[int, Novel]]:
    """The chapters of a novel as if each were a story of its own, with their starts: most stories are short."""
    chapters = load_bytes(novel.text.encode(), novel.path.name).chapters
    cut = []
    for chapter in chapters:
        inside = [q for q in novel.quotations if chapter.start <= q.spans[0][0] and q.spans[-1][1] <= chapter.end]
        if len(inside) >= FEWEST:
            text = novel.text[chapter.start : chapter.end]
            moved = tuple(_moved(quotation, chapter.start) for quotation in inside)
            cut.append((chapter.start, replace(novel, text=text, quotations=moved)))
    return cut


def stretches(novel: Novel) -> list[tuple[int, Novel]]:
    """Some lines of talk after one another, with their starts, as if each were a story of its own.

    A little narration stays before each; who was met earlier is not known there.
    """
    draw = random.Random(novel.name)
    cut: list[tuple[int, Novel]] = []
    inside: list[GoldQuotation] = []
    first, fewest = 0, draw.randint(*STRETCH)
    paragraphs = _paragraphs(novel)
    for k, (block, own) in enumerate(paragraphs):
        if own and not inside:
            first = max(first, k - AROUND)
        inside += own
        if len(inside) >= fewest and all(quotation.spans[-1][1] <= block.end for quotation in inside):
            start = paragraphs[first][0].start
            moved = tuple(_moved(quotation, start) for quotation in inside)
            cut.append((start, replace(novel, text=novel.text[start : block.end], quotations=moved)))
            inside, first, fewest = [], k + 1, draw.randint(*STRETCH)
    return cut


def _paragraphs(novel: Novel) -> list[tuple[Block, list[GoldQuotation]]]:
    """The paragraphs of a novel, each with the quotations that begin in it."""
    story = load_bytes(novel.text.encode(), novel.path.name)
    blocks = [block for block in story.blocks if block.role == "paragraph"]
    starts = [block.start for block in blocks]
    quoted: list[list[GoldQuotation]] = [[] for _ in blocks]
    for quotation in novel.quotations:
        quoted[max(0, bisect_right(starts, quotation.spans[0][0]) - 1)].append(quotation)
    return list(zip(blocks, quoted, strict=True))


def _moved(quotation: GoldQuotation, back: int) -> GoldQuotation:
    return replace(quotation, spans=tuple((start - back, end - back) for start, end in quotation.spans))


def build_case(novel: Novel) -> Case:
    """Read a novel as far as its scene, and lay the annotation beside it."""
    draft = _scan(novel)
    return _case(novel, draft, neural_findings_of(draft))


def build_chapters(novel: Novel) -> list[Case]:
    """The same for each chapter as if it were a story of its own."""
    return _build_parts(novel, excerpts(novel))


def build_stretches(novel: Novel) -> list[Case]:
    """The same for some lines of talk after one another; who is nowhere in them is nobody's lesson."""
    return [_without_strangers(case) for case in _build_parts(novel, stretches(novel))]


def _without_strangers(case: Case) -> Case:
    """A case that does not ask who speaks where that person is no candidate."""
    listed = set(case.scene.table.utterance[case.right].tolist())
    return replace(case, speaker=[name if u in listed else None for u, name in enumerate(case.speaker)])


def _build_parts(novel: Novel, parts: list[tuple[int, Novel]]) -> list[Case]:
    whole = _scan(novel)
    neural = neural_findings_of(whole)
    cases = []
    for start, part in parts:
        draft = _scan(part)
        cases.append(_case(part, draft, cut_neural_findings(neural, whole, draft, start)))
    return cases


def build_given(novel: Novel) -> Case:
    """The same where a person has told the cast and what is speech: candidates are others then, and conversations."""
    whole = _scan(novel)
    story = load_bytes(novel.text.encode(), novel.path.name)
    resolved = resolve(corrections_of(novel, ("cast", "quotations")), story)
    draft = scan(story, resolved)
    return _case(novel, draft, cut_neural_findings(neural_findings_of(whole), whole, draft, 0), resolved)


def _scan(novel: Novel) -> Draft:
    return scan(load_bytes(novel.text.encode(), novel.path.name))


def _case(novel: Novel, draft: Draft, neural: NeuralFindings, resolved: ResolvedCorrections | None = None) -> Case:
    words = annotate_words(draft)
    findings = run_rule_layers(draft, words, resolved)
    scene = set_scene(draft, words, findings, align_mentions(draft, findings.mentions, neural), resolved)
    speaker, addressees, covering = _answers(novel, scene.utterances, draft)
    gold_of = _match_people(novel, scene.utterances, scene.roster, scene.narrator, findings, speaker)
    return Case(novel.name, novel.author, scene, speaker, addressees, gold_of, covering, novel.quotations)


def _answers(
    novel: Novel, utterances: list[Utterance], draft: Draft
) -> tuple[list[str | None], list[tuple[str, ...]], list[int]]:
    """The gold speaker and addressees of each utterance, and the utterance of each gold quotation."""
    covering = _cover(novel, utterances, draft)
    speaker: list[str | None] = [None] * len(utterances)
    addressees: list[tuple[str, ...]] = [()] * len(utterances)
    for quotation, u in zip(novel.quotations, covering, strict=True):
        if u >= 0:
            speaker[u], addressees[u] = quotation.speaker, quotation.addressees
    return speaker, addressees, covering


def _cover(novel: Novel, utterances: list[Utterance], draft: Draft) -> list[int]:
    """For each gold quotation the utterance that overlaps it most, -1 if none does."""
    parts = [(u, draft.quotations[q]) for u, utterance in enumerate(utterances) for q in utterance.quotations]
    overlapping = index_stretches([(quotation.start, quotation.end) for _, quotation in parts])
    found = []
    for gold in novel.quotations:
        shared: Counter[int] = Counter()
        for span in gold.spans:
            for index, overlap in overlapping(span):
                shared[parts[index][0]] += overlap
        found.append(max(shared, key=lambda u: shared[u], default=-1))
    return found


def _match_people(
    novel: Novel,
    utterances: list[Utterance],
    roster: Roster,
    narrator: int,
    findings: Findings,
    speaker: list[str | None],
) -> list[str | None]:
    """Whom of the gold characters each person is: by their names, and by what they are said outright to say."""
    owners = defaultdict(set)
    for character in novel.characters:
        for alias in character.aliases:
            owners[_key(alias)].add(character.name)
    outright: dict[int, Counter[str]] = defaultdict(Counter)
    for u, utterance in enumerate(utterances):
        gold = speaker[u]
        for cue in utterance.cues:
            person = roster.of_mention[cue.mention]
            named = findings.mentions[cue.mention].kind != "pronoun" or person == narrator
            if gold and cue.is_tag and cue.strength == "core" and person >= 0 and named:
                outright[person][gold] += 1
    found: list[str | None] = []
    for p, person in enumerate(roster.people):
        votes: Counter[str] = Counter()
        for form, count in person.forms.items():
            named = owners.get(_key(form), set())
            for name in named:
                votes[name] += count / len(named) * (1.0 if person.named else 0.2)
        for name, count in outright[p].items():
            votes[name] += 2 * count
        best = max(votes, key=lambda name: (votes[name], name), default=None)
        found.append(best if best is not None and votes[best] * 8 >= person.forms.total() else None)
    return found


def _key(name: str) -> str:
    key = " ".join(name.lower().replace(".", "").replace("’", "'").split())
    return key.removeprefix("the ").removeprefix("a ")
