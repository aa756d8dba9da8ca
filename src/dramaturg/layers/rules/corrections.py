"""The user's word on mentions, laid over what the layers found: names that are nobody's, names that were missed."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

from dramaturg.corrections.model import MentionCorrection, fold_name
from dramaturg.corrections.resolve import ResolvedCorrections
from dramaturg.draft import Draft
from dramaturg.findings import Mention
from dramaturg.layers.rules.words import AnnotatedWords
from dramaturg.reading import MentionKind
from dramaturg.scan.tokens import token_pattern
from dramaturg.story import Span

LONGEST = 200  # code points: how far before a place a mention around it may begin


def correct_mentions(
    draft: Draft, words: AnnotatedWords, mentions: list[Mention], resolved: ResolvedCorrections
) -> list[Mention]:
    """Take out what means nobody, put in what was missed of the listed names; sorted as before."""
    corrections = resolved.corrections
    if not (corrections.not_people or corrections.people or resolved.mentions):
        return mentions
    kept = _without_nobody(draft, mentions, resolved)
    found = _missed_names(draft, words, kept, resolved)
    for one in resolved.mentions:
        if one.correction.character is not None and find_mention(kept, one.span) < 0:
            added = _added(draft, words, one.span, one.correction)
            if added is None:
                resolved.ledger.mark_unmatched(one.correction, "it is not inside a paragraph of the story", one.span)
            else:
                found.append(added)
    if not found:
        return kept
    apart = _apart(found)
    covered = [(mention.start, mention.end) for mention in apart]
    # “Uncle Tom”, where it is listed, is one mention, and the “Tom” in it none.
    rest = [mention for mention in kept if mention.kind == "pronoun" or not _inside(mention, covered)]
    return sorted([*rest, *apart], key=_order)


def find_mention(mentions: Sequence[Mention], span: Span) -> int:
    """The index of the mention that some words mean: the one that they share most with; or -1.

    `mentions`: sorted by start.
    """
    best, most = -1, 0.0
    k = bisect_left(mentions, span.start - LONGEST, key=lambda mention: mention.start)
    while k < len(mentions) and mentions[k].start < span.end:
        one = mentions[k]
        shared = min(one.end, span.end) - max(one.start, span.start)
        fit = shared / (max(one.end, span.end) - min(one.start, span.start))
        if fit > most:
            best, most = k, fit
        k += 1
    return best


def _order(mention: Mention) -> tuple[int, int]:
    return mention.start, -mention.end


def _without_nobody(draft: Draft, mentions: list[Mention], resolved: ResolvedCorrections) -> list[Mention]:
    nobody = {fold_name(one.name): one for one in resolved.corrections.not_people}
    gone: set[int] = set()
    for i, mention in enumerate(mentions if nobody else ()):
        if mention.kind != "pronoun":
            correction = nobody.get(fold_name(draft.text[mention.start : mention.end]))
            if correction is not None:
                gone.add(i)
                resolved.ledger.mark_applied(correction)
    for one in resolved.mentions:
        if one.correction.character is None:
            number = find_mention(mentions, one.span)
            if number < 0:
                resolved.ledger.mark_unmatched(one.correction, "no reference to a person was found there", one.span)
            else:
                gone.add(number)
                resolved.ledger.mark_applied(one.correction, one.span)
    for correction in resolved.corrections.not_people:
        resolved.ledger.mark_unmatched_unless_applied(correction, "no person with this name was found")
    return [mention for i, mention in enumerate(mentions) if i not in gone] if gone else mentions


def _missed_names(
    draft: Draft, words: AnnotatedWords, mentions: list[Mention], resolved: ResolvedCorrections
) -> list[Mention]:
    """Mentions by the listed names that stand in the text and of which the layers found not one."""
    known = {fold_name(draft.text[m.start : m.end]) for m in mentions if m.kind != "pronoun"}
    language, articles = draft.language, draft.language.grammar.articles
    wanted: dict[str, list[list[str]]] = defaultdict(list)
    for name in dict.fromkeys(name for one in resolved.corrections.people for name in one.names):
        pieces = token_pattern(language.writing).findall(name)
        if pieces and fold_name(name) not in known:
            wanted[_plain(pieces[0])].append(pieces)
            if len(pieces) > 1 and _plain(pieces[0]) in articles:
                wanted[_plain(pieces[1])].append(pieces[1:])
    if not wanted:
        return []
    written: list[Mention] = []
    small: list[Mention] = []
    capitals: set[str] = set()
    for i, lower in enumerate(words.lower):
        for pieces in wanted.get(lower, ()):
            last = i + len(pieces)
            if words.lower[i:last] != [_plain(piece) for piece in pieces]:
                continue
            names = [n for n, piece in enumerate(pieces) if piece[:1].isupper() and _plain(piece) not in articles]
            if names and all(words.capital[i + n] for n in names):
                written.append(_mention(draft, words, i, last, "name"))
                capitals.add(" ".join(map(_plain, pieces)))
            elif not names or len(pieces) > 1:
                article = i > 0 and words.lower[i - 1] in articles
                small.append(_mention(draft, words, i - article, last, "noun"))
    return written + [m for m in small if fold_name(draft.text[m.start : m.end]) not in capitals]


def _plain(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s")


def _added(draft: Draft, words: AnnotatedWords, span: Span, correction: MentionCorrection) -> Mention | None:
    tokens = draft.tokens
    first = int(tokens.end.searchsorted(span.start, side="right"))
    last = int(tokens.start.searchsorted(span.end, side="left"))
    if first >= last:
        return None
    kind: MentionKind = "name" if correction.anchor.text[:1].isupper() else "noun"
    return _mention(draft, words, first, last, kind)


def _mention(draft: Draft, words: AnnotatedWords, first: int, last: int, kind: MentionKind) -> Mention:
    tokens = draft.tokens
    start, end = int(tokens.start[first]), int(tokens.end[last - 1])
    if words.possessive[last - 1]:
        raw = draft.text[int(tokens.start[last - 1]) : end]
        end -= len(raw) - len(words.text[last - 1]) if raw.startswith(words.text[last - 1]) else 0
    text = " ".join(draft.text[start:end].split())
    return Mention(
        start=start,
        end=end,
        first=first,
        last=last,
        kind=kind,
        form=text if kind == "name" else words.lower[last - 1],
        gender="?",
        plural=False,
        quotation=int(tokens.quotation[first]),
        sentence=int(tokens.sentence[first]),
        paragraph=draft.positions[tokens.paragraph[first]],
        subject=words.possessive[last - 1] is False,
        possessive=words.possessive[last - 1],
    )


def _apart(found: Iterable[Mention]) -> list[Mention]:
    """The longest of the mentions that overlap."""
    kept: list[Mention] = []
    for mention in sorted(found, key=_order):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _inside(mention: Mention, covered: list[tuple[int, int]]) -> bool:
    """Whether a mention stands inside one of some sorted stretches."""
    k = bisect_left(covered, (mention.start + 1, 0)) - 1
    return k >= 0 and mention.end <= covered[k][1]
