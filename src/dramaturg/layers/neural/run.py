"""The encoder's one pass over a draft, and every layer that reads its windows.

A layer is two functions: one finds something in a window, the other joins the findings of all windows.
"""

from collections.abc import Iterable

from dramaturg.draft import Draft
from dramaturg.encoder import Encoded, encode
from dramaturg.findings import NeuralFindings
from dramaturg.layers.neural.coreference import describe_mentions, link_mentions
from dramaturg.layers.neural.entities import find_spans, find_stretches, join_spans
from dramaturg.layers.neural.events import find_events, join_events
from dramaturg.layers.neural.quotation_vectors import join_quotation_sums, quotations_of_units, sum_quotations
from dramaturg.layers.neural.supersenses import find_supersenses, join_supersenses
from dramaturg.layers.neural.syntax import find_syntax, join_syntax


def run_neural_layers(draft: Draft, windows: Iterable[Encoded] | None = None) -> NeuralFindings:
    """Run every neural layer over a draft. Of all vectors only those of mentions and quotations are kept.

    `windows`: the encoded draft; by default it is encoded here.
    """
    stretch, quotation = find_stretches(draft), quotations_of_units(draft)
    text, places = draft.text, draft.ud_words.places
    spans, syntax, events, sums, supersenses = [], [], [], [], []
    for window in encode(draft) if windows is None else windows:
        units = slice(window.first, window.last)
        sentence = draft.ud_words.sentence[units]
        spans.append(find_spans(window, sentence, stretch[units]))
        syntax.append(find_syntax(window, sentence))
        events.append(find_events(window))
        sums.append(sum_quotations(window, quotation[units]))
        words = [text[start:end] for start, end in places[units].tolist()]
        supersenses.append(find_supersenses(window, sentence, syntax[-1], words))
    found = join_spans(spans)
    mentions = describe_mentions(draft, found.first, found.last, found.kind, found.type)
    antecedents, antecedent_probability, new_entity_probability = link_mentions(mentions, found.vectors)
    event_units, event_probability = join_events(events)
    return NeuralFindings(
        spans=found,
        antecedents=antecedents,
        antecedent_probability=antecedent_probability,
        new_entity_probability=new_entity_probability,
        events=event_units,
        event_probability=event_probability,
        syntax=join_syntax(syntax),
        quotation_sums=join_quotation_sums(sums, len(draft.quotations)),
        supersenses=join_supersenses(supersenses),
    )
