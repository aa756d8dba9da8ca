"""The English words that decide between tags of the Penn Treebank."""

from dramaturg.lexicon.en.grammar import GRAMMAR
from dramaturg.lexicon.language import FineTags

FINE_TAGS = FineTags(
    interrogatives={
        **dict.fromkeys("who whom what whoever whomever whatever".split(), "WP"),
        **dict.fromkeys("which whichever".split(), "WDT"),
        **dict.fromkeys("when where why how whenever wherever".split(), "WRB"),
        "whose": "WP$",
    },
    possessives=GRAMMAR.possessives | {"thy"},
    demonstratives=GRAMMAR.demonstratives | set("some all any each another both either neither such half".split()),
    indefinite_nouns=frozenset(
        f"{first}{second}" for first in ("some", "any", "no", "every") for second in ("thing", "body", "one")
    )
    | {"none", "one"},
    modals=frozenset("can could may might must shall should will would ca wo sha ought 'll ’ll 'd ’d".split()),
    auxiliaries=frozenset(["have", "be", "do"]),
    participle_auxiliaries=frozenset(["have", "be"]),
    forms_of_be={
        **dict.fromkeys("am are 'm ’m 're ’re art".split(), "VBP"),
        **dict.fromkeys("is 's ’s".split(), "VBZ"),
        **dict.fromkeys("was were wast".split(), "VBD"),
        "be": "VB",
        "been": "VBN",
        "being": "VBG",
    },
    irregular_verbs={
        **dict.fromkeys("has does 's ’s".split(), "VBZ"),
        **dict.fromkeys("'ve ’ve".split(), "VBP"),
        "did": "VBD",
        "done": "VBN",
    },
    comparatives={
        **dict.fromkeys("more less better worse".split(), "R"),
        **dict.fromkeys("most least best worst".split(), "S"),
    },
)
