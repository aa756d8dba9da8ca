"""Files that hold a story's file: a ZIP file with one story, calibre's HTMLZ and TXTZ, and mail.

A letter (RFC 5322) and a mailbox (mbox, RFC 4155) give their text, or else their HTML; the letters of a mailbox follow
each other. Lines that were wrapped for the mail are joined again (format=flowed, RFC 3676).
"""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from pathlib import PurePosixPath
from typing import NamedTuple

from dramaturg.errors import UnreadableStory
from dramaturg.sources.decode import END_OF_ZIP, MAX_ZIP_END_BYTES
from dramaturg.sources.limits import DEFAULT, Limits
from dramaturg.sources.safe_zip import Archive, printable_name
from dramaturg.story import LeftOut

ZIP = b"PK\x03\x04"
STORIES = frozenset(
    ".txt .text .md .markdown .html .htm .xhtml .mhtml .mht .epub .docx .odt .fodt .rtf .fb2 .pdf .eml".split()
)
# What other kinds of ZIP files hold: a part of a file's name, what it is, and what to do.
AS_DOCX = "Export it as DOCX or EPUB and read that."
OTHER_ARCHIVES = (
    (re.compile(r"\.iwa$"), "an Apple Pages document", AS_DOCX),
    (re.compile(r"\.scrivx$"), "a Scrivener project", "Compile it in Scrivener to DOCX or EPUB and read that."),
)
PICTURES = re.compile(r"\.(?:jpe?g|png|webp|gif|avif|bmp)$")
MACOS_FILES = re.compile(r"(?:^|/)(?:__MACOSX/|\._[^/]*$|\.DS_Store$|Thumbs\.db$)")
HEADER_BYTES = 1 << 14
FIELD = re.compile(rb"^([A-Za-z][A-Za-z-]{1,40}):", re.MULTILINE)
MAIL_FIELDS = frozenset({b"message-id", b"mime-version", b"received", b"return-path", b"delivered-to"})
LETTER = re.compile(rb"^From \S+.{0,200}\n(?=[A-Za-z-]+:)", re.MULTILINE)
QUOTED_FROM = re.compile(r"^>(>*From )", re.MULTILINE)
SIGNATURE_MARK = "-- "  # the line before a signature, which is not joined to the next
SIGNATURE = re.compile(r"(?:\A|\n)--[ ]?\n(?P<lines>(?:[^\n]*\n?){0,12})\Z")
MAX_SIGNATURE_CHARACTERS = 600


class Contents(NamedTuple):
    """A story's file inside another. `name`: its own name, which shows its format. `title`, `author`: by the outer.
    `left_out`: of the outer.
    """

    data: bytes
    name: str
    title: str | None = None
    author: str | None = None
    left_out: tuple[LeftOut, ...] = ()


def unpack(data: bytes, name: str, limits: Limits = DEFAULT) -> Contents | None:
    """The story's file in a file called `name`, or None if it is not one that holds another.

    Raises UnreadableStory if it holds several stories, RefusedStory if it is encrypted or past a limit.
    """
    if data.startswith(ZIP):
        return _unpack_zip(data, name, limits)
    if looks_like_mail(data, name):
        return _unpack_mail(data, name)
    return None


# ZIP files


def _unpack_zip(data: bytes, name: str, limits: Limits) -> Contents | None:
    if END_OF_ZIP not in data[-MAX_ZIP_END_BYTES:]:
        return None
    archive = Archive(data, name, limits)
    files = [entry for entry in archive if not entry.endswith("/") and not MACOS_FILES.search(entry)]
    lower = [entry.lower() for entry in files]
    for pattern, what, advice in OTHER_ARCHIVES:
        if any(pattern.search(entry) for entry in lower):
            raise UnreadableStory(f"{name}: this is {what}. {advice}")
    if "metadata.opf" in lower and {"index.html", "index.txt"} & set(lower):
        return _unpack_calibre(archive)
    stories = [entry for entry in files if PurePosixPath(entry.lower()).suffix in STORIES]
    if len(stories) == 1:
        return Contents(archive.read(stories[0]), PurePosixPath(stories[0]).name)
    if stories:
        raise UnreadableStory(
            f"{name}: this ZIP file holds {len(stories)} stories, {printable_name(stories[0])} the first. Add them all "
            "to a library with dramaturg library add, or unpack it and read one of them."
        )
    if lower and all(PICTURES.search(entry) or entry.endswith((".xml", ".txt")) for entry in lower):
        raise UnreadableStory(f"{name}: this is a book of pictures (CBZ). Give a file with the text of the story.")
    return None


