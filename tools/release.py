"""Make a release: wheel and source archive, a bill of materials, checksums; and check them.

    python tools/release.py                 build into dist/, twice, and compare; then test the wheel
    python tools/release.py --no-smoke      without the test in an empty environment

The archives carry the time of the commit (SOURCE_DATE_EPOCH), and hatchling writes their entries in one order with
one set of permissions. So the same commit gives the same bytes on any machine with the versions in tools/release.txt.
See docs/releasing.md.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
import venv
import zipfile
from email.parser import HeaderParser
from importlib.metadata import distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINNED = ROOT / "tools/release.txt"
STORY = "“Is it late?” asked Ann.\n\n“It is,” said Bo.\n"
NAMESPACE = uuid.UUID("7f3c1d0e-9d57-5a42-8a41-6f1f2f7f5f10")  # of the bills' serial numbers; arbitrary, but constant
SMOKE = (  # commands for the wheel, and what their output must contain
    (["--version"], "dramaturg "),
    (["read", "story.txt"], "Ann"),
    (["read", "story.txt", "--json", "story.json", "--html", "story.html"], ""),
    (["lines", "story.json", "Ann"], "Is it late?"),
    (["library", "--db", "books.db", "add", "story.txt", "--workers", "1"], ""),
    (["library", "--db", "books.db", "stats", "--json"], '"stories": 1,\n  "failed": 0,'),
    (["library", "--db", "books.db", "search", "speakers:bo"], "It is"),
    (["library", "--db", "books.db", "verify", "--files"], ""),
    (["schema"], "dramaturg/1"),
)
INTERFACES = "import socket; print(*(name for _, name in socket.if_nameindex()))"
EMPTY = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")


def main(arguments: list[str] | None = None) -> int:
    """Build, compare, test. Returns 0 if everything passes."""
    parser = argparse.ArgumentParser(prog="python tools/release.py", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--no-smoke", action="store_true", help="do not test the wheel in an empty environment")
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="where to (default: dist)")
    options = parser.parse_args(arguments)
    commit = git("rev-parse", "HEAD")
    epoch = commit_time(commit)
    if changes := git("status", "--porcelain", "--untracked-files=no"):
        print(f"not committed, so this is not a release:\n{changes}")
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        build(Path(one), commit, epoch)
        build(Path(other), commit, epoch)
        if checksums(Path(one)) != checksums(Path(other)):
            print("two builds of one commit differ")
            return 1
        options.dist.mkdir(parents=True, exist_ok=True)
        for path in Path(one).iterdir():
            shutil.copy(path, options.dist / path.name)
            os.utime(options.dist / path.name, (epoch, epoch))
        names = [path.name for path in Path(one).iterdir()]
    wheel = next(options.dist / name for name in names if name.endswith(".whl"))
    bill = options.dist / f"{wheel.stem}.cdx.json"
    bill.write_text(json.dumps(bill_of_materials(wheel, epoch), indent=1) + "\n", encoding="utf-8")
    sums = "".join(f"{sha256(options.dist / name)}  {name}\n" for name in sorted([*names, bill.name]))
    (options.dist / "SHA256SUMS").write_text(sums, encoding="utf-8")
    print(sums, end="")
    return 0 if options.no_smoke else smoke(wheel)


def git(*arguments: str) -> str:
    """The output of a git command."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit_time(commit: str) -> int:
    """The time of a commit in seconds since 1970; SOURCE_DATE_EPOCH if that is set."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    return int(given) if given else int(git("log", "-1", "--format=%ct", commit))


def build(target: Path, commit: str, epoch: int) -> None:
    """Build the wheel and the source archive of a commit, in a folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.mkdir()
        archive = Path(folder) / "source.tar"
        git("archive", "--format=tar", f"--output={archive}", commit)
        shutil.unpack_archive(archive, source, filter="data")
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "PYTHONHASHSEED": "0"}
        command = [sys.executable, "-m", "hatchling", "build", "-d", str(target)]
        subprocess.run(command, cwd=source, env=environment, check=True, stdout=subprocess.DEVNULL)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def checksums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file in a folder."""
    return {path.name: sha256(path) for path in sorted(folder.iterdir())}


# ---- the bill of materials


def bill_of_materials(wheel: Path, epoch: int) -> dict[str, object]:
    """The wheel's contents and requirements, as CycloneDX 1.5: https://cyclonedx.org/docs/1.5/json/.

    Components are its run-time dependencies, with the versions that were tested here and their licences, and the
    files of third-party code or data inside it. The same wheel gives the same bill.
    """
    with zipfile.ZipFile(wheel) as archive:
        metadata = HeaderParser().parsestr(archive.read(_metadata_name(archive)).decode("utf-8"))
        files = [
            {
                "type": "file",
                "name": name,
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(archive.read(name)).hexdigest()}],
            }
            for name in sorted(archive.namelist())
            if "/weights/" in name or "/vendor/" in name
        ]
    root = f"pkg:pypi/{metadata['Name']}@{metadata['Version']}"
    needed = _needed([line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line])
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, sha256(wheel))}",
        "version": 1,
        "metadata": {
            "timestamp": _iso(epoch),
            "component": {
                "bom-ref": root,
                "type": "library",
                "name": metadata["Name"],
                "version": metadata["Version"],
                "purl": root,
                "licenses": [{"expression": metadata["License-Expression"]}],
                "hashes": [{"alg": "SHA-256", "content": sha256(wheel)}],
            },
        },
        "components": [*needed, *files],
        "dependencies": [
            {"ref": root, "dependsOn": [component["bom-ref"] for component in needed]},
            *({"ref": component["bom-ref"], "dependsOn": []} for component in needed),
        ],
    }


def _metadata_name(archive: zipfile.ZipFile) -> str:
    return next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))


def _needed(requirements: list[str]) -> list[dict[str, object]]:
    """What is installed here of what is required, and of what that requires."""
    found: dict[str, dict[str, object]] = {}
    waiting = list(requirements)
    while waiting:
        line = waiting.pop()
        requirement, _, marker = line.partition(";")
        name = "".join(c if c.isalnum() or c in "-_." else " " for c in requirement).split()[0]
        if "extra" in marker or name.lower() in found:
            continue
        try:
            metadata = distribution(name)
        except ModuleNotFoundError:  # needed on other systems or Pythons only
            continue
        purl = f"pkg:pypi/{name.lower()}@{metadata.version}"
        expression = metadata.metadata["License-Expression"]
        named = metadata.metadata["License"] or _from_classifiers(metadata.metadata.get_all("Classifier", []))
        found[name.lower()] = {
            "bom-ref": purl,
            "type": "library",
            "name": name,
            "version": metadata.version,
            "purl": purl,
            "licenses": [{"expression": expression} if expression else {"license": {"name": named}}],
        }
        waiting += metadata.requires or []
    return [found[name] for name in sorted(found)]


def _from_classifiers(classifiers: list[str]) -> str:
    named = [c.rpartition(" :: ")[2] for c in classifiers if c.startswith("License :: ")]
    return ", ".join(named) or "see the package"


def _iso(epoch: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# ---- the test of the wheel


def smoke(wheel: Path) -> int:
    """Install the wheel into an empty environment, shut the network off, and read a story there."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        python = place / ("env/Scripts/python.exe" if os.name == "nt" else "env/bin/python")
        venv.create(place / "env", with_pip=True)
        environment = {name: value for name, value in os.environ.items() if name not in EMPTY}
        run = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel.resolve())]
        subprocess.run(run, check=True, env=environment, cwd=place)
        (place / "story.txt").write_text(STORY, encoding="utf-8")
        shut = without_network()
        if shut is None:
            print("FAILED: the network cannot be shut off here. On Linux `unshare` or sudo can; else give --no-smoke.")
            return 1
        program = str(python.with_name("dramaturg"))
        for arguments, expected in SMOKE:
            command = [*shut, program, *arguments]
            done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, encoding="utf-8")
            passed = done.returncode == 0 and expected in done.stdout
            print(f"{'passed' if passed else 'FAILED'}: dramaturg {' '.join(arguments)}")
            if not passed:
                print(f"exit code {done.returncode}, expected 0 and {expected!r}", done.stdout, done.stderr, sep="\n")
                return 1
    return 0


def without_network() -> list[str] | None:
    """What to put before a command so that it has no network at all; None where this system cannot.

    Systems that forbid it to users (Ubuntu 24.04) allow it to root, who then becomes the user again.
    """
    user = [f"--reuid={os.getuid()}", f"--regid={os.getgid()}", "--clear-groups"] if hasattr(os, "getuid") else []
    for command in (
        ["unshare", "--net"],
        ["unshare", "--user", "--net"],
        ["sudo", "--non-interactive", "unshare", "--net", "setpriv", *user],
    ):
        if shutil.which(command[0]) and shows_no_network(command):
            return command
    return None


def shows_no_network(command: list[str]) -> bool:
    """Whether what is run by this command finds no network but the loopback."""
    done = subprocess.run([*command, sys.executable, "-c", INTERFACES], capture_output=True, text=True)
    return done.returncode == 0 and done.stdout.split() == ["lo"]


if __name__ == "__main__":
    sys.exit(main())
