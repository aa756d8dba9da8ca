"""A zip in memory, opened with care: e-books and Word documents are zips.

Nothing is ever unpacked to the disk, and names are looked up in the archive's own list: no path leads out of it.
Sizes are checked before anything is inflated, and inflating stops at the size that was declared.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from dramaturg.errors import RefusedStory, UnreadableStory
from dramaturg.sources.limits import DEFAULT, Limits, refuse

LARGE = 1 << 20  # bytes; smaller files may be packed as tightly as they like
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what EPUB and DOCX allow; they alone inflate in steps
ENTRY = b"PK\x01\x02"  # starts each entry of the list at a zip's end
ENCRYPTED = 0x1
LONGEST_NAME = 80  # characters of a name in a message
STEP = 1 << 18  # bytes inflated at a time


class Archive:
    """The files of a zip, by name. `name` is what messages call the zip."""

    def __init__(self, data: bytes, name: str, limits: Limits = DEFAULT) -> None:
        """Read the list of files.

        Raises UnreadableStory where the zip is damaged or truncated, RefusedStory past a limit.
        """
        self.name, self.limits = name, limits
        self.n_read = 0
        if data.count(ENTRY) > limits.entries:  # before zipfile makes an object of each
            raise refuse(name, limits, "entries", f"it holds {data.count(ENTRY):,} files")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except Exception as error:  # zipfile has no one family of errors, and bytes can be anything
            raise UnreadableStory(
                f"{name}: this is a damaged or truncated ZIP file ({_reason(error)}). Download or save it again."
            ) from error
        self._entries = {info.filename: info for info in self._zip.infolist() if info.filename.strip("/")}
        unknown = next((info.filename for info in self._zip.infolist() if info.compress_type not in METHODS), None)
        if unknown is not None:
            raise UnreadableStory(
                f"{name}: {shown(unknown)} in it is packed by a method that is not read. Pack it as ZIPs usually are."
            )
        self._known = {_key(filename): filename for filename in reversed(self._entries)}
        self._refuse_bomb()

    def __iter__(self) -> Iterator[str]:
        """The names of the files, in the archive's order."""
        return iter(self._entries)

    def find(self, path: str, base: str = "") -> str | None:
        """The file that a path, as written in the file `base`, leads to: None where the archive has no such file.

        Paths come with %20, with ../ and in other cases than the file's own name.
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
                found = self._known.get(_key(joined)) or self._known.get(_key(unquote(joined)))
                if found:
                    return found
        return None

    def size(self, filename: str) -> int:
        """The bytes that a file of the archive unpacks to."""
        return self._entries[filename].file_size

    def read(self, filename: str) -> bytes:
        """The bytes of a file of the archive.

        Raises UnreadableStory where they are damaged, RefusedStory where they are encrypted or past a limit.
        """
        info = self._entries[filename]
        if info.flag_bits & ENCRYPTED:
            raise RefusedStory(
                f"{self.name}: it is encrypted with a password ({shown(filename)}). Unpack it with the password first."
            )
        self.n_read += info.file_size
        if self.n_read > self.limits.file_size:  # what plain text may have, text in an archive may have too
            raise refuse(self.name, self.limits, "file_size", f"it holds {self.n_read:,} bytes of text and more")
        try:
            with self._zip.open(
                info
            ) as file:  # in steps: zipfile would first inflate all, then cut at the declared size
                return b"".join(iter(lambda: file.read(STEP), b""))
        except Exception as error:
            raise UnreadableStory(
                f"{self.name}: {shown(filename)} in it is damaged ({_reason(error)}). Download or save it again."
            ) from error

    def _refuse_bomb(self) -> None:
        entries = self._entries.values()
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > self.limits.archive_size:
            raise refuse(self.name, self.limits, "archive_size", f"it unpacks to {unpacked:,} bytes")
        for entry in entries:
            if entry.file_size > LARGE and entry.file_size > self.limits.ratio * entry.compress_size:
                times = entry.file_size // max(1, entry.compress_size)
                what = f"{shown(entry.filename)} in it unpacks to {times:,} times its size"
                raise refuse(self.name, self.limits, "ratio", what)


SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|\\\\")


def _key(path: str) -> str:
    """A name for comparing: one kind of slash, no ./ and ../ left, no leading slash, small letters."""
    path = posixpath.normpath("/" + path.replace("\\", "/"))
    return path.lstrip("/").casefold()


def shown(filename: str) -> str:
    """A file's name for a message: one short line, whatever is in it."""
    line = " ".join("".join(c if c.isprintable() else " " for c in filename[:400]).split())
    return line if len(line) <= LONGEST_NAME else f"…{line[-LONGEST_NAME:]}"


def _reason(error: Exception) -> str:
    if isinstance(error, zlib.error):
        return "its packing is broken"
    if "not a zip file" in str(error):
        return "the list of its files, at its end, is missing"
    reason = " ".join(str(error).split()) or type(error).__name__
    return reason[:100]
