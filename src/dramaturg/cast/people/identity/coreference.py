"""What the encoder takes to be one: the coreference of the mentions, summed up by person."""

from collections import defaultdict

from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.cast.people.roster import Roster
from dramaturg.findings import Findings

MIN_PROBABILITY = 0.02  # of an antecedent, and of a person whom a pronoun may refer to
MAX_PEOPLE = 4  # that are kept for a pronoun

Shares = dict[int, float]


def link_people(findings: Findings, roster: Roster, aligned: AlignedSpans) -> tuple[list[Shares], list[Shares]]:
    """For each mention and for each person, the people whom their antecedents refer to.

    The first list: for each mention the share of its antecedents that refers to each person. The second: for each
    person the sum of these shares over their mentions, their own share among them. Linear in the number of mentions.
    """
    mentions, of_mention = findings.mentions, roster.of_mention
    of_span: list[Shares] = []
    by_mention: list[Shares] = [{} for _ in mentions]
    by_person: list[Shares] = [defaultdict(float) for _ in roster.people]
    antecedents = aligned.neural.antecedents.tolist()
    probability = aligned.neural.antecedent_probability.tolist()
    for span, mention in enumerate(aligned.mention):
        shares: Shares = {}
        for antecedent, weight in zip(antecedents[span], probability[span], strict=True):
            if antecedent < 0 or weight < MIN_PROBABILITY:
                break
            for person, share in of_span[antecedent].items():
                shares[person] = shares.get(person, 0.0) + weight * share
        person = of_mention[mention] if mention >= 0 else -1
        is_known = person >= 0 and mentions[mention].kind != "pronoun"
        if is_known:
            for other, share in shares.items():
                by_person[person][other] += share
        if mention >= 0:
            by_mention[mention] = shares
        of_span.append({person: 1.0} if is_known else _likeliest(shares))
    return by_mention, by_person


def _likeliest(shares: Shares) -> Shares:
    kept = {person: share for person, share in shares.items() if share >= MIN_PROBABILITY}
    if len(kept) <= MAX_PEOPLE:
        return kept
    return dict(sorted(kept.items(), key=lambda item: (-item[1], item[0]))[:MAX_PEOPLE])
