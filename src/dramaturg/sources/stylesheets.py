"""Style sheets of e-books → the classes that make text italic, hide it or make a drop cap.

Programs that convert books write no `<em>`, but a class such as `calibre5` that only the style sheet explains. Only
rules for a single class are read: such programs write no others.
"""

import re

from dramaturg.sources.safe_zip import Archive

COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
CLASS = re.compile(r"(?:[a-z][a-z0-9]{0,12})?\.([\w-]{1,80})", re.IGNORECASE)
ITALIC = re.compile(r"font-style\s*:\s*(?:italic|oblique)", re.IGNORECASE)
HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
FLOATS = re.compile(r"float\s*:\s*left", re.IGNORECASE)
LARGE = re.compile(
    r"font-size\s*:\s*(?:[2-9]\d*(?:\.\d+)?em|[2-9]\d\d%|1[5-9]\d%|1\.[5-9]\d*em|xx-large)", re.IGNORECASE
)
CLASS_ATTRIBUTE = re.compile(r"""(?<=\s)(class\s*=\s*)(?:"([^"<>]{0,500})"|'([^'<>]{0,500})')""", re.IGNORECASE)
MAX_SHEET_CHARACTERS = 4 << 20  # of all style sheets together


def read_stylesheets(archive: Archive) -> dict[str, str]:
    """The meaning of the classes in the book's style sheets: italic, hidden or dropcap."""
    meanings: dict[str, str] = {}
    length = 0
    for path in archive:
        if path.lower().endswith(".css") and length < MAX_SHEET_CHARACTERS:
            sheet = archive.read(path).decode("utf-8", "replace")
            length += len(sheet)
            meanings.update(read_class_meanings(sheet[:MAX_SHEET_CHARACTERS]))
    return meanings


def read_class_meanings(sheet: str) -> dict[str, str]:
    """The meaning of the classes in one style sheet.

    >>> read_class_meanings(".calibre5 { font-style: italic } .c2, p.c3 { display:none }")
    {'calibre5': 'italic', 'c2': 'hidden', 'c3': 'hidden'}
    """
    meanings: dict[str, str] = {}
    for rule in COMMENT.sub(" ", sheet).split("}"):
        selectors, opened, body = rule.rpartition("{")
        name = _meaning(body) if opened else ""
        if name:
            for selector in selectors.rpartition("{")[2].rpartition(";")[2].split(","):
                match = CLASS.fullmatch(selector.strip())
                if match:
                    meanings[match[1].lower()] = name
    return meanings


def _meaning(body: str) -> str:
    if HIDDEN.search(body):
        return "hidden"
    if FLOATS.search(body) and LARGE.search(body):
        return "dropcap"
    return "italic" if ITALIC.search(body) else ""


def add_class_meanings(source: str, meanings: dict[str, str]) -> str:
    """A page with the meanings of its classes added to them.

    >>> add_class_meanings('<span class="calibre5">', {"calibre5": "italic"})
    '<span class="calibre5 italic">'
    """
    if not meanings:
        return source

    def add(match: re.Match[str]) -> str:
        classes = match[2] if match[2] is not None else match[3]
        names = [meanings[c] for c in classes.lower().split() if c in meanings]
        return f'{match[1]}"{" ".join([classes, *names])}"' if names and '"' not in classes else match.group()

    return CLASS_ATTRIBUTE.sub(add, source)
