"""English function words."""

from dramaturg.lexicon.language import Grammar, Pronoun

_PRONOUNS = {
    "he": Pronoun("m", False, True),
    "him": Pronoun("m", False, False),
    "his": Pronoun("m", False, False),
    "himself": Pronoun("m", False, False),
    "she": Pronoun("f", False, True),
    "her": Pronoun("f", False, False),
    "hers": Pronoun("f", False, False),
    "herself": Pronoun("f", False, False),
    "they": Pronoun("?", True, True),
    "them": Pronoun("?", True, False),
    "their": Pronoun("?", True, False),
    "theirs": Pronoun("?", True, False),
    "themselves": Pronoun("?", True, False),
    "i": Pronoun("?", False, True),
    "me": Pronoun("?", False, False),
    "my": Pronoun("?", False, False),
    "mine": Pronoun("?", False, False),
    "myself": Pronoun("?", False, False),
    "we": Pronoun("?", True, True),
    "us": Pronoun("?", True, False),
    "our": Pronoun("?", True, False),
    "you": Pronoun("?", False, True),
    "your": Pronoun("?", False, False),
}
# Each form of a neopronoun, and the subject form by which the set is known.
_NEOPRONOUNS = {
    form: forms[0]
    for forms in (
        "xe xem xyr xyrs xemself".split(),
        "ze zir zirs zirself hir hirs hirself".split(),
        "ey eir eirs eirself emself".split(),
        "fae faer faers faeself".split(),
        "ae aer aers aerself".split(),
    )
    for form in forms
}
_PRONOUNS |= {form: Pronoun("?", False, form == subject) for form, subject in _NEOPRONOUNS.items()}
_ARTICLES = frozenset("the a an".split())
_DEMONSTRATIVES = frozenset("this that these those".split())
_POSSESSIVES = frozenset("my your his her its our their xyr zir hir eir faer aer".split())
_QUANTIFIERS = frozenset(
    "another some one two three four five six several many every each both either any no what".split()
)
_PREPOSITIONS = frozenset(
    """
    of in on at to from with by for about against between into through during before after above below
    beside besides near under over behind beyond upon towards toward without within among past like than
    as round around onto
    """.split()
)
_FUNCTION_WORDS = frozenset(
    """
    a an the this that these those here there where when why how who whom whose what which while whilst
    though although and but or nor so yet if unless until till since because as at by for from in into
    of off on onto out over to up upon with within without about above after against along among around
    before behind below beneath beside between beyond down during except inside like near outside past
    round through toward towards under he him his she her hers they them their theirs it its i me my
    mine we us our ours you your yours one ones oneself himself herself themselves itself myself
    yourself yourselves ourselves not no nor never none nobody nothing nowhere neither either both each
    every all any some somebody someone something somewhere anybody anyone anything everyone everybody
    everything such much many more most less least few little other another same own only just even
    still also too very quite rather almost again ever always often sometimes once twice then now soon
    later thus hence however therefore perhaps maybe indeed well is are was were be been being am do
    does did done have has had having will would shall should can could may might must ought need dare
    let lets get got go goes went gone come came o oh ah eh aye yes no yeah nay hush good great dear poor
    old young first second third last next please thank thanks sorry okay ok hello hi hey bye goodbye
    damn hell don't doesn't didn't won't wouldn't can't couldn't shan't shouldn't isn't aren't wasn't
    weren't haven't hasn't hadn't i'm i've i'll i'd it's he's she's that's there's what's who's let's
    you're you've you'll you'd we're we've we'll they're they've they'll 'tis 'twas ain't
    """.split()
)
_UNPUNCTUATED = {word.replace("'", "") for word in _FUNCTION_WORDS}  # as people type in a hurry: Thats, Dont

GRAMMAR = Grammar(
    pronouns=_PRONOUNS,
    first_person=frozenset("i me my mine myself".split()),
    first_person_plural=frozenset("we us our ours ourselves".split()),
    second_person=frozenset("you your yours yourself yourselves ye thou thee thy thine thyself".split()),
    masculine=frozenset("he him his himself".split()),
    feminine=frozenset("she her hers herself".split()),
    neuter=frozenset("it its itself".split()),
    third_person_plural=frozenset("they them their theirs themselves themself".split()),
    neopronouns=_NEOPRONOUNS,
    other_pronouns=frozenset(
        "who whom whose one oneself somebody someone anybody anyone everybody everyone nobody".split()
    ),
    collective_pronouns=frozenset("everyone everybody all both".split()),
    possessives=_POSSESSIVES,
    ambiguous_possessives=frozenset(["her"]),
    gendered_possessives=frozenset(["his", "her"]),
    articles=_ARTICLES,
    indefinite_article="a",
    demonstratives=_DEMONSTRATIVES,
    determiners=_ARTICLES | _DEMONSTRATIVES | _POSSESSIVES | _QUANTIFIERS,
    singular_determiners=frozenset("the a an one another".split()),
    prepositions=_PREPOSITIONS,
    conjunctions=frozenset(["and"]),
    subordinators=frozenset(
        "when as while after before if since because though although whereupon till until once".split()
    ),
    function_words=_FUNCTION_WORDS | _UNPUNCTUATED,
    infinitive_auxiliaries=frozenset("to could would did might can will must should had only not then".split()),
    participle_auxiliaries=frozenset(["had"]),
    passive_auxiliaries=frozenset("was were be been being is are am".split()),
    perception_verbs=frozenset("heard hear hears saw felt made let".split()),
    phrase_breaks=frozenset(
        "of in with who whom which that from to at for on by , ; whose and where 's ’s ' ’".split()
    ),
    adverb_suffixes=("ly",),
    participle_suffixes=("ng",),
    past_suffixes=("ed",),
    plural_suffixes=("s",),
)
