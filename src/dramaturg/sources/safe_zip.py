"""ZIP files in memory, read safely: e-books and Word documents are ZIP files.

Nothing is unpacked to the disk, and names are looked up in the archive's own list, so no path leads out of it. Sizes
are checked before anything is inflated, and inflating stops at the declared size.
"""

import io
import posixpath
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from dramaturg.errors import RefusedStory, UnreadableStory
from dramaturg.sources.limits import DEFAULT, Limits, limit_exceeded

MIN_RATIO_CHECK_BYTES = 1 << 20  # smaller files may have any ratio
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what EPUB and DOCX allow, and what can be inflated in steps
ENTRY = b"PK\x01\x02"  # starts each entry of the list at the end of a ZIP file
ENCRYPTED_FLAG = 0x1
MAX_NAME_CHARACTERS = 80  # of a file name in a message
STEP_BYTES = 1 << 18  # inflated at a time


class Archive:
    """The files of a ZIP file, by name. `name`: the name of the ZIP file in messages."""

    def __init__(self, data: bytes, name: str, limits: Limits = DEFAULT) -> None:
        """Read the list of files.

        Raises UnreadableStory if the ZIP file is damaged or truncated, RefusedStory past a limit.
        """
        self.name, self.limits = name, limits
        self.n_read = 0
        if data.count(ENTRY) > limits.entries:  # checked before zipfile makes an object for each
            raise limit_exceeded(name, limits, "entries", f"it holds {data.count(ENTRY):,} files")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except Exception as error:  # zipfile raises many kinds of errors for damaged files
            raise UnreadableStory(
                f"{name}: this is a damaged or truncated ZIP file ({_reason(error)}). Download or save it again."
            ) from error
        self._entries = {info.filename: info for info in self._zip.infolist() if info.filename.strip("/")}
        unknown = next((info.filename for info in self._zip.infolist() if info.compress_type not in METHODS), None)
        if unknown is not None:
            raise UnreadableStory(
                f"{name}: {printable_name(unknown)} in it is compressed by a method that dramaturg does not read. "
                "Pack it again with the usual method (deflate)."
            )
        self._filenames = {_normalise(filename): filename for filename in reversed(self._entries)}
        for filename in self._entries:
            for other in _other_encodings(filename):
                self._filenames.setdefault(_normalise(other), filename)
        self._refuse_bomb()

    def __iter__(self) -> Iterator[str]:
        """The names of the files, in the archive's order."""
        return iter(self._entries)

    def find(self, path: str, base: str = "") -> str | None:
        """The file that a path in the file `base` leads to, or None if the archive has no such file.

        A path may have %20 and ../ in it, and differ from the file name in case.
        """
        written = path.partition("#")[0].strip()
        if not written or SCHEME.match(written):
            return None
        folder = posixpath.dirname(base)
        for candidate in (written, unquote(written), urlsplit(written).path):
            for start in (folder, ""):
                joined = posixpath.join(start, candidate)
                if joined in self._entries:
                    return joined
                found = self._filenames.get(_normalise(joined)) or self._filenames.get(_normalise(unquote(joined)))
                if found:
                    return found
        return None

    def size(self, filename: str) -> int:
        """The size of a file of the archive in bytes, unpacked."""
        return self._entries[filename].file_size

    def read(self, filename: str) -> bytes:
        """The bytes of a file of the archive.

        Raises UnreadableStory if they are damaged, RefusedStory if they are encrypted or past a limit.
        """
        info = self._entries[filename]
        if info.flag_bits & ENCRYPTED_FLAG:
            raise RefusedStory(
                f"{self.name}: this file is encrypted with a password ({printable_name(filename)}). "
                "Unpack it with the password and pack it again without one."
            )
        self.n_read += info.file_size
        if self.n_read > self.limits.file_size:  # the same limit as for plain text
            raise limit_exceeded(self.name, self.limits, "file_size", f"its text has {self.n_read:,} bytes or more")
        try:
            # In steps: zipfile would first inflate all of it, then cut it at the declared size.
            with self._zip.open(info) as file:
                return b"".join(iter(lambda: file.read(STEP_BYTES), b""))
        except Exception as error:
            raise UnreadableStory(
                f"{self.name}: {printable_name(filename)} in this file is damaged ({_reason(error)}). "
                "Download or save the file again."
            ) from error

    def _refuse_bomb(self) -> None:
        entries = self._entries.values()
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > self.limits.archive_size:
            raise limit_exceeded(self.name, self.limits, "archive_size", f"it unpacks to {unpacked:,} bytes")
        for entry in entries:
            if entry.file_size > MIN_RATIO_CHECK_BYTES and entry.file_size > self.limits.ratio * entry.compress_size:
                times = entry.file_size // max(1, entry.compress_size)
                what = f"{printable_name(entry.filename)} in it unpacks to {times:,} times its size"
                raise limit_exceeded(self.name, self.limits, "ratio", what)


SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|\\\\")


def _normalise(path: str) -> str:
    """A name for comparing: / for \\, without ./, ../ and a leading slash, in lower case.

    Accented letters are composed: some systems store them as a letter and an accent.
    """
    path = posixpath.normpath("/" + path.replace("\\", "/"))
    return unicodedata.normalize("NFC", path.lstrip("/")).casefold()


def _other_encodings(filename: str) -> Iterator[str]:
    """What a name was before a program took its bytes for those of DOS (code page 437)."""
    if filename.isascii():
        return
    with suppress(UnicodeEncodeError):
        data = filename.encode("cp437")
        for encoding in ("utf-8", "cp1252"):
            with suppress(UnicodeDecodeError):
                yield data.decode(encoding)


def printable_name(filename: str) -> str:
    """A file name for a message: one short line of printable characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in filename[:400]).split())
    return line if len(line) <= MAX_NAME_CHARACTERS else f"…{line[-MAX_NAME_CHARACTERS:]}"


def _reason(error: Exception) -> str:
    if isinstance(error, zlib.error):
        return "its compressed data are broken"
    if "not a zip file" in str(error):
        return "the list of its files, at its end, is missing"
    reason = " ".join(str(error).split()) or type(error).__name__
    return reason[:100]
