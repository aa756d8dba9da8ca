"""Where DRAMATURG_NO_SKIPS is set, a test that is skipped has failed: something that it needs is not installed."""

import os
from collections.abc import Generator
from typing import Any

import pytest

os.environ["DRAMATURG_CACHE"] = ""  # no command finds what another test, or the user, has read
NO_SKIPS = bool(os.environ.get("DRAMATURG_NO_SKIPS"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    return _without_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    return _without_skip((yield))


def _without_skip(report: Any) -> Any:
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped: {report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr}"
    return report
