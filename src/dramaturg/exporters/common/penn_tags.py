"""The Penn Treebank tag of a word, derived from Universal Dependencies.

A reading has UD's coarse parts of speech. Programs written for spaCy or BookNLP expect the fine tags of Marcus et al.
(1993), "Building a Large Annotated Corpus of English". The lemma, the form and the word's dependents decide almost all
of them; `docs/exports.md` gives the accuracy.
"""

from collections.abc import Sequence
from typing import NamedTuple

from dramaturg.lexicon.en import ENGLISH

WORDS = ENGLISH.fine_tags
TAG_OF_POS = {"CCONJ": "CC", "INTJ": "UH", "NUM": "CD", "SCONJ": "IN", "SYM": "SYM", "X": "FW"}
TAG_OF_MARK = {
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


class TaggedWord(NamedTuple):
    """A word: its form and lemma in lower case, its UD part of speech and relation."""

    form: str
    lemma: str
    pos: str
    relation: str


def penn_tag(word: TaggedWord, dependents: Sequence[TaggedWord], head: TaggedWord | None = None) -> str:
    """The fine tag of a word, given its dependents and its head. `XX` for an unknown part of speech."""
    match word.pos:
        case "NOUN":
            return "NN" if word.form == word.lemma else "NNS"
        case "PROPN":
            return "NNPS" if word.form != word.lemma and word.form.endswith("s") else "NNP"
        case "PRON":
            return _pronoun(word, head)
        case "DET":
            return (
                "PDT"
                if word.relation == "det:predet"
                else WORDS.interrogatives.get(word.form, "DT").replace("WP", "WDT")
            )
        case "VERB" | "AUX":
            return _verb(word, dependents)
        case "ADJ":
            return "JJ" + _degree(word)
        case "ADV":
            return WORDS.interrogatives.get(word.form) or "RB" + _degree(word)
        case "ADP":
            return "RP" if word.relation == "compound:prt" else "IN"
        case "PART":
            return "TO" if word.form == "to" else "POS" if word.form in ("'s", "’s", "'", "’") else "RB"
        case "PUNCT":
            return _mark(word.form)
        case _:
            return TAG_OF_POS.get(word.pos, "XX")


def _pronoun(word: TaggedWord, head: TaggedWord | None) -> str:
    if word.relation == "nmod:poss" and word.form in WORDS.possessives:
        return "PRP$"
    if word.form in WORDS.demonstratives:
        return "WDT" if word.form == "that" and head is not None and head.relation == "acl:relcl" else "DT"
    if word.form in WORDS.indefinite_nouns:
        return "NN"
    return "EX" if word.relation == "expl" and word.form == "there" else WORDS.interrogatives.get(word.form, "PRP")


def _verb(word: TaggedWord, dependents: Sequence[TaggedWord]) -> str:
    helpers = [other for other in dependents if other.relation.startswith("aux")]
    has_subject = any(other.relation.startswith("nsubj") for other in dependents)
    perfect = any(other.lemma in WORDS.participle_auxiliaries for other in helpers)
    if word.pos == "AUX" and word.form in WORDS.modals and word.lemma not in WORDS.auxiliaries:
        return "MD"
    if word.lemma == "be" and word.form in WORDS.forms_of_be:
        return WORDS.forms_of_be[word.form]
    if word.form == word.lemma:
        if any(other.form in WORDS.modals or other.lemma in ("do", *WORDS.modals) for other in helpers):
            return "VB"
        if perfect:
            return "VBN"
        is_infinitive = any(other.form == "to" and other.relation == "mark" for other in dependents)
        return "VBP" if word.pos == "AUX" or (has_subject and not is_infinitive) else "VB"
    if word.form in WORDS.irregular_verbs:
        return WORDS.irregular_verbs[word.form]
    if word.form.endswith(("ing", "in'", "in’")):
        return "VBG"
    if word.form.endswith("s"):
        return "VBZ"
    is_modifier = word.relation in ("acl", "amod", "advcl") and not has_subject
    return "VBN" if perfect or is_modifier else "VBD"


def _degree(word: TaggedWord) -> str:
    if word.form in WORDS.comparatives:
        return WORDS.comparatives[word.form]
    changed = word.form != word.lemma
    return "R" if changed and word.form.endswith("er") else "S" if changed and word.form.endswith("st") else ""


def _mark(form: str) -> str:
    if form in TAG_OF_MARK:
        return TAG_OF_MARK[form]
    if form == "-":
        return "HYPH"
    return "''" if set(form) <= set("\"”’'») ") else ":" if set(form) <= set("-–—….:;") else "."
