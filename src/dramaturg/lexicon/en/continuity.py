"""Words by which two places of an English story can be compared."""

from dramaturg.lexicon.language import ContinuityWords


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FAMILIES = {
    "black": "black jet raven coal",
    "brown": "brown chestnut brunette",
    "hazel": "hazel",
    "blue": "blue azure sapphire",
    "green": "green emerald",
    "grey": "grey gray steel slate",
    "fair": "blond blonde fair golden flaxen yellow honey straw sandy",
    "red": "red auburn ginger gingery titian copper ruddy redhaired",
    "white": "white silver silvery snowy",
    "amber": "amber gold",
    "violet": "violet purple",
}
LIKE = (
    "black-brown brown-amber brown-red blue-grey green-grey green-blue "
    "grey-white fair-white fair-red amber-fair hazel-brown hazel-green hazel-amber"
)
UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
UNITS += "seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()

CONTINUITY = ContinuityWords(
    colour_families={word: family for family, words in FAMILIES.items() for word in words.split()},
    like_colours=frozenset(frozenset(pair.split("-")) for pair in LIKE.split()),
    no_eye_colours=_words("red white"),
    other_hair=_words("beard moustache mustache whiskers brows eyebrows lashes eyelashes sideburns fur"),
    changes=_words(
        """
        changed became grown longer formerly once wig disguise disguised contact contacts lenses glass
        painted costume pretend pretended imagined photograph portrait picture
        """
    ),
    hair_changes=_words("dyed dye dyes bleached rinse turned gone going streaked streaks cut shaved faded"),
    past=_words(
        """
        remembered remember remembers ago when before earlier since youth childhood boyhood girlhood birthday
        later dreamed
        """
    ),
    unreal=_words(
        """
        ghost ghosts spirit dream dreamed dreamt dreams dreaming letter wrote written diary recording tape vision seance
        haunted memory memories remembered imagined nearly almost play stage rehearsal film game heaven
        afterlife
        """
    ),
    dying=_words("died dies perished drowned"),
    killing=_words("killed murdered executed beheaded slain poisoned strangled"),
    not_dying=_words(
        "not never almost nearly would could might if thought believed feared laughing laughter away down out had said"
    ),
    numbers={word: n for n, word in enumerate(UNITS)} | {word: 10 * n for n, word in enumerate(TENS, 2)},
)
