"""Mentions of people: names, nouns for persons, personal pronouns.

Found by capitals, counts over the story and word lists; a learned layer can take this one's place.
"""

from collections.abc import Iterator

from dramaturg.draft import Draft
from dramaturg.findings import Gender, Mention
from dramaturg.layers.rules.words import AnnotatedWords
from dramaturg.lexicon import (
    body_parts,
    given_names,
    person_nouns,
    speech_verbs,
    titles,
)
from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.lists import PersonNoun
from dramaturg.reading import MentionKind

PRONOUNS: dict[str, tuple[Gender, bool, bool]] = {  # gender, plural, may be a subject
    "he": ("m", False, True),
    "him": ("m", False, False),
    "his": ("m", False, False),
    "himself": ("m", False, False),
    "she": ("f", False, True),
    "her": ("f", False, False),
    "hers": ("f", False, False),
    "herself": ("f", False, False),
    "they": ("?", True, True),
    "them": ("?", True, False),
    "their": ("?", True, False),
    "theirs": ("?", True, False),
    "themselves": ("?", True, False),
    "i": ("?", False, True),
    "me": ("?", False, False),
    "my": ("?", False, False),
    "mine": ("?", False, False),
    "myself": ("?", False, False),
    "we": ("?", True, True),
    "us": ("?", True, False),
    "our": ("?", True, False),
    "you": ("?", False, True),
    "your": ("?", False, False),
}
ARTICLES = frozenset({"the", "a", "an", "one", "another"})
NO_MEN = frozenset("specimen regimen abdomen acumen stamen talisman ottoman caiman dolmen bitumen".split())
POSSESSIVE_PRONOUNS = frozenset({"his", "her", "their", "my", "our", "your"})
# A contraction holds its pronoun as the first part of one token.
CONTRACTED = ("'s", "'d", "'ll", "'ve", "'m", "'re")