def _unpack_calibre(archive: Archive) -> Contents:
    """HTMLZ and TXTZ: the text, with the stylesheet beside it."""
    page = archive.find("index.html")
    if page is None:
        text = archive.find("index.txt")
        return Contents(archive.read(text) if text else b"", "index.text")
    sheet = archive.find("style.css")
    style = b"<style>" + archive.read(sheet).replace(b"</", b"") + b"</style>" if sheet else b""
    source = archive.read(page)
    head = source.lower().find(b"</head>")
    return Contents(source[:head] + style + source[head:] if head >= 0 else source, "index.html")


# Mail


def looks_like_mail(data: bytes, name: str) -> bool:
    """Whether a file is a letter or a mailbox, by its first lines.

    >>> looks_like_mail(b"From: ann@example.org\\nMIME-Version: 1.0\\n\\nHello", "story")
    True
    """
    start = data[:HEADER_BYTES].removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    letter = LETTER.match(start)
    header = start[letter.end() if letter else 0 :].partition(b"\n\n")[0]
    if not FIELD.match(header):
        return False
    fields = {field.lower() for field in FIELD.findall(header)}
    named = name.lower().endswith((".eml", ".mbox"))
    is_page = re.search(rb"^content-type:\s*multipart/related", header, re.IGNORECASE | re.MULTILINE) is not None
    return b"from" in fields and (named or letter is not None or bool(fields & MAIL_FIELDS)) and not is_page


def _unpack_mail(data: bytes, name: str) -> Contents:
    letters = []
    starts = [match.start() for match in LETTER.finditer(data.replace(b"\r\n", b"\n"))]
    data = data.replace(b"\r\n", b"\n")
    for start, end in zip(starts or [0], [*starts[1:], len(data)], strict=True):
        try:
            letter = message_from_bytes(LETTER.sub(b"", data[start:end], count=1), policy=policy.default)
            letters.append((letter, *_body(letter)))
        except (RecursionError, LookupError, ValueError, TypeError, AttributeError) as error:
            raise UnreadableStory(
                f"{name}: this mail is damaged. Open it in a mail program and save its text."
            ) from error
    left_out = []
    for n, (letter, text, is_html) in enumerate(letters):
        if not is_html and (signature := _find_signature(text)) is not None:
            letters[n] = (letter, text[: signature.start()], is_html)
            words = " ".join(signature["lines"].split())
            left_out += [LeftOut(words, "signature")] if words else []
    letters = [(letter, text, is_html) for letter, text, is_html in letters if text.strip()]
    if not letters:
        raise UnreadableStory(
            f"{name}: this mail holds no text. If the story is attached to it, save that and read it."
        )
    first = letters[0][0]
    is_page = any(is_html for _, _, is_html in letters)
    if is_page:
        whole = "<hr/>".join(text if is_html else _as_html(text) for _, text, is_html in letters)
    else:
        whole = "\n\n* * *\n\n".join(text.strip("\n") for _, text, _ in letters)
    sender = first["from"].addresses[0] if first["from"] is not None and first["from"].addresses else None
    subject = re.sub(r"^(?:(?:re|fwd?|aw|wg):\s*)+", "", str(first["subject"] or ""), flags=re.IGNORECASE)
    return Contents(
        whole.encode("utf-8", "replace"),
        "mail.html" if is_page else "mail.text",
        subject.strip() or None,
        (sender.display_name or None) if sender else None,
        tuple(left_out),
    )


def _find_signature(text: str) -> re.Match[str] | None:
    """The signature at the end of a letter, below a line of two dashes (RFC 3676, section 4.3)."""
    end = text.rstrip() + "\n"
    return SIGNATURE.search(end, max(0, len(end) - MAX_SIGNATURE_CHARACTERS))


def _body(letter: EmailMessage) -> tuple[str, bool]:
    """The text of a letter, and whether it is HTML."""
    part = letter.get_body(("plain",)) or letter.get_body(("html",))
    if part is None:
        return "", False
    text = str(part.get_content())
    if part.get_content_type() == "text/html":
        return text, True
    text = QUOTED_FROM.sub(r"\1", text)
    if part.get_param("format") == "flowed":
        text = _join_flowed(text, drops_space=str(part.get_param("delsp")).lower() == "yes")
    return text, False


def _join_flowed(text: str, *, drops_space: bool) -> str:
    """The text with the lines joined that end in a space."""
    parts: list[str] = []
    runs_on = False
    for line in text.split("\n"):
        stuffed = line.removeprefix(" ")  # a space is added before lines that begin with one, with > or From
        if parts and not (runs_on and stuffed):
            parts.append("\n")
        elif parts and drops_space:
            parts[-1] = parts[-1][:-1]
        parts.append(stuffed)
        runs_on = stuffed.endswith(" ") and stuffed != SIGNATURE_MARK
    return "".join(parts)


def _as_html(text: str) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in re.split(r"\n\s*\n", text))
