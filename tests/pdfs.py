"""PDFs made here: pages of text with the place, size and font of each line, by hand."""

import zlib
from collections.abc import Sequence
from typing import NamedTuple

FONTS = {"roman": "Times-Roman", "italic": "Times-Italic", "bold": "Times-Bold"}
LEFT, TOP, PITCH = 60.0, 520.0, 14.0
# Entries of the trailer of a file with a password: its check (/U) fits no password that the tests try.
PASSWORD = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{'41' * 32}> /U <{'42' * 32}> /P -4 >> /ID [<41> <41>]"


class Text(NamedTuple):
    """Some words at a place of a page. `words`: characters of Windows-1252."""

    words: str
    x: float
    y: float
    size: float = 11.0
    font: str = "roman"
    mode: int = 0  # 3: invisible


def lines(*words: str, indent: float = 12.0, top: float = TOP) -> list[Text]:
    """Lines below one another. A line that begins with a tab is indented; an empty one leaves space."""
    return [
        Text(line.lstrip("\t"), LEFT + indent * line.startswith("\t"), top - PITCH * n)
        for n, line in enumerate(words)
        if line
    ]


def columns(words: str, n_lines: int) -> list[Text]:
    """Two columns of lines that are all the same."""
    return [Text(words, x, TOP - PITCH * n) for n in range(n_lines) for x in (LEFT, 220.0)]


def pdf(
    *pages: Sequence[Text],
    title: str = "",
    author: str = "",
    outline: Sequence[tuple[str, int]] = (),
    picture: bool = False,
    rotate: int = 0,
    extra: bytes = b"",
    trailer: str = "",
) -> bytes:
    """A PDF of these pages. `outline`: bookmarks with the index of their page. `picture`: one on every page.

    `extra`: more operators for every page.
    """
    objects: list[bytes] = [b"", b""]
    fonts = {}
    for name, base in FONTS.items():
        objects.append(f"<< /Type /Font /Subtype /Type1 /BaseFont /{base} /Encoding /WinAnsiEncoding >>".encode())
        fonts[name] = len(objects)
    objects.append(
        stream(b"\xff", "/Type /XObject /Subtype /Image /Width 8 /Height 1 /BitsPerComponent 1 /ColorSpace /DeviceGray")
    )
    image = len(objects)
    resources = " ".join(f"/{name} {number} 0 R" for name, number in fonts.items())
    kids = []
    for page in pages:
        show = (
            b"".join(_operators(text) for text in page)
            + extra
            + (b"q 300 0 0 400 50 50 cm /picture Do Q" if picture else b"")
        )
        objects.append(stream(show))
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 600] /Rotate {rotate} /Contents {len(objects)} 0 R "
            f"/Resources << /Font << {resources} >> /XObject << /picture {image} 0 R >> >> >>".encode()
        )
        kids.append(len(objects))
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>".encode()
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R"
    if outline:
        root = len(objects) + 1
        objects[0] += f" /Outlines {root} 0 R".encode()
        objects.append(f"<< /First {root + 1} 0 R /Last {root + len(outline)} 0 R >>".encode())
        for n, (name, page_index) in enumerate(outline, 1):
            following = f"/Next {root + n + 1} 0 R" if n < len(outline) else ""
            objects.append(
                f"<< /Title ({name}) /Parent {root} 0 R {following} /Dest [{kids[page_index]} 0 R /Fit] >>".encode()
            )
    objects[0] += b" >>"
    objects.append(b"<< /Title (" + title.encode("cp1252") + b") /Author (" + author.encode("cp1252") + b") >>")
    return file_of(objects, f"/Info {len(objects)} 0 R {trailer}")


def stream(data: bytes, entries: str = "") -> bytes:
    """A compressed stream."""
    packed = zlib.compress(data)
    return f"<< {entries} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode() + packed + b"\nendstream"


def file_of(objects: Sequence[bytes], trailer: str = "") -> bytes:
    """The file of these objects, numbered from 1; the first is the catalogue."""
    parts = [b"%PDF-1.7\n"]
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(sum(map(len, parts)))
        parts.append(f"{number} 0 obj\n".encode() + content + b"\nendobj\n")
    start = sum(map(len, parts))
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    parts.append(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode())
    parts.append(f"trailer << /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode())
    return b"".join(parts)


def _operators(text: Text) -> bytes:
    words = b"".join(
        bytes([byte]) if 32 <= byte < 127 and byte not in b"\\()" else b"\\%03o" % byte
        for byte in text.words.encode("cp1252")
    )
    return f"BT /{text.font} {text.size} Tf {text.mode} Tr {text.x} {text.y} Td (".encode() + words + b") Tj ET\n"
