"""The doctor and the error log: problems with remedies, and no private data."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from gdm_studio import doctor, preferences
from gdm_studio.cli.main import run
from gdm_studio.common import error_log, paths
from gdm_studio.doctor import BAD, OK, WARN, Device, Finding, Size
from gdm_studio.gallery import Gallery, database
from gdm_studio.gallery.storage import integrity
from gdm_studio.gallery.storage.integrity import DatabaseState
from gdm_studio.models.importer import add_folder
from gdm_studio.preferences import Preferences

SECRET = "a portrait of Aunt Agatha"


def state_of(findings: list[Finding], name: str) -> str:
    return next(finding.state for finding in findings if finding.name == name)


def test_a_healthy_machine_is_reported_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    names = {finding["name"] for finding in facts["findings"]}
    assert facts["state"] in (OK, WARN)
    assert names >= {
        "GDM Studio",
        "Python",
        "torch",
        "System",
        "Memory",
        "Device 1",
        "Pictures folder",
        "Models",
        "Gallery",
    }
    assert all(finding["remedy"] for finding in facts["findings"] if finding["state"] != OK)
    assert run(["doctor"]) == 0
    assert "ok   Gallery: 0 images, index sound" in capsys.readouterr().out


def test_values_of_a_finding_are_written_by_their_kind() -> None:
    values = {"name": "cuda", "device": Device("CPU · 2 threads"), "size": Size(25_300_000_000), "count": 12_345}
    finding = Finding("Device {count}", "{name}: {device}, {size}", values=values)
    assert finding.value == "cuda: CPU · 2 threads, 25.3 GB"
    assert doctor.report([finding]) == "ok   Device 12,345: cuda: CPU · 2 threads, 25.3 GB"


def test_a_missing_model_folder_is_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    preferences.save(Preferences(library=str(tmp_path / "file" / "pictures"), model_folders=(str(tmp_path / "gone"),)))
    found = list(doctor.check_folders())
    assert state_of(found, "Data folder") == OK
    assert [f.state for f in found if f.name == "Model folder"] == [OK, WARN]
    assert doctor.as_facts([*found, Finding("x", "y", BAD, "z")])["state"] == BAD


def test_a_single_model_file_is_a_model_file_and_counted(tmp_path: Path) -> None:
    def of_the_models() -> list[tuple[str, str, str]]:
        names = ("Model file", "Models")
        found = (*doctor.check_folders(), *doctor.check_models())
        return [(each.name, each.value, each.state) for each in found if each.name in names]

    ((_, before, _),) = of_the_models()
    assert before.endswith("built in, 0 of your own")
    file = tmp_path / "owls.safetensors"
    save_file({f"lora_unet_x.lora_{part}.weight": np.zeros((4, 4), np.float32) for part in ("down", "up")}, file)
    add_folder(file)
    assert of_the_models() == [
        ("Model file", str(file), OK), ("Models", f"{before}; LoRAs, VAEs and other parts of your own: 1", OK),
    ]  # fmt: skip
    file.unlink()
    assert of_the_models() == [("Model file", str(file), WARN), ("Models", before, OK)]


def test_little_disk_space_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    for free, state in ((100e6, BAD), (1e9, WARN), (10e9, OK)):
        monkeypatch.setattr("shutil.disk_usage", lambda path, free=free: type("Usage", (), {"free": free}))
        assert state_of(list(doctor.check_folders()), "Pictures folder") == state


def test_a_missing_device_is_a_warning() -> None:
    preferences.save(Preferences(device="cuda:7"))
    assert state_of(list(doctor.list_devices()), "Chosen device") == WARN


def test_a_damaged_index_is_detected() -> None:
    gallery = Gallery.open()
    try:
        assert gallery.count() == 0
        assert state_of(list(doctor.check_gallery(gallery)), "Gallery") == OK
    finally:
        gallery.close()
    data = bytearray(gallery.index_path.read_bytes())
    # This is the schema table.
    data[100:4096] = b"\xff" * 3996
    gallery.index_path.write_bytes(data)
    assert integrity.state_of(gallery.index_path) is DatabaseState.DAMAGED


@pytest.fixture
def index(tmp_path: Path) -> Path:
    gallery = Gallery.open()
    gallery.count()
    gallery.close()
    return gallery.index_path


@pytest.mark.slow
@pytest.mark.parametrize("has_journal", [True, False])
def test_a_sound_index_that_may_only_be_read_is_not_called_damaged(
    index: Path, monkeypatch: pytest.MonkeyPatch, *, has_journal: bool
) -> None:
    writer = sqlite3.connect(index)
    if has_journal:
        writer.execute("CREATE TABLE more(x)")
        writer.commit()
    else:
        writer.close()
    folder = index.parent
    for path in (folder, *folder.iterdir()):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert _state_for_others(index) == "sound"
        index.chmod(0)
        assert _state_for_others(index) == "forbidden"
    finally:
        folder.chmod(0o755)
        writer.close()


def _state_for_others(index: Path) -> str:
    """Return the state of an index for a user who is neither root nor its owner, or for this user who is not root."""
    script = (
        "import os, sys; from pathlib import Path; from gdm_studio.gallery.storage.integrity import state_of\n"
        "if os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "print(state_of(Path(sys.argv[1])))"
    )
    for folder in index.parents:
        # Folders of tests are for their owner only.
        if os.geteuid() == 0 and folder.stat().st_uid == 0 and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    done = subprocess.run([sys.executable, "-c", script, index], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_locked_newer_or_missing_index_is_not_called_damaged(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.01)
    with contextlib.closing(sqlite3.connect(index, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("CREATE TABLE more(x)")
        assert integrity.state_of(index) is DatabaseState.BUSY
        other.execute("ROLLBACK")
    assert integrity.state_of(index) is DatabaseState.SOUND
    assert integrity.state_of(index, newest=database.VERSION - 1) is DatabaseState.NEWER
    assert integrity.state_of(index.with_name("nothing.sqlite")) is DatabaseState.MISSING
    index.write_bytes(b"SQLite format 3\0" + index.read_bytes()[16:100] + bytes(5000))
    assert integrity.state_of(index) is DatabaseState.DAMAGED


@pytest.mark.parametrize("state", ["newer", "forbidden", "busy", "unreachable"])
def test_only_a_damaged_index_is_to_be_rebuilt(index: Path, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    monkeypatch.setattr(integrity, "state_of", lambda path: DatabaseState(state))
    gallery = Gallery.open()
    finding = next(each for each in doctor.check_gallery(gallery) if each.name == "Gallery")
    gallery.close()
    assert finding.state == WARN and "damaged" not in finding.text and "rebuild" not in finding.remedy


def test_paths_do_not_contain_the_user_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("GDM_STUDIO_HOME", str(tmp_path / "studio"))
    report = doctor.report(doctor.check_folders())
    assert str(tmp_path) not in report and "~/studio/pictures" in report.replace("\\", "/")


def test_the_log_contains_error_types_and_places_only() -> None:
    def failing() -> None:
        # This raises KeyError with the name in its message.
        preferences.is_valid(SECRET, 1)

    with pytest.raises(KeyError) as caught:
        failing()
    error_log.record_error(caught.value)
    text = error_log.path().read_text()
    assert "unforeseen KeyError at gdm_studio/preferences.py:" in text
    assert SECRET not in text and "Agatha" not in text
    # Version 0.1.0 also logged mistakes of the user.
    with error_log.path().open("a") as log:
        log.write("2026-01-02 03:04:05 0.1.0 BadRequest at gdm_studio/request/generation_request.py:100\n")
    (found,) = doctor.last_errors()
    assert found.state == WARN and "KeyError" in found.value and found.remedy


def test_the_log_is_limited_in_length() -> None:
    error_log.path().parent.mkdir(parents=True, exist_ok=True)
    error_log.path().write_text("on a day unforeseen line\n" * 1000)
    error_log.record_error(ValueError("x"))
    lines = error_log.last_lines(10_000)
    assert len(lines) == error_log.MOST and "ValueError" in lines[-1]


def test_an_unwritable_log_is_ignored(_own_home: Path) -> None:
    (_own_home / "data").write_text("a file where the folder should be")
    error_log.record_error(ValueError("x"))
    assert error_log.last_lines(3) == [] and paths.data_dir().is_file()
