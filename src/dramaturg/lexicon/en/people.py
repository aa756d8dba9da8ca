"""What people are called in English."""

from collections.abc import Iterator

from dramaturg.lexicon.language import People
from dramaturg.lexicon.lists import PersonNoun


def _more_nicknames() -> Iterator[tuple[str, str]]:
    """Given names and their short forms, from the package `nicknames`."""
    from nicknames import name_triplets

    return ((triplet.name1, triplet.name2) for triplet in name_triplets())


PEOPLE = People(
    lists="dramaturg.lexicon.en",
    more_nicknames=_more_nicknames,
    person_suffixes={
        "woman": PersonNoun("f", False, "occupation"),
        "women": PersonNoun("f", True, "occupation"),
        "man": PersonNoun("m", False, "occupation"),
        "men": PersonNoun("m", True, "occupation"),
    },
    not_person_nouns=frozenset("specimen regimen abdomen acumen stamen talisman ottoman caiman dolmen bitumen".split()),
    rare_person_nouns=frozenset(
        "thing things being beings spirit spirits party parties subject subjects head heads hand hands".split()
    ),
    name_particles=frozenset("de del della di da von van der den la le du des al el bin ibn ben ap y".split()),
    nameless_titles=frozenset("madame mademoiselle monsieur signor signora signorina señor señora señorita".split()),
    masculine_heads=frozenset(
        """
        mr sir lord king duke count baron father brother son uncle nephew husband man boy gentleman
        grandfather master prince fellow lad captain colonel father's monsieur don herr squire
        """.split()
    ),
    feminine_heads=frozenset(
        """
        mrs miss ms lady queen duchess countess baroness mother sister daughter aunt niece wife
        woman girl grandmother mistress princess lass madame widow maid nurse governess
        """.split()
    ),
)
