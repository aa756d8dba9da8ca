"""What parts of a story are called in English: headings, labels, notes, and what comes before and after the story."""

import re

from dramaturg.lexicon.language import ArchiveWords, HeadingWords, LabelWords, MatterWords, NoteWords, StructureWords

# ---- numbers

ROMAN = r"[IVXLC]{1,8}|[ivxlc]{1,8}"
CARDINALS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
NUMBERS = {word: i for i, word in enumerate(CARDINALS, 1)} | {word: i for i, word in enumerate(ORDINALS, 1)}
NUMBERS |= {word: 10 * i for i, word in enumerate(TENS, 2)}
NUMBERS |= {word[:-1] + "ieth": 10 * i for i, word in enumerate(TENS, 2)}
NUMBERS |= {"hundred": 100, "last": 0, "final": 0}
NUMBER_WORD = "|".join(sorted(NUMBERS, key=len, reverse=True))
NUMBER = rf"(?:{ROMAN}|\d{{1,4}}|(?i:(?:{NUMBER_WORD})(?:[ -](?:{NUMBER_WORD}))?))"

# ---- headings and scene breaks

# Words of neighbouring languages are among them: writers use them in English stories too.
DIVISION = "book|part|volume|vol|act|phase|arc|teil|buch|partie|livre|parte|libro"
CHAPTER = "chapter|chap|ch|stave|canto|episode|letter|section|scene|kapitel|chapitre|cap[ií]tulo|capitolo|hoofdstuk"

HEADINGS = HeadingWords(
    scene_break=re.compile(
        r"[\W_]*(?:(?:line|scene|page|section|chapter)[ -]?breaks?|time[ -]?skip|scene change|horizontal rule)[\W_]*|"
        r"[(\[<~*_=-]+\s*(?:break|line|space|time ?lapse|pagebreak|hr)\s*[)\]>~*_=-]+",
        re.IGNORECASE,
    ),
    numbers=NUMBERS,
    divisions=frozenset(DIVISION.split("|")),
    sections=frozenset({"scene", "section"}),
    keyword_first=re.compile(
        rf"(?P<keyword>(?i:{DIVISION}|{CHAPTER}))\b\.?\s*(?:(?i:the|no\.?|number)\s+|\#)?"
        rf"(?P<number>{NUMBER})(?![\w'’])(?P<rest>.*)",
        re.DOTALL,
    ),
    ordinal_first=re.compile(
        rf"(?:(?i:the)\s+)?(?P<number>(?i:{'|'.join(ORDINALS)}))\s+(?P<keyword>(?i:{DIVISION}|{CHAPTER}))"
        r"(?P<rest>\W.*|)",
        re.DOTALL,
    ),
    named=re.compile(
        r"(?:the\s+|an?\s+)?(?:prologue|epilogue|preface|introduction|foreword|afterword|prelude|interlude|"
        r"intermission|conclusion|postscript|postlude|appendix|preamble|coda|intro|outro|introductory|pr[oó]logo|"
        r"ep[ií]logo|epilog|prolog)\b(?P<rest>.*)",
        re.IGNORECASE | re.DOTALL,
    ),
    number_only=re.compile(rf"(?P<number>{NUMBER})(?P<rest>\s*[.):\]—–-]+\s*\S.*|\s+\S.*|\s*[.):\]—–-]*)", re.DOTALL),
    point_of_view=re.compile(
        r"[^\W\d_][\w.'’ -]{0,40}?(?:['’]s?)?\s+(?:p\.?o\.?v\.?|point of view)\b[\W_]*", re.IGNORECASE
    ),
    title_small_words=frozenset(
        "a an and as at but by de for from in into la le nor of off on or over per the to upon via vs with "
        "without".split()
    ),
    the_end=re.compile(
        r"(?:the\s+)?(?:end|finis|fin)|(?:the\s+)?end of (?:the\s+)?(?!a\b)(?:\w+\s+)?"
        r"(?:book|volume|part|chapter|file|story)(?:\s+[\w-]+)?|"
        r"to be continued|tbc|owari|the end\?|fini|complete|end file",
        re.IGNORECASE,
    ),
)

# ---- labels and bylines

