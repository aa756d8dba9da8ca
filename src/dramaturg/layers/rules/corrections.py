"""The user's corrections of mentions: names that do not belong to a person, and names that were missed."""

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

MAX_MENTION_LENGTH = 200  # code points: the longest mention


def correct_mentions(
    draft: Draft, words: AnnotatedWords, mentions: list[Mention], resolved: ResolvedCorrections
) -> list[Mention]:
    """Remove mentions that do not refer to a person and add missed mentions of listed people. The order is kept."""
    corrections = resolved.corrections
    if not (corrections.not_people or corrections.people or resolved.mentions):
        return mentions
    kept = _remove_corrected(draft, mentions, resolved)
    found = _find_missed(draft, words, kept, resolved)
    for one in resolved.mentions:
        if one.correction.character is not None and find_mention(kept, one.span) < 0:
            added = _make_mention(draft, words, one.span, one.correction)
            if added is None:
                resolved.ledger.mark_unmatched(one.correction, "it is not inside a paragraph of the story", one.span)
            else:
                found.append(added)
    if not found:
        return kept
    apart = _drop_overlapping(found)
    covered = [(mention.start, mention.end) for mention in apart]
    # If “Uncle Tom” is listed, it is one mention, and the “Tom” in it is not another.
    rest = [mention for mention in kept if mention.kind == "pronoun" or not _inside(mention, covered)]
    return sorted([*rest, *apart], key=_order)


def find_mention(mentions: Sequence[Mention], span: Span) -> int:
    """The index of the mention that overlaps a span most, as a share of both; -1 if none does.

    `mentions`: sorted by start.
    """
    best, most = -1, 0.0
    k = bisect_left(mentions, span.start - MAX_MENTION_LENGTH, key=lambda mention: mention.start)
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


def _remove_corrected(draft: Draft, mentions: list[Mention], resolved: ResolvedCorrections) -> list[Mention]:
    by_name = {fold_name(one.name): one for one in resolved.corrections.not_people}
    removed: set[int] = set()
    for i, mention in enumerate(mentions if by_name else ()):
        if mention.kind != "pronoun":
            correction = by_name.get(fold_name(draft.text[mention.start : mention.end]))
            if correction is not None:
                removed.add(i)
                resolved.ledger.mark_applied(correction)
    for one in resolved.mentions:
        if one.correction.character is None:
            number = find_mention(mentions, one.span)
            if number < 0:
                resolved.ledger.mark_unmatched(one.correction, "no reference to a person was found there", one.span)
            else:
                removed.add(number)
                resolved.ledger.mark_applied(one.correction, one.span)
    for correction in resolved.corrections.not_people:
        resolved.ledger.mark_unmatched_unless_applied(correction, "no person with this name was found")
    return [mention for i, mention in enumerate(mentions) if i not in removed] if removed else mentions


def _find_missed(
    draft: Draft, words: AnnotatedWords, mentions: list[Mention], resolved: ResolvedCorrections
) -> list[Mention]:
    """Mentions by listed names that occur in the text and that the layers did not find at all."""
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


def _make_mention(draft: Draft, words: AnnotatedWords, span: Span, correction: MentionCorrection) -> Mention | None:
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


def _drop_overlapping(found: Iterable[Mention]) -> list[Mention]:
    """The mentions without those that overlap a longer one."""
    kept: list[Mention] = []
    for mention in sorted(found, key=_order):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _inside(mention: Mention, covered: list[tuple[int, int]]) -> bool:
    """Whether a mention is inside one of some sorted spans."""
    k = bisect_left(covered, (mention.start + 1, 0)) - 1
    return k >= 0 and mention.end <= covered[k][1]
