"""System packages: installed if permitted, otherwise reported with the command that installs them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from installer.problems import Problem
from installer.system import ensure_libraries
from tests.installer.conftest import Fake

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="apt-get is Debian's")
NEEDED = {"libc.so.6": "libc6", "libno-such-thing.so.7": "libno-such-thing7"}


def test_a_user_gets_the_line_to_type(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    fake("apt-get", "exit 1")
    fake("sudo", "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Problem, match="sudo apt-get install -y libno-such-thing7$"):
        ensure_libraries(NEEDED)


def test_root_installs_only_what_is_missing(
    fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake("apt-get", f'echo "$@" >> "{tmp_path}/calls"')
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(Problem):  # this apt-get brings nothing
        ensure_libraries(NEEDED)
    (call,) = (tmp_path / "calls").read_text().splitlines()
    assert call.endswith("install -y --no-install-recommends libno-such-thing7")
    assert "apt-get install -y" in capsys.readouterr().err  # and it is shown


def test_old_package_lists_are_renewed_once(fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake("apt-get", f'echo "$@" >> "{tmp_path}/calls"; case "$*" in *update*) exit 0;; esac; exit 100')
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(Problem, match="this line shows why: apt-get install"):
        ensure_libraries(NEEDED)
    verbs = [line.split()[3] for line in (tmp_path / "calls").read_text().splitlines()]
    assert verbs == ["install", "update", "install"]


def test_nothing_missing_asks_for_nothing(fake: Fake) -> None:
    fake("apt-get", "exit 1")
    ensure_libraries({"libc.so.6": "libc6"})
