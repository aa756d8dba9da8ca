"""Taking a name apart: titles and other words."""

from dataclasses import dataclass, field

from dramaturg.findings import Gender
from dramaturg.lexicon.language import MIN_MISSPELT_TITLE_LETTERS, Language, People


@dataclass(frozen=True, slots=True)
class Parts:
    """A name taken apart, in lower case: its titles and its other words. `gender`: what its titles say."""

    titles: tuple[str, ...]
    words: tuple[str, ...]
    gender: Gender = field(default="?", compare=False)


def take_apart(form: str, language: Language) -> Parts:
    """Split a name into titles and words, in lower case, honorific suffixes (`-san`) with the titles."""
    people = language.people
    titles: list[str] = []
    words: list[str] = []
    text = form.lower().replace("’", "'")
    for link in language.names.name_links:
        text = text.replace(link, " ")
    pieces = text.split()
    for i, word in enumerate(pieces):
        bare = word.rstrip(".")
        if i == 0 and len(pieces) > 1:
            bare = _correct_title(bare, people)
        is_last = i == len(pieces) - 1
        if bare in people.titles and (not is_last or all(word in language.names.title_modifiers for word in words)):
            titles.append(bare)
            if all(word in language.names.title_modifiers for word in words):
                words.clear()  # “Lance Corporal Betts”, “the High Priestess”: a title of two words
        else:
            words.append(_without_honorifics(bare, people))
    while titles and len(words) > 1 and words[0] in people.name_particles:
        del words[0]  # “Señora de la Torre” has one name
    genders: list[Gender] = [people.titles[title].gender for title in titles]
    return Parts(tuple(titles), tuple(words), next((gender for gender in genders if gender != "?"), "?"))


def _without_honorifics(word: str, people: People) -> str:
    """A name without what is added to it by a hyphen: Min-ji-ya, Yuki-san."""
    stem, _, suffix = word.rpartition("-")
    while stem and suffix in people.honorifics:
        word = stem
        stem, _, suffix = word.rpartition("-")
    return word


def without_article(name: str, language: Language) -> str:
    """A name without its article: “The Colonel” is written “the Colonel”, of which “Colonel” is the name."""
    article, _, rest = name.partition(" ")
    return rest if rest and article.lower() in language.grammar.articles else name


def _correct_title(word: str, people: People) -> str:
    """A title for its misspelling (“Captian”), any other word as it is."""
    if len(word) < MIN_MISSPELT_TITLE_LETTERS or word in people.titles or word in people.given_names:
        return word
    return people.titles_by_letters.get("".join(sorted(word)), word)
