"""A zip archive of parts, as EPUB and DOCX are: the same bytes for the same parts, on every run."""

import io
import zipfile
from collections.abc import Iterable

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date that a zip archive can hold


def packed(parts: Iterable[tuple[str, str | bytes]], stored: frozenset[str] = frozenset()) -> bytes:
    """The parts, name and contents, in their order. Those in `stored` are not compressed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in parts:
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, contents)
    return file.getvalue()
