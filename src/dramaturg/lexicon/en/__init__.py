"""English."""

from dramaturg.lexicon.en.continuity import CONTINUITY
from dramaturg.lexicon.en.facts import FACTS
from dramaturg.lexicon.en.fine_tags import FINE_TAGS
from dramaturg.lexicon.en.grammar import GRAMMAR
from dramaturg.lexicon.en.names import NAMES
from dramaturg.lexicon.en.narration import NARRATION
from dramaturg.lexicon.en.people import PEOPLE
from dramaturg.lexicon.en.speech import SPEECH
from dramaturg.lexicon.en.structure import STRUCTURE
from dramaturg.lexicon.en.writing import WRITING
from dramaturg.lexicon.language import Language

ENGLISH = Language("en", GRAMMAR, WRITING, SPEECH, NARRATION, PEOPLE, NAMES, STRUCTURE, FINE_TAGS, FACTS, CONTINUITY)
