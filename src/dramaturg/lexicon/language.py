"""What a language has to give so that its stories can be read: words, patterns of words and abbreviations.

A `Language` is made of sections, and `Draft.language` hands it from step to step. Words are lower case, with ' for an
apostrophe, unless a field says otherwise. Long lists are text files that are read when they are first used; a list
that a language does not have is empty. Most fields have a default that finds nothing, so that a new language can begin
with few. Languages are compared by identity.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

from dramaturg.lexicon.lists import (
    FormOfAddress,
    Gender,
    PersonNoun,
    SpeechPhrase,
    SpeechVerb,
    Title,
    read_classes,
    read_formal_names,
    read_forms_of_address,
    read_given_names,
    read_person_nouns,
    read_speech_phrases,
    read_speech_verbs,
    read_titles,
    read_words,
)
from dramaturg.story import Role


class Pronoun(NamedTuple):
    """A form of a personal pronoun: its gender, whether it is a plural, and whether it can be a subject."""

    gender: Gender
    plural: bool
    is_subject: bool


NONE: frozenset[str] = frozenset()
NEVER = re.compile(r"(?!)")  # a pattern that matches nothing
MIN_MISSPELT_TITLE_LETTERS = 6  # a shorter word is too often another word with the same letters


@dataclass(frozen=True, eq=False)
class Grammar:
    """Function words.

    Pronouns: `pronouns` are the forms that are mentions of people. `first_person` to `third_person_plural` are all
    forms of each person, possessive and reflexive ones included; the first and third person are singular unless the
    name says plural. `neopronouns`: the subject form of each form of a neopronoun. `other_pronouns` are relative and
    indefinite ones that refer to people; the `collective_pronouns` mean a group, though they are singular.
    `possessives` stand before what is owned; of these, `ambiguous_possessives` are objects, too, and
    `gendered_possessives` say the gender of the owner.

    Determiners: `determiners` begin a noun phrase. `singular_determiners` begin one that is about one person.
    `indefinite_article`: before a body part it makes the part a speaker (“a voice cried”), other determiners do not.

    `function_words` are never a name, although they have a capital at the start of a sentence. Words in
    `subordinators` begin a clause that is not the main one. `infinitive_auxiliaries` and `participle_auxiliaries` stand
    before those forms of a verb in a clause that tells of an action, `passive_auxiliaries` before one that does not.
    `perception_verbs`: after “she heard him” the verb is his. `phrase_breaks` end a noun phrase after its head.
    `adverb_suffixes`, `participle_suffixes`, `past_suffixes`, `plural_suffixes`: what most such words end in.
    """

    pronouns: Mapping[str, Pronoun]
    first_person: frozenset[str] = NONE
    first_person_plural: frozenset[str] = NONE
    second_person: frozenset[str] = NONE
    masculine: frozenset[str] = NONE
    feminine: frozenset[str] = NONE
    neuter: frozenset[str] = NONE
    third_person_plural: frozenset[str] = NONE
    neopronouns: Mapping[str, str] = field(default_factory=dict)
    other_pronouns: frozenset[str] = NONE
    collective_pronouns: frozenset[str] = NONE
    possessives: frozenset[str] = NONE
    ambiguous_possessives: frozenset[str] = NONE
    gendered_possessives: frozenset[str] = NONE
    articles: frozenset[str] = NONE
    indefinite_article: str = ""
    demonstratives: frozenset[str] = NONE
    determiners: frozenset[str] = NONE
    singular_determiners: frozenset[str] = NONE
    prepositions: frozenset[str] = NONE
    conjunctions: frozenset[str] = NONE
    subordinators: frozenset[str] = NONE
    function_words: frozenset[str] = NONE
    infinitive_auxiliaries: frozenset[str] = NONE
    participle_auxiliaries: frozenset[str] = NONE
    passive_auxiliaries: frozenset[str] = NONE
    perception_verbs: frozenset[str] = NONE
    phrase_breaks: frozenset[str] = NONE
    adverb_suffixes: tuple[str, ...] = ()
    participle_suffixes: tuple[str, ...] = ()
    past_suffixes: tuple[str, ...] = ()
    plural_suffixes: tuple[str, ...] = ()

    @cached_property
    def pronoun_classes(self) -> tuple[frozenset[str], ...]:
        """The forms of each person, in the order that the coreference weights number them in."""
        singular = self.first_person, self.second_person, self.masculine, self.feminine, self.neuter
        return (*singular, self.first_person_plural, self.third_person_plural)

    @cached_property
    def all_pronouns(self) -> frozenset[str]:
        """The forms of every person, and relative and indefinite pronouns."""
        return self.other_pronouns.union(*self.pronoun_classes)

    @cached_property
    def definite_determiners(self) -> frozenset[str]:
        """Words that may begin a mention and do not tell it from others: articles, demonstratives, possessives."""
        return self.articles | self.demonstratives | self.possessives

    @cached_property
    def never_nouns(self) -> frozenset[str]:
        """Function words and prepositions."""
        return self.function_words | self.prepositions


@dataclass(frozen=True, eq=False)
class Writing:
    """How words are written: abbreviations, contractions, apostrophes.

    Abbreviations: `abbreviations`, with their capitals, keep their full stop as part of their word everywhere.
    `more_abbreviations`, with their capitals, keep it as a syntactic word. A sentence never ends after a word of
    `unending_abbreviations`, and not after one of `number_abbreviations` if a number follows.

    Contractions: `clitics` matches the end of a word that is a syntactic word of its own; `merged_words` gives words
    that are two without an apostrophe, with the length of the first. `contraction_endings` are cut off to get the
    pronoun of “they'd”. `possessive` matches the ending of a possessive, `possessive_letter` is what is left of it
    where the apostrophe was lost. `split_contraction` matches a contraction that lost its apostrophe: “don t”.

    `ordinal_suffixes` and `time_suffixes` are written right after a number.

    Apostrophes that look like single quotation marks: `dropped_beginnings` and `typed_beginnings` match what follows
    one (’tis, and "em, typed with the wrong key); `opening_apostrophes` those that may follow an opening mark
    (‘’Tis); `dropped_endings` are what is left before one (an’), as are words that end in `dropped_suffixes` and
    `plural_endings`; `contracted` matches what follows one within a word.

    `sentence_openers`, with their capital: a sentence that begins so does not go on from the quotation before it.
    `title_small_words`: words without a capital in a title. `lone_capitals`: words with a capital in any text.
    """

    abbreviations: tuple[str, ...] = ()
    more_abbreviations: tuple[str, ...] = ()
    unending_abbreviations: frozenset[str] = NONE
    number_abbreviations: frozenset[str] = NONE
    clitics: re.Pattern[str] = NEVER
    merged_words: Mapping[str, int] = field(default_factory=dict)
    contraction_endings: tuple[str, ...] = ()
    ordinal_suffixes: tuple[str, ...] = ()
    time_suffixes: tuple[str, ...] = ()
    possessive: re.Pattern[str] = NEVER
    possessive_letter: str = ""
    split_contraction: re.Pattern[str] = NEVER
    dropped_beginnings: re.Pattern[str] = NEVER
    typed_beginnings: re.Pattern[str] = NEVER
    opening_apostrophes: re.Pattern[str] = NEVER
    dropped_endings: frozenset[str] = NONE
    dropped_suffixes: tuple[str, ...] = ()
    plural_endings: tuple[str, ...] = ()
    contracted: re.Pattern[str] = NEVER
    sentence_openers: frozenset[str] = NONE
    title_small_words: frozenset[str] = NONE
    lone_capitals: frozenset[str] = NONE


_FINITE = ("past", "present", "base")


@dataclass(frozen=True, eq=False)
class Speech:
    """How speech is introduced, and how people are addressed.

    `lists`: the package with the word lists, as text files in a folder `lists`.

    Tags: a tag's subject begins with a capital or with a word of `subject_pronouns` or `subject_determiners`.
    `close_subjects`, as written: with words between one of these and the verb it is seldom a tag (“we have said”).
    `tag_conjunctions` may stand before it, `tag_helpers` before its verb; after a word of `tag_blockers` the verb is
    not finite (“will apologise”). `tag_titles`: abbreviations in a tag, as written. `said_so` matches what follows a
    verb that only speaks of speech (“said so”). `subject_fillers` may stand between the verb and its subject.

    Speech or not: a few words in quotation marks after one of `naming_words` are not speech (the word “duty”), and
    `written_things` say what is written on them (the sign said “Closed”). After `writing_verbs`, a message may be only
    emphasised (I typed *who is this*).

    Addressees: `vocative_leads` may stand right before a vocative (“no, my dear”); `address_leads` are a part of it.
    The object of `addressing_verbs` (“she asked him”) and of `addressee_prepositions` (“said Tom to Mary”) is spoken

    `neutral_verbs`: lemmas of verbs that say only that somebody speaks, not how. `manner_phrase` matches what follows a
    tag's verb and says how (“brusquely.”, “, with interest.”), with its last word as the group `last`.

    >>> from dramaturg.lexicon.en import ENGLISH
    >>> ENGLISH.speech.verbs["said"]
    SpeechVerb(lemma='say', strength='core', tense='past')
    >>> sorted(ENGLISH.speech.phrases["put"].particles)
    ['forward', 'in']
    >>> ENGLISH.speech.vocatives["my dear fellow"]
    FormOfAddress(gender='m', kind='endearment')
    """

    lists: str
    subject_pronouns: frozenset[str] = NONE
    subject_determiners: frozenset[str] = NONE
    close_subjects: frozenset[str] = NONE
    subject_fillers: frozenset[str] = NONE
    tag_conjunctions: frozenset[str] = NONE
    tag_helpers: frozenset[str] = NONE
    tag_blockers: frozenset[str] = NONE
    tag_titles: tuple[str, ...] = ()
    said_so: re.Pattern[str] = NEVER
    naming_words: frozenset[str] = NONE
    written_things: frozenset[str] = NONE
    writing_verbs: frozenset[str] = NONE
    address_leads: frozenset[str] = NONE
    vocative_leads: frozenset[str] = NONE
    addressing_verbs: frozenset[str] = NONE
    addressee_prepositions: frozenset[str] = NONE
    neutral_verbs: frozenset[str] = NONE
    manner_phrase: re.Pattern[str] = NEVER

    @cached_property
    def verbs(self) -> Mapping[str, SpeechVerb]:
        """Every form of the verbs that introduce direct speech.

        `core` verbs say that somebody speaks; `manner` verbs may ("he smiled"); `mental` ones introduce thought. A
        form that is several of a verb's is the first of past, present, ing, participle, base.
        """
        return read_speech_verbs(_list(self.lists, "speech_verbs.txt"))

    @cached_property
    def phrases(self) -> Mapping[str, SpeechPhrase]:
        """Forms of verbs that introduce speech together with a particle: "went" with "on", "put" with "in"."""
        return read_speech_phrases(_list(self.lists, "speech_phrases.txt"))

    @cached_property
    def vocatives(self) -> Mapping[str, FormOfAddress]:
        """Words by which people are addressed, some of several words, separated by one space."""
        return read_forms_of_address(_list(self.lists, "vocatives.txt"))

    @cached_property
    def before_addressee(self) -> frozenset[str]:
        """Words right before the addressee of speech: the addressing verbs and the prepositions."""
        return self.addressing_verbs | self.addressee_prepositions

    @cached_property
    def finite_verbs(self) -> frozenset[str]:
        """Finite forms of verbs of speech and thought, but not of manner."""
        return frozenset(form for form, v in self.verbs.items() if v.tense in _FINITE and v.strength != "manner")

    @cached_property
    def introducing_verbs(self) -> frozenset[str]:
        """Forms that introduce speech: finite ones, and those in -ing (“whispering”); not of verbs of manner."""
        return self.finite_verbs | frozenset(
            form for form, v in self.verbs.items() if v.tense == "ing" and v.strength != "manner"
        )

    @cached_property
    def core_verbs(self) -> frozenset[str]:
        """Finite forms of the verbs that always say that somebody speaks."""
        return frozenset(form for form in self.finite_verbs if self.verbs[form].strength == "core")

    @cached_property
    def core_past_verbs(self) -> frozenset[str]:
        """The same, in the past tense: “said”."""
        return frozenset(form for form in self.core_verbs if self.verbs[form].tense == "past")

    @cached_property
    def narrated_verbs(self) -> frozenset[str]:
        """Forms that a story tells speech with: the past tense of any verb, and the present of core verbs."""
        forms = [form for form, phrase in self.phrases.items() if phrase.tense == "past"]
        for form, verb in self.verbs.items():
            if verb.tense == "past" or (verb.tense == "present" and verb.strength == "core"):
                forms.append(form)
        return frozenset(forms)

    @cached_property
    def finite_phrases(self) -> Mapping[str, frozenset[str]]:
        """The particles of each finite form that needs one: "went" → "on", …."""
        return {form: phrase.particles for form, phrase in self.phrases.items() if phrase.tense in _FINITE}

    @cached_property
    def tag_word(self) -> re.Pattern[str]:
        """One word of a tag after white space, as group 1."""
        titles = "".join(f"{title}|" for title in self.tag_titles)
        return re.compile(rf"\s*((?:{titles}[A-Z])\.(?=\s)|[^\W\d_][\w’'-]*)")


@dataclass(frozen=True, eq=False)
class Narration:
    """How narration differs from speech. All patterns are searched in running text, with its capitals.

    Clauses: `narrated_start` matches the first word of a clause about somebody else, `narrated_verb` its words up to
    a verb in the past. `spoken_words` matches what only speech has: I, you, a present tense.

    Narration in brackets within speech (“Yes (with a smile)”): `aside` matches its beginning, in the group
    `participle` an -ing form without its ending; `spoken_participles` begin what the speaker puts in brackets, and
    `spoken_aside` matches that too. An aside has no `spoken_pronouns`.

    After a tag in speech that a dash opens: `continues_tag` and `continues_after_colon` match how narration goes on.

    Thoughts: `thinks_after` matches a tag of thought after what is thought, `thinks_before` one before it.
    `sends_after` matches a tag that says to whom a thought is sent.

    Narrators: `first_person` matches a pronoun of the first person, `narrator_pronoun` the one that a narrator is known
    by. `narrator_heading` matches what a heading has besides the name of who tells the part (“Anna's POV”); `own_name`
    what a narrator says before their own name. `naming` matches what is between somebody and the name that the text
    gives them (“who was called”), `calls` what is before a pronoun and a name (“called him Lucky”), `is_being` what is
    between them (“he was Lucky”). `protagonist`: what the protagonist of a story in the second person is called.

    Letters: `salutation` matches the first line of a letter, `closing` the last one, in which `signed` is the name and
    `closing` what is before it, and `postscript` the beginning of what may follow. `diary` is searched in the line
    above a part of a diary, whose `keeper` it may name.
    """

    narrated_start: re.Pattern[str] = NEVER
    narrated_verb: re.Pattern[str] = NEVER
    spoken_words: re.Pattern[str] = NEVER
    aside: re.Pattern[str] = NEVER
    spoken_participles: frozenset[str] = NONE
    spoken_aside: re.Pattern[str] = NEVER
    spoken_pronouns: re.Pattern[str] = NEVER
    continues_tag: re.Pattern[str] = NEVER
    continues_after_colon: re.Pattern[str] = NEVER
    thinks_after: re.Pattern[str] = NEVER
    thinks_before: re.Pattern[str] = NEVER
    sends_after: re.Pattern[str] = NEVER
    first_person: re.Pattern[str] = NEVER
    narrator_pronoun: re.Pattern[str] = NEVER
    narrator_heading: re.Pattern[str] = NEVER
    own_name: re.Pattern[str] = NEVER
    naming: re.Pattern[str] = NEVER
    calls: re.Pattern[str] = NEVER
    is_being: re.Pattern[str] = NEVER
    salutation: re.Pattern[str] = NEVER
    closing: re.Pattern[str] = NEVER
    postscript: re.Pattern[str] = NEVER
    diary: re.Pattern[str] = NEVER
    protagonist: str = ""


@dataclass(frozen=True, eq=False)
class People:
    """Who can be a person of a story, and what people are called.

    `lists`: as in `Speech`. `more_nicknames`: gives pairs of a given name and its short form beside those of the list.
    `person_suffixes`: endings that make a noun for a person (“ferryman”), the longest first; `not_person_nouns` only
    look as if they had one. `rare_person_nouns` mean a person only where a tag says so. `name_particles` stand within
    a name (“de”). `nameless_titles` are used without a name (“Mademoiselle set the tray down”).
    `masculine_heads`, `feminine_heads`: nouns and titles by which the coreference weights know a mention's gender.

    >>> from dramaturg.lexicon.en import ENGLISH
    >>> people = ENGLISH.people
    >>> people.titles["mrs."]
    Title(gender='f', kind='courtesy')
    >>> people.honorifics["kun"]
    Title(gender='m', kind='familiar')
    >>> people.person_nouns["midwives"]
    PersonNoun(gender='f', plural=True, kind='occupation')
    >>> people.given_names["margaret"], people.given_names["robin"]
    ('f', '?')
    >>> people.not_names["monday"], people.not_names["french"]
    ('day', 'people')
    >>> "margaret" in people.formal_names("peggy")
    True
    """

    lists: str
    more_nicknames: Callable[[], Iterable[tuple[str, str]]] = tuple
    person_suffixes: Mapping[str, PersonNoun] = field(default_factory=dict)
    not_person_nouns: frozenset[str] = NONE
    rare_person_nouns: frozenset[str] = NONE
    name_particles: frozenset[str] = NONE
    nameless_titles: frozenset[str] = NONE
    masculine_heads: frozenset[str] = NONE
    feminine_heads: frozenset[str] = NONE
    _same: dict[tuple[str, str], bool] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def titles(self) -> Mapping[str, Title]:
        """Titles that stand before a name, some of two words, those with a point both with and without it."""
        return read_titles(_list(self.lists, "titles.txt"))

    @cached_property
    def honorifics(self) -> Mapping[str, Title]:
        """Honorifics that follow a name after a hyphen: "san", "kun", "sensei"."""
        return read_titles(_list(self.lists, "honorifics.txt"))

    @cached_property
    def person_nouns(self) -> Mapping[str, PersonNoun]:
        """Nouns for people, both numbers, and for beings and animals that may speak in a tale."""
        return read_person_nouns(_list(self.lists, "person_nouns.txt"))

    @cached_property
    def body_parts(self) -> frozenset[str]:
        """Parts of the body, both numbers: "his lips" near speech mean the person who speaks."""
        return read_words(_list(self.lists, "body_parts.txt"))

    @cached_property
    def given_names(self) -> Mapping[str, Gender]:
        """Given names of many cultures, short forms included, with the gender of the people who have them."""
        return read_given_names(_list(self.lists, "given_names.txt"))

    @cached_property
    def not_names(self) -> Mapping[str, str]:
        """Words written with a capital that are not names of people, with their class."""
        return read_classes(_list(self.lists, "not_names.txt"))

    @cached_property
    def titles_by_letters(self) -> Mapping[str, str]:
        """Long titles by their letters, sorted: letters in the wrong order are the commonest slip (“Captian”)."""
        return {"".join(sorted(title)): title for title in self.titles if len(title) >= MIN_MISSPELT_TITLE_LETTERS}

    @cached_property
    def sorted_given_names(self) -> Sequence[str]:
        """The given names in alphabetical order."""
        return sorted(self.given_names)

    def formal_names(self, nickname: str) -> frozenset[str]:
        """The given names that a short form may stand for; empty if none is known."""
        return self._formal_names.get(nickname.lower(), frozenset())

    def same_given_name(self, a: str, b: str) -> bool:
        """Whether two given names may belong to one person: equal, long and short, or two short forms of one name.

        >>> from dramaturg.lexicon.en import ENGLISH
        >>> same = ENGLISH.people.same_given_name
        >>> same("Lizzie", "Elizabeth"), same("Harry", "Hal"), same("Ann", "Tom")
        (True, True, False)
        """
        known = self._same.get((a, b))
        if known is None:
            self._same[a, b] = known = self._may_be_same(a.lower(), b.lower())
        return known

    def _may_be_same(self, a: str, b: str) -> bool:
        if {self.given_names.get(a), self.given_names.get(b)} == {"m", "f"}:
            return a == b  # "Harry" is also short for "Harriet", but hardly ever in the same story
        first, second = {a, *self.formal_names(a)}, {b, *self.formal_names(b)}
        return not first.isdisjoint(second)

    @cached_property
    def _formal_names(self) -> Mapping[str, frozenset[str]]:
        return read_formal_names(_list(self.lists, "nicknames_extra.txt"), self.more_nicknames())


class Relative(NamedTuple):
    """What a noun says of a relative: their gender, and whether a woman so called has a married woman's title.

    `is_married` is None if the noun does not say. `is_parent`: a generation above the owner. `is_head`: of several who
    fit, the one who is called by title and surname alone, as the head of a family is.
    """

    gender: Gender
    is_married: bool | None = None
    is_parent: bool = False
    is_head: bool = False


@dataclass(frozen=True, eq=False)
class Names:
    """How names, titles and nouns tell the people of a story apart.

    Titles: `married_titles` and `unmarried_titles` are a woman's. `courtesy_titles`, these two among them, are given to
    anybody; a person with one of `knightly_titles` does not have one of them as well. `lady_titles` stand before the
    surname of a married woman, too. `vague_titles` are courtesy titles whose noun may be anybody (“the lady”).
    `title_nouns`: what the bearer of a title is called where the name is left out. `title_modifiers` make a title of
    two words (“High Priestess”). `name_links` join the parts of a name (Winnie-the-Pooh).
    `plural_suffixes` make the name of a family out of a surname, the longest first.

    Descriptions: `weak_nouns` do not identify anybody: “the man” is somebody else in each chapter.
    `name_adjectives` begin a name with a noun (“Old Man Mori”). `telling_adjectives` tell two of one noun apart (“the
    second guard”), as do phrases after `telling_prepositions` (“the man in the hat”). `definite_articles` and
    `owner_words` may begin a description of somebody known.

    What shows that a name is a person's: `human_verbs` after it, and words that end in one of `past_suffixes` of the
    grammar. What shows that it is not: `place_prepositions` and `name_determiners` before it. `object_pronouns` seldom
    refer to the subject of the sentence before.

    `relatives`: nouns of the family. `relative_titles`: those that are used as titles (“Aunt Phillips”).

    Tags of fan fiction: `tag_separators` matches what separates the names in a tag, `unnamed_in_tags` matches a tag
    that does not name a character. `placeholder` matches a blank for the reader's own name: “(Y/N)”.
    """

    married_titles: frozenset[str] = NONE
    unmarried_titles: frozenset[str] = NONE
    courtesy_titles: frozenset[str] = NONE
    knightly_titles: frozenset[str] = NONE
    lady_titles: frozenset[str] = NONE
    vague_titles: frozenset[str] = NONE
    title_nouns: Mapping[str, frozenset[str]] = field(default_factory=dict)
    title_modifiers: frozenset[str] = NONE
    name_links: tuple[str, ...] = ()
    plural_suffixes: tuple[str, ...] = ()
    weak_nouns: frozenset[str] = NONE
    name_adjectives: frozenset[str] = NONE
    telling_adjectives: frozenset[str] = NONE
    telling_prepositions: frozenset[str] = NONE
    definite_articles: frozenset[str] = NONE
    owner_words: frozenset[str] = NONE
    human_verbs: frozenset[str] = NONE
    place_prepositions: frozenset[str] = NONE
    name_determiners: frozenset[str] = NONE
    object_pronouns: frozenset[str] = NONE
    relatives: Mapping[str, Relative] = field(default_factory=dict)
    relative_titles: frozenset[str] = NONE
    tag_separators: re.Pattern[str] = NEVER
    unnamed_in_tags: re.Pattern[str] = NEVER
    placeholder: re.Pattern[str] = NEVER


@dataclass(frozen=True, eq=False)
class HeadingWords:
    """Headings, scene breaks and the end, as patterns for one line without its decoration.

    `scene_break`: words that mark a break. `numbers`: number words and ordinals with their values, 0 for words such as
    "last". `divisions`: keywords of what holds chapters; `sections`: of what is inside a chapter. `keyword_first`
    ("Chapter IV: Ashes") and `ordinal_first` ("The First Book") have the groups `keyword`, `number` and `rest`;
    `named` ("Prologue") has `rest`; `number_only` ("IV", "2. Ashes") has `number` and `rest`. `point_of_view`: "Anna's
    POV". `title_small_words`: words that have no capital inside a title. `the_end`: "The End", "To be continued".
    """

    scene_break: re.Pattern[str]
    numbers: Mapping[str, int]
    divisions: frozenset[str]
    sections: frozenset[str]
    keyword_first: re.Pattern[str]
    ordinal_first: re.Pattern[str]
    named: re.Pattern[str]
    number_only: re.Pattern[str]
    point_of_view: re.Pattern[str]
    title_small_words: frozenset[str]
    the_end: re.Pattern[str]


@dataclass(frozen=True, eq=False)
class LabelWords:
    """Labels such as "Rating: T" before a story, and the lines of a title page.

    `label` has the groups `label` and `value`. `note` and `summary` match the labels of author's notes and summaries,
    `title` and `author` are the labels of those two. `by`: the word before an author's name. `byline`: a line such as
    "by Jane Roe"; `title_page_byline`: the same on a title page, with the group `author`, as in "A tale by Jane Roe".
    `subtitle`: how the lines below a title begin that belong to the title page.
    """

    label: re.Pattern[str]
    note: re.Pattern[str]
    summary: re.Pattern[str]
    title: str
    author: str
    by: str
    byline: re.Pattern[str]
    title_page_byline: re.Pattern[str]
    subtitle: re.Pattern[str]


@dataclass(frozen=True, eq=False)
class NoteWords:
    """Author's notes.

    `opening`: how a line begins that says that it is a note, as "A/N:". The others are signs that a paragraph is one:
    `fandom`, words of fan fiction that stories hardly use; `reader_address`, phrases for readers; `ownership`, what
    disclaimers say; `signs`, patterns with their weights; `enjoy`, a whole paragraph that wishes a good read. `speech`
    is a sign of the opposite, speech with its tag.

    Notices that sites put between the paragraphs have one of the words `notice_hints`. A short paragraph says that the
    text was taken from another site if three of the patterns `notice_signs` are in it, among them one of the first two,
    and none of the words `narrative`. `site_lines` matches a whole paragraph in which a site names itself or asks for
    reports of errors.
    """

    opening: re.Pattern[str]
    fandom: re.Pattern[str]
    reader_address: re.Pattern[str]
    ownership: re.Pattern[str]
    signs: tuple[tuple[int, re.Pattern[str]], ...]
    speech: re.Pattern[str]
    enjoy: re.Pattern[str]
    notice_hints: frozenset[str]
    notice_signs: tuple[re.Pattern[str], ...]
    site_lines: re.Pattern[str]
    narrative: re.Pattern[str]


@dataclass(frozen=True, eq=False)
class MatterWords:
    """What comes before, after and beside the text of a story.

    `gutenberg_start`, `gutenberg_end`: the lines that enclose a story of Project Gutenberg; `gutenberg_title` has the
    groups `title` and `author`; `produced_by` and `transcribers_note` are more of its lines. `bracketed`: how
    illustrations and footnotes in square brackets begin. `contents`: heading of a table of contents; `list_heading`: of
    any list at the front; `contents_entry`: a line of one. `front_matter_title`, `back_matter_title`: titles of
    pages in an e-book; `teaser_title`: of the opening of another book after the story. `rights`: what a copyright page
    says. `to_readers`: what an author says to buyers after the story. `note_mark`, `back_link`: the text of the links
    to a note and back. `empty_alternatives`: alternative texts of pictures that say nothing.
    """

    gutenberg_start: re.Pattern[str]
    gutenberg_end: re.Pattern[str]
    gutenberg_title: re.Pattern[str]
    produced_by: re.Pattern[str]
    transcribers_note: re.Pattern[str]
    bracketed: re.Pattern[str]
    contents: re.Pattern[str]
    list_heading: re.Pattern[str]
    contents_entry: re.Pattern[str]
    front_matter_title: re.Pattern[str]
    back_matter_title: re.Pattern[str]
    teaser_title: re.Pattern[str]
    rights: re.Pattern[str]
    to_readers: re.Pattern[str]
    note_mark: re.Pattern[str]
    back_link: re.Pattern[str]
    empty_alternatives: frozenset[str]


@dataclass(frozen=True, eq=False)
class ArchiveWords:
    """Labels and phrases of fan fiction archives.

    `metadata`: labels before a story, singular, with their names in `Source.metadata`. `roles`: the labels of summaries
    and notes with the roles of what follows. `end_notes`: the label of the notes after a chapter. `see_notes`: the line
    that refers to them. The others are lines of Archive of Our Own's EPUBs: `posted` in the preface, `please_comment`
    and `afterword` in the afterword. `quoted_post`: what a forum puts above the quoted words of somebody else.
    """

    metadata: Mapping[str, str]
    roles: Mapping[str, Role]
    end_notes: str
    see_notes: re.Pattern[str]
    posted: re.Pattern[str]
    please_comment: re.Pattern[str]
    afterword: re.Pattern[str]
    quoted_post: re.Pattern[str]


@dataclass(frozen=True, eq=False)
class StructureWords:
    """What the parts of a story are called.

    >>> from dramaturg.lexicon.en import ENGLISH
    >>> structure = ENGLISH.structure
    >>> structure.headings.keyword_first.fullmatch("Chapter Four: Ashes")["number"]
    'Four'
    >>> structure.labels.label.fullmatch("Rating: T")["value"]
    'T'
    >>> structure.notes.opening.match("A/N: Sorry for the wait!") is not None
    True
    """

    headings: HeadingWords
    labels: LabelWords
    notes: NoteWords
    matter: MatterWords
    archives: ArchiveWords


@dataclass(frozen=True, eq=False)
class FineTags:
    """What the language's fine part-of-speech tags depend on, beside part of speech, form and lemma. For exports.

    `interrogatives`, `forms_of_be` and `irregular_verbs` give the tags of forms; `comparatives` says of forms whether
    they are comparatives (R) or superlatives (S). `possessives` stand before what is owned. `demonstratives` are tagged
    as determiners, `indefinite_nouns` as nouns, although they are pronouns in UD. `modals` are forms of modal verbs,
    `auxiliaries` the lemmas of the other auxiliary verbs, of which `participle_auxiliaries` stand before a participle.
    """

    interrogatives: Mapping[str, str] = field(default_factory=dict)
    possessives: frozenset[str] = NONE
    demonstratives: frozenset[str] = NONE
    indefinite_nouns: frozenset[str] = NONE
    modals: frozenset[str] = NONE
    auxiliaries: frozenset[str] = NONE
    participle_auxiliaries: frozenset[str] = NONE
    forms_of_be: Mapping[str, str] = field(default_factory=dict)
    irregular_verbs: Mapping[str, str] = field(default_factory=dict)
    comparatives: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class FactWords:
    """Words by which a story tells what somebody is. All are lower case; verbs are lemmas.

    Age: `ages` are adjectives (`idle_ages` tell none when they hail somebody: “old man”), `age_nouns` nouns. After
    `age_words`, before `age_units` or after `age_prepositions` a number is an age; before `measures` it is none.
    `numbers`: in words; `small_numbers` and `hours` are mostly not ages. `decades`: “in his forties”.

    Looks: `eyes`, `hair`: nouns for these parts of the body; `having_parts` are adjectives made of them, `growths` tell
    something by themselves (“a beard”), and `unlike_parts` are parts of the body that nobody is known by. `colours`,
    `eye_adjectives`, `hair_adjectives`, `part_adjectives`: how eyes, hair and other parts look lastingly. `hair_words`
    and `bodies` describe a person.

    Nouns: `agent_endings` are those of trades. `no_trades`, `no_bonds`, `no_origins`: nouns and titles that look like a
    trade, a bond or an origin. `origins`, `traits`: adjectives.

    Verbs: `wedding_verbs` make two people kin, and `spouses` are what each is then by pronoun, "" if it is another.
    `habit_adverbs` and `habit_verbs` tell what somebody does often, likes or owns. `lasting_verbs` give what the
    subject is to the object. `work_verbs`, with `work_prepositions` after them, tell a trade. `fates_of_subject`,
    `fates_of_object`, `fate_adjectives`: what became of somebody; `deaths` are the gravest. `has_verbs`: of possession.
    `becomes`: with a predicate noun; `copulas`: with a predicate adjective. `origin_verbs`: of coming from somewhere.
    `verb_endings`, with what stands for them in the lemma, and `irregular_verbs` find lemmas where the parser has them
    wrong.

    `belonging`: possessive pronouns. `with_words`, `of_words`, `from_words`, `office_words`, `as_words`: prepositions
    of attributes, owners, origins, offices and roles. `indefinite`: articles. Facts are doubtful after `degrees`
    and `comparisons`, `negations`, `conditions` (earlier in the sentence) and `hypotheses` (near). `datings` open what
    was so once. `hailed`: nouns by which people are addressed.
    """

    ages: frozenset[str] = NONE
    age_nouns: frozenset[str] = NONE
    age_words: frozenset[str] = NONE
    age_units: frozenset[str] = NONE
    age_prepositions: frozenset[str] = NONE
    numbers: frozenset[str] = NONE
    small_numbers: frozenset[str] = NONE
    hours: frozenset[str] = NONE
    decades: frozenset[str] = NONE
    measures: frozenset[str] = NONE
    idle_ages: frozenset[str] = NONE
    eyes: frozenset[str] = NONE
    hair: frozenset[str] = NONE
    having_parts: frozenset[str] = NONE
    growths: frozenset[str] = NONE
    unlike_parts: frozenset[str] = NONE
    colours: frozenset[str] = NONE
    eye_adjectives: frozenset[str] = NONE
    hair_adjectives: frozenset[str] = NONE
    hair_words: frozenset[str] = NONE
    part_adjectives: frozenset[str] = NONE
    bodies: frozenset[str] = NONE
    agent_endings: tuple[str, ...] = ()
    no_trades: frozenset[str] = NONE
    no_bonds: frozenset[str] = NONE
    no_origins: frozenset[str] = NONE
    origins: frozenset[str] = NONE
    traits: frozenset[str] = NONE
    wedding_verbs: frozenset[str] = NONE
    spouses: Mapping[str, str] = field(default_factory=dict)
    habit_adverbs: frozenset[str] = NONE
    habit_verbs: frozenset[str] = NONE
    lasting_verbs: Mapping[str, str] = field(default_factory=dict)
    work_verbs: frozenset[str] = NONE
    work_prepositions: frozenset[str] = NONE
    fates_of_subject: frozenset[str] = NONE
    fates_of_object: frozenset[str] = NONE
    deaths: frozenset[str] = NONE
    fate_adjectives: frozenset[str] = NONE
    verb_endings: tuple[tuple[str, str], ...] = ()
    irregular_verbs: Mapping[str, str] = field(default_factory=dict)
    has_verbs: frozenset[str] = NONE
    becomes: frozenset[str] = NONE
    copulas: frozenset[str] = NONE
    origin_verbs: frozenset[str] = NONE
    belonging: frozenset[str] = NONE
    with_words: frozenset[str] = NONE
    of_words: frozenset[str] = NONE
    from_words: frozenset[str] = NONE
    office_words: frozenset[str] = NONE
    as_words: frozenset[str] = NONE
    indefinite: frozenset[str] = NONE
    degrees: frozenset[str] = NONE
    comparisons: frozenset[str] = NONE
    negations: frozenset[str] = NONE
    conditions: frozenset[str] = NONE
    hypotheses: frozenset[str] = NONE
    datings: frozenset[str] = NONE
    hailed: frozenset[str] = NONE

    @cached_property
    def fates(self) -> frozenset[str]:
        """Verbs that tell what became of their subject or object."""
        return self.fates_of_subject | self.fates_of_object


@dataclass(frozen=True, eq=False)
class ContinuityWords:
    """Words by which two places of an English story can be compared. All are lower case; verbs are lemmas if not said.

    Looks: `eye_nouns`; `looking`: endings of compounds (“-eyed”) by kind; `colour_families`: the colours of eyes and
    hair, each with its family; families of `like_colours` may both be said of the same eyes or hair. `no_eye_colours`
    tell of eyes only how they are at the moment (“red with weeping”). `other_hair`: words for hair that may have
    another colour than that of the head; `portions` of eyes and hair too. `hair_of_people`: words for a person with
    such hair; `bald`: for one without; `much_hair`: adjectives of hair that is there.

    What agrees although it differs: near `changes` something became different, near
    `formerly` it was another time, near `hair_changes` hair did, near
    `disguises` it only seems so; near `past` another time is told of, `when` begins a clause that does; near `unreal`
    stands a dream, a ghost or a letter, near `memories` what was before, near `remote` a voice from elsewhere,
    near `papers` words that were written before. `relatives`: pronouns that stand for the person right before.
    `supposing` comes before what is not stated. `had`: auxiliaries of the pluperfect.

    Time: `time_units` with the unit of each; before `time_passing` or after `next_words` they pass; `one_words` mean
    one. `growing`: forms that say somebody has grown. `parts`: headings of a part of the story.

    Ages: `years_old`: the words after a number; `age_ends`: the last of them; `after_ages` may follow a number that is
    an age; `at_ages` stand before one at the beginning of a sentence; `many_people` are subjects that are counted.

    Death: `dying`, `killing`, `burying`: forms of verbs; `dead`: adjectives; near `not_dying` nobody dies; after
    `reporting` somebody only says so. `bodies_do`: what the dead may still do, as may verbs with the ending
    of `participles`.

    Presence: `leaving` with `rooms` or `towards`; `boarding` with `vehicles`; `going` with `away`; near `not_leaving`
    nobody goes. `senseless`, `alone`: adjectives; `in_company` after “alone”. `arriving`, `hours`: words near which
    somebody may be there again.

    Kin: `kin` and `kin_of_many`: nouns with relation and gender; near `not_by_blood` they are by marriage or courtesy,
    near `unlike_kin` a comparison. `elder`, `younger`. `without_kin`: nouns and adjectives with the kin that is
    missing, `child_words` among them after `only`. `new_kin`: words near which somebody marries or is born.
    `unique_kin`: nouns for kin of whom there is one. `rest`: near these not all are counted.

    Work: `vague_trades` may go with any other; `trade_fields`: the field of trades that are alike; near `as_ifs` or
    `praise` a trade is a comparison. `new_work`: words near which somebody changes their trade.

    Body: `sides`; `limbs`: nouns with the limb that they are of; `marks`: words for lasting marks, with the mark;
    `one_limbed`: endings of compounds (“one-armed”), with the limb; `losing`: verbs with a limb as object; `lost`:
    words for a lost limb; `both`; near `mending` it may be whole again. `unable`: adjectives with the verbs that they
    exclude; after `not_quite` or before `figurative` they do not; near `helping` it is done another way. `speaking`:
    verbs of speech. `builds`: adjectives with the build; `opposites`: pairs that exclude each other.

    Traits: `habits`: verbs with the habit; `lastingly_not`: negations, `nevers` among them; others
    hold for good only with `abilities`. `one_time`: near these they hold for once.
    `objects_of`: things that a habit is about; `abstainers`: words for people who never do it. `consuming`: verbs with
    such things; `upon`: prepositions of them. `learning`: words near which somebody begins.

    `numbers`: words up to ninety.
    """

    eye_nouns: frozenset[str] = NONE
    looking: Mapping[str, frozenset[str]] = field(default_factory=dict)
    colour_families: Mapping[str, str] = field(default_factory=dict)
    like_colours: frozenset[frozenset[str]] = frozenset()
    no_eye_colours: frozenset[str] = NONE
    other_hair: frozenset[str] = NONE
    portions: frozenset[str] = NONE
    hair_of_people: frozenset[str] = NONE
    bald: frozenset[str] = NONE
    much_hair: frozenset[str] = NONE
    changes: frozenset[str] = NONE
    formerly: frozenset[str] = NONE
    hair_changes: frozenset[str] = NONE
    disguises: frozenset[str] = NONE
    past: frozenset[str] = NONE
    when: frozenset[str] = NONE
    unreal: frozenset[str] = NONE
    memories: frozenset[str] = NONE
    remote: frozenset[str] = NONE
    papers: frozenset[str] = NONE
    relatives: frozenset[str] = NONE
    supposing: frozenset[str] = NONE
    had: frozenset[str] = NONE
    time_units: Mapping[str, str] = field(default_factory=dict)
    time_passing: frozenset[str] = NONE
    next_words: frozenset[str] = NONE
    one_words: frozenset[str] = NONE
    growing: frozenset[str] = NONE
    parts: re.Pattern[str] = NEVER
    years_old: tuple[list[str], ...] = ()
    age_ends: frozenset[str] = NONE
    after_ages: frozenset[str] = NONE
    at_ages: frozenset[str] = NONE
    many_people: frozenset[str] = NONE
    dying: frozenset[str] = NONE
    killing: frozenset[str] = NONE
    burying: frozenset[str] = NONE
    dead: frozenset[str] = NONE
    not_dying: frozenset[str] = NONE
    reporting: frozenset[str] = NONE
    participles: tuple[str, ...] = ()
    bodies_do: frozenset[str] = NONE
    leaving: frozenset[str] = NONE
    rooms: frozenset[str] = NONE
    towards: frozenset[str] = NONE
    boarding: frozenset[str] = NONE
    vehicles: frozenset[str] = NONE
    going: frozenset[str] = NONE
    away: frozenset[str] = NONE
    not_leaving: frozenset[str] = NONE
    senseless: frozenset[str] = NONE
    alone: frozenset[str] = NONE
    in_company: frozenset[str] = NONE
    arriving: frozenset[str] = NONE
    hours: frozenset[str] = NONE
    kin: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    kin_of_many: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    not_by_blood: frozenset[str] = NONE
    unlike_kin: frozenset[str] = NONE
    elder: frozenset[str] = NONE
    younger: frozenset[str] = NONE
    without_kin: Mapping[str, str] = field(default_factory=dict)
    child_words: frozenset[str] = NONE
    only: frozenset[str] = NONE
    new_kin: frozenset[str] = NONE
    unique_kin: frozenset[str] = NONE
    rest: frozenset[str] = NONE
    vague_trades: frozenset[str] = NONE
    trade_fields: Mapping[str, str] = field(default_factory=dict)
    as_ifs: frozenset[str] = NONE
    praise: frozenset[str] = NONE
    new_work: frozenset[str] = NONE
    sides: frozenset[str] = NONE
    limbs: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    one_limbed: Mapping[str, str] = field(default_factory=dict)
    losing: frozenset[str] = NONE
    lost: frozenset[str] = NONE
    both: frozenset[str] = NONE
    mending: frozenset[str] = NONE
    unable: Mapping[str, frozenset[str]] = field(default_factory=dict)
    not_quite: frozenset[str] = NONE
    figurative: frozenset[str] = NONE
    helping: frozenset[str] = NONE
    speaking: frozenset[str] = NONE
    builds: Mapping[str, str] = field(default_factory=dict)
    opposites: frozenset[frozenset[str]] = frozenset()
    habits: Mapping[str, str] = field(default_factory=dict)
    nevers: frozenset[str] = NONE
    abilities: frozenset[str] = NONE
    lastingly_not: frozenset[str] = NONE
    one_time: frozenset[str] = NONE
    objects_of: Mapping[str, frozenset[str]] = field(default_factory=dict)
    abstainers: Mapping[str, str] = field(default_factory=dict)
    consuming: frozenset[str] = NONE
    upon: frozenset[str] = NONE
    learning: frozenset[str] = NONE
    numbers: Mapping[str, int] = field(default_factory=dict)

    def number_of(self, age: str) -> int | None:
        """An age in years, if its words are a number: “forty-three”, “16”, “sixteen-year-old”."""
        parts = re.findall(r"[a-z]+|\d+", age.lower())
        values = [int(part) if part.isdigit() else self.numbers[part] for part in parts if self._is_number(part)]
        is_whole = bool(values) and self._is_number(parts[0]) and len(values) <= 2
        if not is_whole or (len(values) == 2 and not (values[0] >= 20 and values[0] % 10 == 0 and values[1] < 10)):
            return None
        return sum(values)

    def _is_number(self, part: str) -> bool:
        return part.isdigit() or part in self.numbers


@dataclass(frozen=True, eq=False)
class Language:
    """A language that stories can be read in. `code`: its ISO 639-1 code."""

    code: str
    grammar: Grammar
    writing: Writing
    speech: Speech
    narration: Narration
    people: People
    names: Names
    structure: StructureWords
    fine_tags: FineTags = FineTags()
    facts: FactWords = FactWords()
    continuity: ContinuityWords = ContinuityWords()


def _list(package: str, name: str) -> Traversable:
    return files(package) / "lists" / name