NOTE_LABELS = "disclaimer|disclaimers|a/n|author['’]?s?['’]? notes?|notes?|beginning notes|end notes"
SUMMARY_LABELS = "summary|chapter summary|description|blurb"
MATTER_LABELS = (
    "title|author|category|categories|genres?|rating|rated|pairings?|fandoms?|relationships?|relationship\\(s\\)|"
    "characters?|character\\(s\\)|main characters?|additional tags?|tags|archive warnings?|"
    "archive warning\\(s\\)|warnings?|series|stats|collections|spoilers?|timeline|status|published|updated|"
    "completed|packaged|publisher|words|word ?count|chapters|story url|author url|url|source|language|release date|"
    "posting date|last updated|ebook \\#|etext \\#|"
    "character set encoding|beta|betas|translator|illustrator|editor|date|credits|most recently updated|"
    "original publication"
)

LABELS = LabelWords(
    label=re.compile(
        rf"[\s*_>#-]*(?P<label>{NOTE_LABELS}|{SUMMARY_LABELS}|{MATTER_LABELS})\s*[*_]*\s*:[\s*_]*(?P<value>.*)",
        re.IGNORECASE | re.DOTALL,
    ),
    note=re.compile(NOTE_LABELS),
    summary=re.compile(SUMMARY_LABELS),
    title="title",
    author="author",
    by="by",
    byline=re.compile(r"[_*(\s]*by:?\s+[_*]*[^\W_][^.!?]{0,60}", re.IGNORECASE),
    title_page_byline=re.compile(
        r"(?:(?:a|an) [a-z -]{3,40} )?(?:written |story )?by\b[\s:]*(?P<author>.{0,80})", re.IGNORECASE
    ),
    subtitle=re.compile(
        r"\(|or\b|an? \w+|being\b|in \w+ (?:volumes?|parts?|books?)\b|(?:with )?illustrat|translated|edited|copyright|"
        r"©|\d{4}$|(?:dedicated )?to my\b|chapters?$|complete$|revised|first published|all rights",
        re.IGNORECASE,
    ),
)

# ---- authors' notes

# A site's address, also where its dot is hidden from search engines: `novels[.]com`, `novels.c0m`, `novels dot com`.
DOMAIN = (
    r"[\w-]{2,40}\s?(?:\.|\[\.\]|\(\.\)|\[dot\]|\(dot\)|\sdot\s)\s?"
    r"(?:c[o0]m|net|org|me|io|co|cc|info|app|site|xyz)\b"
)


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE)


READER_ADDRESS = _any(
    r"here (?:you|ya|u|it|we) (?:go|is|are)",
    r"hope (?:you|u|ya|y'?all)(?: guys| all)? (?:like|enjoy|liked|enjoyed)",
    r"let me know|bear with me|stay tuned|without further ado|on with the (?:story|show|fic|chapter)",
    r"thanks? (?:you )?(?:so much |again )?(?:for|to) (?:reading|all|every\w*|the reviews|my|reviewing)",
    r"you guys|y'?all|dear readers|(?:hey|hi|hello) (?:guys|everyone|all)",
    r"see you (?:next|in the next)|(?:leave|drop) (?:a|me a) (?:comment|review|line|note)",
    r"please (?:review|comment|read)",
)
OWNERSHIP = _any(
    r"(?:do|does)(?:n'?t| not) own (?:any of|the (?:characters|rights|show|series|books?)|these|those)",
    r"(?:do|does)(?:n'?t| not) own [a-z]+,? (?:or|and)",
    r"I own (?:nothing|none)|belongs? to (?:their|its|the) (?:respective|rightful)|no copyright",
)

