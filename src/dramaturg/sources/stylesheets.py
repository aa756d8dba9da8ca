"""Style sheets of e-books → the classes that slant text, hide it or make a drop cap.

Programs that convert books leave no `<em>`, but a class `calibre5` of which only the style sheet knows what it is.
Only rules for one class are looked at; they are what such programs write.
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
MAX_SHEETS = 4 << 20  # characters of style sheets that are looked at


def read_stylesheets(archive: Archive) -> dict[str, str]:
    """What the classes of the book's style sheets are called where everybody knows it: italic, hidden, dropcap."""
    named: dict[str, str] = {}
    length = 0
    for path in archive:
        if path.lower().endswith(".css") and length < MAX_SHEETS:
            sheet = archive.read(path).decode("utf-8", "replace")
            length += len(sheet)
            named.update(name_classes(sheet[:MAX_SHEETS]))
    return named


def name_classes(sheet: str) -> dict[str, str]:
    """The classes of one style sheet that mean something.

    >>> name_classes(".calibre5 { font-style: italic } .c2, p.c3 { display:none }")
    {'calibre5': 'italic', 'c2': 'hidden', 'c3': 'hidden'}
    """
    named: dict[str, str] = {}
    for rule in COMMENT.sub(" ", sheet).split("}"):
        selectors, opened, body = rule.rpartition("{")
        name = _name(body) if opened else ""
        if name:
            for selector in selectors.rpartition("{")[2].rpartition(";")[2].split(","):
                match = CLASS.fullmatch(selector.strip())
                if match:
                    named[match[1].lower()] = name
    return named


def _name(body: str) -> str:
    if HIDDEN.search(body):
        return "hidden"
    if FLOATS.search(body) and LARGE.search(body):
        return "dropcap"
    return "italic" if ITALIC.search(body) else ""


def name_styles(source: str, named: dict[str, str]) -> str:
    """A page whose classes are called by what they mean, too.

    >>> name_styles('<span class="calibre5">', {"calibre5": "italic"})
    '<span class="calibre5 italic">'
    """
    if not named:
        return source

    def add(match: re.Match[str]) -> str:
        classes = match[2] if match[2] is not None else match[3]
        names = [named[c] for c in classes.lower().split() if c in named]
        return f'{match[1]}"{" ".join([classes, *names])}"' if names and '"' not in classes else match.group()

    return CLASS_ATTRIBUTE.sub(add, source)
