"""The gender of people whom names and titles leave open: by the pronouns that the encoder takes to refer to them."""

from collections.abc import Iterable
from dataclasses import replace

from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.cast.people.identity.coreference import Shares, link_people
from dramaturg.cast.people.roster import Roster
from dramaturg.findings import Findings, Gender

MIN_PRONOUNS, MIN_SHARE = 1.5, 0.8  # of one gender, to fill in what is open
MIN_PRONOUNS_AGAINST, MIN_SHARE_AGAINST = 5.0, 0.9  # to change what a first name says


def infer_genders(findings: Findings, roster: Roster, aligned: AlignedSpans) -> Roster:
    """The roster with the genders that pronouns show; what the user lists stays as it is. Linear in the mentions."""
    by_mention, _ = link_people(findings, roster, aligned)
    votes: dict[int, dict[Gender, float]] = {}
    for mention, shares in zip(findings.mentions, by_mention, strict=True):
        if mention.kind == "pronoun" and mention.gender != "?":
            _vote(votes, mention.gender, shares)
    people = list(roster.people)
    for number, counts in votes.items():
        person = people[number]
        if person.listed or person.kind == "group":
            continue
        gender = _likely(counts.items(), person.gender)
        if gender != person.gender:
            people[number] = replace(person, gender=gender)
    return replace(roster, people=tuple(people))


def _vote(votes: dict[int, dict[Gender, float]], gender: Gender, shares: Shares) -> None:
    for person, share in shares.items():
        own = votes.setdefault(person, {"m": 0.0, "f": 0.0})
        own[gender] += share


def _likely(counts: Iterable[tuple[Gender, float]], known: Gender) -> Gender:
    gender, most = max(counts, key=lambda item: item[1])
    total = sum(count for _, count in counts)
    least, share = (MIN_PRONOUNS, MIN_SHARE) if known == "?" else (MIN_PRONOUNS_AGAINST, MIN_SHARE_AGAINST)
    return gender if most >= least and most >= share * total else known
