"""Text helpers for what people read: counts, percentages, titles, text on one line and shortened text."""

import re

NUMBER_BEFORE_NAME = re.compile(r"^\d+[\s_.-]+(?=\S)")


def counted(n: int, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 line`, `2,310 lines`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def percent(chance: float) -> str:
    """A probability as a percentage; 0% and 100% only where it is exactly 0 or 1."""
    return f"{round(chance * 100)}%" if chance in (0, 1) else f"{min(99, max(1, round(chance * 100)))}%"


def one_line(text: str) -> str:
    """The text with every run of white space replaced by one space."""
    return " ".join(text.split())


def clip(text: str, length: int) -> str:
    """The text, shortened at a word to at most `length` characters including the ellipsis."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut).rstrip(" ,;:") + "…"


def words_in(text: str) -> int:
    """The number of words in a text, separated by white space."""
    return len(text.split())


def title_from_file_name(name: str) -> str:
    """A title for a story whose text gives none: its file name without number, extension and underscores.

    >>> title_from_file_name("113_the_secret_garden.txt")
    'The Secret Garden'
    >>> title_from_file_name("My Draft (3).docx")
    'My Draft (3)'
    """
    stem = name if name == "-" else name.rpartition(".")[0] or name
    words = one_line(re.sub("_+|(?<=[a-z0-9])-+(?=[a-z0-9])", " ", NUMBER_BEFORE_NAME.sub("", stem)))
    if words == words.lower():
        words = " ".join(word[:1].upper() + word[1:] for word in words.split())
    return words if any(c.isalnum() for c in words) else "A story"
