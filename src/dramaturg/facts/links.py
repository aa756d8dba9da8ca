"""Who a word may be about: the people that the syntax joins it to, and those who are merely near."""

from collections.abc import Iterator

from dramaturg.facts.parsed import ParsedStory

# How a word is joined to a person, the closest first. The weights know a link by its number here.
LINKS = (
    "mention",  # the butler, of a mention of his
    "title",  # Captain Franco
    "apposition",  # Keggs, the butler
    "copula",  # Keggs was a butler
    "role",  # Keggs worked as a butler
    "adjective",  # the tall Keggs
    "predicate",  # Keggs was tall
    "noun",  # Keggs was a tall man
    "owner",  # Keggs's blue eyes
    "with",  # Keggs, with blue eyes
    "having",  # Keggs had blue eyes
    "subject",  # Keggs died
    "object",  # they killed Keggs
    "vocative",  # “Yes, Father”
    "family",  # of somebody with the surname of the other person
    "speaker",  # “I am a butler”
    "near",  # Keggs came in. The butler coughed.
)
LOOSE = frozenset(LINKS[LINKS.index("family") :])
DESCRIBING = ("amod", "compound", "nmod:desc", "acl", "nummod")
MAX_PHRASE = 8  # units before a noun that are looked at
MAX_STEPS = 4  # heads that are followed in a tree
LIST_TAGS = ("ADJ", "ADV", "CCONJ")
PHRASE_TAGS = ("DET", "ADJ", "NOUN", "PROPN", "NUM", "ADV", "PART", "PRON")

Link = tuple[int, str]  # the unit of a person's mention, and how it is joined


def denoted(story: ParsedStory, noun: int) -> Iterator[Link]:
    """The people that a noun is a word for: by its mention, title, apposition, copula or role."""
    yield from _beside(story, noun)
    at = noun
    for _ in range(MAX_STEPS):
        above, relation = story.head[at], story.relation[at]
        if at == noun:
            yield at, "mention"
        if relation == "appos":
            yield above, "apposition"
        for child in story.dependents(at, "appos"):
            yield child, "apposition"
        if story.dependents(at, "cop") and not story.cases(at):
            yield from ((unit, "copula") for unit in subjects(story, at))
        if relation in ("compound", "flat", "nmod:desc"):
            yield above, "title"
        for child in story.dependents(at, "flat", "nmod:desc"):
            yield child, "title"
        words = story.draft.language.facts
        is_role = bool(story.cases(at) & words.as_words) or story.lemma(above) in words.becomes
        if is_role and relation in ("obl", "xcomp", "obj", "advcl"):
            yield from ((unit, "role") for unit in subjects(story, above))
        if relation == "nmod" and story.cases(at) & words.as_words:
            yield above, "role"
        if relation != "conj":
            return
        at = above


def _beside(story: ParsedStory, noun: int) -> Iterator[Link]:
    """The mentions that a noun heads by its words, stands next to (“his daughter Ede”) or follows in commas."""
    first, last = story.sentence_of(noun)
    left = noun
    while left > first and noun - left < MAX_PHRASE and _within_phrase(story, left - 1):
        left -= 1
    yield from ((unit, "mention") for unit in story.noun_heads.get(noun, ()) if story.mention[unit].kind == "noun")
    name = story.starts.get(noun + 1)
    if name is not None and story.tag[noun + 1] == "PROPN":
        yield name, "title"
    comma = left - 1
    if comma > first and story.words[comma] == "," and story.tag[left] in ("DET", "PRON", "ADJ", "NOUN"):
        before = story.ends.get(comma - 1)
        if before is not None and story.tag[comma - 1] == "PROPN":
            yield before, "apposition"
    if noun + 2 < last and story.words[noun + 1] == "," and story.starts.get(noun + 2) is not None:
        after = story.starts[noun + 2]
        closing = story.span[after][1] + 1
        if story.mention[after].kind == "name" and closing < last and story.words[closing] in (",", ".", ";"):
            yield after, "apposition"


def _within_phrase(story: ParsedStory, unit: int) -> bool:
    """Whether a unit can be a part of a noun phrase: its words, hyphens, and the commas between adjectives."""
    if story.tag[unit] in PHRASE_TAGS or story.words[unit] == "-":
        return True
    if story.tag[unit] == "VERB" and story.relation[unit] == "amod":
        return True  # “a stout laughing baby”
    is_between = unit > 0 and story.tag[unit - 1] in ("ADJ", "VERB") and story.tag[unit + 1] in ("ADJ", "NOUN", "ADV")
    return story.words[unit] == "," and is_between


def described(story: ParsedStory, adjective: int) -> Iterator[Link]:
    """The people that an adjective describes: at their mention, at a noun for them, or as a predicate."""
    noun = _noun_after(story, adjective)
    if noun >= 0 and not _is_person(story, noun):
        if story.words[noun] in story.draft.language.people.body_parts:
            yield from owners(story, noun)  # “his young face”
        return
    if noun >= 0:
        yield from _of_noun(story, noun)
    for anchor in story.around.get(adjective, ()):
        yield anchor, "adjective"
    yield from _after_name(story, adjective)
    copulas = story.draft.language.facts.copulas
    at = adjective
    for _ in range(MAX_STEPS):
        above, relation = story.head[at], story.relation[at]
        if relation in DESCRIBING and above != at:
            if not _is_person(story, above):
                return
            yield above, "adjective"
            yield from _of_noun(story, above)
            return
        if story.dependents(at, "cop") or (relation == "xcomp" and story.lemma(above) in copulas):
            yield from ((anchor, "predicate") for anchor in subjects(story, at))
            return
        if relation != "conj":
            return
        at = above


