"""The features of a pair of people that may be one.

They are about both: who is near, who is never in one sentence with the other, who takes turns with whom, how their
names and nouns relate, what the encoder takes to be one.
"""

from collections import Counter
from collections.abc import Sequence
from heapq import nlargest
from math import log1p

from dramaturg.cast.people.identity.around import FAR_SENTENCES, Around
from dramaturg.cast.people.identity.known import KnownPeople
from dramaturg.cast.people.person import Person

FAR_PARAGRAPHS = 60.0
NOUN_KINDS = {
    "kin": frozenset(["kin"]),
    "being": frozenset(["being", "animal", "voice", "unknown"]),
    "occupation": frozenset(["occupation", "rank"]),
    "age": frozenset(["age"]),
}
LEADS = (
    "near_share",
    "nearby_share",
    "called_share",
    "coreference",
    "coreference_back",
    "noun_coreference",
    "likeness",
    "voice_likeness",
    "log_target_mentions",
    "mean_sentences",
)
LOWEST = -2.0  # the value of a candidate who is not there
GENDERS = {"?": 0, "m": 1, "f": 2}


def describe_pair(
    known: KnownPeople, number: int, other: int, around: Around, candidates: Sequence[int]
) -> dict[str, float]:
    """The names of the features with their values for a pair; the names are the same for all pairs."""
    names, grammar = known.language.names, known.language.grammar
    person, target = known.people[number], known.people[other]
    n = around.n
    tagged, tagged_other = known.tagged_utterances[number], set(known.tagged_utterances[other])
    n_adjacent = sum(1 for u in tagged if u - 1 in tagged_other or u + 1 in tagged_other)
    n_alternate = sum(1 for u in tagged if u - 2 in tagged_other or u + 2 in tagged_other)
    n_answers = sum(
        1 for u in tagged for v, gap in ((u - 1, u - 1), (u + 1, u)) if v in tagged_other and known.gaps[gap] == 1
    )
    n_calls = sum(1 for u in tagged if other in known.called_in[u])
    n_calls += sum(1 for u in known.tagged_utterances[other] if number in known.called_in[u])
    first_words = Counter(form.split()[0].lower() for form in person.forms.elements() if form.split())
    total = max(1, person.forms.total())
    n_definite = sum(first_words[word] for word in names.definite_articles)
    n_indefinite = sum(first_words[word] for word in grammar.articles - names.definite_articles)
    n_owned = sum(first_words[word] for word in names.owner_words)
    n_rivals = sum(1 for p in candidates if known.people[p].gender in ("?", person.gender))
    noun = known.mentions[person.mentions[0]].form
    bearers = known.bearers.get(noun, set())
    linked = known.by_person[number]
    noun_shares, n_of_noun = known.by_noun.get(noun, ({}, 1)) if not person.named else ({}, 1)
    rivals = [linked.get(p, 0.0) for p in candidates if p != other]
    first, last = _range(known, person)
    other_first, other_last = _range(known, target)
    return {
        "is_named": person.named,
        "target_is_named": target.named,
        "target_is_narrator": target.narrator,
        "near_share": around.near[other] / n,
        "same_sentence_share": around.same_sentence[other] / n,
        "n_same_sentence": around.same_sentence[other],
        "n_appositions": around.appositions[other] + known.stated.get(number, Counter[int]())[other],
        "gender_fit": _gender_fit(person, target),
        "gender": GENDERS[person.gender],
        "adjacent_share": n_adjacent / max(1, len(tagged)),
        "alternate_share": n_alternate / max(1, len(tagged)),
        "n_answers": n_answers,
        "n_calls": n_calls,
        "last_mentioned_share": around.last[other] / n,
        "last_mentioned_lead": (around.last[other] - max((v for p, v in around.last.items() if p != other), default=0))
        / n,
        "mean_sentences": FAR_SENTENCES + around.distance.get(other, 0.0) / n,
        "nearby_share": around.nearby[other] / n,
        "called_share": around.called[other] / n,
        "n_answers_for": known.answering[number][other],
        "n_is_answered_for": known.answering[other][number],
        "n_called": known.n_called[number],
        "vocative_share": known.n_called[number] / len(person.mentions),
        "owner_share": around.owners.get(other, 0.0) / n,
        "coreference": linked.get(other, 0.0) / len(person.mentions),
        "coreference_back": known.by_person[other].get(number, 0.0) / len(person.mentions),
        "coreference_own": linked.get(number, 0.0) / len(person.mentions),
        "coreference_lead": (linked.get(other, 0.0) - max(rivals, default=0.0)) / len(person.mentions),
        "log_target_mentions": log1p(len(target.mentions)),
        "log_mentions": log1p(len(person.mentions)),
        "log_tagged": log1p(len(tagged)),
        "log_target_tagged": log1p(len(tagged_other)),
        "is_weak_noun": noun in names.weak_nouns,
        "definite_share": n_definite / total,
        "indefinite_share": n_indefinite / total,
        "owned_share": n_owned / total,
        "is_title": other in bearers,
        "is_only_title": bearers.intersection(candidates) == {other},
        "n_rivals": n_rivals,
        "target_is_first": other_first < first,
        "paragraphs_after_target": _clip(first - other_last),
        "paragraphs_before_target": _clip(other_first - last),
        "likeness": float(known.vectors[number] @ known.vectors[other]),
        "voice_likeness": float(known.voices[number] @ known.voices[other]),
        "noun_coreference": noun_shares.get(other, 0.0) / n_of_noun,
        "same_paragraph_share": around.same_paragraph[other] / n,
        **_relation(known, number, other),
    }


