"""The wrong quotations of PDNC novels in context, grouped by cause, highest confidence first.

    python -m benchmarks.errors --corpora corpora/pdnc --novels TheAwakening --cause turn-of-the-addressee
    python -m benchmarks.errors --corpora corpora/pdnc --people

Causes are assigned by rule (`cause_of`). They say what went wrong, not why.
"""

import argparse
import re
import sys
import textwrap
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.quotes import ReadNovel, add_options, read_novels
from benchmarks.scoring import confidence_of
from corpora.pairing import speaker_of
from corpora.pdnc import GoldCharacter, GoldQuotation, Novel
from dramaturg import DramaturgError, Reading
from dramaturg.reading import Character, Quotation

# In the order in which they are tried.
CAUSES = {
    "not-found": "no quotation of ours overlaps it",
    "no-speaker": "found, and we name no speaker",
    "group": "several people say it at once",
    "merged": "our speaker has the names of this person and of the other person that it is paired with",
    "split": "our speaker is this person, but another of our characters has more of their quotations",
    "narrator-missed": "the narrator says it, and we say somebody else",
    "narrator-given": "somebody else says it, and we say the narrator",
    "unnamed-missing": "the speaker has no name and is not in our cast",
    "person-missing": "the speaker has a name and is not in our cast",
    "tag-misread": "explicit: we read a tag, and not as the speaker's name",
    "tag-missed": "explicit: we used other evidence than a tag",
    "pronoun-same-gender": "by a pronoun in the tag: another person of the same gender",
    "pronoun-other-gender": "by a pronoun in the tag: a person of the other gender",
    "pronoun-gender-unknown": "by a pronoun in the tag: a person whose gender is not known",
    "anaphoric-tag-misread": "anaphoric: we read a tag without a pronoun, and not as the speaker",
    "anaphoric-tag-missed": "anaphoric: we used other evidence than a tag",
    "turn-of-the-addressee": "untagged: we say the person who is spoken to",
    "turn-other": "untagged: we say a third person",
}
PLACES = ("second", "lower", "absent")  # the rank of the right speaker among the alternatives
PRONOUN_GENDERS = {"she": "F", "he": "M"}


@dataclass(frozen=True)
class Fault:
    """A gold quotation that we have wrong. `place`: the rank of the right speaker among our alternatives."""

    read: ReadNovel
    people: "People"
    index: int
    cause: str
    place: str

    @property
    def gold(self) -> GoldQuotation:
        """What the annotators say."""
        return self.read.novel.quotations[self.index]

    @property
    def answer(self) -> Quotation | None:
        """What we say."""
        return self.read.measurement.answers[self.index]


# Causes


@dataclass(frozen=True)
class People:
    """Who is who between a novel's gold characters and ours, as far as causes need it.

    `named_for`: our id → the gold characters that it shares a name with. `mostly`: our id → the gold
    speaker of most of its quotations. `ours`: gold name → our id paired with it. `narrator`: the gold
    character that tells the story, if one does. `unnamed`: gold characters known by a noun alone.
    """

    characters: dict[str, Character]
    gold: dict[str, GoldCharacter]
    named_for: dict[str, set[str]]
    mostly: dict[str, str]
    ours: dict[str, str]
    partner: dict[str, str]
    narrator: str | None
    unnamed: frozenset[str]

    def gender(self, id: str) -> str | None:
        """F or M, of one of our characters: by the gold one it is paired with, or else by its pronouns."""
        name = self.partner.get(id)
        if name in self.gold and self.gold[name].gender in ("F", "M"):
            return self.gold[name].gender
        return PRONOUN_GENDERS.get((self.characters[id].pronouns if id in self.characters else None) or "")

    def in_cast(self, name: str) -> bool:
        """Whether some character of ours is paired with this gold one, or shares a name with it."""
        return name in self.ours or any(name in names for names in self.named_for.values())


def find_faults(read: ReadNovel) -> list[Fault]:
    """Every gold quotation that we have wrong, in text order, with its cause."""
    people = meet(read)
    faults = []
    for index, right in enumerate(read.measurement.right):
        if not right:
            gold, answer = read.novel.quotations[index], read.measurement.answers[index]
            faults.append(Fault(read, people, index, cause_of(gold, answer, people), place_of(gold, answer, people)))
    return faults