def _of_noun(story: ParsedStory, noun: int) -> Iterator[Link]:
    """The people that an adjective at a noun describes."""
    return ((anchor, "adjective" if link == "mention" else "noun") for anchor, link in denoted(story, noun))


def _is_person(story: ParsedStory, noun: int) -> bool:
    """Whether a noun is a word for a person, or a name."""
    people = story.draft.language.people
    word = story.words[noun]
    known = people.person_nouns.get(word)
    if known is not None and known.kind == "voice":
        return False
    return noun in story.mention or known is not None or word.endswith(tuple(people.person_suffixes))


def _after_name(story: ParsedStory, unit: int) -> Iterator[Link]:
    """The name that an adjective follows after a comma: “Roelocke, slim, darkly handsome, …”."""
    at, first = unit - 1, story.sentence_of(unit)[0]
    while at > first and unit - at < MAX_PHRASE and (story.tag[at] in LIST_TAGS or story.words[at] in (",", "-")):
        if story.words[at] == "," and at - 1 in story.ends and story.tag[at - 1] == "PROPN":
            yield story.ends[at - 1], "apposition"
            return
        at -= 1


def _noun_after(story: ParsedStory, unit: int) -> int:
    """The noun that an adjective stands before, with only adjectives between, or -1."""
    at = unit + 1
    last = story.sentence_of(unit)[1]
    while at < last and at - unit < MAX_PHRASE and (story.tag[at] == "ADJ" or story.words[at] in (",", "-")):
        at += 1
    while at + 1 < last and story.tag[at] in ("NOUN", "PROPN") and story.tag[at + 1] == story.tag[at]:
        at += 1
    return at if at < last and story.tag[at] in ("NOUN", "PROPN") else -1


def owners(story: ParsedStory, noun: int) -> Iterator[Link]:
    """Whose a part of the body is, or to whom somebody is kin: by a possessor, “with” or “had”."""
    words = story.draft.language.facts
    at = noun
    for _ in range(MAX_STEPS):
        found = owner(story, at)
        if found >= 0:
            yield found, "owner"
            return
        above, relation = story.head[at], story.relation[at]
        if relation in ("nmod", "obl") and story.cases(at) & words.with_words:
            if story.tag[above] == "PRON":  # “glaring at him with red eyes”
                above = story.head[above]
            yield from ((anchor, "with") for anchor, _ in denoted(story, above))
            yield from ((anchor, "with") for anchor in subjects(story, above))
            return
        if relation == "obj" and story.lemma(above) in words.has_verbs:
            yield from ((anchor, "having") for anchor in subjects(story, above))
            return
        if relation not in ("conj", "appos", "nmod", "nsubj"):
            return
        at = above


def owner(story: ParsedStory, noun: int) -> int:
    """The unit of the character that a noun belongs to (“his”, “of the Colonel”), or -1."""
    words = story.draft.language.facts
    left = noun - 1
    while left > 0 and noun - left < MAX_PHRASE and story.tag[left] in ("ADJ", "NOUN", "PUNCT", "VERB", "NUM", "ADV"):
        if story.tag[left] == "PUNCT" and story.words[left] not in (",", "-"):
            break
        left -= 1
    if left >= 0 and story.words[left] in words.belonging:
        if left in story.mention:
            return left
        before = left - 2 if left > 1 and story.words[left - 1] == "," else left - 1
        if story.tag[left] == "PRON" and left and before in story.ends:
            return story.ends[before]  # “Evelyn, whose eyes…”
    if left > 0 and story.tag[left] == "PART" and story.ends.get(left - 1, story.ends.get(left)) is not None:
        return story.ends.get(left - 1, story.ends.get(left, -1))
    at = noun
    for _ in range(3):
        for child in story.dependents(at, "nmod:poss"):
            if child in story.mention:
                return child
        for child in story.dependents(at, "nmod"):
            if story.cases(child) & words.of_words and child in story.mention:
                return child
        if story.relation[at] not in ("conj", "appos", "compound", "flat"):
            return -1
        at = story.head[at]
    return -1


def subjects(story: ParsedStory, predicate: int) -> list[int]:
    """The units of a predicate's subject: its own, that of a verb it is joined to, or the noun of a relative clause."""
    at = predicate
    for _ in range(MAX_STEPS):
        own = story.dependents(at, "nsubj", "nsubj:pass", "nsubj:outer")
        if own:
            found = own[0]
            if found not in story.mention and story.relation[at] == "acl:relcl":
                return [story.head[at]]
            return [found, *story.dependents(found, "conj")]
        if story.relation[at] == "acl:relcl" or (story.relation[at] == "acl" and story.tag[at] in ("VERB", "ADJ")):
            return [story.head[at]]
        if story.relation[at] not in ("conj", "xcomp", "advcl", "ccomp") or story.head[at] == at:
            return []
        at = story.head[at]
    return []


def objects(story: ParsedStory, verb: int) -> list[int]:
    """The units of a verb's objects."""
    return [
        other for unit in story.dependents(verb, "obj", "iobj") for other in (unit, *story.dependents(unit, "conj"))
    ]
