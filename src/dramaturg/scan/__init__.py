"""Story → Draft: quotations first, then sentences, then tokens."""

from dramaturg.corrections.resolve import ResolvedCorrections
from dramaturg.draft import Draft, positions_of
from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import Language
from dramaturg.scan.corrections import TaleQuotation, assign_tale_tokens, correct_speech
from dramaturg.scan.labelled_lines import find_labelled_lines
from dramaturg.scan.quotations import find_quotations
from dramaturg.scan.sentences import split_sentences
from dramaturg.scan.tokens import tokenize
from dramaturg.scan.ud_words import find_ud_words
from dramaturg.story import Story


def scan(story: Story, resolved: ResolvedCorrections | None = None, language: Language = ENGLISH) -> Draft:
    """Find the quotations, thoughts, sentences and tokens of a story's paragraphs, in time linear in its length.

    `resolved`: the user's corrections, which can say what is speech. `language`: the story's language.
    """
    paragraphs = tuple(block for block in story.blocks if block.role == "paragraph")
    labelled_lines = find_labelled_lines(story.text, paragraphs, language)
    quotations, thoughts = find_quotations(story, paragraphs, language, labelled_lines)
    in_tales: tuple[TaleQuotation, ...] = ()
    if resolved is not None:
        quotations, thoughts, in_tales = correct_speech(story.text, paragraphs, quotations, thoughts, resolved)
    sentences = split_sentences(story.text, paragraphs, quotations, language)
    tokens = assign_tale_tokens(tokenize(story.text, paragraphs, sentences, quotations, language), in_tales)
    ud_words = find_ud_words(story.text, sentences, story.emphasis, language)
    positions = positions_of(story.blocks)
    labels = tuple(line.label for lines in labelled_lines.values() for line in lines)
    return Draft(story, paragraphs, quotations, thoughts, sentences, tokens, ud_words, positions, language, labels)
