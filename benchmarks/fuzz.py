"""Fuzzing: random inputs through the whole pipeline, and a table of the results.

    python -m benchmarks.fuzz --seconds 60
    python -m benchmarks.fuzz --seconds 60 --engine atheris      (coverage-guided; pip install atheris)

Seeds are the examples and the test cases, unchanged and packed into e-books and Word documents. They are cut,
repeated, spliced, and mixed with the characters that the sources react to. Every input must end in a story that
satisfies its invariants, or in one of our errors. Every so many inputs (`--whole`), the story is read to the end,
with the model and the cast, and the reading must satisfy its invariants too. An input that fails is written to
`--keep`, to become a test case. Times are CPU times, which depend little on the load of the machine.
"""

import argparse
import io
import json
import quopri
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dramaturg import Reading, Story

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 200_000  # bytes of one input
STUCK = 90  # seconds for one input, after which it counts as a crash; 44,000 marks take 30 on a busy machine
XHTML = "http://www.w3.org/1999/xhtml"
TOKENS = [
    *(b"<p> </p> <br> <br/> <hr> <div> </div> <b> <i> </i>".split()),
    *(b"<em> </em> <a href='#n'> <a id='n'> </a> <sup>1</sup> <h1>".split()),
    *(b"<h2> </h2> <table> <tr> <td> <ruby> <rt> <pre> </pre>".split()),
    *(b"<q> </q> <title> <script> <!-- --> <![CDATA[ ]]> &amp; ".split()),
    *(b"&#0; &#xd800; &nbsp; & < > <img alt='A'> <nav> <li>".split()),
    *(b"<dl> <dt> <dd> <?xml <html> <body hidden> <p/> <font a=1>".split()),
    *("“ ” ‘ ’ \" ' « » — – … -- ? ! . , ; : ( ) [ ] * _ / =".split(" ")),
    *("# ~ > *** --- xXx o0o \u200f \u202e \u00ad \u2060 \ufeff".split(" ")),
    b"\n", b"\n\n", b"\r\n", b"\r", b"\t", b" ", b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"\x85",
    b"PK\x03\x04", b"\x1a",
    *"Chapter 1|CHAPTER II|I|THE KEY|THE END|A/N:|Summary: x".split("|"),
    *"Title: x|by Jane Roe|she said|he asked,|“No,” she said.|Dr.|Mrs".split("|"),
    *"[Footnote 1: x]|*** START OF THIS PROJECT GUTENBERG EBOOK X ***".split("|"),
    *"End of Project Gutenberg's X|Contents|Rukia's POV".split("|"),
]  # fmt: skip
DICTIONARY = [token if isinstance(token, bytes) else token.encode() for token in TOKENS]


@dataclass
class Tally:
    """What came of the inputs. `slowest`: seconds; `peak`: bytes of memory, the interpreter's own included."""

    tried: int = 0
    stories: int = 0
    whole: int = 0
    refused: int = 0
    crashes: list[str] = field(default_factory=list)
    slowest: float = 0.0
    slowest_size: int = 0
    slowest_kind: str = ""
    peak: int = 0
    seconds: float = 0.0
    by_kind: dict[str, int] = field(default_factory=dict)


class Stuck(Exception):
    """One input took longer than STUCK seconds."""


# ---- seeds


def seeds() -> dict[str, list[bytes]]:
    """Kind (an extension) → inputs that are as they should be."""
    texts = [path.read_bytes() for path in sorted((ROOT / "examples").glob("*")) if path.suffix in (".txt", ".md")]
    texts = [text[:20_000] for text in texts]
    for path in sorted((ROOT / "tests/cases").glob("*.json")):
        cases = json.loads(path.read_text(encoding="utf-8"))
        told = [case.get("text") for case in cases if isinstance(case, dict)]
        texts += [text.encode("utf-8", "surrogatepass") for text in told if isinstance(text, str) and text]
    pages = [path.read_bytes() for path in sorted((ROOT / "tests/cases/html").glob("*"))]
    pages += [
        case["markup"].encode() for case in json.loads((ROOT / "tests/cases/markup.json").read_text(encoding="utf-8"))
    ]
    found = sorted((ROOT / "tests/cases/found").glob("*"))
    known = {
        ".txt": texts,
        ".md": list(texts),
        ".html": pages,
        ".epub": [epub(page) for page in pages[:12]],
        ".docx": [docx(text[:4000]) for text in texts[:12]],
        ".odt": [odt(text[:4000]) for text in texts[:12]],
        ".fb2": [fb2(text[:4000]) for text in texts[:12]],
        ".rtf": [rtf(text[:4000]) for text in texts[:12]],
        ".eml": [letter(text[:4000]) for text in texts[:12]],
        ".zip": [packed({"story.txt": text[:4000]}) for text in texts[:6]],
    }
    for path in found:
        known[path.suffix].append(path.read_bytes())
    return known


