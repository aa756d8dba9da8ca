"""The SHA-256 of each story's reading, to check whether a change to the code changed a reading.

    python -m benchmarks.hashes examples/*.txt examples/*.md novel.txt

Each line has the hash of the reading's JSON without `made_by`, then the file's name. Run it before and after a change,
and compare the two outputs.
"""

import argparse
import hashlib
import json
from pathlib import Path

import dramaturg


def hash_of(path: Path) -> str:
    """The SHA-256 of the JSON document read from a story, tokens included, `made_by` left out."""
    document = dramaturg.read(path, tokens=True).to_dict()
    document.pop("made_by")
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def main(arguments: list[str] | None = None) -> None:
    """Print a line for each story."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stories", nargs="+", type=Path)
    for path in parser.parse_args(arguments).stories:
        print(hash_of(path), path.name, flush=True)


if __name__ == "__main__":
    main()
