"""A process of its own that reads the text of a PDF with PDFium: bytes on standard input → JSON on standard output.

PDFium is C++: a hostile file can make it take gigabytes, run for hours or crash. In its own process it takes nothing
else with it. The file is started as a script, so it imports nothing of dramaturg; `extraction.py` starts it.

Arguments: the most characters, and the most bytes of memory and seconds of computing time. What it writes is either
{"error": "password", "damaged" or "characters"} or the fields of `extraction.Document`.
"""

import contextlib
import ctypes
import json
import math
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

MAX_OUTLINE_ENTRIES = 10_000
MAX_OUTLINE_DEPTH = 8
MAX_NESTED_FORMS = 3  # forms in which pictures are looked for
ITALIC, BOLD, INVISIBLE = 1, 2, 4  # bits of a style
FLAG_ITALIC = 1 << 6  # of a font descriptor, ISO 32000-1, table 123
FLAG_FORCE_BOLD = 1 << 18
BOLD_WEIGHT = 600
MAX_SLANT = 0.2  # of a line, as a sine: about 11 degrees. Watermarks and titles on spines are steeper
SAME_BASELINE = 0.05  # em
WORD_SPACE = 0.1  # em, between two fragments of one word at most
COLUMN_SPACE = 1.0  # em, between words of one fragment at most
NEWLINES = (0x0A, 0x0D)
SPACES = (0x20, 0x09, *NEWLINES)
LINE_END_HYPHEN = 2  # what PDFium gives for it

# Text objects are compared by their addresses, for each character of the file: integers are quicker than pointers.
raw.FPDFText_GetTextObject.restype = ctypes.c_void_p
for function in (raw.FPDFTextObj_GetFont, raw.FPDFTextObj_GetTextRenderMode, raw.FPDFPageObj_GetType):
    function.argtypes = [ctypes.c_void_p]
raw.FPDFTextObj_GetFont.restype = ctypes.c_void_p
raw.FPDFFont_GetFlags.argtypes = [ctypes.c_void_p]
raw.FPDFFont_GetWeight.argtypes = [ctypes.c_void_p]
raw.FPDFFont_GetItalicAngle.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_int)]
raw.FPDFFont_GetBaseFontName.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]


class TooManyCharacters(Exception):
    """The text is longer than allowed."""


class Show(NamedTuple):
    """How a text object is shown: its baseline and size in points, and its style. `upright`: on a level line."""

    y: float
    size: float
    style: int
    upright: bool


def main(arguments: list[str]) -> int:
    """Read, and write JSON."""
    max_characters, max_memory, max_seconds = map(int, arguments)
    _limit(max_memory, max_seconds)
    try:
        result = _read(sys.stdin.buffer.read(), max_characters)
    except TooManyCharacters:
        result = {"error": "characters"}
    except pdfium.PdfiumError as error:
        encrypted = getattr(error, "err_code", None) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        result = {"error": "password" if encrypted else "damaged"}
    sys.stdout.buffer.write(json.dumps(result).encode())
    return 0


def _limit(max_memory: int, max_seconds: int) -> None:
    try:
        import resource
    except ImportError:  # on Windows, which has no such limits; the one who started it watches the time
        return
    for limit, value in ((resource.RLIMIT_AS, max_memory), (resource.RLIMIT_CPU, max_seconds)):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(limit, (value, resource.getrlimit(limit)[1]))


def _read(data: bytes, max_characters: int) -> dict[str, Any]:
    document = pdfium.PdfDocument(data)
    pages: list[dict[str, Any] | None] = []
    n_characters = 0
    for number in range(len(document)):
        try:
            page = document[number]
        except pdfium.PdfiumError:
            pages.append(None)
            continue
        read = _read_page(page, max_characters - n_characters)
        n_characters += sum(len(fragment[0]) for fragment in read["fragments"])
        pages.append(read)
        page.close()
    metadata = {key: document.get_metadata_value(key) for key in ("Title", "Author")}
    return {"title": metadata["Title"], "author": metadata["Author"], "outline": _outline(document), "pages": pages}


def _outline(document: Any) -> list[tuple[str, int, int]]:
    """The bookmarks: title, level from 0, page."""
    entries = []
    with contextlib.suppress(pdfium.PdfiumError):
        for bookmark in document.get_toc(max_depth=MAX_OUTLINE_DEPTH):
            target = bookmark.get_dest()
            page = target.get_index() if target else None
            if page is not None:
                entries.append((bookmark.get_title(), bookmark.level, page))
            if len(entries) >= MAX_OUTLINE_ENTRIES:
                break
    return entries


def _read_page(page: Any, max_characters: int) -> dict[str, Any]:
    text_page = page.get_textpage()
    try:
        if text_page.count_chars() > max_characters:
            raise TooManyCharacters
        rotation = page.get_rotation()
        fragments = list(_fragments(text_page.raw, text_page.count_chars(), rotation))
    finally:
        text_page.close()
    width, height = page.get_size()
    has_picture = len(fragments) < 20 and _has_picture(page)
    return {"width": width, "height": height, "has_picture": has_picture, "fragments": fragments}