def _relation(known: KnownPeople, number: int, other: int) -> dict[str, float]:
    """How the names or nouns of two people relate."""
    heads, modifiers = known.nouns[number]
    other_heads, other_modifiers = known.nouns[other]
    words = {word for parts in known.forms[number] for word in parts.words}
    other_words = {word for parts in known.forms[other] for word in parts.words}
    titles = {title for parts in known.forms[number] for title in parts.titles}
    other_titles = {title for parts in known.forms[other] for title in parts.titles}
    surnames = {parts.words[-1] for parts in known.forms[number] if parts.words}
    other_surnames = {parts.words[-1] for parts in known.forms[other] if parts.words}
    namesakes = {p for surname in surnames & other_surnames for p in known.by_surname[surname]} - {number}
    gender = known.people[number].gender
    married, unmarried = known.language.names.married_titles, known.language.names.unmarried_titles
    usage, other_usage = known.usage[number], known.usage[other]
    return {
        "courtesy_share": usage[0],
        "titled_share": usage[1],
        "single_share": usage[2],
        "full_share": usage[3],
        "target_courtesy_share": other_usage[0],
        "target_titled_share": other_usage[1],
        "target_single_share": other_usage[2],
        "target_full_share": other_usage[3],
        "same_surname": float(bool(namesakes)),
        "n_namesakes": sum(1 for p in namesakes if known.people[p].gender in ("?", gender)),
        "is_married": float(bool(titles & married)) - float(bool(titles & unmarried)),
        "target_is_married": float(bool(other_titles & married)) - float(bool(other_titles & unmarried)),
        "same_beginning": same_beginning(words, other_words),
        "same_noun": len(heads & other_heads),
        "same_modifier": len(modifiers & other_modifiers),
        "other_modifiers": float(bool(modifiers) and bool(other_modifiers) and not modifiers & other_modifiers),
        "has_modifier": float(bool(modifiers)),
        "same_name_words": len(words & other_words),
        "has_other_name_words": float(bool(words - other_words) and bool(other_words - words)),
        "same_titles": len(titles & other_titles),
        "has_other_titles": float(bool(titles - other_titles) and bool(other_titles - titles)),
        **_kinds(known, "", heads),
        **_kinds(known, "target_", other_heads),
        "has_other_kinship": float(
            bool(kin_nouns(known, heads)) and bool(kin_nouns(known, other_heads)) and not heads & other_heads
        ),
        "is_word_of_name": float(bool(heads & known.form_words[other])),
    }


def same_beginning(words: set[str], others: set[str]) -> float:
    """The length of the longest name of one person that another's begins with: Mac, MacCauley."""
    pairs = ((one, other) for one in words for other in others if one != other)
    same = (min(len(one), len(other)) for one, other in pairs if one.startswith(other) or other.startswith(one))
    return float(max(same, default=0))


def _kinds(known: KnownPeople, prefix: str, nouns: set[str]) -> dict[str, float]:
    """Which kinds of people the nouns mean, by the list of nouns."""
    listed = known.language.people.person_nouns
    kinds = {listed[noun].kind if noun in listed else "unknown" for noun in nouns}
    return {f"{prefix}is_{name}": float(bool(kinds & members)) for name, members in NOUN_KINDS.items()}


def kin_nouns(known: KnownPeople, nouns: set[str]) -> set[str]:
    """Those of some nouns that are words of kinship."""
    listed = known.language.people.person_nouns
    return {noun for noun in nouns if noun in listed and listed[noun].kind == "kin"}


def _range(known: KnownPeople, person: Person) -> tuple[int, int]:
    if not person.mentions:
        return 0, 0  # a narrator without a name, who is there all the time
    return known.mentions[person.mentions[0]].paragraph, known.mentions[person.mentions[-1]].paragraph


def add_leads(rows: Sequence[dict[str, float]]) -> None:
    """Add how far each candidate is before the best of the others."""
    for name in LEADS:
        values = [row[name] for row in rows]
        best, second = nlargest(2, [*values, LOWEST, LOWEST])
        for row, value in zip(rows, values, strict=True):
            row[f"{name}_lead"] = value - (second if value == best else best)


def _gender_fit(person: Person, target: Person) -> float:
    if "?" in (person.gender, target.gender):
        return 1.0
    return 2.0 if person.gender == target.gender else 0.0


def _clip(paragraphs: int) -> float:
    return min(max(float(paragraphs), -FAR_PARAGRAPHS), FAR_PARAGRAPHS)
