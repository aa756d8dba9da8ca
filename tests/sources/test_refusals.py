"""docs/refusals.md has the exit code and the line of every refusal, as files made here give them."""

import zipfile
from pathlib import Path

import books
import pytest
from books import W, docx, epub, opf, paragraph, xhtml, zipped
from pdfs import PASSWORD, columns, pdf

from dramaturg.errors import DramaturgError
from dramaturg.sources import load_bytes
from dramaturg.sources.limits import Limits

DOCUMENT = (Path(__file__).parents[2] / "docs" / "refusals.md").read_text(encoding="utf-8")

TEXT = "<p>She ran down to the ferry.</p>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
EPUB = epub({"one.xhtml": xhtml(TEXT)})
WORD = {"[Content_Types].xml": "<Types/>"}
ENCRYPTED = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:enc="http://www.w3.org/2001/04/xmlenc#">'
    '<enc:EncryptedData><enc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/><enc:CipherData>'
    '<enc:CipherReference URI="OEBPS/one.xhtml"/></enc:CipherData></enc:EncryptedData></encryption>'
)


def damaged_chapter() -> bytes:
    data = bytearray(zipped({"mimetype": "application/epub+zip", "one.xhtml": xhtml(TEXT * 50)}))
    data[data.find(b"one.xhtml") + 40] ^= 255
    return bytes(data)


def kindle_with_drm() -> bytes:
    data = bytearray(b"\0" * 60 + b"BOOKMOBI" + b"\0" * 200)
    data[78:82] = (100).to_bytes(4, "big")  # the offset of the first record
    data[112:114] = b"\0\2"
    return bytes(data)


def zip_with_password() -> bytes:
    data = bytearray(EPUB)
    data[data.rfind(b"OEBPS/content.opf") - 46 + 8] |= 1
    return bytes(data)


def book(page: str | bytes) -> bytes:
    return epub({"one.xhtml": b""}, files={"OEBPS/one.xhtml": page})


FILES = {
    "empty": ("story.txt", b"", {}),
    "only white space": ("story.txt", b" \n", {}),
    "only NUL bytes": ("story.txt", b"\0" * 5, {}),
    "binary data": ("story.txt", bytes(range(256)) * 20, {}),
    "a picture": ("story.png", b"\x89PNG\r\n\x1a\n", {}),
    "damaged PDF": ("story.pdf", b"%PDF-1.4\0", {}),
    "scanned PDF": ("story.pdf", pdf([], [], picture=True), {}),
    "PDF in two columns": ("story.pdf", pdf(columns("The rope broke at noon.", 12)), {}),
    "PDF without text": ("story.pdf", pdf([]), {}),
    "PDF with a password": ("story.pdf", pdf([], trailer=PASSWORD), {}),
    "old Word document": ("story.doc", OLE, {}),
    "OpenDocument": ("story.ods", zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), {}),
    "RTF without text": ("story.rtf", b"{\\rtf1\\ansi\\par}", {}),
    "Kindle": ("story.mobi", b"\0" * 60 + b"BOOKMOBI" + b"\0" * 100, {}),
    "ZIP": ("stories.zip", zipped({"a.bin": "x"}), {}),
    "ZIP with stories": ("stories.zip", zipped({"a.txt": "x", "b.txt": "y"}), {}),
    "LIT": ("story.lit", b"ITOLITLS\1\0\0\0", {}),
    "web archive": ("page.webarchive", b"bplist00\xd1\1\2\0", {}),
    "web archive as XML": (
        "page.webarchive",
        b'<?xml version="1.0"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "x">\n<plist><dict/></plist>',
        {},
    ),
    "OPF": ("content.opf", b'<?xml version="1.0"?><!-- a --><package xmlns="http://www.idpf.org/2007/opf"/>', {}),
    "NCX": ("toc.ncx", b'<?xml version="1.0"?>\n<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx" "x">\n<ncx/>', {}),
    "Scrivener's index": ("story.scrivx", b"<ScrivenerProject Version='2.0'/>", {}),
    "Pages": ("story.pages", zipped({"Index/Document.iwa": "x"}), {}),
    "Scrivener": ("story.zip", zipped({"Tale.scriv/Tale.scrivx": "x"}), {}),
    "CBZ": ("story.cbz", zipped({"1.jpg": "x"}), {}),
    "mail": ("story.eml", b"From: ann@example.org\nContent-Type: image/png\n\n", {}),
    "gzip": ("story.gz", b"\x1f\x8b\0", {}),
    "page without text": ("story.html", b"<html></html>", {}),
    "truncated": ("story.epub", EPUB[:-300], {}),
    "damaged chapter": ("story.epub", damaged_chapter(), {}),
    "pictures alone": ("story.epub", epub({"one.xhtml": xhtml('<img src="one.jpg"/>')}), {}),
    "compression": ("story.epub", zipped({"one.xhtml": TEXT, "META-INF/container.xml": ""}, zipfile.ZIP_LZMA), {}),
    "DOCX without text": ("story.docx", docx(paragraph()), {}),
    "DOCX without its main part": ("story.docx", zipped({**WORD, "word/styles.xml": books.STYLES}), {}),
    "DOCX with broken XML": ("story.docx", zipped({**WORD, "word/document.xml": f"<w:document {W}><w:body>"}), {}),
    "EPUB with DRM": (
        "story.epub",
        epub({"one.xhtml": xhtml(TEXT)}, files={"META-INF/encryption.xml": ENCRYPTED}),
        {},
    ),
    "Kindle with DRM": ("story.mobi", kindle_with_drm(), {}),
    "DOCX with a password": ("story.docx", OLE + "EncryptedPackage".encode("utf-16-le"), {}),
    "ZIP with a password": ("story.epub", zip_with_password(), {}),
    "DTD": (
        "story.epub",
        epub({"one.xhtml": ""}, files={"OEBPS/content.opf": "<!DOCTYPE package [ ]>" + opf(["one.xhtml"])[21:]}),
        {},
    ),
    "file_size": ("story.txt", b"x" * 2000, {"file_size": 1000}),
    "file_size of text in an archive": (
        "story.epub",
        zipped({"mimetype": "application/epub+zip", "one.xhtml": "x" * 4890}),
        {"file_size": 3000},
    ),
    "archive_size": (
        "story.epub",
        zipped({"mimetype": "application/epub+zip", "one.xhtml": b"a" * 90_965}),
        {"archive_size": 50_000},
    ),
    "ratio": ("story.epub", book(b"<p>" + b"a" * (30 << 20)), {}),
    "entries": ("story.epub", epub({f"{n}.xhtml": "" for n in range(40)}), {"entries": 30}),
    "depth": ("story.html", b"<html>" + b"<div>" * 5000 + b"x", {}),
    "blocks": ("story.html", b"<html>" + b"<p>x" * 200_000, {"blocks": 100}),
    "time": ("story.html", b"<html><p>x", {"time": -1}),
}


@pytest.mark.parametrize(("name", "data", "limits"), FILES.values(), ids=FILES)
def test_every_refusal_is_documented(name, data, limits):
    with pytest.raises(DramaturgError) as caught:
        load_bytes(data, name, Limits(**limits))

    line = str(caught.value).replace("time=-1", "time=120").replace("time=-2", "time=240")
    assert f"| {caught.value.exit_code} | `{line}` |" in DOCUMENT
