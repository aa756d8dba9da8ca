"""Reading → the reading room: one self-contained HTML page, with its own small program and nothing from elsewhere.

A story is someone else's text. It stands in the page as data (`page_data`), which the page's script only ever shows as
text, and once more, escaped, for browsers that run no script (`page_plain`). A Content-Security-Policy names our own
script and style by their hashes and forbids everything else: other scripts, every request, mark-up made of strings.
"""

import base64
import hashlib
import re
from importlib.resources import files
from string import Template

from dramaturg.formatting import clip, one_line
from dramaturg.reading import Reading
from dramaturg.report.page_data import page_data
from dramaturg.report.page_plain import escaped, plain_story

# In the order in which they stand in the page; main.js begins.
SCRIPTS = (
    "dom.js",
    "data.js",
    "known.js",
    "route.js",
    "text.js",
    "side.js",
    "people.js",
    "company.js",
    "scenes.js",
    "search.js",
    "laying.js",
    "corrections.js",
    "uncertain.js",
    "main.js",
)
ALLOWED = 390_000  # bytes of a page besides three times its text, and some for page.html
TOO_LONG = "It is too long, or too full of talk, to stand here twice: open this page where JavaScript is allowed."
LANGUAGE = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,5}")
POLICY = (
    "default-src 'none'; script-src {script}; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def show_page(reading: Reading) -> str:
    """The page as HTML."""
    style, script, data = _part("page.css"), page_script(), page_data(reading)
    source = reading.story.source
    language = source.language or ""
    title = clip(one_line(source.title or source.path), 200)
    return Template(_part("page.html")).substitute(
        policy=POLICY.format(script=_hash(script), style=_hash(style)),
        style=style,
        script=script,
        title=escaped(title),
        byline=f"<p>by {escaped(one_line(source.author))}</p>" if source.author else "",
        language=language if LANGUAGE.fullmatch(language) else "und",
        data=data,
        plain=_plain(reading, len((style + script + data).encode())),
        version=escaped(reading.made_by.version),
    )


def _plain(reading: Reading, n_bytes: int) -> str:
    """The story for browsers without scripts; a word in its place where the page, of `n_bytes` so far, got too big."""
    plain = plain_story(reading)
    allowed = 3 * len(reading.story.text.encode("utf-8", "replace")) + ALLOWED
    return plain if n_bytes + len(plain.encode()) <= allowed else f"<p>{TOO_LONG}</p>"


def page_script() -> str:
    """The page's program: the libraries with their licences, then ours, in one scope that nothing outside sees."""
    ours = "\n".join(_part(f"page_script/{name}") for name in SCRIPTS)
    libraries = f"/*\n{_part('vendor/LICENSES.txt')}*/\n{_part('vendor/d3.js')}"
    return f'(() => {{\n"use strict";\n{libraries}\n{ours}\n}})();\n'


def _hash(text: str) -> str:
    """The name of an inline script or style in a Content-Security-Policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
