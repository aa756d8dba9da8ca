"""Reading → the files that BookNLP writes, so that programs built on BookNLP run unchanged.

Bamman, https://github.com/booknlp/booknlp (1.0.x): tab-separated without quoting, token numbers from 0, with the end
included. Number 0 is reserved for the narrator. Unknown values are ones that BookNLP's own tools skip: part of speech
`X`, the word as its lemma, `dep` on itself. BookNLP has no speech inside speech, so quotations `within` another are
left out of `.quotes`. The text is included as a file, because the tables lack white space and the marks of italics.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from html import escape
from typing import Any

from dramaturg.exporters.common.mention_finder import MentionFinder
from dramaturg.exporters.common.mentions import outermost_quotations, whole_mentions
from dramaturg.exporters.common.penn_tags import TaggedWord, penn_tag
from dramaturg.exporters.common.titles import file_id
from dramaturg.exporters.common.word_table import Word, WordTable, words_of
from dramaturg.lexicon.en import ENGLISH
from dramaturg.reading import Mention, MentionKind, Reading

ABOUT = "BookNLP's files: tokens, entities, supersenses, quotes, book"
PROPS: dict[MentionKind, str] = {"name": "PROP", "noun": "NOM", "pronoun": "PRON"}
TOKENS = """paragraph_ID sentence_ID token_ID_within_sentence token_ID_within_document word lemma byte_onset byte_offset
POS_tag fine_POS_tag dependency_relation syntactic_head_ID event""".split()
ENTITIES = "COREF start_token end_token prop cat text".split()
QUOTES = "quote_start quote_end mention_start mention_end mention_phrase char_id quote".split()
SUPERSENSE = "start_token end_token supersense_category text".split()
# The sets of pronouns that BookNLP counts for genders, by its names for them.
PRONOUN_SETS = {
    "he/him/his": ENGLISH.grammar.masculine,
    "she/her": ENGLISH.grammar.feminine,
    "they/them/their": ENGLISH.grammar.third_person_plural,
}
PRONOUN_SET_OF = {"he": "he/him/his", "she": "she/her", "they": "they/them/their"}
LISTS = {"proper": "name", "common": "noun", "pronoun": "pronoun"}
SUBJECTS = frozenset(["nsubj", "csubj"])
PATIENTS = frozenset(["obj", "dobj", "iobj", "nsubj:pass", "nsubjpass"])
OWNERS = frozenset(["nmod:poss", "poss"])
# UD's relations that have another name in spaCy, whose syntax BookNLP uses. The shape of the tree stays UD's.
RELATIONS = {
    "root": "ROOT",
    "obj": "dobj",
    "iobj": "dative",
    "nsubj:pass": "nsubjpass",
    "csubj:pass": "csubjpass",
    "aux:pass": "auxpass",
    "nmod:poss": "poss",
    "acl:relcl": "relcl",
    "compound:prt": "prt",
    "det:predet": "predet",
    "cc:preconj": "preconj",
    "discourse": "intj",
    "obl:unmarked": "npadvmod",
}
NARRATOR = 0
TYPES = ("FAC", "GPE", "LOC", "PER", "ORG", "VEH")
MAX_MAJOR_ENTITIES = 10  # of each type and kind, listed on the page


def to_files(reading: Reading, *, id: str = "") -> Iterator[tuple[str, str]]:
    """The files of one book.

    `id`: the base name of the files; the story's file name if empty
    """
    id = id or file_id(reading)
    words = words_of(reading)
    numbers = _numbers(reading)
    yield f"{id}.txt", reading.story.text
    yield f"{id}.tokens", _table(TOKENS, _tokens(reading, words))
    yield f"{id}.entities", _table(ENTITIES, _entities(reading, words, numbers))
    yield f"{id}.supersense", _table(SUPERSENSE, _supersenses(reading, words))
    yield f"{id}.quotes", _table(QUOTES, _quotes(reading, words, numbers))
    book = _book(reading, words, numbers)
    yield f"{id}.book", json.dumps(book)  # in ASCII, as BookNLP's: many open it without naming an encoding
    yield f"{id}.book.html", "".join(_html(reading, words, numbers, book))


def _table(header: list[str], rows: Any) -> str:
    return "".join("\t".join(map(str, row)) + "\n" for row in (header, *rows))


def _numbers(reading: Reading) -> dict[str, int]:
    """The COREF number of each entity and character, by id. All mentions of a character share one number.

    The narrator who is mentioned most has the number that is reserved for the only one.
    """
    narrator = next((character.id for character in reading.characters if character.narrator), None)
    numbers = {} if narrator is None else {narrator: NARRATOR}
    number = NARRATOR + 1
    for name in [*map(_entity, _entities_in_order(reading)), *(character.id for character in reading.characters)]:
        if name not in numbers:
            numbers[name] = number
            number += 1
    return numbers


def _entities_in_order(reading: Reading) -> list[Mention]:
    """The mentions in BookNLP's order: by start, then the shorter first."""
    return sorted(reading.mentions, key=lambda mention: (mention.start, mention.end))


def _entity(mention: Mention) -> str:
    return mention.character or mention.entity


