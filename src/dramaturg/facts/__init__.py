"""Facts: what a story tells of its people, each with the words that tell it.

`values.py` finds every word that can be a value, `links.py` the people whom the syntax joins it to. `candidates.py`
joins them, `hypotheses.py` groups those that say the same. `features.py` describes each for the trees of `decide.py`.
"""

from dramaturg.facts.decide import find_facts

__all__ = ["find_facts"]