def epub(page: bytes) -> bytes:
    """A small e-book of one page."""
    text = page.decode("utf-8", "replace")
    return packed(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": b'<container><rootfiles><rootfile full-path="a.opf"/></rootfiles></container>',
            "a.opf": b'<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="x"><dc:title>T'
            b'</dc:title></metadata><manifest><item id="n" href="nav.xhtml" properties="nav" media-type="application/'
            b'xhtml+xml"/><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine>'
            b'<itemref idref="a"/></spine></package>',
            "nav.xhtml": b'<html><nav epub:type="toc"><ol><li><a href="a.xhtml#c">One</a></li></ol></nav></html>',
            "a.xhtml": f'<html xmlns="{XHTML}"><body><h2 id="c">One</h2>{text}</body></html>'.encode(),
        }
    )


def docx(text: bytes) -> bytes:
    """A small Word document: a paragraph a line."""
    lines = re.sub("[<&]", "", text.decode("utf-8", "replace")).split("\n")
    body = "".join(f"<w:p><w:pPr/><w:r><w:rPr><w:i/></w:rPr><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return packed(
        {
            "[Content_Types].xml": b"<Types/>",
            "word/document.xml": f'<w:document xmlns:w="{name}"><w:body>{body}</w:body></w:document>'.encode(),
            "word/styles.xml": f'<w:styles xmlns:w="{name}"><w:style w:styleId="H"/></w:styles>'.encode(),
        }
    )


def odt(text: bytes) -> bytes:
    """A small OpenDocument text: a paragraph a line."""
    lines = re.sub("[<&]", "", text.decode("utf-8", "replace")).split("\n")
    body = "".join(f"<text:p>{line}</text:p>" for line in lines)
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "text"))
    content = f"<office:document-content {names}><office:body><office:text>{body}</office:text></office:body>"
    return packed(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": f"{content}</office:document-content>".encode(),
        }
    )


def fb2(text: bytes) -> bytes:
    """A small FictionBook: a paragraph a line."""
    lines = re.sub("[<&]", "", text.decode("utf-8", "replace")).split("\n")
    body = "".join(f"<p>{line}<emphasis>!</emphasis></p>" for line in lines)
    info = "<description><title-info><book-title>T</book-title></title-info></description>"
    title = "<title><p>One</p></title>"
    return f"<FictionBook>{info}<body><section>{title}{body}</section></body></FictionBook>".encode()


def rtf(text: bytes) -> bytes:
    """A small RTF document: a paragraph a line, with a note, a field and a cell of a table."""
    body = "".join(
        f"\\u{ord(c) - 0x10000 if ord(c) > 0x7FFF else ord(c)}?" if ord(c) > 126 else f"\\{c}" if c in "{}\\" else c
        for c in text.decode("utf-8", "replace").replace("\n", "\\par\n")
        if ord(c) < 0x10000
    )
    head = r"{\rtf1\ansi{\fonttbl{\f0\fcharset0 Times;}{\f1\fcharset2 Symbol;}}{\stylesheet{\s1\b heading 1;}}"
    note, link = r"{\super\chftn{\footnote\pard A note.}}", r"{\field{\*\fldinst HYPERLINK x}{\fldrslt\ul here}}"
    row = r"\trowd\intbl a\cell b\cell\row"
    return (rf"{head}{{\info{{\title T}}}}\pard\s1 One\par\pard {note}{{\i {link}}}{row}\pard " + body + "}").encode()


def letter(text: bytes) -> bytes:
    """A letter with a text, quoted-printable."""
    header = b"From: A <a@example.org>\nSubject: T\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
    return header + b"Content-Transfer-Encoding: quoted-printable\n\n" + quopri.encodestring(text)


