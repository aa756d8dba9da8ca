"""Tags by syntax: the verb next to a quotation, and its subject, whatever they are.

“the ticket machine beside him announced”, “came a cry from below”, “asked Sergeant Major Ode”. In Universal
Dependencies, the verb is the head of direct speech (a clausal complement or parataxis), or a parataxis of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dramaturg.draft import Draft
from dramaturg.findings import Syntax
from dramaturg.layers.neural.heads import load_names
from dramaturg.layers.rules.runs import paragraph_runs

MAX_WORDS_TO_VERB = 14  # a verb further from the end of a quotation is rarely its tag


@dataclass(frozen=True, slots=True)
class SyntacticTag:
    """A verb next to a quotation, with its subject. `verb`, `subject`: tokens.

    `is_after`: the tag follows the quotation. `is_linked`: the parser attaches the verb to the speech, or the speech
    to the verb.
    """

    quotation: int
    is_after: bool
    verb: int
    subject: int
    is_linked: bool

    @property
    def is_inverted_tag(self) -> bool:
        """Whether it is a tag by its form alone, whatever the verb means: “came a cry”, attached to speech before."""
        return self.is_linked and self.is_after and self.subject > self.verb


@dataclass(frozen=True, slots=True)
class TagSyntax:
    """What the parser says of tags. `proper_nouns`: all tokens that it takes for one."""

    tags: tuple[SyntacticTag, ...]
    proper_nouns: frozenset[int]


def find_tag_syntax(draft: Draft, syntax: Syntax) -> TagSyntax:
    """Find the verb and the subject next to each quotation of a draft, in time linear in its length."""
    return _TagFinder(draft, syntax).find()


class _TagFinder:
    """Finds the tags of one draft. All columns are over its syntactic words."""

    def __init__(self, draft: Draft, syntax: Syntax) -> None:
        relations, tags = load_names("relations"), load_names("tags")
        self.draft = draft
        self.starts = draft.ud_words.places[:, 0]
        self.token = (np.searchsorted(draft.tokens.start, self.starts, side="right") - 1).tolist()
        self.sentence = draft.ud_words.sentence.tolist()
        self.head = syntax.head.tolist()
        self.relation = [relations[relation] for relation in syntax.relation.tolist()]
        self.part_of_speech = [tags[tag] for tag in syntax.tag.tolist()]
        self.children: dict[int, list[int]] = {}
        for word, head in enumerate(self.head):
            if head != word:
                self.children.setdefault(head, []).append(word)

    def find(self) -> TagSyntax:
        proper_nouns = (self.token[word] for word, tag in enumerate(self.part_of_speech) if tag == "PROPN")
        return TagSyntax(tuple(self._tags()), frozenset(proper_nouns))

    def _tags(self) -> Iterator[SyntacticTag]:
        tokens = self.draft.tokens
        for runs in paragraph_runs(self.draft):
            if len(runs) < 2:
                continue
            edges = [(tokens.start[run.first], tokens.end[run.last - 1]) for run in runs]
            words = [range(*np.searchsorted(self.starts, edge).tolist()) for edge in edges]
            for k, run in enumerate(runs):
                if run.quotation >= 0 or not words[k]:
                    continue
                if k > 0 and (tag := self._tag(words[k], words[k - 1], runs[k - 1].quotation, True)):
                    yield tag
                if k + 1 < len(runs) and (tag := self._tag(words[k], words[k + 1], runs[k + 1].quotation, False)):
                    yield tag

    def _tag(self, narration: range, speech: range, quotation: int, is_after: bool) -> SyntacticTag | None:
        """The tag in a run of narration: the first verb that is attached to the speech, or else the first verb."""
        sentence = self.sentence[narration[0] if is_after else narration[-1]]
        clause = [word for word in narration if self.sentence[word] == sentence]
        first: SyntacticTag | None = None
        for verb in clause[:MAX_WORDS_TO_VERB] if is_after else clause:
            if self.part_of_speech[verb] not in ("VERB", "AUX"):
                continue
            children = self.children.get(verb, ())
            subject = next((c for c in children if c in narration and self.relation[c] == "nsubj"), None)
            if subject is None:
                continue
            is_linked = self.head[verb] in speech or any(child in speech for child in children)
            tag = SyntacticTag(quotation, is_after, self.token[verb], self.token[subject], is_linked)
            if is_linked:
                return tag
            first = first or tag
        return first
