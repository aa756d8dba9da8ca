"""What a file in Markdown holds that its rendered page does not show, and HTML in it.

Comments, note marks, embedded pictures and queries are left out; links between notes become their labels; the tags
that writers use become the same in Markdown.
"""

import re
from html import unescape

from dramaturg.story import LeftOut

COMMENT = ("<!--", "-->")
# A comment of Obsidian. A line of %%%% is a scene break, and a pair far apart is two slips.
OBSIDIAN_COMMENT = re.compile(r"(?<!%)%%(?!%)((?:(?!%%).){1,3000})%%(?!%)", re.DOTALL)
MAX_EXCERPT_CHARACTERS = 60

NOTE_MARK = re.compile(r"(?<=\S)\[\^[\w-]{1,40}\](?!:)")
BLOCK_ID = re.compile(r"(?<=\S)[ \t]+\^[\w-]{1,40}[ \t]*$", re.MULTILINE)
WIKI_LINK = re.compile(r"(?<!!)\[\[(?:[^\[\]|\n]{1,200}\|)?([^\[\]|\n]{1,200})\]\]")
LEFT_OUT = (
    (re.compile(r"^[ \t]*!\[\[[^\[\]\n]{1,200}\]\][ \t]*$", re.MULTILINE), "embedded file"),
    (re.compile(r"^[ \t]*!\[[^\[\]\n]{0,200}\]\([^()\n]{1,500}\)[ \t]*$", re.MULTILINE), "picture"),
    (re.compile(r"^(?:[ \t]{0,3}#[A-Za-z][\w/-]{0,60})+[ \t]*$", re.MULTILINE), "tags"),
    (re.compile(r"^```[ \t]*(?:dataview(?:js)?|query|mermaid)\b[^\n]*\n(?:(?!```)[^\n]*\n){0,500}?```[ \t]*$",
                re.MULTILINE), "query"),
    (re.compile(r"^>[ \t]?\[!(?:note|todo|info|warning|comment|question|bug|tip)\][^\n]*(?:\n>[^\n]*)*",
                re.MULTILINE | re.IGNORECASE), "note in the margin"),
)  # fmt: skip
HTML = (
    (re.compile(r"<br[ \t]*/?>[ \t]*(?=\n|\Z)", re.IGNORECASE), ""),
    (re.compile(r"<br[ \t]*/?>", re.IGNORECASE), "\n"),
    (re.compile(r"^[ \t]*<hr\b[^<>\n]{0,200}>[ \t]*$", re.IGNORECASE | re.MULTILINE), "***"),
    (re.compile(r"</?(?:i|em)>", re.IGNORECASE), "*"),
    (re.compile(r"</?(?:b|strong)>", re.IGNORECASE), "**"),
    (re.compile(r"</?(?:p|div|center|span|u|small|sup|sub|font|a)(?:[ \t][^<>\n]{0,300})?>", re.IGNORECASE), ""),
)
ENTITY = re.compile(r"&(?:[A-Za-z]{2,10}|#\d{2,6}|#x[0-9A-Fa-f]{2,5});")


def without_marks(text: str) -> tuple[str, list[LeftOut]]:
    """The text as its rendered page shows it, and what of it was left out.

    >>> without_marks("She ran.[^1] <!-- why? -->\\n\\n[[Ida Brook|Ida]] <em>ran</em>.")[0]
    'She ran. \\n\\nIda *ran*.'
    """
    text, comments = _without_comments(text, *COMMENT)
    comments += OBSIDIAN_COMMENT.findall(text)
    text = OBSIDIAN_COMMENT.sub("", text)
    found: dict[str, list[str]] = {"comment": comments}
    for pattern, what in LEFT_OUT:
        found.setdefault(what, []).extend(match.group() for match in pattern.finditer(text))
        text = pattern.sub("", text)
    text = BLOCK_ID.sub("", NOTE_MARK.sub("", text))
    text = WIKI_LINK.sub(r"\1", text)
    if "<" in text:
        for pattern, mark in HTML:
            text = pattern.sub(mark, text)
    if "&" in text:
        text = ENTITY.sub(lambda match: unescape(match.group()), text)
    return text, [_left_out(what, pieces) for what, pieces in found.items() if pieces]


def _without_comments(text: str, start: str, end: str) -> tuple[str, list[str]]:
    """The text without its comments, and these. One that does not end is text."""
    pieces, comments = [], []
    position = 0
    while (opening := text.find(start, position)) >= 0:
        closing = text.find(end, opening + len(start))
        if closing < 0:
            break
        pieces.append(text[position:opening])
        comments.append(text[opening + len(start) : closing])
        position = closing + len(end)
    return "".join([*pieces, text[position:]]), comments


def _left_out(what: str, pieces: list[str]) -> LeftOut:
    words = " ".join(pieces[0].split())[:MAX_EXCERPT_CHARACTERS]
    return LeftOut(words if len(pieces) == 1 else f"{words} (and {len(pieces) - 1} more)", f"{what} in the Markdown")
