"""What holds for every test: no screen, a home of its own, and no Qt warning or lost exception unnoticed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Before anything imports Qt or asks where the library is; a home to throw away for what runs before a test.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_before_tests = tempfile.TemporaryDirectory(prefix="gdm-studio-tests-")
os.environ["GDM_STUDIO_HOME"] = _before_tests.name
# One thread a process: networks here are small, and two of them that wait for each other beside another process crawl.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest  # noqa: E402

from gdm_studio.engine import threads  # noqa: E402
from tests.helpers.strays import no_strays  # noqa: E402
from tests.helpers.xvfb import screen  # noqa: E402

threads.prepare()

__all__ = ["screen"]


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pictures, data and caches of a test lie in a folder of its own, away from the person's library."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("GDM_STUDIO_HOME", str(home))
    (home / "share").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "share"))  # where the system's trash is
    return home


@pytest.fixture(autouse=True)
def _strict() -> Iterator[None]:
    """A Qt warning, or an exception that reached nobody, fails the test it came from."""
    with no_strays():
        yield