DETERMINERS = frozenset(
    """
    the a an this that these those another some one two three four five six several many every each both
    either any his her my our your their its no what
    """.split()
)
PREPOSITIONS = frozenset(
    """
    of in on at to from with by for about against between into through during before after above below
    beside besides near under over behind beyond upon towards toward without within among past like than
    as round around onto
    """.split()
)
# AnnotatedWords that begin with a capital at a sentence's start and are in no story a name.
FUNCTION_WORDS = frozenset(
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
    let lets get got go goes went gone come came oh ah eh aye yes no yeah nay hush good great dear poor
    old young first second third last next please thank thanks sorry okay ok hello hi hey bye goodbye
    damn hell don't doesn't didn't won't wouldn't can't couldn't shan't shouldn't isn't aren't wasn't
    weren't haven't hasn't hadn't i'm i've i'll i'd it's he's she's that's there's what's who's let's
    you're you've you'll you'd we're we've we'll they're they've they'll 'tis 'twas ain't
    """.split()
)
FUNCTION_WORDS |= {word.replace("'", "") for word in FUNCTION_WORDS}  # as hurried typists write them: Thats, Dont
NEVER_NOUNS = FUNCTION_WORDS | PREPOSITIONS
PARTICLES = frozenset("de del della di da von van der den la le du des al el bin ibn ben ap y".split())
MAX_ADJECTIVES = 3
MAY_BE_NAMES = frozenset(
    {"interjection", "other", "placeword", "group"}
)  # Pooh, Heaven, Ford: where a story uses them so
OFTEN = 5
# Titles that narration calls people by without their names: “Mademoiselle set the tray down.”
STANDING_ALONE = frozenset("madame mademoiselle monsieur signor signora signorina señor señora señorita".split())
# Nouns for persons that in most places mean no person.
SELDOM_PERSONS = frozenset(
    """
    thing things being beings spirit spirits party parties subject subjects head heads hand hands
    """.split()
)


def find_mentions(draft: Draft, words: AnnotatedWords) -> list[Mention]:
    """Find names, nouns and pronouns that refer to people; sorted by start, names never inside one another."""
    names = list(_names(words, draft))
    taken = bytearray(len(words))
    for first, last in names:
        taken[first:last] = b"\1" * (last - first)
    found = [_mention(draft, words, first, last, "name") for first, last in names]
    found += _nouns(draft, words, taken)
    found += _pronouns(draft, words, taken)
    found.sort(key=lambda mention: (mention.start, -mention.end))
    return found


def is_name_word(words: AnnotatedWords, i: int) -> bool:
    """Whether a token may be part of a name, by its capital and by how the story writes it elsewhere."""
    lower = words.lower[i]
    if not words.capital[i] or not lower[0].isalpha() or not FUNCTION_WORDS.isdisjoint((lower, _uncontracted(lower))):
        return False
    shown, small = words.capitals[lower], words.smalls[lower]
    kind = ENGLISH.people.not_names.get(lower)
    if kind is not None and not (kind in MAY_BE_NAMES and shown >= OFTEN and shown > 2 * small):
        return False
    if words.text[i].isupper() and len(lower) > 2 and small > shown:
        return False  # SHOUTED
    if not words.initial[i]:
        return shown * 2 >= small or lower in given_names()
    if shown:
        return shown >= small
    if lower in person_nouns() or lower in ENGLISH.speech.vocatives:
        return False
    return small == 0 and (lower in given_names() or len(lower) > 2)


def _uncontracted(lower: str) -> str:
    """The first word of a contraction (“they'd”), any other word as it stands."""
    if "'" in lower:
        for ending in CONTRACTED:
            if lower.endswith(ending):
                return lower[: -len(ending)]
    return lower


def _is_title(words: AnnotatedWords, i: int) -> bool:
    return words.capital[i] and words.lower[i].rstrip(".") in titles()


def _names(words: AnnotatedWords, draft: Draft) -> Iterator[tuple[int, int]]:
    sentence, quotation = draft.tokens.sentence.tolist(), draft.tokens.quotation.tolist()
    i, n = 0, len(words)
    while i < n:
        if not (words.capital[i] and (_is_title(words, i) or is_name_word(words, i))):
            i += 1
            continue
        end = _name_end(words, i, sentence, quotation)
        if end > i + 1 and _only_begins(words, i):
            i += 1  # “Unluckily Aziz”
        if _is_whole_name(words, i, end):
            yield i, end
        i = max(end, i + 1)


def _only_begins(words: AnnotatedWords, i: int) -> bool:
    """Whether a word at a sentence's start is no part of the name after it: it never shows a capital elsewhere."""
    lower = words.lower[i]
    return words.initial[i] and not words.capitals[lower] and lower not in given_names() and not _is_title(words, i)


def _name_end(words: AnnotatedWords, first: int, sentence: list[int], quotation: list[int]) -> int:
    i, n = first, len(words)
    while i < n and sentence[i] == sentence[first] and quotation[i] == quotation[first]:
        if words.lower[i] in PARTICLES and i > first:
            after = i + 1
            while after < n and words.lower[after] in PARTICLES:
                after += 1
            if not (after < n and sentence[after] == sentence[first] and is_name_word(words, after)):
                break
            i = after
        if not (_is_title(words, i) or is_name_word(words, i) or _is_initial(words, i, first)):
            break
        if i > first and _is_title(words, i) and not _is_title(words, i - 1):
            break  # “Miss Woodhouse, Miss Taylor”, where the comma was lost
        i += 1
        if words.possessive[i - 1]:
            break
        if _stop_after_initial(words, i):
            i += 1
    while i > first + 1 and words.lower[i - 1] in PARTICLES:
        i -= 1
    return i


def _is_initial(words: AnnotatedWords, i: int, first: int) -> bool:
    return i > first and len(words.text[i].rstrip(".")) == 1 and words.capital[i] and words.lower[i] != "i"


def _stop_after_initial(words: AnnotatedWords, i: int) -> bool:
    # The full stop of an initial (“J. Smith”), where the tokens keep it apart.
    previous = words.text[i - 1]
    return i < len(words) - 1 and len(previous) == 1 and words.text[i] == "." and words.capital[i + 1]


def _is_whole_name(words: AnnotatedWords, first: int, last: int) -> bool:
    if last - first > 1:
        return True
    if _is_title(words, first):  # a title alone: “the Duchess”, “Captain”, but not “Miss” at a sentence's start
        lower = words.lower[first].rstrip(".")
        if lower in STANDING_ALONE:
            return words.capitals[lower] > words.smalls[lower]
        return not words.initial[first] and lower in person_nouns() or lower in given_names()
    return True


def _mention(draft: Draft, words: AnnotatedWords, first: int, last: int, kind: MentionKind, **noun: object) -> Mention:
    tokens = draft.tokens
    start = int(tokens.start[first])
    end = start + len(draft.text[start : int(tokens.end[last - 1])])
    if words.possessive[last - 1]:
        stripped = words.text[last - 1]
        end = int(tokens.end[last - 1]) - _ending(draft.text[int(tokens.start[last - 1]) : end], stripped)
    form = draft.text[start:end] if kind == "name" else str(noun["form"])
    lost_mark = last < len(words) and words.lower[last] == "s" and not words.possessive[last - 1]
    return Mention(
        start=start,
        end=end,
        first=first,
        last=last,
        kind=kind,
        form=" ".join(form.split()),
        gender=noun.get("gender", "?"),  # type: ignore[arg-type]
        plural=bool(noun.get("plural", False)),
        quotation=int(tokens.quotation[first]),
        sentence=int(tokens.sentence[first]),
        paragraph=draft.positions[tokens.paragraph[first]],
        subject=bool(noun.get("subject", not _after_preposition(words, first))),
        possessive=words.possessive[last - 1] or lost_mark or bool(noun.get("possessive", False)),
    )


def _ending(token: str, stripped: str) -> int:
    return len(token) - token.rfind(stripped) - len(stripped) if stripped in token else 0


def _after_preposition(words: AnnotatedWords, first: int) -> bool:
    return first > 0 and words.lower[first - 1] in PREPOSITIONS and not words.initial[first]


def _nouns(draft: Draft, words: AnnotatedWords, taken: bytearray) -> Iterator[Mention]:
    tagged = _tagged_heads(draft, words)
    for i, lower in enumerate(words.lower):
        noun = _person_noun(lower) or (PersonNoun("?", lower.endswith("s"), "tagged") if i in tagged else None)
        if noun is None or taken[i] or (lower in SELDOM_PERSONS and i not in tagged):
            continue
        if lower in body_parts() and words.lower[i - 1] != "a":  # “a voice cried”, but “his voice” is his
            continue
        first, owned = _noun_start(draft, words, taken, i)
        if words.lower[first] not in DETERMINERS and not owned:
            if not noun.plural and not (words.capital[i] and not words.initial[i]):
                continue
            first = i
        # “the boy who”, but not “the boy doctor”: the last of two person nouns is the head.
        if i + 1 < len(words) and words.lower[i + 1] in person_nouns() and not words.possessive[i]:
            continue
        subject = not _after_preposition(words, first)
        yield _mention(
            draft, words, first, i + 1, "noun", form=lower, gender=noun.gender, plural=noun.plural, subject=subject
        )


def _person_noun(lower: str) -> PersonNoun | None:
    """A noun for a person: one of the list, or one made with -man or -woman (“the cindermen”)."""
    known = person_nouns().get(lower)
    if known is not None or not lower.endswith(("man", "men")) or len(lower) < 6 or lower in NO_MEN:
        return known
    gender: Gender = "f" if lower.endswith(("woman", "women")) else "m"
    return PersonNoun(gender, lower.endswith("men"), "occupation")


def _tagged_heads(draft: Draft, words: AnnotatedWords) -> set[int]:
    """Tokens that a tag makes a speaker, whatever they mean: “…,” growled the old barghest."""
    quotation, sentence = draft.tokens.quotation.tolist(), draft.tokens.sentence.tolist()
    heads = set()
    for i in range(1, len(words) - 2):
        verb = speech_verbs().get(words.lower[i]) if quotation[i] < 0 <= quotation[i - 1] else None
        if verb is None or verb.strength != "core" or verb.tense != "past" or words.lower[i + 1] not in ARTICLES:
            continue
        j = i + 2
        while j + 1 < len(words) and j < i + 5 and sentence[j + 1] == sentence[i] and _goes_on(words.lower[j + 1]):
            j += 1
        if words.lower[j][0].isalpha() and not words.capital[j]:
            heads.add(j)
    return heads


def _goes_on(lower: str) -> bool:
    """Whether a noun phrase may go on with this word."""
    return lower[0].isalpha() and lower not in NEVER_NOUNS and lower[-2:] not in ("ly", "ng")


def _noun_start(draft: Draft, words: AnnotatedWords, taken: bytearray, i: int) -> tuple[int, bool]:
    """Where the phrase around a noun begins, a few words back at most, and whether with the name of who owns it."""
    sentence, quotation = draft.tokens.sentence, draft.tokens.quotation
    first = i
    while (
        first > 0
        and i - first <= MAX_ADJECTIVES
        and words.lower[first] not in DETERMINERS
        and not (words.possessive[first] and first < i)
        and sentence[first - 1] == sentence[i]
        and quotation[first - 1] == quotation[i]
        and words.lower[first - 1][0].isalpha()
    ):
        first -= 1
    owned = words.possessive[first] and first < i
    if owned:  # “Mr. Knightley’s brother”
        while first > 0 and taken[first] and taken[first - 1] and sentence[first - 1] == sentence[i]:
            first -= 1
    return first, owned


def _pronouns(draft: Draft, words: AnnotatedWords, taken: bytearray) -> Iterator[Mention]:
    for i, lower in enumerate(words.lower):
        bare = _uncontracted(lower)
        if bare not in PRONOUNS or taken[i]:
            continue
        gender, plural, subject = PRONOUNS[bare]
        possessive = bare in POSSESSIVE_PRONOUNS and (bare != "her" or _owns(words, i))
        yield _mention(
            draft,
            words,
            i,
            i + 1,
            "pronoun",
            form=bare,
            gender=gender,
            plural=plural,
            subject=subject,
            possessive=possessive,
        )


def _owns(words: AnnotatedWords, i: int) -> bool:
    """Whether a “her” owns what follows: “her hand”, but not “kissed her and”, “saw her there”."""
    if i + 1 >= len(words):
        return False
    after = words.lower[i + 1]
    return after[0].isalpha() and after not in NEVER_NOUNS and not after.endswith("ly")
