"""The gender of people whom names and titles leave open, and who goes by “they”.

Both are known by the pronouns that the encoder takes to refer to somebody.
"""

from collections.abc import Iterable
from dataclasses import replace

from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.cast.people.identity.coreference import Shares, link_people
from dramaturg.cast.people.roster import Roster
from dramaturg.findings import Findings, Gender
from dramaturg.lexicon.language import Language

MIN_PRONOUNS, MIN_SHARE = 1.5, 0.8  # of one gender, to fill in what is open
MIN_THEY, MIN_THEY_SHARE = 2.5, 0.75  # for one person to go by “they”
MIN_PRONOUNS_AGAINST, MIN_SHARE_AGAINST = 5.0, 0.9  # to change what a first name says


def infer_genders(findings: Findings, roster: Roster, aligned: AlignedSpans, language: Language) -> Roster:
    """The roster with the genders that pronouns show, and who goes by “they”; what the user lists stays as it is.

    Linear in the number of mentions.
    """
    by_mention, _ = link_people(findings, roster, aligned)
    votes: dict[int, dict[Gender, float]] = {}
    for mention, shares in zip(findings.mentions, by_mention, strict=True):
        is_they = mention.form in language.grammar.third_person_plural and mention.quotation < 0
        if mention.kind == "pronoun" and (mention.gender != "?" or is_they):
            _vote(votes, mention.gender, shares)
    people = list(roster.people)
    for number, counts in votes.items():
        they = counts.pop("?", 0.0)
        person = people[number]
        if person.listed or person.kind == "group":
            continue
        if person.named and they >= MIN_THEY and they >= MIN_THEY_SHARE * (they + sum(counts.values())):
            people[number] = replace(person, gender="?", pronouns="they")
            continue
        gender = _likely(counts.items(), person.gender)
        if gender != person.gender:
            people[number] = replace(person, gender=gender)
    return replace(roster, people=tuple(people))


def _vote(votes: dict[int, dict[Gender, float]], gender: Gender, shares: Shares) -> None:
    for person, share in shares.items():
        own = votes.setdefault(person, {"m": 0.0, "f": 0.0, "?": 0.0})
        own[gender] += share


def _likely(counts: Iterable[tuple[Gender, float]], known: Gender) -> Gender:
    gender, most = max(counts, key=lambda item: item[1])
    total = sum(count for _, count in counts)
    least, share = (MIN_PRONOUNS, MIN_SHARE) if known == "?" else (MIN_PRONOUNS_AGAINST, MIN_SHARE_AGAINST)
    return gender if most >= least and most >= share * total else known
