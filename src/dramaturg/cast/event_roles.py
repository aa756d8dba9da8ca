"""The agents and patients of each event, by its dependencies.

The relations are those of Universal Dependencies. A subject is the agent, or the patient of a passive; objects are
patients. An event that is joined to another by “and” and has no subject shares the subject of the first.
"""

from collections.abc import Iterator

from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.draft import Draft
from dramaturg.layers.neural.heads import load_names
from dramaturg.reading import Event

AGENT_RELATIONS = frozenset(["nsubj", "obl:agent"])
PATIENT_RELATIONS = frozenset(["nsubj:pass", "obj", "iobj"])
SUBJECT_RELATIONS = frozenset(["nsubj", "nsubj:pass"])
SUBJECT_SHARING_RELATIONS = frozenset(["conj", "xcomp"])  # the subject may be that of the head
MAX_HEADS = 8  # that are followed to find a shared subject


def find_roles(draft: Draft, aligned: AlignedSpans, clusters: list[int], ids: dict[int, str]) -> Iterator[Event]:
    """Every event with its agents and patients. `clusters`: of the spans. `ids`: of the characters, by cluster."""
    neural = aligned.neural
    names = load_names("relations")
    heads = neural.syntax.head.tolist()
    relations = [names[relation] for relation in neural.syntax.relation.tolist()]
    character_of: dict[int, str] = {}  # by the unit of a head word
    for unit, entity in zip(aligned.head.tolist(), clusters, strict=True):
        if entity in ids:
            character_of.setdefault(unit, ids[entity])
    children: dict[int, list[int]] = {}
    for unit, head in enumerate(heads):
        if head != unit:
            children.setdefault(head, []).append(unit)
    for unit, probability in zip(neural.events.tolist(), neural.event_probability.tolist(), strict=True):
        participants = _participants(unit, heads, relations, children)
        agents = dict.fromkeys(
            character_of[u] for u, relation in participants if relation in AGENT_RELATIONS and u in character_of
        )
        patients = dict.fromkeys(
            character_of[u] for u, relation in participants if relation in PATIENT_RELATIONS and u in character_of
        )
        start, end = draft.ud_words.places[unit].tolist()
        yield Event(start, end, tuple(agents), tuple(patients), round(probability, 4))


def _participants(
    unit: int, heads: list[int], relations: list[str], children: dict[int, list[int]]
) -> list[tuple[int, str]]:
    """The dependents of an event with their relations, those joined to them by “and”, and a shared subject."""
    found = [(child, relations[child]) for child in children.get(unit, ())]
    at = unit
    for _ in range(MAX_HEADS):
        has_subject = any(relation in SUBJECT_RELATIONS for _, relation in found)
        if has_subject or relations[at] not in SUBJECT_SHARING_RELATIONS or heads[at] == at:
            break
        at = heads[at]
        found += [(child, relations[child]) for child in children.get(at, ()) if relations[child] in SUBJECT_RELATIONS]
    joined = [
        (other, relation)
        for child, relation in found
        for other in children.get(child, ())
        if relations[other] == "conj"
    ]
    return found + joined
