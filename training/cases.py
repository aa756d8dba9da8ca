"""A novel as the ranker sees it: the scene that dramaturg makes, with the annotated speakers and addressees."""

import random
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, replace

import numpy as np

from corpora.pairing import index_stretches
from corpora.pdnc import GoldQuotation, Novel
from dramaturg.cast import Scene, find_people, set_scene
from dramaturg.cast.people.aligned_spans import AlignedSpans, align_mentions
from dramaturg.cast.people.corrections.stated import lay_out
from dramaturg.cast.people.narrators import Narrators
from dramaturg.cast.people.person import Person
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.utterances import Utterance
from dramaturg.corrections.resolve import ResolvedCorrections
from dramaturg.draft import Draft
from dramaturg.findings import Findings, NeuralFindings
from dramaturg.layers.rules.words import annotate_words
from dramaturg.pipeline import run_rule_layers
from dramaturg.scan import scan
from dramaturg.sources import load_bytes
from dramaturg.story import Block
from training.fold_models import fold_scorer
from training.neural_findings import cut_neural_findings, neural_findings_of
from training.stories import Story

STRETCH_QUOTATIONS = (3, 12)  # the minimum length of a stretch of conversation is drawn from this range
MAX_PARAGRAPHS_BEFORE = 2  # of narration that are kept before a stretch


@dataclass
class Case:
    """A scene with its annotation.

    `speaker[u]`: the gold speaker of utterance u, None if unknown; `addressees[u]`: its gold addressees. `gold_of[p]`:
    the gold character of person p, None if unknown. `covering[g]`: the utterance of gold quotation g, -1 if none.
    """

    novel: str
    corpus: str
    fold: int
    scene: Scene
    speaker: list[str | None]
    addressees: list[tuple[str, ...]]
    gold_of: list[str | None]
    covering: list[int]
    quotations: tuple[GoldQuotation, ...]

    @property
    def right(self) -> np.ndarray:
        """Whether each candidate row is the gold speaker: bool (candidates,).

        If several of our people are the same gold character, only `main_person` is right, if it is a candidate.
        """
        table = self.scene.table
        main_person = self.main_person
        is_right = np.zeros(len(table.person), dtype=bool)
        is_main = np.zeros(len(table.person), dtype=bool)
        for k, (u, p) in enumerate(zip(table.utterance.tolist(), table.person.tolist(), strict=True)):
            gold = self.speaker[u]
            is_right[k] = gold is not None and self.gold_of[p] == gold
            is_main[k] = is_right[k] and main_person[gold] == p
        with_main = np.zeros(len(self.speaker), dtype=bool)
        with_main[table.utterance[is_main]] = True
        return np.where(with_main[table.utterance], is_main, is_right)

    @property
    def main_person(self) -> dict[str, int]:
        """The person of each gold character; if there are several, the one with a name, then with the most mentions."""
        people = self.scene.roster.people
        best: dict[str, int] = {}
        for p, gold in enumerate(self.gold_of):
            if gold is not None and (gold not in best or _prominence(people[p]) > _prominence(people[best[gold]])):
                best[gold] = p
        return best


def _prominence(person: Person) -> tuple[bool, int]:
    return person.named, person.forms.total()


@dataclass
class MatchedNovel:
    """A novel's roster before descriptions are joined to names. `gold_of[p]`: the gold character of person p."""

    draft: Draft
    findings: Findings
    utterances: list[Utterance]
    roster: Roster
    aligned: AlignedSpans
    narrators: Narrators
    gold_of: list[str | None]


def match_novel(novel: Novel) -> MatchedNovel:
    """Read a novel up to its roster and match its people with the annotated characters."""
    draft = _scan(novel)
    words = annotate_words(draft)
    neural = neural_findings_of(draft)
    findings = run_rule_layers(draft, words, neural.syntax)
    aligned = align_mentions(draft, findings.mentions, neural)
    people = find_people(draft, words, findings, aligned, lay_out(findings.mentions, draft.language))
    speaker, _, _ = _gold_labels(novel, people.utterances, draft)
    gold_of = _match_people(novel, people.utterances, people.roster, people.narrators, findings, speaker)
    return MatchedNovel(draft, findings, people.utterances, people.roster, aligned, people.narrators, gold_of)


def cut_stretches(novel: Novel) -> list[tuple[int, Novel]]:
    """Short stretches of conversation, each as a novel of its own, with their starts.

    A little narration is kept before each. People who appear only earlier in the novel are unknown in it.
    """
    draw = random.Random(novel.name)
    cut: list[tuple[int, Novel]] = []
    inside: list[GoldQuotation] = []
    first, min_quotations = 0, draw.randint(*STRETCH_QUOTATIONS)
    paragraphs = _paragraphs(novel)
    for k, (block, starting) in enumerate(paragraphs):
        if starting and not inside:
            first = max(first, k - MAX_PARAGRAPHS_BEFORE)
        inside += starting
        if len(inside) >= min_quotations and all(quotation.spans[-1][1] <= block.end for quotation in inside):
            start = paragraphs[first][0].start
            moved = tuple(_shift(quotation, start) for quotation in inside)
            cut.append((start, replace(novel, text=novel.text[start : block.end], quotations=moved)))
            inside, first, min_quotations = [], k + 1, draw.randint(*STRETCH_QUOTATIONS)
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


