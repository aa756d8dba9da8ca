"""ZIP archives, as EPUB and DOCX are: the same parts give the same bytes on every run."""

import io
import zipfile
from collections.abc import Iterable

TIMESTAMP = (1980, 1, 1, 0, 0, 0)  # the first date that a ZIP archive can hold


def zip_bytes(parts: Iterable[tuple[str, str | bytes]], stored: frozenset[str] = frozenset()) -> bytes:
    """The archive of these parts, given as name and contents. Those named in `stored` are not compressed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in parts:
            entry = zipfile.ZipInfo(name, TIMESTAMP)
            entry.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, contents)
    return file.getvalue()