NOTES = NoteWords(
    opening=re.compile(
        r"[\s*_~=#<>|(\[{-]*(?:"
        r"a\s?/\s?n\b|an\s*[:~]|an\s+-\s|A\.N\.|"
        r"author(?:['’]?s?['’]?|ess['’]?s?)\s+note?s?\b(?!\s+(?:that|which|was|had|in|to|on))|"
        r"(?:disclaimers?|discl)\s*[:;~–—-]|disclaimers?\s*$|"
        r"(?:end|beginning|chapter|translat(?:or|ion)['’]?s?|editor['’]?s?|t/?l\.?|e/?d\.?|t/n) notes?\s*[:~–—-]|"
        r"t/n\s*:|"
        r"r\s*(?:&|and|n|\+)\s*r\b(?!\w)|r&r|(?:please\s+)?(?:read|rate)\s+(?:and|&|n)\s+review|please\s+(?:review|r&r)|"
        r"n/?a:|nota de la autora|note de l['’]auteure?"
        r")",
        re.IGNORECASE,
    ),
    fandom=_any(
        r"fan ?fics?|fics?|fanfiction|one-?shots?|two-?shot|drabbles?|ficlets?|songfic|chappies?|chappy|prequel",
        r"follow-?up",
        r"reviewers?|reviewed|reviewing|kudos|flames|uploaded|hiatus|betaed|beta'd|beta-?read(?:er)?",
        r"plot ?bunn(?:y|ies)",
        r"otp|ooc|ocs?|wip|au|pov|r&r|a/n|headcanons?|fandoms?|fanon|crossovers?|self-insert|lemons?|fluff|angsty?",
        r"shippers?",
        r"ff\.?net|fanfiction\.net|ao3|wattpad|tumblr|livejournal|writer'?s block",
    ),
    reader_address=READER_ADDRESS,
    ownership=OWNERSHIP,
    signs=(
        (2, READER_ADDRESS),
        (3, OWNERSHIP),
        (2, _any(r"reviews?|updates?|updated|updating|sequel|pairings?|canon|rated|spoilers?")),
        (1, _any(r"chapters?|stor(?:y|ies)|characters?|plot|prompts?|challenge|readers?|posted|posting|ratings?|muse")),
        (1, _any(r"I|I'?m|I'?ve|I'?ll|my|me")),
        (1, _any(r"wrote|writing|write|written|typos?|grammar|english is(?:n't| not)|edited")),
        (2, _any(
            r"(?:works?|can be read|could be read|read|stands?) (?:separately|alone|on its own|as a stand-?alone)",
            r"(?:could|can) be (?:viewed|seen|taken|considered|read) as",
            r"(?:set|takes? place) (?:after|before|during) (?:the (?:\w+ )?)?"
            r"(?:episode|season|chapter|book|movie|series)",
            r"(?:first|last|next|new|this|previous) (?:chapter|fic|attempt)",
        )),
        (1, _any(
            r"(?:someone|somebody|people|anon) (?:pointed out|asked|requested|wanted|prompted|suggested)|requested"
        )),
        (1, re.compile(
            r"(?:^|\s)(?:[:;]-?[)D(P3]|[xX]D|<3|\^_?\^|o\.O)(?=\s|$|[.,!])|!!|"
            r"\b(?:lol|btw|lmao|ok(?:ay)? so)\b", re.IGNORECASE
        )),
    ),
    speech=re.compile(
        r'[.,!?…-]["”]\s+(?:he|she|they|I|[A-Z]\w+) (?:said|asked|cried|replied|whispered|shouted|answered|muttered)\b'
    ),
    enjoy=re.compile(
        r"[\W_]*(?:(?:please )?enjoy(?: the (?:chapter|story|fic|show))?|happy reading|"
        r"on with the (?:story|show|chapter|fic))[\W_]*",
        re.IGNORECASE,
    ),
    notice_hints=frozenset(
        "stolen theft without unauthorized unauthorised unlawfully illicitly misappropriated appropriated purloined "
        "pilfered rightfully pirate pirated amazon kindle royal scribblehub wattpad webnovel site website platform "
        "original official authentic genuine version elsewhere chapter chapters content novel novels errors "
        "mistakes typos issues visit".split()
    ),
    notice_signs=(
        _any(  # theft
            r"stolen|theft|(?:taken|lifted|copied|used|posted|published|reproduced|duplicated) (?:from \w+ )?without",
            r"without (?:the )?(?:author'?s?|proper|prior|any)? ?(?:permission|consent|approval|authori[sz]ation)",
            r"unauthori[sz]ed|unlawful(?:ly)?|illicit(?:ly)?|misappropriated|appropriated|purloined|pilfered",
            r"not rightfully|pirated?|infringement",
        ),
        _any(  # where else it is
            r"amazon|kindle|royal ?road|scribble ?hub|wattpad|webnovel",
            r"(?:another|(?:a )?different|this|the original|the official|pirate) (?:web)?(?:site|platform)",
            r"(?:original|official|authentic|genuine|real|legitimate) (?:version|release|copy|source|site|platform)",
            r"seek(?:ing)? out the original|preferred platform|originally published",
            r"(?:posted|published|hosted|found) elsewhere",
        ),
        re.compile(  # what readers should do
            r"(?:^|[.;:!?,]\s+)(?:please )?"
            r"(?:reports?|support|help|ensure|seek|check|discover|visit|read|find|enjoying)\b|"
            r"\b(?:if you (?:spot|encounter|find|discover|see|come across|stumble)|should you|you might be reading|"
            r"love what you|did you know|should be reported|reading (?:on|this)|"
            r"support the (?:author|creator|writer))\b",
            re.IGNORECASE,
        ),
        _any(  # the text itself
            r"(?:this|the|their|other|great|creative) (?:\w+ )?(?:stor(?:y|ies)|tales?|narratives?|novels?|books?|"
            r"contents?|texts?|works?|chapters?|writers?)(?:'s)?",
            r"content|stolen (?:copy|story|novel)|what you're reading",
        ),
    ),
    narrative=_any(r"I|me|my|he|him|his|she|her|hers|we|our|said|asked|thought|told|knew|felt"),
    site_lines=re.compile(
        r"[\W_]*(?:(?:if you (?:find|see|notice) any (?:errors?|typos?|mistakes?|issues?)\b"
        r".*\b(?:let us know|report).*)|"
        rf"(?:(?:please )?(?:visit|read|search|follow|find|get|check|bookmark|go to|continue reading|support us)\b|"
        rf"(?:this|the) (?:\w+ )?(?:chapters?|content|novel|source|translation)\b|"
        rf"(?:new|latest|updated?|updates|more|fastest|up ?to ?date|chapters?|all|original)\b)"
        rf".*(?<![\w@]){DOMAIN}.*)",
        re.IGNORECASE | re.DOTALL,
    ),
)  # fmt: skip