def cause_of(gold: GoldQuotation, answer: Quotation | None, people: People) -> str:
    """The first of CAUSES that holds for a wrong quotation."""
    if answer is None:
        return "not-found"
    if answer.speaker is None:
        return "no-speaker"
    return _wrong_person(gold, answer.speaker, people) or _misread(gold, answer, people)


def _wrong_person(gold: GoldQuotation, ours: str, people: People) -> str | None:
    """A cause in who is who over the whole story, before any one quotation is read."""
    partner = people.partner.get(ours)
    named_for = people.named_for.get(ours, set())
    if gold.speaker == "_group":
        return "group"
    if gold.speaker in named_for and partner in named_for:
        return "merged"
    if gold.speaker in named_for or people.mostly.get(ours) == gold.speaker:
        return "split"
    if gold.speaker in ("_narr", people.narrator):
        return "narrator-missed"
    if ours in people.characters and people.characters[ours].narrator:
        return "narrator-given"
    if not people.in_cast(gold.speaker):
        return "unnamed-missing" if gold.speaker in people.unnamed else "person-missing"
    return None


def _misread(gold: GoldQuotation, answer: Quotation, people: People) -> str:
    """A cause in the reading of this one quotation."""
    evidence = answer.evidence.kind if answer.evidence else None
    ours = answer.speaker or ""
    if evidence == "pronoun_tag":
        genders = {people.gender(ours), people.gold[gold.speaker].gender if gold.speaker in people.gold else None}
        if not genders <= {"F", "M"}:
            return "pronoun-gender-unknown"
        return "pronoun-same-gender" if len(genders) == 1 else "pronoun-other-gender"
    if gold.type == "Explicit":
        return "tag-misread" if evidence == "tag" else "tag-missed"
    if gold.type == "Anaphoric":
        return "anaphoric-tag-misread" if evidence == "tag" else "anaphoric-tag-missed"
    return "turn-of-the-addressee" if people.partner.get(ours) in gold.addressees else "turn-other"


def place_of(gold: GoldQuotation, answer: Quotation | None, people: People) -> str:
    """The rank of the right person among our alternatives: one of PLACES."""
    others = [one.speaker for one in answer.alternatives if one.speaker != answer.speaker] if answer else []
    partners = [people.partner.get(id) for id in others]
    if gold.speaker not in partners:
        return "absent"
    return "second" if partners[0] == gold.speaker else "lower"


def meet(read: ReadNovel) -> People:
    """Find who is who between the gold characters of a novel and ours."""
    partner = partners_of(read)
    spoken = quotations_of(read)
    words = Counter(re.findall(r"\w+", read.novel.text))
    characters = {one.id: one for one in read.reading.characters}
    return People(
        characters=characters,
        gold={one.name: one for one in read.novel.characters},
        named_for=_named_for(read.novel.characters, characters.values()),
        mostly={id: _mostly(golds, partner.get(id)) for id, golds in spoken.items()},
        ours={name: id for id, name in partner.items()},
        partner=partner,
        narrator=find_narrator(read.novel),
        unnamed=frozenset(one.name for one in read.novel.characters if _unnamed(one, words)),
    )


def _mostly(golds: Counter[str], partner: str | None) -> str:
    """The gold speaker of most of one character's quotations; of several, the partner."""
    return max(golds, key=lambda name: (golds[name], name == partner))


def quotations_of(read: ReadNovel) -> dict[str, Counter[str]]:
    """Our id → how many of its quotations each gold speaker says."""
    spoken: dict[str, Counter[str]] = defaultdict(Counter)
    for gold, answer in zip(read.novel.quotations, read.measurement.answers, strict=True):
        id = speaker_of(answer)
        if id is not None:
            spoken[id][gold.speaker] += 1
    return spoken


def partners_of(read: ReadNovel) -> dict[str, str]:
    """Our id → the gold character paired with it, where at least one quotation is right by it.

    The assignment also pairs the last of ours with the last gold ones, for nothing.
    """
    spoken = quotations_of(read)
    return {id: name for id, name in read.measurement.partner.items() if spoken[id][name]}


