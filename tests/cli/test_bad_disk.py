"""Read-only verbs work with everything on a disk that is full or read-only."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gdm_studio import preferences
from gdm_studio.cli.main import run
from gdm_studio.gallery import Gallery, save
from gdm_studio.jobs.queue import Queue
from gdm_studio.request.generation_request import BUILT_IN, Request
from tests.drills.bad_disk import Disk
from tests.helpers.command_lines import run_command_lines
from tests.helpers.library import result

# A process counts as hung after this many seconds.
PATIENCE = 120.0
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its disks cannot be limited so")


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """Create a disk with a home on it: two images, one of them not indexed yet, and an item in the queue."""
    # Another user may read this folder, unlike pytest's folders.
    base = Path(tempfile.mkdtemp())
    base.chmod(0o755)
    disk = Disk(base / "disk")
    monkeypatch.setenv("GDM_STUDIO_HOME", str(disk.folder / "home"))
    with contextlib.closing(Gallery.open()) as gallery:
        gallery.tags.set([gallery.save(result("a red fox")).id], "best")
    save(result("a late owl"), preferences.pictures_dir())
    Queue.open().add(Request(prompt="a blue disc"))
    yield disk
    disk.close()
    shutil.rmtree(base, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "without"), [("full", ""), ("full", "cache"), ("read-only", ""), ("read-only", "data")]
)
def test_read_only_verbs_need_no_writing(disk: Disk, kind: str, without: str) -> None:
    if without:
        shutil.rmtree(disk.folder / "home" / without)
    picture = str(next(preferences.pictures_dir().glob("*fox*")))
    listing = ("gallery", "list")
    reading = {
        ("gallery", "search", "late"): "a late owl",
        ("gallery", "sources"): "",
        ("queue", "list"): "a blue disc" if without != "data" else "",
        ("models",): BUILT_IN,
        ("inspect", picture): "a red fox",
    }
    tagging = ("gallery", "tag", "owl", "--name", "new")
    with disk.full(0) if kind == "full" else disk.read_only() as handicap:
        listed, *read, refused = run_command_lines(
            [listing, *reading, tagging], patience=PATIENCE, first=handicap.take_on
        )
        assert listed.status == 0 and "a red fox" in listed.out and "a late owl" in listed.out, listed
        assert ("#best" in listed.out) == (without != "data")
        if not without:
            # This command runs in its own process, as a user starts it.
            started = subprocess.run(
                [sys.executable, "-m", "gdm_studio", *listing],
                env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path), PYTHONDONTWRITEBYTECODE="1"),
                preexec_fn=handicap.take_on,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
            assert started.returncode == 0 and started.stdout == listed.out, started
        for ended in read:
            assert ended.status == 0 and reading[ended.arguments] in ended.out, ended
        assert refused.status == 2 and "unforeseen" not in refused.err
        reasons = (
            ("is full", "is too large for the disk") if kind == "full" else ("is read-only", "permission is missing")
        )
        assert any(reason in refused.err for reason in reasons), refused
    assert run(tagging) == 0, "and once the disk is well"
