"""dramaturg reads fiction: who is who, who says what to whom, and where the text says so."""

from dramaturg.compare.agreement import compare
from dramaturg.errors import DramaturgError
from dramaturg.exporters import export
from dramaturg.importers import import_reading
from dramaturg.pipeline import read
from dramaturg.reading import Reading, register_html_renderer
from dramaturg.report.notebook import to_html
from dramaturg.sources.limits import Limits
from dramaturg.story import Story
from dramaturg.version import __version__

__all__ = [
    "DramaturgError",
    "Limits",
    "Reading",
    "Story",
    "__version__",
    "compare",
    "export",
    "import_reading",
    "read",
]

register_html_renderer(to_html)
