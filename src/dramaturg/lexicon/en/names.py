"""How English names, titles and nouns tell people apart."""

import re

from dramaturg.lexicon.en.grammar import GRAMMAR
from dramaturg.lexicon.language import Names, Relative

_MARRIED = frozenset("mrs madame mme signora frau señora".split())
_UNMARRIED = frozenset("miss mademoiselle mlle signorina fräulein señorita".split())
_DOCTOR = frozenset("doctor physician surgeon".split())
_CLERGY = frozenset("clergyman vicar parson rector curate minister priest".split())

NAMES = Names(
    married_titles=_MARRIED,
    unmarried_titles=_UNMARRIED,
    courtesy_titles=_MARRIED | _UNMARRIED | frozenset("mr mister monsieur m signor herr señor messrs".split()),
    knightly_titles=frozenset("sir dame".split()),
    lady_titles=frozenset(["lady"]),
    vague_titles=frozenset("sir lady".split()),
    title_nouns={
        "dr": _DOCTOR,
        "doctor": _DOCTOR,
        "rev": _CLERGY,
        "reverend": _CLERGY,
        "father": frozenset("priest father".split()),
        "inspector": frozenset("inspector detective policeman officer".split()),
        "sergeant": frozenset("sergeant policeman officer soldier".split()),
        "constable": frozenset("constable policeman officer".split()),
        "captain": frozenset("captain officer sailor".split()),
        "sir": frozenset("baronet knight".split()),
        "lady": frozenset(["lady"]),
        "miss": frozenset("lady girl governess".split()),
        "mrs": frozenset("lady widow matron woman".split()),
        "mr": frozenset("gentleman man".split()),
    },
    title_modifiers=frozenset(
        """
        arch assistant chief crown deputy executive first grand head high lance lieutenant lord major master prime royal
        second senior special staff supreme under vice
        """.split()
    ),
    name_links=("-the-",),
    plural_suffixes=("es", "s"),
    weak_nouns=frozenset("man woman boy girl gentleman lady fellow voice person one child people men women".split()),
    name_adjectives=frozenset("old young big little mad blind".split()),
    telling_adjectives=frozenset(
        """
        first second third fourth fifth sixth other another older younger elder eldest youngest taller shorter bigger
        smaller larger fatter thinner left right
        """.split()
    ),
    telling_prepositions=frozenset("in with".split()),
    definite_articles=frozenset(["the"]),
    owner_words=frozenset("his her their my".split()),
    human_verbs=frozenset(
        """
        had was were has is did does would could should might must will knew thought felt saw heard came
        went took got made gave turned looked stood sat rose ran walked seemed began left held put found
        kept let lay drew threw shook fell met told sent brought led spoke who whose whom
        """.split()
    ),
    place_prepositions=frozenset("in at into near through across via inside outside around".split()),
    name_determiners=GRAMMAR.articles | GRAMMAR.possessives | frozenset("this that its".split()),
    object_pronouns=frozenset("her him".split()),
    relatives={
        "father": Relative("m", is_parent=True, is_head=True),
        "papa": Relative("m", is_parent=True, is_head=True),
        "mother": Relative("f", is_married=True, is_parent=True, is_head=True),
        "mamma": Relative("f", is_married=True, is_parent=True, is_head=True),
        "wife": Relative("f", is_married=True),
        "husband": Relative("m", is_head=True),
        "sister": Relative("f", is_married=False),
        "brother": Relative("m"),
        "daughter": Relative("f", is_married=False),
        "son": Relative("m"),
    },
    relative_titles=frozenset("aunt uncle cousin nurse grandmother grandfather".split()),
    tag_separators=re.compile(r"\s*(?:/|&|,| and | x )\s*"),
    placeholder=re.compile(r"[(\[]?\b(?:Y/N|your name)[)\]]?|\[(?:Name|First Name)\]", re.IGNORECASE),
    unnamed_in_tags=re.compile(
        r"\b(?:original|characters?|reader|everyone|ensemble|other|minor|various|ocs?|omcs?|ofcs?)\b", re.IGNORECASE
    ),
)