def _has_picture(page: Any) -> bool:
    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=MAX_NESTED_FORMS))


def _fragments(page: Any, n_characters: int, rotation: int) -> Iterator[list[Any]]:
    """Stretches of text on one line in one style: text, left, right, baseline, size, style."""
    codes = [raw.FPDFText_GetUnicode(page, i) for i in range(n_characters)]
    objects = [raw.FPDFText_GetTextObject(page, i) or 0 for i in range(n_characters)]
    shows: dict[int, Show | None] = {}
    current: list[Any] = []
    parts: list[str] = []
    last_object = 0
    last_right = 0.0
    spaced = broken = False  # whether a space or the end of a line came before this character
    for i, (code, object_) in enumerate(zip(codes, objects, strict=True)):
        if not object_ or code in SPACES:
            broken |= code in NEWLINES
            spaced |= code not in NEWLINES
            continue
        if object_ not in shows:
            shows[object_] = _show(page, i, object_, rotation)
        show = shows[object_]
        if show is None or not show.upright:
            continue
        if object_ != last_object or spaced or broken:
            left, _ = _edges(page, i, rotation)
            if current and not broken and _continues(current, show, left - last_right):
                parts.append(" " if spaced or left - last_right > WORD_SPACE * show.size else "")
            else:
                if current:
                    yield [_joined(parts), *current]
                parts = [" "] if spaced and not broken else []
                current = [left, left, show.y, show.size, show.style]
        parts.append(_character(code))
        if i + 1 == n_characters or objects[i + 1] != object_ or codes[i + 1] in SPACES:
            last_right = current[1] = _edges(page, i, rotation)[1]
        last_object, spaced, broken = object_, False, False
    if current:
        yield [_joined(parts), *current]


def _continues(current: list[Any], show: Show, space: float) -> bool:
    """Whether a text object goes on where the fragment ended."""
    y, size, style = current[2:]
    is_same = (
        abs(y - show.y) <= SAME_BASELINE * size
        and abs(size - show.size) <= 0.01 * size
        and style == show.style
        and -COLUMN_SPACE * size < space < COLUMN_SPACE * size
    )
    return bool(is_same)


def _character(code: int) -> str:
    if code == LINE_END_HYPHEN:
        return "-"
    return chr(code) if code >= 0x20 and code not in (0xFFFE, 0xFFFF) else "\ufffd"


def _joined(parts: list[str]) -> str:
    """The text, with characters beyond the basic plane whole: PDFium gives them as two surrogates."""
    text = "".join(parts)
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _edges(page: Any, i: int, rotation: int) -> tuple[float, float]:
    """The left and right edge of a character, with its side bearings."""
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(page, i, box)
    turned = {90: (box.bottom, box.top), 180: (-box.right, -box.left), 270: (-box.top, -box.bottom)}
    left, right = turned.get(rotation, (box.left, box.right))
    return min(left, right), max(left, right)


def _show(page: Any, i: int, object_: int, rotation: int) -> Show | None:
    matrix = raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    if not raw.FPDFText_GetMatrix(page, i, matrix) or not raw.FPDFText_GetCharOrigin(page, i, x, y):
        return None
    angle = math.atan2(matrix.b, matrix.a) - math.radians(rotation)
    size = raw.FPDFText_GetFontSize(page, i) * math.hypot(matrix.c, matrix.d)
    baseline = {90: -x.value, 180: -y.value, 270: x.value}.get(rotation, y.value)
    if not (math.isfinite(size) and math.isfinite(baseline)) or size <= 0:
        return None
    upright = abs(math.sin(angle)) <= MAX_SLANT and math.cos(angle) > 0
    return Show(round(baseline, 2), round(size, 2), _style(object_), upright)


def _style(object_: int) -> int:
    font = raw.FPDFTextObj_GetFont(object_)
    style = INVISIBLE if raw.FPDFTextObj_GetTextRenderMode(object_) == raw.FPDF_TEXTRENDERMODE_INVISIBLE else 0
    if not font:
        return style
    buffer = ctypes.create_string_buffer(256)
    length = raw.FPDFFont_GetBaseFontName(font, buffer, 256)
    name = buffer.raw[: min(length, 256)].decode("utf-8", "ignore").lower()
    slant = ctypes.c_int()
    raw.FPDFFont_GetItalicAngle(font, slant)
    flags = max(raw.FPDFFont_GetFlags(font), 0)
    if "italic" in name or "oblique" in name or slant.value or flags & FLAG_ITALIC:
        style |= ITALIC
    if "bold" in name or "black" in name or "heavy" in name or flags & FLAG_FORCE_BOLD:
        style |= BOLD
    return style


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
