"""People without a name: one for each noun (“the old man”), for as long as the story keeps speaking of them."""

from dramaturg.cast.people.person import Person
from dramaturg.draft import Draft
from dramaturg.findings import Findings, Mention
from dramaturg.layers.rules.mentions import PRONOUNS
from dramaturg.layers.rules.words import AnnotatedWords

# Nouns that tell nobody from anybody: “the man” is another in each chapter.
WEAK_HEADS = frozenset("man woman boy girl gentleman lady fellow voice person one child people men women".split())
FORGOTTEN = 2500  # tokens: of whom nothing is said for so long, “the man” is another


def add_nameless(
    draft: Draft, words: AnnotatedWords, findings: Findings, people: list[Person], of_mention: list[int]
) -> None:
    """Add to `people` those whom narration means by a noun, and to `of_mention` which mention is whose.

    Nouns that are somebody's already stay so.
    """
    known: dict[str, int] = {}
    for i, mention in enumerate(findings.mentions):
        if mention.kind != "noun" or mention.quotation >= 0 or of_mention[i] >= 0:
            continue
        label = _label(words, mention)
        number = known.get(label, -1)
        if number < 0 or not _still_about(words, mention, label, findings.mentions[people[number].mentions[-1]]):
            number = len(people)
            people.append(Person(_text(draft, mention), False, "group" if mention.plural else "person", mention.gender))
        known[label] = number
        if mention.form in WEAK_HEADS:
            known[mention.form] = number  # “the man”, after “the old man”
        people[number].mentions.append(i)
        people[number].forms[_text(draft, mention)] += 1
        of_mention[i] = number


def _still_about(words: AnnotatedWords, mention: Mention, label: str, last: Mention) -> bool:
    """Whether a noun means the same as when it last stood: “the beadle” is one person all through a story."""
    lasting = label == mention.form and label not in WEAK_HEADS and words.lower[mention.first] == "the"
    return (lasting and not mention.plural) or mention.first - last.first <= FORGOTTEN


def _text(draft: Draft, mention: Mention) -> str:
    return " ".join(draft.text[mention.start : mention.end].split())


def _label(words: AnnotatedWords, mention: Mention) -> str:
    """What tells one person without a name from another: the noun, with its adjective where the noun says little."""
    if mention.form in WEAK_HEADS and mention.last - mention.first > 2:
        return f"{words.lower[mention.last - 2]} {mention.form}"
    owner = words.lower[mention.first]
    if owner in PRONOUNS and mention.last - mention.first > 1:
        return f"{owner} {mention.form}"
    return mention.form