def _named_for(gold: Iterable[GoldCharacter], ours: Iterable[Character]) -> dict[str, set[str]]:
    owners = defaultdict(set)
    for character in gold:
        for alias in character.aliases:
            owners[_plain(alias)].add(character.name)
    # A name that two gold characters share says nothing about which of them ours is.
    sole = {alias: next(iter(names)) for alias, names in owners.items() if len(names) == 1}
    return {one.id: {sole[name] for name in map(_plain, (one.name, *one.aliases)) if name in sole} for one in ours}


def _plain(name: str) -> str:
    return re.sub(r"^(the|a|an) ", "", re.sub(r"[^\w]+", " ", name.casefold()).strip())


def _unnamed(character: GoldCharacter, words: Counter[str]) -> bool:
    """Whether no word of any alias is one that the text mostly writes with a capital. `words`: the text's, counted."""
    parts = {part for alias in character.aliases for part in re.findall(r"\w{2,}", alias)}
    return not any(part != part.lower() and words[part] > words[part.lower()] for part in parts)


# After a closing mark: said I · I said · I only remarked.
FIRST_PERSON_TAG = re.compile(r"[\s\W]{0,4}(?:[a-z]+ I|I [a-z]+)\b")
N_FIRST_PERSON_TAGS = 5


def find_narrator(novel: Novel) -> str | None:
    """The gold character most often tagged with “I” right after speech, or None where hardly one is."""
    tagged: Counter[str] = Counter()
    for one in novel.quotations:
        if any(FIRST_PERSON_TAG.match(novel.text[end : end + 40]) for _, end in one.spans):
            tagged[one.speaker] += 1
    name, n = tagged.most_common(1)[0] if tagged else ("", 0)
    return name if n >= N_FIRST_PERSON_TAGS and 2 * n > tagged.total() else None


# The table of causes


def print_causes(faults: Sequence[Fault], n_gold: int) -> None:
    """Print how many faults each cause has, by type of quotation and by the rank of the right speaker."""
    print(f"{len(faults)} of {n_gold} quotations are wrong ({len(faults) / max(1, n_gold):.1%}).\n")
    print(
        f"{'cause':24}{'n':>6}{'of all':>8}{'expl':>6}{'anap':>6}{'impl':>6}"
        f"{'sure':>7}{'second':>8}{'lower':>7}{'absent':>8}  what it means"
    )
    by_cause = group(faults)
    for cause in sorted(by_cause, key=lambda cause: -len(by_cause[cause])):
        print(_cause_line(cause, by_cause[cause], n_gold, CAUSES[cause]))
    print(_cause_line("all", faults, n_gold, ""))
    print(
        "\nsure: mean confidence of the wrong answers. second, lower, absent: the rank of the gold speaker"
        "\namong the alternatives of ours. Quotations of no type count in n alone."
    )
    print_places(faults)


def print_places(faults: Sequence[Fault]) -> None:
    """Print how often the right one was a candidate, by type, where we name a speaker and it is wrong."""
    print(f"\n{'a wrong speaker':24}" + "".join(f"{place:>10}" for place in PLACES))
    for kind in ("Explicit", "Anaphoric", "Implicit"):
        places = Counter(fault.place for fault in faults if fault.gold.type == kind and speaker_of(fault.answer))
        print(f"{kind:24}" + "".join(f"{places[place]:>10}" for place in PLACES))


def _cause_line(cause: str, faults: Sequence[Fault], n_gold: int, meaning: str) -> str:
    types = Counter(fault.gold.type for fault in faults)
    places = Counter(fault.place for fault in faults)
    sure = sum(confidence_of(fault.answer) for fault in faults) / max(1, len(faults))
    return (
        f"{cause:24}{len(faults):>6}{len(faults) / max(1, n_gold):>8.1%}"
        f"{types['Explicit']:>6}{types['Anaphoric']:>6}{types['Implicit']:>6}"
        f"{sure:>7.2f}{places['second']:>8}{places['lower']:>7}{places['absent']:>8}  {meaning}"
    ).rstrip()


