"""Who does what is shown as happening, and to whom: an event's agents and patients, read off its dependencies.

Source of the relations: Universal Dependencies. A subject is the agent, of a passive the patient; objects are
patients; what is joined to an event by “and” without a subject of its own shares that of the first.
"""

from collections.abc import Iterator

from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.draft import Draft
from dramaturg.layers.neural.heads import load_names
from dramaturg.reading import Event

AGENTS = frozenset(["nsubj", "obl:agent"])
PATIENTS = frozenset(["nsubj:pass", "obj", "iobj"])
SUBJECTS = frozenset(["nsubj", "nsubj:pass"])
SHARING = frozenset(["conj", "xcomp"])  # their subject may be their head's


def find_roles(draft: Draft, seen: AlignedSpans, clusters: list[int], ids: dict[int, str]) -> Iterator[Event]:
    """Every event with the characters that take part in it. `clusters`: of the spans; `ids`: of the characters."""
    neural = seen.neural
    names = load_names("relations")
    heads = neural.syntax.head.tolist()
    relations = [names[relation] for relation in neural.syntax.relation.tolist()]
    who: dict[int, str] = {}
    for unit, entity in zip(seen.head.tolist(), clusters, strict=True):
        if entity in ids:
            who.setdefault(unit, ids[entity])
    children: dict[int, list[int]] = {}
    for unit, head in enumerate(heads):
        if head != unit:
            children.setdefault(head, []).append(unit)
    for unit, sure in zip(neural.events.tolist(), neural.event_probability.tolist(), strict=True):
        taking = _taking_part(unit, heads, relations, children)
        agents = dict.fromkeys(who[u] for u, relation in taking if relation in AGENTS and u in who)
        patients = dict.fromkeys(who[u] for u, relation in taking if relation in PATIENTS and u in who)
        start, end = draft.ud_words.places[unit].tolist()
        yield Event(start, end, tuple(agents), tuple(patients), round(sure, 4))


def _taking_part(
    unit: int, heads: list[int], relations: list[str], children: dict[int, list[int]]
) -> list[tuple[int, str]]:
    """What hangs on an event with its relation, what is joined to it by “and” too, and the subject that it shares."""
    found = [(child, relations[child]) for child in children.get(unit, ())]
    at = unit
    for _ in range(8):
        if any(relation in SUBJECTS for _, relation in found) or relations[at] not in SHARING or heads[at] == at:
            break
        at = heads[at]
        found += [(child, relations[child]) for child in children.get(at, ()) if relations[child] in SUBJECTS]
    joined = [
        (other, relation)
        for child, relation in found
        for other in children.get(child, ())
        if relations[other] == "conj"
    ]
    return found + joined
