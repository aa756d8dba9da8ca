"""Pages saved as a single file (MHTML, RFC 2557): the page is the first HTML part, the others are its pictures."""

import base64
import binascii
import quopri
import re

MAX_HEADER_BYTES = 4096  # headers of real files have a few hundred
BOUNDARY = re.compile(rb'boundary\s*=\s*"?([^"\r\n;]{1,100})', re.IGNORECASE)
MULTIPART = re.compile(rb"^content-type:\s*multipart/related\b", re.IGNORECASE | re.MULTILINE)
VERSION = re.compile(rb"^mime-version:", re.IGNORECASE | re.MULTILINE)
HEADER_END = re.compile(rb"\r?\n\r?\n")
IS_HTML = re.compile(rb"^content-type:\s*(?:text/html|application/xhtml\+xml)", re.IGNORECASE | re.MULTILINE)
ENCODING = re.compile(rb"^content-transfer-encoding:\s*([\w-]+)", re.IGNORECASE | re.MULTILINE)


def looks_like_mhtml(data: bytes) -> bool:
    """Whether a file has the header of one, before the first blank line.

    >>> looks_like_mhtml(b'MIME-Version: 1.0\\nContent-Type: multipart/related; boundary="x"\\n\\n--x')
    True
    """
    return bool(VERSION.search(_header(data)) and MULTIPART.search(_header(data)))


def unpack_mhtml(data: bytes) -> bytes:
    """The bytes of the page in an MHTML file; those of any other file as they are."""
    if not looks_like_mhtml(data):
        return data
    boundary = BOUNDARY.search(_header(data))
    parts = data.split(b"--" + boundary[1].strip()) if boundary else []
    for part in parts[1:]:
        header = _header(part.lstrip(b"\r\n"))
        if IS_HTML.search(header):
            return _decode(part.lstrip(b"\r\n")[len(header) :].strip(b"\r\n"), header)
    return data


def _header(data: bytes) -> bytes:
    match = HEADER_END.search(data, 0, MAX_HEADER_BYTES)
    return data[: match.start()] if match else b""


def _decode(body: bytes, header: bytes) -> bytes:
    encoding = ENCODING.search(header)
    match encoding[1].lower() if encoding else b"":
        case b"quoted-printable":
            return quopri.decodestring(body)
        case b"base64":
            try:
                return base64.b64decode(body)
            except binascii.Error:
                return b""
        case _:
            return body