def group(faults: Iterable[Fault]) -> dict[str, list[Fault]]:
    """Faults by cause, in each the surest first."""
    by_cause: dict[str, list[Fault]] = defaultdict(list)
    for fault in faults:
        by_cause[fault.cause].append(fault)
    for some in by_cause.values():
        some.sort(key=lambda fault: -confidence_of(fault.answer))
    return by_cause


# A fault in its context

WIDTH = 110
LONGEST_PIECE = 420  # code points of unbroken text that are shown whole
CLOSING_MARKS = "”’\"'»"


def print_faults(faults: Sequence[Fault], most: int) -> None:
    """Print at most about `most` faults, each cause with its share and at least one."""
    by_cause = group(faults)
    for cause in sorted(by_cause, key=lambda cause: -len(by_cause[cause])):
        some = by_cause[cause]
        n_shown = min(len(some), max(1, round(most * len(some) / len(faults))))
        print(f"\n\n{'═' * 3} {cause}: {CAUSES[cause]} · {n_shown} of {len(some)}, the surest first")
        for fault in some[:n_shown]:
            print("\n" + show(fault))


def show(fault: Fault) -> str:
    """A fault as text: where, gold, ours, why, the alternatives, and the paragraphs around it.

    In the paragraphs the quotation is between ⟦ and ⟧, and every gold quotation is followed by
    its gold speaker in braces, with ours after ≠ where ours is wrong.
    """
    gold, answer, read, people = fault.gold, fault.answer, fault.read, fault.people
    kind = gold.type or "no type"
    lines = [f"── {read.novel.name} at {gold.spans[0][0]} · {kind} · {fault.cause} · right one {fault.place}"]
    lines.append(f"   gold  {gold.speaker} → {', '.join(gold.addressees) or 'nobody'}")
    lines.append(f"   ours  {_ours(answer, people)}")
    if answer and answer.evidence:
        lines.append(f"   by    {answer.evidence.kind}: {_quoted(read.reading.text_of(answer.evidence))}")
    if answer and answer.alternatives:
        others = (f"{one.confidence:.2f} {_person(one.speaker, people)}" for one in answer.alternatives)
        lines.append(f"   else  {'; '.join(others)}")
    return "\n".join([*lines, *context(fault)])


def _ours(answer: Quotation | None, people: People) -> str:
    if answer is None:
        return "not found"
    addressees = ", ".join(_person(id, people) for id in answer.addressees) or "nobody"
    if answer.speaker is None:
        return f"no speaker → {addressees}"
    return f"{confidence_of(answer):.2f} {_person(answer.speaker, people)} → {addressees}"


def _person(id: str, people: People) -> str:
    """Our character's name, and the gold one it is paired with where that is another name."""
    name = people.characters[id].name if id in people.characters else id
    partner = people.partner.get(id)
    if partner is None:
        return f"{name} [no gold one]"
    return name if name == partner else f"{name} [= {partner}]"


def _quoted(text: str) -> str:
    return f"“{_shortened(' '.join(text.split()))}”"


def context(fault: Fault) -> list[str]:
    """The paragraphs around a fault, the one before and the one after included, as lines."""
    spans = fault.gold.spans
    blocks = fault.read.reading.story.blocks
    first = max(0, bisect_right(blocks, spans[0][0], key=lambda block: block.start) - 2)
    last = min(len(blocks), bisect_left(blocks, spans[-1][1], key=lambda block: block.start) + 1)
    notes = _notes(fault, blocks[first].start, blocks[last - 1].end) if blocks else []
    lines: list[str] = []
    for block in blocks[first:last]:
        paragraph = _annotated(fault.read.novel.text, block.start, block.end, notes)
        lines += ["", *textwrap.wrap(paragraph, WIDTH, initial_indent="      ", subsequent_indent="      ")]
    return lines


def _notes(fault: Fault, start: int, end: int) -> list[tuple[int, str]]:
    """What to write into the text between two places, sorted: (place, note)."""
    notes = []
    novel = fault.read.novel
    for index, gold in enumerate(novel.quotations):
        for opened, closed in gold.spans:
            if opened < end and closed > start:
                after = closed + (closed < end and novel.text[closed] in CLOSING_MARKS)
                if index == fault.index:
                    notes += [(opened, "⟦"), (after, "⟧")]
                notes.append((after, _label(fault, index)))
    return sorted(notes, key=lambda note: note[0])


