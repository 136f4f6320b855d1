"""A rule of the whole test run: continuous integration fails when a test was skipped."""

import os

import pytest


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """A missing tool skips its tests on a user's machine; with CI=true any skip turns a green run red."""
    if os.environ.get("CI", "").lower() not in ("1", "true") or hasattr(session.config, "workerinput"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and exitstatus == 0:
        reporter.write_line(f"CI: {len(skipped)} test(s) skipped; a skip is a failure here", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
