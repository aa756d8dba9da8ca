"""Optional dependencies: an export that needs another package says how to install it."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from dramaturg.errors import MissingExtra

PACKAGES = {"parquet": "pyarrow", "networks": "networkx", "spacy": "spacy"}  # by the extra that installs each


def require(module: str, extra: str) -> ModuleType:
    """Import a module of another package. Raises MissingExtra if the package is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        raise _missing(module.partition(".")[0], extra) from error


def check_extra(extra: str) -> None:
    """Raise MissingExtra if an extra is not installed, without importing its package."""
    if find_spec(PACKAGES[extra]) is None:
        raise _missing(PACKAGES[extra], extra)


def _missing(package: str, extra: str) -> MissingExtra:
    return MissingExtra(f"this needs {package}, which is not installed: pip install 'dramaturg[{extra}]'")