def _label(fault: Fault, index: int) -> str:
    measurement = fault.read.measurement
    gold, ours = fault.read.novel.quotations[index].speaker, speaker_of(measurement.answers[index])
    if measurement.right[index]:
        return "{" + gold + "}"
    return "{" + gold + " ≠ " + ("nobody" if ours is None else _person(ours, fault.people)) + "}"


def _annotated(text: str, start: int, end: int, notes: list[tuple[int, str]]) -> str:
    """A paragraph with notes written in, the text between two of them shortened where it is long."""
    pieces, reached = [], start
    for place, note in notes:
        if start <= place <= end:
            pieces += [_shortened(text[reached:place]), note]
            reached = place
    return " ".join("".join([*pieces, _shortened(text[reached:end])]).split())


def _shortened(piece: str) -> str:
    half = LONGEST_PIECE // 2
    return piece if len(piece) <= LONGEST_PIECE else f"{piece[:half].rstrip()} … {piece[-half:].lstrip()}"


# Our characters and the gold ones


def print_people(read: ReadNovel, most: int = 12) -> None:
    """Print whose quotations our characters have, and where those of the gold characters went."""
    spoken, partners = quotations_of(read), partners_of(read)
    golds = Counter(one.speaker for one in read.novel.quotations)
    went: dict[str, Counter[str]] = defaultdict(Counter)
    for gold, answer in zip(read.novel.quotations, read.measurement.answers, strict=True):
        went[gold.speaker][_destination(answer, partners)] += 1
    extra = Counter(one.speaker for one in read.reading.quotations if one.speaker is not None)
    print(f"\n── {read.novel.name}: {len(read.reading.characters)} characters of ours, {len(golds)} gold speakers")
    print("   ours (quotations in all): the gold speakers of those that the corpus has, its partner marked =")
    for id, n in extra.most_common(most):
        partner = partners.get(id)
        names = [("=" if name == partner else "") + f"{name} {count}" for name, count in spoken[id].most_common(6)]
        print(f"   {_title(read.reading, id)} ({n}): {', '.join(names) or 'none that the corpus has'}")
    print("   gold (quotations): which of ours have them [= their partner]")
    for name, n in golds.most_common(most):
        ids = [f"{id} {count}" for id, count in went[name].most_common(6)]
        print(f"   {name} ({n}): {', '.join(ids)}")


def _destination(answer: Quotation | None, partners: dict[str, str]) -> str:
    if answer is None:
        return "(not found)"
    if answer.speaker is None:
        return "(no speaker)"
    return f"{answer.speaker} [= {partners.get(answer.speaker, 'nobody')}]"


def _title(reading: Reading, id: str) -> str:
    about = {character.id: character for character in reading.characters}.get(id)
    if about is None:
        return id
    facts = [about.pronouns or "no pronoun", *(["narrator"] if about.narrator else [])]
    facts += [] if about.kind == "person" else [about.kind]
    return f"{id}, “{about.name}”, {', '.join(facts)}"


def main(arguments: list[str] | None = None) -> None:
    """Print the causes, and faults in their context; or the people."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.errors", description=(__doc__ or "").split("\n")[0])
    add_options(parser)
    parser.add_argument("--most", type=int, default=40, metavar="N", help="faults shown in all (default: 40)")
    parser.add_argument("--cause", choices=CAUSES, metavar="NAME", help="of this cause alone: " + ", ".join(CAUSES))
    parser.add_argument("--people", action="store_true", help="show our characters next to the gold ones")
    options = parser.parse_args(arguments)
    try:
        reads = list(read_novels(options))
    except DramaturgError as error:
        sys.exit(str(error))
    if options.people:
        for read in reads:
            print_people(read)
        return
    faults = [fault for read in reads for fault in find_faults(read)]
    print_causes(faults, sum(len(read.novel.quotations) for read in reads))
    print_faults([fault for fault in faults if options.cause in (None, fault.cause)], options.most)


if __name__ == "__main__":
    main()
