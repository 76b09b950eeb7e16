"""`--out` on a drive that is disconnected: nothing is written to the mount point, and an error is reported."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gdm_studio.cli import output
from gdm_studio.cli.main import run
from gdm_studio.common.errors import StorageError
from gdm_studio.common.removable_drive import RemovableDrive
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
    """Return a function that runs a callback once a verb has printed `lines` lines."""
    printed, real = [], output.print_lines

    def on(lines: int, deed: Callable[[], object]) -> None:
        def print_lines(*each: object) -> None:
            real(*each)
            printed.append(each)
            if len(printed) == lines:
                deed()

        for module in ("report", "export"):
            monkeypatch.setattr(f"gdm_studio.cli.{module}.print_lines", print_lines)

    return on


@pytest.mark.parametrize("place", ["", "out"])
@pytest.mark.parametrize("verb", ["generate", "export"])
def test_a_disconnected_drive_is_reported(
    drive: bad_disk.Drive,
    after: Callable[[int, Callable[[], object]], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    verb: str,
    place: str,
) -> None:
    monkeypatch.setattr("gdm_studio.models.model_library.Library", GaussianLibrary)
    mount_point = drive.library.parent
    (tmp_path / "made").mkdir()
    made = [str(save(result(seed=seed), tmp_path / "made").path) for seed in range(4)]
    command = MAKE if verb == "generate" else ["export", *made]
    after(2, drive.pull_out)
    assert run([*command, "--out", str(mount_point / place)]) == 2
    told = capsys.readouterr()
    assert "is not connected" in told.err and len(told.out.splitlines()) == 2
    assert not list(mount_point.iterdir()), "nothing went into its place"
    drive.put_back()
    assert all(Path(line).is_file() for line in told.out.splitlines())


def test_a_deleted_folder_is_created_again(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    drive = RemovableDrive(folder)
    for _ in range(2):
        drive.check()
        folder.mkdir()
        drive.record_write(folder / "a.png")
        folder.rmdir()


def test_a_reconnected_drive_is_recognised_by_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").touch()
    known, other = RemovableDrive(tmp_path), RemovableDrive(tmp_path)
    for drive in (known, other):
        drive.check()
    known.record_write(tmp_path / "a.png")
    status = list(os.stat(tmp_path))
    # The device number.
    status[2] += 1
    with monkeypatch.context() as patched:
        patched.setattr(os, "stat", lambda *_, **__: os.stat_result(status))
        known.check()
        with pytest.raises(StorageError, match="is not connected"):
            other.check()
