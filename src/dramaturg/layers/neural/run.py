"""The encoder's one pass over a draft, and every layer that reads its windows."""

from collections.abc import Iterable

import numpy as np

from dramaturg.draft import Draft
from dramaturg.encoder import Encoded, encode
from dramaturg.findings import Floats, Ints, NeuralFindings, Spans
from dramaturg.layers.neural.coreference import describe_mentions, link_mentions
from dramaturg.layers.neural.entities import find_spans, find_stretches, join_spans
from dramaturg.layers.neural.events import find_events
from dramaturg.layers.neural.speech import find_speech, join_speech, quotations_of_units
from dramaturg.layers.neural.syntax import find_syntax, join_syntax


def run_neural_layers(draft: Draft, windows: Iterable[Encoded] | None = None) -> NeuralFindings:
    """Everything that is seen in the windows of a draft; of their vectors only those of mentions and speech are kept.

    `windows`: what the encoder made of the draft, where that is at hand.
    """
    spans: list[Spans] = []
    syntax, events, likely = [], [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]
    stretch, quotation = find_stretches(draft), quotations_of_units(draft)
    speech: list[tuple[Ints, Floats]] = []
    for window in encode(draft) if windows is None else windows:
        sentence = draft.ud_words.sentence[window.first : window.last]
        spans.append(find_spans(window, sentence, stretch[window.first : window.last]))
        syntax.append(find_syntax(window, sentence))
        units, sure = find_events(window)
        events.append(units)
        likely.append(sure)
        speech.append(find_speech(window, quotation[window.first : window.last]))
    found = join_spans(spans)
    places = describe_mentions(draft, found.first, found.last, found.kind, found.type)
    earlier, share, alone = link_mentions(places, found.vectors)
    return NeuralFindings(
        found,
        earlier,
        share,
        alone,
        np.concatenate(events),
        np.concatenate(likely),
        join_syntax(syntax),
        join_speech(speech, len(draft.quotations)),
    )
