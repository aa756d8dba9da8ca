"""The most frequent words of the languages that a text can be recognised as, whether or not they can be read."""

from collections.abc import Mapping

_LISTS = {
    "en": "the and to of a in was he that it his her with as had she for you not at but on is be him said they i my",
    "fr": "le la les de des et un une il elle que qui dans ne pas pour sur est était avec ce se au je vous mais lui du",
    "de": "der die das und ist in den er sie nicht mit sich ein eine dem zu war auf es ich von auch als wie aber",
    "es": "el la los las de que y en un una no se por con su para es lo como era pero había al del le más yo sus",
    "it": "il la di che e un una non per è in si lo con era ma come gli del della le al da ed sono aveva più mi suo",
    "pt": "o a os as de que e em um uma não se por com para era mas do da no na ao mais como seu sua ele ela eu lhe",
    "nl": "de het een en van in dat niet is te op hij zij was met ik voor zijn maar aan had ze er als om ook naar bij",
    "sv": "och det att i en som han hon på är var inte med för sig den jag av till ett hade men om så de honom",
    "pl": "i w nie na się to że z do jest jak był a ale po co tak go jej jego za od przez była już tylko",
    "la": "et in est non ad cum ut sed quod qui ex si per quae ab esse sunt atque aut enim hoc nec",
}
COMMON_WORDS: Mapping[str, frozenset[str]] = {code: frozenset(words.split()) for code, words in _LISTS.items()}