# ---- what comes before and after the story

MATTER = MatterWords(
    gutenberg_start=re.compile(
        r"\**\s*(?:START OF (?:THE|THIS) PROJECT GUTENBERG|END\s*\*?\s*THE SMALL PRINT)", re.IGNORECASE
    ),
    gutenberg_end=re.compile(
        r"(?:\**\s*END OF (?:THE |THIS )?PROJECT GUTENBERG|End of (?:The )?Project Gutenberg(?:'s|’s)?\b)",
        re.IGNORECASE,
    ),
    gutenberg_title=re.compile(
        r"(?:the |this is the )?project gutenberg(?:['’]s)? (?:e-?book|e-?text)(?: of |, )"
        r"(?P<title>.{1,150}?)(?:,? by (?P<author>.{1,80}))?$",
        re.IGNORECASE,
    ),
    produced_by=re.compile(
        r"[_*\[( ]*(?:(?:this )?e-?(?:text|book) (?:was )?(?:prepared|produced|scanned)|(?:re)?produced by|prepared by|"
        r"transcribed (?:by|from)|scanned (?:by|and)|html version by|digitized by)\b",
        re.IGNORECASE,
    ),
    transcribers_note=re.compile(r"[_*\[( ]*transcriber['’]?s?['’]? notes?\b", re.IGNORECASE),
    bracketed=re.compile(
        r"[_*]*\[[_*]*\s*(?:illustrations?|picture|image|frontispiece|footnote|transcriber['’]s note)\b|[_*]*\["
        r"(?:pg|page|p)\.? ?[\divxlc]{1,6}\]",
        re.IGNORECASE,
    ),
    contents=re.compile(r"(?:table of )?contents|document outline", re.IGNORECASE),
    list_heading=re.compile(
        r"(?:table of )?contents|list of (?:illustrations|chapters|contents)|chapters|index", re.IGNORECASE
    ),
    contents_entry=re.compile(
        r"\s*(?:chapter|book|part)?\s*(?:[ivxlc]+|\d{1,3})\s*[.:)—–-]|.*\s\d{1,3}\s*$", re.IGNORECASE
    ),
    front_matter_title=re.compile(
        r"(?:front )?cover(?: page)?|(?:half[ -]?)?title(?:[ -]?page)?|(?:table of )?contents|"
        r"copyright(?: page| notice)?|imprint|dedication|(?:advance )?praise(?: for .*)?|"
        r"also (?:available )?(?:by|from) .*|(?:other |more )?(?:books|works|novels|titles|stories) by .*|"
        r"by the same author|frontispiece|list of illustrations|epigraph|newsletter.*|"
        r"dramatis person(?:ae|æ)|(?:cast|list) of characters|cast list|(?:the |principal )?characters",
        re.IGNORECASE,
    ),
    back_matter_title=re.compile(
        r"acknowledge?ments?|about the (?:authors?|publisher|translator|type).*|colophon|uncopyright|"
        r"end ?notes|footnotes|notes|glossary|bibliography|index|back cover|a note on the type|document outline|"
        r"(?:questions|topics) for (?:discussion|(?:your )?(?:book|reading) (?:club|group)s?)|"
        r"discussion (?:questions|guide)|"
        r"(?:a )?(?:reading|readers?['’]?s?['’]?|book) (?:group|club)(?:['’]?s)?(?: guide| questions)?"
        r"(?: for .*| to .*)?|"
        r"(?:a )?(?:readers?['’]?s?['’]?|reading) guide(?: for .*| to .*)?|"
        r"(?:an interview|a conversation|q(?: ?& ?| and )a) with the author|"
        r"(?:the )?project gutenberg.*licen[cs]e.*|the full project gutenberg.*|transcriber['’]s notes?",
        re.IGNORECASE,
    ),
    teaser_title=re.compile(
        r"(?:an? )?(?:exclusive |special |bonus |free )?(?:sneak )?(?:preview|peek|teaser|(?:excerpt|extract) from "
        r"(?!.*\b(?:diary|journal|letters?|log|notebook|memoirs?|report|records?|archives?)\b)|sample chapters?)\b.*|"
        r"(?:read on|keep reading|turn the page) for .*|(?:coming soon|next in the series)\b.*",
        re.IGNORECASE,
    ),
    rights=re.compile(
        r"all rights reserved|copyright\s*(?:©|\(c\)|\d{4})|©\s*\d{4}|\bISBN\b|library of congress|"
        r"licen[cs]ed for your personal|smashwords edition|this (?:e?book |novel |story )?is a work of fiction|"
        r"no part of this (?:e?book|publication|work) may",
        re.IGNORECASE,
    ),
    to_readers=re.compile(
        r"thank(?:s| you)(?: so much| very much)? for (?:reading|buying|purchasing|downloading)|"
        r"(?:leave|leaving|write|writing|post|posting) (?:a|an|your) (?:\w+ )?review|newsletter|mailing list|"
        r"(?:sign|signing) up (?:for|to|at)|subscribe|follow (?:me|us) (?:on|at)|(?:if|hope) you(?:['’]ve)? enjoyed|"
        r"(?:find|visit) (?:me|us|my|our|the author).{0,30}(?:online|website|on )|www\.\w|https?://|patreon",
        re.IGNORECASE,
    ),
    note_mark=re.compile(r"[\[({]?(?:\d{1,3}|[a-z]|[ivxl]{1,5}|[*†‡§¶]{1,3}|note \d{1,3})[\])}]?", re.IGNORECASE),
    back_link=re.compile(
        r"[\[(]?(?:↩\ufe0e?|↑|\^|back|return(?: to (?:the )?text)?|return to (?:the )?(?:story|note))[\])]?",
        re.IGNORECASE,
    ),
    empty_alternatives=frozenset("image img picture cover photo icon logo avatar illustration figure spacer".split()),
)

