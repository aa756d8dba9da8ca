"""Mentions of people: names, nouns for people, personal pronouns.

They are found by capitals, by counts over the story, and by word lists.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np

from dramaturg.draft import Draft
from dramaturg.findings import Gender, Mention
from dramaturg.layers.rules.tag_syntax import TagSyntax
from dramaturg.layers.rules.words import AnnotatedWords
from dramaturg.lexicon.lists import PersonNoun
from dramaturg.reading import MentionKind

MAX_ADJECTIVES = 3
MAX_TAG_WORDS = 4  # after a verb of speech: an article, adjectives and a noun
MIN_SUFFIXED_LETTERS = 6  # of a noun that is known by its ending: “cabman”
# Classes of words that are names if the story often writes them so: Pooh, Heaven, Ford.
POSSIBLE_NAME_CLASSES = frozenset({"interjection", "other", "placeword", "group"})
MIN_FORMS = 2  # of a neopronoun, in narration, for it to be one
MAX_NUMBER_LETTERS = 4  # of a number in a name
MIN_CAPITALS = 5  # of such a word


def find_mentions(draft: Draft, words: AnnotatedWords, tag_syntax: TagSyntax) -> list[Mention]:
    """Find names, nouns and pronouns that refer to people; sorted by start, names never inside one another.

    `tag_syntax`: the parser's tags, whose subjects are mentions whatever they are.
    """
    return MentionFinder(draft, words, tag_syntax).find()


class MentionFinder:
    """Finds the mentions of one draft."""

    def __init__(self, draft: Draft, words: AnnotatedWords, tag_syntax: TagSyntax) -> None:
        self.draft, self.words = draft, words
        self.grammar, self.writing = draft.language.grammar, draft.language.writing
        self.speech, self.people, self.names = draft.language.speech, draft.language.people, draft.language.names
        self.sentence, self.quotation = draft.tokens.sentence.tolist(), draft.tokens.quotation.tolist()
        self.taken = bytearray(len(words))  # 1 for each token of a name
        # What follows a title with a capital: “Director Oh”.
        self.titled_words = {words.lower[i] for i in range(1, len(words)) if self._follows_title(i, i - 1)}
        # Words that the story uses as names, since they speak: Will, May, Doc. `speaker_tokens`: where they do;
        # `proper_nouns`: where the parser takes a word for a name.
        self.speaker_tokens, self.tag_nouns = self._tag_subjects(tag_syntax)
        self.numbered = Counter(  # a word with a capital and the number after it: “Unit 7”
            (words.lower[i - 1], words.text[i])
            for i in range(1, len(words))
            if words.text[i].isdecimal() and words.capital[i - 1] and len(words.text[i]) <= MAX_NUMBER_LETTERS
        )
        self.speaking_words = {words.lower[i] for i in self.speaker_tokens}
        self.proper_nouns = tag_syntax.proper_nouns

    def find(self) -> list[Mention]:
        """All mentions, sorted by start, longer ones first."""
        found = [self._name(first, last, subject=True) for first, last in (*self._labels(), *self._placeholders())]
        for first, last in self._told_apart(list(self._names())):
            if not any(self.taken[first:last]):
                found.append(self._name(first, last, subject=not self._after_preposition(first)))
        found += self._nouns()
        found += self._pronouns()
        found.sort(key=lambda mention: (mention.start, -mention.end))
        return found

    def _told_apart(self, names: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """The names, each with the adjective before it where several tell two of one name apart: “the older Anna”."""
        words, telling = self.words, self.draft.language.names.telling_adjectives
        adjectives: dict[str, set[str]] = defaultdict(set)
        for first, last in names:
            if first > 1 and words.lower[first - 1] in telling and words.lower[first - 2] in self.grammar.determiners:
                adjectives[" ".join(words.lower[first:last])].add(words.lower[first - 1])
        for first, last in names:
            told = adjectives.get(" ".join(words.lower[first:last]), ())
            yield (first - 1 if len(told) > 1 and words.lower[first - 1] in told else first), last

    def _name(self, first: int, last: int, *, subject: bool) -> Mention:
        self.taken[first:last] = b"\1" * (last - first)
        form = self.draft.text[int(self.draft.tokens.start[first]) : self._end(first, last)]
        return self._mention(first, last, "name", form, subject=subject)

    def _labels(self) -> Iterator[tuple[int, int]]:
        """The tokens of each label of a labelled line; a pronoun is not a name (`me: not dead`)."""
        starts = self.draft.tokens.start
        for label in self.draft.labels:
            first, last = np.searchsorted(starts, (label.start, label.end)).tolist()
            is_pronoun = last - first == 1 and self.words.lower[first] in self.grammar.pronouns
            if last > first and not is_pronoun:
                yield first, last

    def _placeholders(self) -> Iterator[tuple[int, int]]:
        """The tokens of each blank for the reader's own name: “(Y/N)”."""
        tokens = self.draft.tokens
        for blank in self.draft.language.names.placeholder.finditer(self.draft.text):
            first = int(np.searchsorted(tokens.start, blank.start()))
            last = int(np.searchsorted(tokens.end, blank.end(), side="right"))
            if last > first:
                yield first, last

    def _tag_subjects(self, tag_syntax: TagSyntax) -> tuple[set[int], set[int]]:
        """The subjects of tags: tokens that are names there, and tokens of nouns."""
        words, verbs = self.words, self.speech.verbs
        subjects = {tag.subject for tag in tag_syntax.tags if tag.is_inverted_tag or words.lower[tag.verb] in verbs} - {
            i for i in range(len(words)) if words.lower[i] in self.grammar.pronouns
        }
        names = {i for i in subjects if words.capital[i] and (i in tag_syntax.proper_nouns or not words.initial[i])}
        nouns = {i for i in subjects - tag_syntax.proper_nouns - names if words.lower[i][0].isalpha()}
        return names | set(self._subjects_by_place()), nouns

    def _subjects_by_place(self) -> Iterator[int]:
        """Words with a capital right before or after a plain verb of speech that follows a quotation: “said Paris”."""
        words, quotation = self.words, self.quotation
        for i in range(1, len(words) - 1):
            if not quotation[i] < 0 <= quotation[i - 1]:
                continue
            for verb, subject in ((i, i + 1), (i + 1, i)):
                known = self.speech.verbs.get(words.lower[verb])
                if known is None or known.strength != "core" or known.tense != "past" or quotation[subject] >= 0:
                    continue
                lower = words.lower[subject]
                is_function_word = lower in self.grammar.function_words and lower not in self.titled_words
                if words.capital[subject] and lower[0].isalpha() and not is_function_word:
                    yield subject

    def is_name_word(self, i: int) -> bool:
        """Whether a token may be part of a name, by its capital and by how the story writes it elsewhere."""
        words, lower = self.words, self.words.lower[i]
        if not words.capital[i] or not lower[0].isalpha():
            return False
        if i in self.speaker_tokens or (i in self.proper_nouns and lower in self.speaking_words):
            return True
        if not self.grammar.function_words.isdisjoint((lower, self._uncontracted(lower))):
            return False
        n_capital, n_small = words.capitals[lower], words.smalls[lower]
        word_class = self.people.not_names.get(lower)
        if word_class is not None and not (
            word_class in POSSIBLE_NAME_CLASSES and n_capital >= MIN_CAPITALS and n_capital > 2 * n_small
        ):
            return False
        if words.text[i].isupper() and len(lower) > 2 and n_small > n_capital:
            return False  # SHOUTED
        if not words.initial[i]:
            return n_capital * 2 >= n_small or lower in self.people.given_names
        if n_capital:
            return n_capital >= n_small
        if lower in self.people.person_nouns or lower in self.speech.vocatives:
            return False
        return n_small == 0 and (lower in self.people.given_names or len(lower) > 2)

    def _uncontracted(self, lower: str) -> str:
        """The first word of a contraction (“they'd”); any other word unchanged."""
        if "'" in lower:
            for ending in self.writing.contraction_endings:
                if lower.endswith(ending):
                    return lower[: -len(ending)]
        return lower

    def _is_title(self, i: int) -> bool:
        return self.words.capital[i] and self.words.lower[i].rstrip(".") in self.people.titles

    def _names(self) -> Iterator[tuple[int, int]]:
        """The first and last (excluded) token of each name."""
        words = self.words
        i, n = 0, len(words)
        while i < n:
            is_begin = self._is_title(i) or self.is_name_word(i) or self._begins_title(i)
            if not (words.capital[i] and is_begin):
                i += 1
                continue
            end = self._name_end(i)
            if end > i + 1 and self._only_begins_sentence(i):
                i += 1  # “Unluckily Aziz”
            if self._is_whole_name(i, end):
                yield i, end
            i = max(end, i + 1)

    def _only_begins_sentence(self, i: int) -> bool:
        """Whether a word at the start of a sentence is not part of the name after it: it has no capital elsewhere."""
        lower = self.words.lower[i]
        if not self.words.initial[i] or self.words.capitals[lower]:
            return False
        return not (lower in self.people.given_names or self._is_title(i) or self._begins_title(i))

    def _name_end(self, first: int) -> int:
        words, particles = self.words, self.people.name_particles
        sentence, quotation = self.sentence, self.quotation
        i, n = first, len(words)
        while i < n and sentence[i] == sentence[first] and quotation[i] == quotation[first]:
            if words.lower[i] in particles and i > first:
                after = i + 1
                while after < n and words.lower[after] in particles:
                    after += 1
                if not (after < n and sentence[after] == sentence[first] and self.is_name_word(after)):
                    break
                i = after
            is_word = self.is_name_word(i) or self._is_initial(i, first) or self._follows_title(i, first)
            is_word |= i == first and self._begins_title(i)
            if not (self._is_title(i) or is_word):
                break
            if self._begins_another_name(i, first):
                break
            i += 1
            if words.possessive[i - 1]:
                break
            number_end = self._number_end(i)
            if number_end > i:
                return number_end
            if self._is_stop_after_initial(i):
                i += 1
        while i > first + 1 and words.lower[i - 1] in particles:
            i -= 1
        return i

    def _follows_title(self, i: int, first: int) -> bool:
        """Whether a word has a capital after a title, where even “Oh” and “Grace” are names."""
        words = self.words
        if i == first or words.initial[i] or not words.capital[i] or words.text[i].isupper():
            return False
        return words.lower[i][0].isalpha() and words.lower[i] not in self.grammar.pronouns and self._is_title(i - 1)

    def _begins_title(self, i: int) -> bool:
        """Whether a word begins a title of two words with capitals: “High Priestess Nel”, “Old Man Mori”."""
        words, people = self.words, self.people
        if i + 2 >= len(words) or not all(words.capital[i : i + 3]) or self.sentence[i + 2] != self.sentence[i]:
            return False
        title = words.lower[i + 1]
        is_title = words.lower[i] in self.names.title_modifiers and title in people.titles
        is_noun = title in people.person_nouns and title not in people.titles
        return is_title or (is_noun and words.lower[i] in self.names.name_adjectives)

    def _number_end(self, i: int) -> int:
        """The token after the number that ends a name (“Agent 12”, “Guard #1”); `i` if there is none.

        What is before the number is a title or a person, or the story says the two together again.
        """
        words = self.words
        at = i + 1 if i < len(words) and words.text[i] in ("#", "No.", "Nr.") else i
        if at >= len(words) or self.sentence[at] != self.sentence[i - 1] or self.quotation[at] != self.quotation[i - 1]:
            return i
        number = words.text[at]
        if not number.lstrip("#").isdecimal() or len(number) > MAX_NUMBER_LETTERS:
            return i
        lower = words.lower[i - 1]
        is_person = lower in self.people.titles or lower in self.people.person_nouns
        return at + 1 if is_person or self.numbered[lower, number] > 1 else i

    def _begins_another_name(self, i: int, first: int) -> bool:
        """“Miss Woodhouse, Miss Taylor” without its comma; but “Lance Corporal Betts” is one name."""
        if i == first or not self._is_title(i) or self._is_title(i - 1):
            return False
        return any(self._is_title(k) for k in range(first, i))

    def _is_initial(self, i: int, first: int) -> bool:
        words = self.words
        is_letter = i > first and len(words.text[i].rstrip(".")) == 1 and words.capital[i]
        return is_letter and words.lower[i] not in self.grammar.first_person

    def _is_stop_after_initial(self, i: int) -> bool:
        # The full stop of an initial (“J. Smith”), if it is a token of its own.
        words, previous = self.words, self.words.text[i - 1]
        return i < len(words) - 1 and len(previous) == 1 and words.text[i] == "." and words.capital[i + 1]

    def _is_whole_name(self, first: int, last: int) -> bool:
        if last - first > 1 or first in self.speaker_tokens:
            return True
        if self._is_title(first):  # a title alone: “the Duchess”, “Captain”, but not “Miss” at the start of a sentence
            lower = self.words.lower[first].rstrip(".")
            if lower in self.people.nameless_titles:
                return self.words.capitals[lower] > self.words.smalls[lower]
            is_noun = lower in self.people.person_nouns and (not self.words.initial[first] or self._is_called(first))
            return is_noun or lower in self.people.given_names
        return True

    def _is_called(self, i: int) -> bool:
        """Whether a title at the start of a sentence in speech calls somebody: “Elder, how long…”."""
        after = self.words.lower[i + 1] if i + 1 < len(self.words) else ""
        return self.quotation[i] >= 0 and after == ","

    def _mention(
        self,
        first: int,
        last: int,
        kind: MentionKind,
        form: str,
        *,
        subject: bool,
        gender: Gender = "?",
        plural: bool = False,
        possessive: bool = False,
    ) -> Mention:
        tokens, words = self.draft.tokens, self.words
        has_ending = words.possessive[last - 1]
        lost_apostrophe = (
            last < len(words) and words.lower[last] == self.writing.possessive_letter and not words.possessive[last - 1]
        )
        return Mention(
            start=int(tokens.start[first]),
            end=self._end(first, last),
            first=first,
            last=last,
            kind=kind,
            form=" ".join(form.split()),
            gender=gender,
            plural=plural,
            quotation=int(tokens.quotation[first]),
            sentence=int(tokens.sentence[first]),
            paragraph=self.draft.positions[tokens.paragraph[first]],
            subject=subject,
            possessive=has_ending or lost_apostrophe or possessive,
        )

    def _end(self, first: int, last: int) -> int:
        """The end of a mention of some tokens in the text, without a possessive ending."""
        tokens, words = self.draft.tokens, self.words
        end = int(tokens.end[last - 1])
        if not words.possessive[last - 1]:
            return end
        token, bare = self.draft.text[int(tokens.start[last - 1]) : end], words.text[last - 1]
        return end - (len(token) - token.rfind(bare) - len(bare) if bare in token else 0)

    def _after_preposition(self, first: int) -> bool:
        words = self.words
        return first > 0 and words.lower[first - 1] in self.grammar.prepositions and not words.initial[first]

    def _nouns(self) -> Iterator[Mention]:
        words, grammar, people = self.words, self.grammar, self.people
        tagged = self._tagged_nouns() | self.tag_nouns
        for i, lower in enumerate(words.lower):
            noun = self._person_noun(lower)
            if noun is None and i in tagged:
                noun = PersonNoun("?", lower.endswith(grammar.plural_suffixes), "tagged")
            if noun is None or self.taken[i] or (lower in people.rare_person_nouns and i not in tagged):
                continue
            if self._is_body_part(i):
                continue
            first, is_owned = self._noun_start(i)
            if words.lower[first] not in grammar.determiners and not is_owned:
                if not noun.plural and i not in self.tag_nouns and not (words.capital[i] and not words.initial[i]):
                    continue
                first = i
            # “the boy who”, but not “the boy doctor”: of two person nouns the last is the head.
            if i + 1 < len(words) and words.lower[i + 1] in people.person_nouns and not words.possessive[i]:
                continue
            subject = not self._after_preposition(first)
            plural = noun.plural or lower in grammar.collective_pronouns
            yield self._mention(first, i + 1, "noun", lower, subject=subject, gender=noun.gender, plural=plural)

    def _is_body_part(self, i: int) -> bool:
        """Whether a noun is a part of somebody: “his voice” refers to him, but the subject of a tag speaks."""
        before = self.words.lower[i - 1]
        is_tag_subject = i in self.tag_nouns and before not in self.grammar.possessives
        is_speaker = is_tag_subject or before == self.grammar.indefinite_article
        return self.words.lower[i] in self.people.body_parts and not is_speaker

    def _person_noun(self, lower: str) -> PersonNoun | None:
        """A noun for a person: one of the list, or one that ends like “ferryman”."""
        known = self.people.person_nouns.get(lower)
        if known is not None or len(lower) < MIN_SUFFIXED_LETTERS or lower in self.people.not_person_nouns:
            return known
        for suffix, noun in self.people.person_suffixes.items():
            if lower.endswith(suffix):
                return noun
        return None

    def _tagged_nouns(self) -> set[int]:
        """Tokens that are a speaker by their tag, whatever they mean: “…,” growled the old barghest."""
        words, sentence, quotation = self.words, self.sentence, self.quotation
        heads = set()
        for i in range(1, len(words) - 2):
            verb = self.speech.verbs.get(words.lower[i]) if quotation[i] < 0 <= quotation[i - 1] else None
            if verb is None or verb.strength != "core" or verb.tense != "past":
                continue
            if words.lower[i + 1] not in self.grammar.singular_determiners:
                continue
            j = i + 2
            while (
                j + 1 < len(words)
                and j <= i + MAX_TAG_WORDS
                and sentence[j + 1] == sentence[i]
                and self._continues_phrase(words.lower[j + 1])
            ):
                j += 1
            if words.lower[j][0].isalpha() and not words.capital[j]:
                heads.add(j)
        return heads

    def _continues_phrase(self, lower: str) -> bool:
        """Whether a noun phrase may go on with this word."""
        grammar = self.grammar
        is_verbal = lower.endswith(grammar.adverb_suffixes) or lower.endswith(grammar.participle_suffixes)
        return lower[0].isalpha() and lower not in grammar.never_nouns and not is_verbal

    def _noun_start(self, i: int) -> tuple[int, bool]:
        """The first token of the phrase around a noun, and whether it begins with the name of an owner."""
        words, sentence, quotation = self.words, self.sentence, self.quotation
        determiners = self.grammar.determiners
        first = i
        while (
            first > 0
            and i - first <= MAX_ADJECTIVES
            and words.lower[first] not in determiners
            and not (words.possessive[first] and first < i)
            and sentence[first - 1] == sentence[i]
            and quotation[first - 1] == quotation[i]
            and words.lower[first - 1][0].isalpha()
        ):
            first -= 1
        is_owned = words.possessive[first] and first < i
        if is_owned:  # “Mr. Knightley’s brother”
            taken = self.taken
            while first > 0 and taken[first] and taken[first - 1] and sentence[first - 1] == sentence[i]:
                first -= 1
        return first, is_owned

    def _pronouns(self) -> Iterator[Mention]:
        grammar = self.grammar
        used = self._used_neopronouns()
        for i, lower in enumerate(self.words.lower):
            form = self._uncontracted(lower)
            pronoun = grammar.pronouns.get(form)
            if pronoun is None or self.taken[i] or (form in grammar.neopronouns and form not in used):
                continue
            is_possessive = form in grammar.possessives and (
                form not in grammar.ambiguous_possessives or self._owns_next(i)
            )
            yield self._mention(
                i,
                i + 1,
                "pronoun",
                form,
                subject=pronoun.is_subject,
                gender=pronoun.gender,
                plural=pronoun.plural,
                possessive=is_possessive,
            )

    def _used_neopronouns(self) -> set[str]:
        """The forms of neopronouns of which the narration has several: “xe” and “xyr”, but not a “ze” of dialect."""
        known = self.grammar.neopronouns
        narrated = {lower for lower, quotation in zip(self.words.lower, self.quotation, strict=True) if quotation < 0}
        n_forms = Counter(known[form] for form in narrated & known.keys())
        return {form for form, subject in known.items() if n_forms[subject] >= MIN_FORMS}

    def _owns_next(self, i: int) -> bool:
        """Whether a “her” is possessive: “her hand”, but not “kissed her and”, “saw her there”."""
        if i + 1 >= len(self.words):
            return False
        after = self.words.lower[i + 1]
        is_noun = after not in self.grammar.never_nouns and not after.endswith(self.grammar.adverb_suffixes)
        return after[0].isalpha() and is_noun
