"""dramaturg reads fiction: who is who, who says what to whom, and where the text says so."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dramaturg.compare.agreement import compare
from dramaturg.errors import DramaturgError
from dramaturg.reading import Reading, register_html_renderer
from dramaturg.story import Story
from dramaturg.version import __version__

if TYPE_CHECKING:
    from dramaturg.exporters import export
    from dramaturg.importers import import_reading
    from dramaturg.pipeline import read
    from dramaturg.sources.limits import Limits

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

# Imported when first used, so that a command that reads no story starts quickly. `compare` cannot be among them: a
# package of this package has the same name.
_MODULES = {
    "Limits": "dramaturg.sources.limits",
    "export": "dramaturg.exporters",
    "import_reading": "dramaturg.importers",
    "read": "dramaturg.pipeline",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _to_html(reading: Reading) -> str:
    from dramaturg.report.notebook import to_html

    return to_html(reading)


register_html_renderer(_to_html)
