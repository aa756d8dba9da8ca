"""How English narration differs from speech."""

import re

from dramaturg.lexicon.language import Narration

_NAME = r"(?:he|she|they|I|we|it|[Tt]he [\w’'-]+|[A-Z][\w’'.-]*(?: [A-Z][\w’'.-]*)?)"
_THINKING = (
    r"(?:thought|thinks?|wondered|wonders|mused|muses|pondered|reasoned"
    r"|(?:told|tells|reminded|asked|scolded) (?:him|her|them|my)sel(?:f|ves))"
)

NARRATION = Narration(
    narrated_start=re.compile(
        r"(?!(?:It|There|That|This|I)\b)(?:He|She|They|His|Her|Their|The|Then|A|An|[A-Z][a-z]+)\b"
    ),
    narrated_verb=re.compile(
        r"(?:[\w’'-]+\s+){1,4}?(?:[a-z]+ed|was|were|had|did|went|came|took|sat|stood|put|left|got|gave|made|ran|fell|felt"
        r"|held|kept|saw|heard|knew|began|broke|drew|rose|shook|threw|lay|led|let|set|bent|caught|brought|found|turned"
        r"|could|would|thought|read|shut|spoke|struck|swung|wore|blew|drank|ate|slid|paid|met|told|said)\b"
    ),
    spoken_words=re.compile(
        r"\b(?:I|you|we|me|my|your|us|our|is|are|am|will|don[’']t|isn[’']t|[Yy]ou’?r?e?|can|has|have)\b"
    ),
    aside=re.compile(
        r"\((?:(?:again|still|then|here|[a-z]+ly),?\s+)?"
        r"(?:(?P<participle>[a-z]+)ing\b"
        r"|with\s+(?:a|an|his|her|their|great|much|some)\b"
        r"|in\s+(?:a|an|his|her)\s+(?:[\w-]+\s+){0,3}?(?:tone|voice|whisper|accent|manner)\b"
        r"|(?:he|she)\s+(?:pointed|nodded|turned|looked|paused|smiled|laughed|sighed|added|bowed|shrugged|blushed)\b"
        r"|aside\b|(?:rather\s+)?[a-z]+ingly\s*\)"
        r"|to\s+(?-i:[A-Z])[\w.’']*(?:\s[\w.’']+)?[,.]?\))"
        r"[^()]*",
        re.IGNORECASE,
    ),
    # (considering the weather), (being a widow); some are words that only end like a participle: (nothing), (king)
    spoken_participles=frozenset(
        """
        be hav consider includ except accord concern regard mean judg suppos ow do noth someth anyth everyth dur k br th
        go know count bar barr even morn
        """.split()
    ),
    spoken_aside=re.compile(r"\([a-z]+ly\s+speaking\)", re.IGNORECASE),  # (comparatively speaking)
    spoken_pronouns=re.compile(r"\b(?:I|you|me|my|your|we|us|our)\b"),
    continues_tag=re.compile(
        r"(?:[a-z]+ing\b|and\b|as\b|with|his\b|her\b|their\b|in\b|at\b|on\b|while\b|when\b|from\b|to\b|for\b|then\b|a\b"
        r"|the\b|[a-z]+ly\b|[a-z]+ed\b|not\b|who\b|after\b|before\b|without\b|still\b|half\b|by\b|though\b|which\b|he\b"
        r"|she\b|they\b)"
    ),
    continues_after_colon=re.compile(
        r"(?:(?:and|but|then|for)\s+)?(?:he|she|they|it|his|her|their|the|a)\s+(?:\w+\s+){0,3}?"
        r"(?:was|were|had|[a-z]+ed|took|went|gave|stood|sat|came|turned)\b|and\s"
    ),
    thinks_after=re.compile(
        rf"[*_/~'’\"”,]*\s+(?:{_NAME}\s+(?:[a-z]+ly\s+|had\s+|then\s+){{0,2}}{_THINKING}|{_THINKING}\s+{_NAME})\b"
        r"(?!\s+(?:of|about|that|it|how|so)\b)"
    ),
    thinks_before=re.compile(rf"\b{_THINKING}(?:\s+[a-z]+ly|\s+to\s+\w+self)?\s*[,:—–-]+\s*$"),
    sends_after=re.compile(
        rf"[*_/~'’\"”,]*\s+{_NAME}\s+(?:[a-z]+ly\s+)?(?:(?:sent|sends|projected|projects)\b"
        r"|(?:thought|thinks)(?:\s+[a-z]+ly|\s+back)?\s+(?:at|to|towards?)\s+(?!\w+sel(?:f|ves)\b)\w)"
    ),
    first_person=re.compile(r"\b(?:I|I['’](?:m|ll|ve|d)|me|my|mine|we|us|our)\b"),
    narrator_pronoun=re.compile(r"\bI\b"),
    narrator_heading=re.compile(
        r"[’']s\b|\b(?:POV|P\.O\.V\.?|point of view|(?:chapter|part)\s+[\w-]+)(?!\w)", re.IGNORECASE
    ),
    own_name=re.compile(r"\b(?:(?:my name(?:[’']s| is| was)|call me|I am called|I[’']m called)\s+)$", re.IGNORECASE),
    salutation=re.compile(
        r"(?:(?:My|To|Our)\s+(?:own\s+|very\s+)?)?(?:[Dd]ear(?:est)?|[Dd]arling|[Bb]eloved|[Ee]steemed|[Hh]onou?red)\b"
        r"[^.!?\"“”]*[,:—–-]?|[A-Z][\w’'-]+(?:, my(?: \w+){1,3})?,"
    ),
    closing=re.compile(
        r"(?P<closing>(?:Yours?|Ever|With|Love|Much|All|Always|As ever|Sincerely|Faithfully|Affectionately|Respectfully"
        r"|Best|Kind|Warm\w*|Believe me|I (?:am|remain)|Until|Hugs|[Xx]o+)\b[^\"“”.!?]*[,\n]\s*)?"
        r"[*_]*(?P<signed>[A-Z][\w’'-]*\.?(?: [A-Z][\w’'-]*\.?){0,2})"
    ),
    postscript=re.compile(r"\W{0,3}P\.? ?P?\.?S\b"),
    diary=re.compile(
        r"(?:\b(?P<keeper>[A-Z][\w-]+)[’']s? )?\b(?:diary|diaries|journal|notebook|copybook|log ?book)\b", re.IGNORECASE
    ),
    naming=re.compile(
        r"(?:,?\s*(?:who|whom|which)\b[^.;!?]*?)?,?\s*(?:\w+\s+)?"
        r"(?:called|named|nicknamed|dubbed|known as|by the name of|was really|(?:name|introduced \w+self) (?:was|as))"
        r"\s*[\"“'‘]?",
        re.IGNORECASE,
    ),
    calls=re.compile(r"\b(?:call|calls|called|named|nicknamed|dubbed|christened)\s+$", re.IGNORECASE),
    is_being=re.compile(r"\s+(?:is|was)\s+", re.IGNORECASE),
    protagonist="you",
)
