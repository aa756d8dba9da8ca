"""People without a name: one for each noun (“the old man”), for as long as the story keeps mentioning them."""

from collections import Counter
from dataclasses import dataclass, field

from dramaturg.cast.people.person import Person
from dramaturg.cast.people.roster import Roster
from dramaturg.draft import Draft
from dramaturg.findings import Findings, Mention
from dramaturg.layers.rules.words import AnnotatedWords
from dramaturg.lexicon.language import Language

MAX_SILENT_TOKENS = 2500  # after so many tokens without a mention, “the man” is somebody else


@dataclass
class _Nameless:
    first: Mention
    last: Mention
    indices: list[int] = field(default_factory=list)
    forms: Counter[str] = field(default_factory=Counter)


def add_nameless(draft: Draft, words: AnnotatedWords, findings: Findings, roster: Roster) -> Roster:
    """Add the people whom the narration refers to by a noun, and those who speak in a tale that somebody tells.

    Nouns that already refer to somebody stay so.
    """
    language, weak_nouns = draft.language, draft.language.names.weak_nouns
    found: list[_Nameless] = []
    known: dict[str, int] = {}  # by label, indices in `found`
    of_mention = list(roster.of_mention)
    speaking = {
        cue.mention
        for cue in findings.cues
        if cue.is_tag and cue.strength == "core" and draft.quotations[cue.quotation].within is not None
    }
    for i, mention in enumerate(findings.mentions):
        if mention.kind != "noun" or of_mention[i] >= 0 or (mention.quotation >= 0 and i not in speaking):
            continue
        label = _label(words, mention, language)
        number = known.get(label, -1)
        if number < 0 or not _is_same(words, mention, label, language, found[number].last):
            number = len(found)
            found.append(_Nameless(mention, mention))
        known[label] = number
        if mention.form in weak_nouns:
            known[mention.form] = number  # “the man”, after “the old man”
        person = found[number]
        person.last = mention
        person.indices.append(i)
        person.forms[_text(draft, words, mention)] += 1
        of_mention[i] = len(roster.people) + number
    added = [
        Person(
            name=_text(draft, words, person.first),
            named=False,
            kind="group" if person.first.plural else "person",
            gender=person.first.gender,
            forms=person.forms,
            mentions=tuple(person.indices),
        )
        for person in found
    ]
    return Roster((*roster.people, *added), tuple(of_mention))


def _is_same(words: AnnotatedWords, mention: Mention, label: str, language: Language, last: Mention) -> bool:
    """Whether a noun refers to the person of its last mention: “the beadle” is one person all through a story."""
    names = language.names
    is_definite = words.lower[mention.first] in names.definite_articles
    is_lasting = is_definite and label == mention.form and label not in names.weak_nouns
    return (is_lasting and not mention.plural) or mention.first - last.first <= MAX_SILENT_TOKENS


def _end_of_phrase(words: AnnotatedWords, mention: Mention, language: Language) -> int:
    """The token after what tells a person apart after a noun (“the man in the hat”); `mention.last` if nothing does."""
    i = mention.last
    if mention.form not in language.names.weak_nouns or i + 2 >= len(words):
        return i
    if words.lower[i] not in language.names.telling_prepositions:
        return i
    last = i + 1 + (words.lower[i + 1] in language.grammar.determiners)
    is_noun = words.lower[last][0].isalpha() and words.lower[last] not in language.grammar.never_nouns
    return last + 1 if is_noun and last > i + 1 else i


def _text(draft: Draft, words: AnnotatedWords, mention: Mention) -> str:
    """The words of a mention, with what tells the person apart after the noun."""
    end = _end_of_phrase(words, mention, draft.language)
    stop = mention.end if end == mention.last else int(draft.tokens.end[end - 1])
    return " ".join(draft.text[mention.start : stop].split())


def _label(words: AnnotatedWords, mention: Mention, language: Language) -> str:
    """What identifies a person without a name: the noun, with its adjective if the noun says little."""
    adjective = words.lower[mention.last - 2] if mention.last - mention.first > 2 else ""
    if mention.form in language.names.weak_nouns:
        end = _end_of_phrase(words, mention, language)
        if adjective or end > mention.last:
            return " ".join([adjective, mention.form, *words.lower[mention.last : end]])
    elif adjective in language.names.telling_adjectives:
        return f"{adjective} {mention.form}"
    owner = words.lower[mention.first]
    if owner in language.grammar.pronouns and mention.last - mention.first > 1:
        return f"{owner} {mention.form}"
    return mention.form