def _shift(quotation: GoldQuotation, offset: int) -> GoldQuotation:
    return replace(quotation, spans=tuple((start - offset, end - offset) for start, end in quotation.spans))


def build_case(story: Story) -> Case:
    """Read a story up to its scene and match it with the annotation."""
    draft = _scan(story.novel)
    return _make_case(story, draft, neural_findings_of(draft))


def build_stretches(story: Story) -> list[Case]:
    """Like `build_case`, for each short stretch of conversation. Speakers who are not candidates in it are left out."""
    return [_without_unlisted_speakers(case) for case in _build_parts(story, cut_stretches(story.novel))]


def _without_unlisted_speakers(case: Case) -> Case:
    """The case with None as the speaker of each utterance whose gold speaker is not a candidate."""
    listed = set(case.scene.table.utterance[case.right].tolist())
    return replace(case, speaker=[name if u in listed else None for u, name in enumerate(case.speaker)])


def _build_parts(story: Story, parts: list[tuple[int, Novel]]) -> list[Case]:
    whole, neural = read_draft(story)
    cases = []
    for start, part in parts:
        draft = _scan(part)
        cases.append(_make_case(replace(story, novel=part), draft, cut_neural_findings(neural, whole, draft, start)))
    return cases


def read_draft(story: Story) -> tuple[Draft, NeuralFindings]:
    """A story's draft and its neural findings."""
    draft = _scan(story.novel)
    return draft, neural_findings_of(draft)


def _scan(novel: Novel) -> Draft:
    return scan(load_bytes(novel.text.encode(), novel.path.name))


def _make_case(story: Story, draft: Draft, neural: NeuralFindings, resolved: ResolvedCorrections | None = None) -> Case:
    novel = story.novel
    words = annotate_words(draft)
    findings = run_rule_layers(draft, words, neural.syntax, resolved)
    aligned = align_mentions(draft, findings.mentions, neural)
    scene = set_scene(draft, words, findings, aligned, resolved, fold_scorer(story))
    speaker, addressees, covering = _gold_labels(novel, scene.utterances, draft)
    gold_of = _match_people(novel, scene.utterances, scene.roster, scene.narrators, findings, speaker)
    return Case(novel.name, story.corpus, story.fold, scene, speaker, addressees, gold_of, covering, novel.quotations)


def _gold_labels(
    novel: Novel, utterances: list[Utterance], draft: Draft
) -> tuple[list[str | None], list[tuple[str, ...]], list[int]]:
    """The gold speaker and addressees of each utterance, and the utterance of each gold quotation."""
    covering = _find_covering(novel, utterances, draft)
    speaker: list[str | None] = [None] * len(utterances)
    addressees: list[tuple[str, ...]] = [()] * len(utterances)
    for quotation, u in zip(novel.quotations, covering, strict=True):
        if u >= 0:
            speaker[u], addressees[u] = quotation.speaker, quotation.addressees
    return speaker, addressees, covering


def _find_covering(novel: Novel, utterances: list[Utterance], draft: Draft) -> list[int]:
    """The utterance that overlaps each gold quotation most, -1 if none does."""
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
    narrators: Narrators,
    findings: Findings,
    speaker: list[str | None],
) -> list[str | None]:
    """The gold character of each person, None if unknown: by names, and by explicit speech tags."""
    characters_of_name = defaultdict(set)
    for character in novel.characters:
        for alias in character.aliases:
            characters_of_name[_normalise(alias)].add(character.name)
    explicit: dict[int, Counter[str]] = defaultdict(Counter)
    for u, utterance in enumerate(utterances):
        gold = speaker[u]
        for cue in utterance.cues:
            person = roster.of_mention[cue.mention]
            named = findings.mentions[cue.mention].kind != "pronoun" or person in narrators.people
            if gold and cue.is_tag and cue.strength == "core" and person >= 0 and named:
                explicit[person][gold] += 1
    found: list[str | None] = []
    for p, person in enumerate(roster.people):
        votes: Counter[str] = Counter()
        for form, count in person.forms.items():
            named = characters_of_name.get(_normalise(form), set())
            for name in named:
                votes[name] += count / len(named) * (1.0 if person.named else 0.2)
        for name, count in explicit[p].items():
            votes[name] += 2 * count
        best = max(votes, key=lambda name: (votes[name], name), default=None)
        found.append(best if best is not None and votes[best] * 8 >= person.forms.total() else None)
    return found


def _normalise(name: str) -> str:
    key = " ".join(name.lower().replace(".", "").replace("’", "'").split())
    return key.removeprefix("the ").removeprefix("a ")