# ---- archives of fan fiction

ARCHIVES = ArchiveWords(
    metadata={
        "rating": "rating", "rated": "rating", "archive warning": "warnings", "warning": "warnings",
        "category": "categories", "categories": "categories", "fandom": "fandoms", "relationship": "relationships",
        "pairing": "relationships", "ship": "relationships", "character": "characters", "additional tag": "tags",
        "freeform tag": "tags", "tag": "tags", "genre": "genres", "serie": "series", "series": "series",
        "collection": "collections", "language": "language", "published": "published", "updated": "updated",
        "completed": "completed", "packaged": "packaged", "words": "words", "word": "words", "chapters": "chapters",
        "chapter": "chapters", "status": "status", "publisher": "publisher", "story url": "url",
        "author url": "author_url",
    },
    roles={
        "summary": "summary", "chapter summary": "summary", "notes": "authors_note", "chapter notes": "authors_note",
        "end notes": "authors_note", "chapter end notes": "authors_note", "note": "authors_note",
    },
    end_notes="end notes",
    see_notes=re.compile(r"\(?see the end of the (?:work|chapter) for (?:more )?notes\.?\)?", re.IGNORECASE),
    posted=re.compile(r"Posted originally on the\s+(?:Archive of Our Own|Ao3)", re.IGNORECASE),
    please_comment=re.compile(r"Please drop by the (?:Archive|archive) and comment", re.IGNORECASE),
    afterword=re.compile(r"(?:afterword|end ?notes|works? inspired by this one)", re.IGNORECASE),
    quoted_post=re.compile(
        r"(?:quote from: .{1,80}|originally posted by .{1,80}|.{1,60} (?:said|wrote|posted)\b[^.!?“\"]{0,40}:?\W*)",
        re.IGNORECASE,
    ),
)  # fmt: skip

STRUCTURE = StructureWords(HEADINGS, LABELS, NOTES, MATTER, ARCHIVES)