def packed(files: dict[str, bytes]) -> bytes:
    """A zip of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


# ---- mutations


def mutate(data: bytes, kind: str, known: dict[str, list[bytes]], chance: random.Random) -> bytes:
    """The input with one to twelve things wrong; in archives mostly inside their files."""
    if kind in (".epub", ".docx", ".odt", ".zip") and chance.random() < 0.8:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                files = {name: archive.read(name) for name in archive.namelist()}
        except (zipfile.BadZipFile, RuntimeError, ValueError):
            return data
        name = chance.choice(list(files))
        files[name] = mutate(files[name], ".html", known, chance)
        return packed(files)
    for _ in range(chance.randint(1, 12)):
        data = _once(data, kind, known, chance)[:LONGEST]
    return data


def _once(data: bytes, kind: str, known: dict[str, list[bytes]], chance: random.Random) -> bytes:
    a, b = sorted((chance.randint(0, len(data)), chance.randint(0, len(data))))
    b = min(b, a + chance.choice((1, 10, 100, 10_000)))
    match chance.randint(0, 7):
        case 0:
            return data[:a] + data[b:]
        case 1:
            return data[:a] + data[a:b] * chance.choice((2, 3, 50)) + data[b:]
        case 2:
            return data[:a] + bytes([chance.randint(0, 255)]) + data[a + 1 :]
        case 3:
            return data[:a] + chance.choice(DICTIONARY) * chance.choice((100, 1000, 10_000)) + data[a:]
        case 4:
            other = chance.choice(known[kind])
            start = chance.randint(0, len(other))
            return data[:a] + other[start : start + 2000] + data[a:]
        case 5:
            return data[b:] + data[a:b] + data[:a]
        case _:
            return data[:a] + b"".join(chance.choices(DICTIONARY, k=chance.choice((1, 1, 5, 40)))) + data[a:]


# ---- one input


def attempt(data: bytes, kind: str, tally: Tally, keep: Path | None, whole: bool) -> None:
    """Read one input and write down what came of it."""
    from dramaturg.errors import DramaturgError
    from dramaturg.sources import load_bytes

    started = time.process_time()
    try:
        try:
            story = load_bytes(data, f"story{kind}")
        except DramaturgError as error:
            assert "\n" not in str(error)
            tally.refused += 1
        else:
            hold(story)
            tally.whole += follow(story, whole)
            tally.stories += 1
    except (Exception, Stuck) as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        told = f"{kind} {type(error).__name__} at {Path(where.filename).name}:{where.lineno}: {error}"[:200]
        if told not in tally.crashes:
            tally.crashes.append(told)
            if keep is not None:
                (keep / f"found-{len(tally.crashes)}{kind}").write_bytes(data)
    seconds = time.process_time() - started
    tally.tried += 1
    tally.by_kind[kind] = tally.by_kind.get(kind, 0) + 1
    if seconds > tally.slowest:
        tally.slowest, tally.slowest_size, tally.slowest_kind = seconds, len(data), kind
        if keep is not None:
            (keep / f"slowest{kind}").write_bytes(data)


def follow(story: "Story", whole: bool) -> bool:
    """Scan a story, and read it to the end where that is asked for and it is not long. Says whether it was."""
    from dramaturg.pipeline import read_story
    from dramaturg.scan import scan

    for quotation in scan(story).quotations:
        assert 0 <= quotation.start < quotation.end <= len(story.text), "a quotation outside of the text"
    if whole and len(story.text) < LONGEST // 4:
        hold_reading(read_story(story))
        return True
    return False


def hold(story: "Story") -> None:
    """What every story promises."""
    text, position = story.text, 0
    for block in story.blocks:
        assert position <= block.start < block.end <= len(text), "blocks out of order"
        assert not text[position : block.start].strip(), "text outside of blocks"
        position = block.end
    assert not text[position:].strip(), "text after the last block"
    for span in story.emphasis:
        assert 0 <= span.start < span.end <= len(text), "emphasis outside of the text"


def hold_reading(reading: "Reading") -> None:
    """What every reading promises."""
    text = reading.story.text
    assert "".join(text[segment.start : segment.end] for segment in reading.segments) == text, "segments with gaps"
    people = {character.id for character in reading.characters}
    assert len(people) == len(reading.characters), "two characters of one id"
    places = [(mention.start, mention.end) for mention in reading.mentions]
    places += [(quotation.start, quotation.end) for quotation in reading.quotations]
    places += [(event.start, event.end) for event in reading.events]
    assert all(0 <= start < end <= len(text) for start, end in places), "a finding outside of the text"
    assert {quotation.speaker for quotation in reading.quotations} <= {None, *people}, "a speaker who is nobody"
    document = reading.to_json()
    assert type(reading).from_json(document).to_json() == document, "a document that does not come back"


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise Stuck(f"more than {STUCK} seconds")


def peak() -> int:
    """The most memory that this process has held, in bytes; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


# ---- the worker


