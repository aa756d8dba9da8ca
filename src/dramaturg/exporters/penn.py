"""The Penn Treebank's tag of a word, worked out from what Universal Dependencies says of it.

A reading holds UD's coarse parts of speech; programs that were written for spaCy or BookNLP ask for the fine tags of
Marcus et al. (1993), "Building a Large Annotated Corpus of English". Lemma, form and the words that hang on a word
tell nearly all of them; `docs/exports.md` says how many.
"""

from collections.abc import Sequence
from typing import NamedTuple

ALWAYS = {"CCONJ": "CC", "INTJ": "UH", "NUM": "CD", "SCONJ": "IN", "SYM": "SYM", "X": "FW"}
ASKING = {
    **dict.fromkeys("who whom what whoever whomever whatever".split(), "WP"),
    **dict.fromkeys("which whichever".split(), "WDT"),
    **dict.fromkeys("when where why how whenever wherever".split(), "WRB"),
    "whose": "WP$",
}
OWNERS = frozenset("my your his her its our their thy".split())
POINTING = frozenset("this that these those some all any each another both either neither such half".split())
THINGS = frozenset(f"{one}{other}" for one in ("some", "any", "no", "every") for other in ("thing", "body", "one")) | {
    "none",
    "one",
}
MODALS = frozenset("can could may might must shall should will would ca wo sha ought 'll ’ll 'd ’d".split())
OF_BE = {
    **dict.fromkeys("am are 'm ’m 're ’re art".split(), "VBP"),
    **dict.fromkeys("is 's ’s".split(), "VBZ"),
    **dict.fromkeys("was were wast".split(), "VBD"),
    "be": "VB",
    "been": "VBN",
    "being": "VBG",
}
IRREGULAR = {
    "has": "VBZ",
    "does": "VBZ",
    "did": "VBD",
    "done": "VBN",
    "'ve": "VBP",
    "’ve": "VBP",
    "'s": "VBZ",
    "’s": "VBZ",
}
COMPARED = {"more": "R", "less": "R", "better": "R", "worse": "R", "most": "S", "least": "S", "best": "S", "worst": "S"}
MARKS = {
    ",": ",",
    "(": "-LRB-",
    "[": "-LRB-",
    ")": "-RRB-",
    "]": "-RRB-",
    "“": "``",
    "‘": "``",
    ".": ".",
    "!": ".",
    "?": ".",
}


class Tagged(NamedTuple):
    """What is known of a word: its form and lemma in lower case, UD's part of speech and relation."""

    form: str
    lemma: str
    pos: str
    relation: str


def penn_tag(word: Tagged, below: Sequence[Tagged], above: Tagged | None = None) -> str:
    """The fine tag of a word; `below` are the words that hang on it, `above` is the one that it hangs on.

    `XX` for what UD has no name for.
    """
    match word.pos:
        case "NOUN":
            return "NN" if word.form == word.lemma else "NNS"
        case "PROPN":
            return "NNPS" if word.form != word.lemma and word.form.endswith("s") else "NNP"
        case "PRON":
            return _pronoun(word, above)
        case "DET":
            return "PDT" if word.relation == "det:predet" else ASKING.get(word.form, "DT").replace("WP", "WDT")
        case "VERB" | "AUX":
            return _verb(word, below)
        case "ADJ":
            return "JJ" + _degree(word)
        case "ADV":
            return ASKING.get(word.form) or "RB" + _degree(word)
        case "ADP":
            return "RP" if word.relation == "compound:prt" else "IN"
        case "PART":
            return "TO" if word.form == "to" else "POS" if word.form in ("'s", "’s", "'", "’") else "RB"
        case "PUNCT":
            return _mark(word.form)
        case _:
            return ALWAYS.get(word.pos, "XX")


def _pronoun(word: Tagged, above: Tagged | None) -> str:
    if word.relation == "nmod:poss" and word.form in OWNERS:
        return "PRP$"
    if word.form in POINTING:
        return "WDT" if word.form == "that" and above is not None and above.relation == "acl:relcl" else "DT"
    if word.form in THINGS:
        return "NN"
    return "EX" if word.relation == "expl" and word.form == "there" else ASKING.get(word.form, "PRP")


def _verb(word: Tagged, below: Sequence[Tagged]) -> str:
    helpers = [other for other in below if other.relation.startswith("aux")]
    has_subject = any(other.relation.startswith("nsubj") for other in below)
    perfect = any(other.lemma in ("have", "be") for other in helpers)
    if word.pos == "AUX" and word.form in MODALS and word.lemma not in ("have", "be", "do"):
        return "MD"
    if word.lemma == "be" and word.form in OF_BE:
        return OF_BE[word.form]
    if word.form == word.lemma:
        if any(other.form in MODALS or other.lemma in ("do", *MODALS) for other in helpers):
            return "VB"
        if perfect:
            return "VBN"
        is_infinitive = any(other.form == "to" and other.relation == "mark" for other in below)
        return "VBP" if word.pos == "AUX" or (has_subject and not is_infinitive) else "VB"
    if word.form in IRREGULAR:
        return IRREGULAR[word.form]
    if word.form.endswith(("ing", "in'", "in’")):
        return "VBG"
    if word.form.endswith("s"):
        return "VBZ"
    is_modifier = word.relation in ("acl", "amod", "advcl") and not has_subject
    return "VBN" if perfect or is_modifier else "VBD"


def _degree(word: Tagged) -> str:
    if word.form in COMPARED:
        return COMPARED[word.form]
    changed = word.form != word.lemma
    return "R" if changed and word.form.endswith("er") else "S" if changed and word.form.endswith("st") else ""


def _mark(form: str) -> str:
    if form in MARKS:
        return MARKS[form]
    if form == "-":
        return "HYPH"
    return "''" if set(form) <= set("\"”’'») ") else ":" if set(form) <= set("-–—….:;") else "."
