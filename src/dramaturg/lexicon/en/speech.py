"""How speech is introduced in English."""

from dramaturg.lexicon.language import Speech

SPEECH = Speech(lists="dramaturg.lexicon.en")
