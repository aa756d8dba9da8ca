"""The bill of materials of a release, of a wheel made by hand: building one needs what only a release needs."""

import importlib.util
import json
import re
import zipfile
from importlib.metadata import requires
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
METADATA = """Metadata-Version: 2.4
Name: dramaturg
Version: 9.9
License-Expression: Apache-2.0
Requires-Dist: numpy>=1.26
Requires-Dist: not-installed-anywhere; sys_platform == "plan9"
Requires-Dist: pytest>=8; extra == "dev"
"""


def release() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release", ROOT / "tools/release.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_bill_names_what_is_needed_and_what_is_inside(tmp_path: Path) -> None:
    wheel = tmp_path / "dramaturg-9.9-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(zipfile.ZipInfo("dramaturg-9.9.dist-info/METADATA"), METADATA)
        archive.writestr(zipfile.ZipInfo("dramaturg/weights/speakers.npz"), b"trained")
        archive.writestr(zipfile.ZipInfo("dramaturg/reading.py"), b"code")

    bill = release().bill_of_materials(wheel, 1_700_000_000)

    components = {component["name"]: component for component in bill["components"]}
    assert {"numpy", "dramaturg/weights/speakers.npz"} == set(components)
    assert components["numpy"]["purl"].startswith("pkg:pypi/numpy@") and components["numpy"]["licenses"]
    assert bill["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert json.dumps(bill) == json.dumps(release().bill_of_materials(wheel, 1_700_000_000))


@pytest.mark.parametrize("name", ["release.txt", "checks.txt"])
def test_what_builds_and_checks_is_pinned(name: str) -> None:
    pinned = [line for line in (ROOT / "tools" / name).read_text(encoding="utf-8").splitlines() if line[0] != "#"]

    assert pinned and all("==" in line for line in pinned)


def test_what_checks_every_change_is_pinned() -> None:
    known = (ROOT / "tools/checks.txt").read_text(encoding="utf-8")
    needed = [line for line in requires("dramaturg") or [] if "extra" not in line or "'dev'" in line]

    assert needed and all(f"\n{re.split('[^a-z0-9-]', line)[0]}==" in known for line in needed)


def test_actions_are_pinned() -> None:
    workflows = list((ROOT / ".github/workflows").glob("*.yml"))  # which the source archive has not
    used = [line for path in workflows for line in re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))]

    assert all(re.search(r"@(v\d+\.\d+\.\d+|[0-9a-f]{40})( #.*)?$", line) for line in used), used
    for path in workflows:
        assert "PIP_CONSTRAINT" in path.read_text(encoding="utf-8"), path