def _tokens(reading: Reading, words: WordTable) -> Iterator[list[object]]:
    happened = {number for event in reading.events for number in words.within(event)}
    fine = _fine_tags(words)
    for sentence in words.sentences:
        for number in sentence:
            word = words.words[number]
            said = words.text_of(number)
            lemma = "_".join(word.lemma.split()) if word.lemma else ""
            yield [
                word.block,
                word.sentence,
                number - sentence[0],
                number,
                said,
                lemma or said,
                word.start,
                word.end,
                word.pos or "X",
                fine[number],
                RELATIONS.get(word.deprel or "", word.deprel or "dep"),
                number if word.head is None else word.head,
                "EVENT" if number in happened else "O",
            ]


def _fine_tags(words: WordTable) -> list[str]:
    """The Penn Treebank tag of each word, `X` if its part of speech is unknown."""
    known = [_tagged(words, number, word) for number, word in enumerate(words.words)]
    below: dict[int, list[TaggedWord]] = defaultdict(list)
    for told, word in zip(known, words.words, strict=True):
        if word.head is not None:
            below[word.head].append(told)
    return [
        penn_tag(told, below[number], None if word.head is None else known[word.head]) if word.pos else "X"
        for number, (told, word) in enumerate(zip(known, words.words, strict=True))
    ]


def _tagged(words: WordTable, number: int, word: Word) -> TaggedWord:
    form = words.text_of(number).lower()
    return TaggedWord(form, (word.lemma or form).lower(), word.pos or "X", word.deprel or "dep")


def _entities(reading: Reading, words: WordTable, numbers: dict[str, int]) -> Iterator[list[object]]:
    for mention in _entities_in_order(reading):
        if place := words.within(mention):
            number = numbers[_entity(mention)]
            yield [number, place[0], place[-1], PROPS[mention.kind], mention.type, words.joined(place)]


def _supersenses(reading: Reading, words: WordTable) -> Iterator[list[object]]:
    for supersense in reading.supersenses:
        if place := words.within(supersense):
            yield [place[0], place[-1], supersense.label, words.joined(place)]


def _quotes(reading: Reading, words: WordTable, numbers: dict[str, int]) -> Iterator[list[object]]:
    finder = MentionFinder(reading)
    for quotation in outermost_quotations(reading):
        place = words.within(quotation)
        if not place:
            continue
        who: list[object] = [None] * 4
        if quotation.speaker is not None:
            who[3] = numbers[quotation.speaker]
            at = finder.find(quotation, quotation.speaker)
            there = words.within(reading.mentions[at]) if at is not None else ()
            if there:
                who[:3] = there[0], there[-1], words.joined(there)
        yield [place[0], place[-1], *who, words.joined(place)]


def _book(reading: Reading, words: WordTable, numbers: dict[str, int]) -> dict[str, Any]:
    """The contents of `.book`: what each person with more than one mention does, and what is done to them."""
    mentions: dict[int, list[Mention]] = defaultdict(list)
    for mention in whole_mentions(reading):
        if mention.type == "PER":
            mentions[numbers[_entity(mention)]].append(mention)
    roles = _roles(reading, words, numbers)
    pronouns = {numbers[character.id]: character.pronouns for character in reading.characters}
    people = sorted((n for n in mentions if len(mentions[n]) > 1), key=lambda n: (-len(mentions[n]), n))
    return {
        "characters": [
            {
                **{role: [{"w": words.text_of(i), "i": i} for i in roles[n][role]] for role in ("agent", "patient")},
                **{role: [{"w": words.text_of(i), "i": i} for i in roles[n][role]] for role in ("mod", "poss")},
                "id": n,
                "g": _gender(reading, mentions[n], pronouns.get(n)),
                "count": len(mentions[n]),
                "mentions": {name: _forms(reading, mentions[n], kind) for name, kind in LISTS.items()},
            }
            for n in people
        ]
    }


def _forms(reading: Reading, mentions: list[Mention], kind: str) -> list[dict[str, object]]:
    forms = Counter(" ".join(reading.text_of(m).split()) for m in mentions if m.kind == kind)
    return [{"c": n, "n": form} for form, n in sorted(forms.items(), key=lambda item: (-item[1], item[0]))]


def _gender(reading: Reading, mentions: list[Mention], pronouns: str | None) -> dict[str, Any] | None:
    """The share of each set of pronouns among a person's pronouns; None if there are none to count."""
    said = [reading.text_of(mention).lower() for mention in mentions if mention.kind == "pronoun"]
    counts = {name: sum(word in forms for word in said) for name, forms in PRONOUN_SETS.items()}
    known = PRONOUN_SET_OF.get(pronouns or "")
    if known is not None and not counts[known]:
        counts[known] = 1
    total = sum(counts.values())
    if not total:
        return None
    shares = {name: round(n / total, 3) for name, n in counts.items()}
    most = known or max(shares, key=lambda name: shares[name])
    return {"inference": shares, "argmax": most, "max": shares[most], "total": total}


