"""`--out` on a drive that is pulled out: nothing goes on at the mount point, and it is said."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gdm_studio.cli import saying
from gdm_studio.cli.main import run
from gdm_studio.drive import Drive
from gdm_studio.errors import StorageError
from gdm_studio.gallery import save
from tests.drills import bad_disk
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.library import result

MAKE = ["generate", "x", "--model", "gaussian", "--steps", "2", "--device", "cpu", "--count", "4", "--batch", "1"]


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[bad_disk.Drive]:
    drive = bad_disk.Drive(tmp_path / "drive")
    if not drive.mounted:
        drive.close()
        pytest.skip("nothing can be mounted here")
    yield drive
    drive.close()


@pytest.fixture
def after(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Callable[[], object]], None]:
    """Does something once a verb has said so many lines."""
    said, real = [], saying.say

    def on(lines: int, deed: Callable[[], object]) -> None:
        def say(*each: object) -> None:
            real(*each)
            said.append(each)
            if len(said) == lines:
                deed()

        for module in ("generate", "export"):
            monkeypatch.setattr(f"gdm_studio.cli.{module}.say", say)

    return on


@pytest.mark.parametrize("place", ["", "out"])
@pytest.mark.parametrize("verb", ["generate", "export"])
def test_a_drive_that_vanishes_is_missed(
    drive: bad_disk.Drive,
    after: Callable[[int, Callable[[], object]], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    verb: str,
    place: str,
) -> None:
    monkeypatch.setattr("gdm_studio.models.library.Library", GaussianLibrary)
    mount_point = drive.library.parent
    (tmp_path / "made").mkdir()
    made = [str(save(result(seed=seed), tmp_path / "made").path) for seed in range(4)]
    command = MAKE if verb == "generate" else ["export", *made]
    after(2, drive.pull_out)
    assert run([*command, "--out", str(mount_point / place)]) == 2
    told = capsys.readouterr()
    assert "is not connected any more" in told.err and len(told.out.splitlines()) == 2
    assert not list(mount_point.iterdir()), "nothing went into its place"
    drive.put_back()
    assert all(Path(line).is_file() for line in told.out.splitlines())


def test_a_folder_that_is_deleted_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    drive = Drive(folder)
    for _ in range(2):
        drive.check()
        folder.mkdir()
        drive.wrote(folder / "a.png")
        folder.rmdir()


def test_a_drive_connected_anew_is_the_same_where_its_files_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.png").touch()
    known, other = Drive(tmp_path), Drive(tmp_path)
    for drive in (known, other):
        drive.check()
    known.wrote(tmp_path / "a.png")
    status = list(os.stat(tmp_path))
    status[2] += 1  # the device
    with monkeypatch.context() as patched:
        patched.setattr(os, "stat", lambda *_, **__: os.stat_result(status))
        known.check()
        with pytest.raises(StorageError, match="not connected any more"):
            other.check()
