"""How English words are written."""

import re

from dramaturg.lexicon.language import Writing

_ABBREVIATIONS = """
Mr Mrs Ms Mme Mlle Dr Prof Rev Revd Hon Capt Col Gen Lt Lieut Sgt Maj Cmdr Adm Gov Sen Rep Pres Supt Insp St Ste
Jr Sr Messrs Esq
""".split()
_AFTER_NAMES = frozenset(["jr", "sr", "esq"])  # may end a sentence
_DROPPED_BEGINNINGS = """
tis tisn twas twasn twere twill twould em im er ere un n nd til till cause cos coz cuz bout round cept fraid nother nuff
neath gainst mongst twixt pon tween ave ad as e is it ow ome ouse ead ear eard eart elp imself erself igh ard alf appen
orse orses old ole olding way thout less mid fore hind kay sup ello ell usband am at eaven ope and ands arry enry ot
undred prentice tention specially stead nless our s d ll m t re ve
""".split()
_DROPPED_ENDINGS = """
o th an wi ol ole tho ha t d ma po mo fo jes las mos tol bes lil de yo y i a ther mus fur col wid gi hae roun aroun
fro da n ar thro thou altho han lan groun foun gran min kin fin behin frien eas wes lef kep nex wen hol chil worl ca le
""".split()

WRITING = Writing(
    abbreviations=tuple(_ABBREVIATIONS),
    more_abbreviations=tuple(
        "vs etc Inc Ltd Co Corp Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec No Mt Vol Fig pp Ave Blvd Rd".split()
    ),
    unending_abbreviations=frozenset(word.lower() for word in _ABBREVIATIONS) - _AFTER_NAMES
    | frozenset("vol pp ch cf viz vs i.e e.g fig mt ft".split()),
    number_abbreviations=frozenset("jan feb mar apr jun jul aug sept sep oct nov dec no".split()),
    clitics=re.compile(r"(?:n['’]t|['’](?:s|re|ve|ll|d|m))$", re.IGNORECASE),
    merged_words={
        "cannot": 3,
        "gonna": 3,
        "wanna": 3,
        "gotta": 3,
        "gimme": 3,
        "lemme": 3,
        "dont": 2,
        "cant": 2,
        "didnt": 3,
        "doesnt": 4,
        "wont": 2,
        "isnt": 2,
        "wasnt": 3,
        "ive": 1,
        "thats": 4,
        "im": 1,
    },
    contraction_endings=("'s", "'d", "'ll", "'ve", "'m", "'re"),
    ordinal_suffixes=("st", "nd", "rd", "th", "s"),
    time_suffixes=("am", "pm"),
    possessive=re.compile(r"(?:['’]s|(?<=s)['’])$", re.IGNORECASE),
    possessive_letter="s",
    split_contraction=re.compile(r"(?<=[a-z]) (?:s|t|ll|ve|re|d)(?= )"),  # don t, Gray s
    dropped_beginnings=re.compile(rf"(?:{'|'.join(_DROPPED_BEGINNINGS)}|\d+s?)\b", re.IGNORECASE),
    typed_beginnings=re.compile(r"(?:em|im|er|e|tis|twas|igh|ere|ave|ad|cause|nother)\b", re.IGNORECASE),
    opening_apostrophes=re.compile(
        r"(?:tis|twas|twere|twill|twould|em|cause|til|e|ow|ere|ave|im|ome|ead|eard|elp|old|oo|ullo|ello|eaven)\b",
        re.IGNORECASE,
    ),
    dropped_endings=frozenset(_DROPPED_ENDINGS),
    dropped_suffixes=("in",),
    plural_endings=("s", "z", "x"),
    contracted=re.compile(r"(?:m|s|t|d|ll|re|ve)\b", re.IGNORECASE),
    sentence_openers=frozenset("He She They It We The His Her Their There Then But And".split()),
    title_small_words=frozenset("a an the of and or in on to for de la at by with from".split()),
    lone_capitals=frozenset(["i"]),
)
