"""Reading → the reading room: one self-contained HTML page with its own script and no external resources.

A story is someone else's text. The page contains it as data (`page_data`), which the script only ever shows as text,
and again, escaped, for browsers without JavaScript (`page_plain`). A Content-Security-Policy allows our own script and
style by their hashes and forbids everything else: other scripts, every request, and markup made from strings.
"""

import base64
import hashlib
import re
from importlib.resources import files
from string import Template

from dramaturg.formatting import clip, one_line, title_from_file_name
from dramaturg.reading import Reading
from dramaturg.report.page_data import page_data
from dramaturg.report.page_plain import escaped, plain_story

# In the order in which the page includes them; main.js starts the program.
SCRIPTS = (
    "dom.js",
    "data.js",
    "known_so_far.js",
    "route.js",
    "text.js",
    "picker.js",
    "side_panel.js",
    "people.js",
    "family.js",
    "connections.js",
    "scenes.js",
    "search.js",
    "apply_corrections.js",
    "corrections.js",
    "selection.js",
    "uncertain.js",
    "continuity.js",
    "main.js",
)
MAX_EXTRA_BYTES = 390_000  # of a page, beyond three times its text; the rest up to 400 KB is for page.html
TOO_LONG = "The story is too long to include twice. Open this page in a browser that allows JavaScript."
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
    title = clip(one_line(source.title or title_from_file_name(source.path)), 200)
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
    """The story for browsers without JavaScript; only a note where that would make the page too big.

    `n_bytes`: the size of the rest of the page.
    """
    plain = plain_story(reading)
    allowed = 3 * len(reading.story.text.encode("utf-8", "replace")) + MAX_EXTRA_BYTES
    return plain if n_bytes + len(plain.encode()) <= allowed else f"<p>{TOO_LONG}</p>"


def page_script() -> str:
    """The page's JavaScript: the libraries with their licences, then our files, in one function scope."""
    ours = "\n".join(_part(f"page_script/{name}") for name in SCRIPTS)
    libraries = f"/*\n{_part('vendor/LICENSES.txt')}*/\n{_part('vendor/d3.js')}"
    return f'(() => {{\n"use strict";\n{libraries}\n{ours}\n}})();\n'


def _hash(text: str) -> str:
    """The hash source of an inline script or style for a Content-Security-Policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