def _roles(reading: Reading, words: WordTable, numbers: dict[str, int]) -> dict[int, dict[str, list[int]]]:
    """The words that people are agents, patients, bearers and owners of, by number, from syntax and events."""
    roles: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    has_copula = {word.head for word in words.words if word.deprel == "cop" and word.head is not None}
    modifiers: dict[int, list[int]] = defaultdict(list)
    for number, word in enumerate(words.words):
        if word.deprel == "amod" and word.head is not None:
            modifiers[word.head].append(number)
    for mention in reading.mentions:
        place = words.within(mention)
        for number in place:
            word = words.words[number]
            if word.deprel is None or (word.head is not None and word.head in place):
                continue
            of = roles[numbers[_entity(mention)]]
            of["mod"] += modifiers[number]
            if word.head is None:
                continue
            if word.deprel in SUBJECTS:
                of["mod" if word.head in has_copula else "agent"].append(word.head)
            elif word.deprel in PATIENTS:
                of["patient"].append(word.head)
            elif word.deprel in OWNERS:
                of["poss"].append(word.head)
    for event in reading.events:
        for role, people in (("agent", event.agents), ("patient", event.patients)):
            for person in people:
                roles[numbers[person]][role] += list(words.within(event))[:1]
    return defaultdict(
        lambda: defaultdict(list),
        {n: defaultdict(list, {role: sorted(set(at)) for role, at in of.items()}) for n, of in roles.items()},
    )


def _html(reading: Reading, words: WordTable, numbers: dict[str, int], book: dict[str, Any]) -> Iterator[str]:
    """The HTML page that BookNLP writes for people."""
    yield '<html><head><meta charset="UTF-8"><title>'
    yield f"{escape(reading.story.source.title or reading.story.source.path)}</title></head>\n<body>\n"
    yield "<h2>Named characters</h2>\n"
    for person in book["characters"]:
        proper, common = (_listed(person["mentions"][sort], counts=True) for sort in ("proper", "common"))
        if person["id"] == NARRATOR:
            proper = f"{proper}/[NARRATOR]" if proper else "[NARRATOR]"
        if proper:
            yield f"{person['count']} {proper} {common} <br />\n"
    yield "<p>\n<h2>Major entities (proper, common)</h2>\n"
    for type in TYPES:
        yield f"<h3>{type}</h3>\n"
        for kind in ("name", "noun"):
            yield from _major(reading, numbers, type, kind)
            yield "<p>\n"
    yield "<h2>Text</h2>\n"
    yield from _text(reading, words, numbers)
    yield "</body></html>\n"


def _major(reading: Reading, numbers: dict[str, int], type: str, kind: str) -> Iterator[str]:
    """The entities of a type with the most mentions of a kind."""
    forms: dict[int, Counter[str]] = defaultdict(Counter)
    for mention in whole_mentions(reading):
        if mention.type == type and mention.kind == kind:
            forms[numbers[_entity(mention)]][" ".join(reading.text_of(mention).split())] += 1
    most = sorted(forms.values(), key=lambda counts: -counts.total())[:MAX_MAJOR_ENTITIES]
    for counts in most:
        yield f"{counts.total()} {_listed([{'n': form, 'c': n} for form, n in counts.most_common()])} <br />\n"


def _listed(forms: list[dict[str, Any]], counts: bool = False) -> str:
    return "/".join(escape(form["n"]) + (f" ({form['c']})" if counts else "") for form in forms)


def _text(reading: Reading, words: WordTable, numbers: dict[str, int]) -> Iterator[str]:
    """The text, with mentions in brackets with number and name, and quotations in colour with their speaker."""
    names = _names(reading, numbers)
    before: dict[int, list[str]] = defaultdict(list)
    after: dict[int, list[str]] = defaultdict(list)
    for mention in _entities_in_order(reading):
        if place := words.within(mention):
            number = numbers[_entity(mention)]
            before[place[0]].append('<font color="#D0D0D0">[</font>')
            label = f'<font color="#FF00FF"><sub>{number}-{escape(names[number])}</sub></font>'
            after[place[-1]].insert(0, f'<font color="#D0D0D0">]</font>{label}')
    for quotation in outermost_quotations(reading):
        if place := words.within(quotation):
            who = "None" if quotation.speaker is None else numbers[quotation.speaker]
            name = "None" if quotation.speaker is None else escape(names[numbers[quotation.speaker]])
            before[place[0]].insert(0, '<font color="#666699">')
            after[place[-1]].append(f"</font><sub>[{who}-{name}]</sub>")
    block = None
    for number, word in enumerate(words.words):
        if word.block != block:
            block = word.block
            yield "\n<p />"
        yield f"{''.join(before[number])}{escape(words.text_of(number))}{''.join(after[number])} "


def _names(reading: Reading, numbers: dict[str, int]) -> dict[int, str]:
    """The name of each number: the character's name, or the entity's first name, or its first mention."""
    names = {numbers[character.id]: " ".join(character.name.split()) for character in reading.characters}
    for mention in sorted(whole_mentions(reading), key=lambda mention: mention.kind != "name"):
        names.setdefault(numbers[_entity(mention)], " ".join(reading.text_of(mention).split()))
    return names