def work(args: argparse.Namespace) -> None:
    """Try inputs until the time is over; the tally goes to a file as it grows, so that a dead worker leaves it."""
    tally, known, chance = Tally(), seeds(), random.Random(args.seed)
    kinds = [kind for kind in known if args.kind in (None, kind.strip("."))]
    keep = Path(args.keep) if args.keep else None
    started = last_told = time.monotonic()

    def one(data: bytes, kind: str) -> None:
        nonlocal last_told
        (Path(args.tally).with_suffix(".input")).write_bytes(kind.encode() + b"\n" + data)
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, STUCK)
        attempt(data, kind, tally, keep, whole=tally.tried % args.whole == 0)
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, 0)
        tally.peak, tally.seconds = peak(), time.monotonic() - started
        if time.monotonic() > last_told + 0.5:
            last_told = time.monotonic()
            Path(args.tally).write_text(json.dumps(asdict(tally)))

    if hasattr(signal, "SIGPROF"):
        signal.signal(signal.SIGPROF, _ring)
    if args.engine == "atheris":
        _guided(args, kinds, known, one)
    else:
        while time.monotonic() < started + args.seconds:
            kind = chance.choice(kinds)
            one(mutate(chance.choice(known[kind]), kind, known, chance), kind)
    Path(args.tally).write_text(json.dumps(asdict(tally)))


def _guided(args: argparse.Namespace, kinds: list[str], known: dict[str, list[bytes]], one: object) -> None:
    import atheris

    with atheris.instrument_imports(include=["dramaturg"]):
        import dramaturg.sources.docx
        import dramaturg.sources.epub
        import dramaturg.sources.html
        import dramaturg.sources.plain  # noqa: F401

    def test(data: bytes) -> None:
        one(data[1:], kinds[data[0] % len(kinds)] if data else kinds[0])  # type: ignore[operator]

    with tempfile.TemporaryDirectory() as corpus:
        for k, kind in enumerate(kinds):
            for n, seed in enumerate(known[kind][:60]):
                (Path(corpus) / f"{kind}{n}").write_bytes(bytes([k]) + seed[:LONGEST])
        atheris.Setup(
            [sys.argv[0], corpus, f"-max_total_time={args.seconds}", f"-max_len={LONGEST}", "-verbosity=0"], test
        )
        atheris.Fuzz()


# ---- the command


def main() -> int:
    """Start a worker, see that it lives, print the table. Exit code 1 where anything crashed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, help="how long")
    parser.add_argument("--engine", choices=("random", "atheris"), default="random")
    parser.add_argument(
        "--kind",
        choices=("txt", "md", "html", "epub", "docx", "odt", "rtf", "fb2", "eml", "zip"),
        help="one source alone",
    )
    parser.add_argument("--seed", type=int, default=0, help="the same inputs for the same number (random only)")
    parser.add_argument("--whole", type=int, default=4, metavar="N", help="one of so many to the end (default: 4)")
    parser.add_argument("--keep", metavar="FOLDER", help="where inputs go that crashed, and the slowest")
    parser.add_argument("--tally", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.tally:
        work(args)
        return 0
    if args.keep:
        Path(args.keep).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "tally.json"
        command = [sys.executable, "-m", "benchmarks.fuzz", *sys.argv[1:], "--tally", str(told)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=args.seconds + 300)
        tally = Tally(**json.loads(told.read_text())) if told.exists() else Tally()
        if done.returncode not in (0, 77) or not told.exists():
            lines = done.stderr.strip().splitlines()
            tally.crashes.append(f"the process ended with {done.returncode}: {lines[-1] if lines else ''}")
            last = told.with_suffix(".input")
            if args.keep and last.exists():
                (Path(args.keep) / "last.input").write_bytes(last.read_bytes())
    print("\n".join(table(tally, args.engine)))
    return 1 if tally.crashes else 0


def table(tally: Tally, engine: str) -> Iterator[str]:
    """The figures, a line each."""
    yield f"engine          {engine}, {tally.seconds:.0f} s"
    yield f"inputs tried    {tally.tried}: " + ", ".join(f"{n} {kind.strip('.')}" for kind, n in tally.by_kind.items())
    yield f"ended in        {tally.stories} stories, {tally.refused} refusals, {len(tally.crashes)} crashes"
    yield f"to the end      {tally.whole}, with the model and the cast"
    yield f"slowest input   {tally.slowest:.2f} s, {tally.slowest_size} bytes of {tally.slowest_kind.strip('.')}"
    yield f"peak memory     {tally.peak / (1 << 20):.0f} MiB"
    for crash in tally.crashes:
        yield f"crash           {crash}"


if __name__ == "__main__":
    sys.exit(main())
