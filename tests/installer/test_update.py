"""Updates of an installed bundle: switching, kills at any moment, signatures, rollback and removal."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gdm_studio import doctor
from gdm_studio.cli.main import run
from gdm_studio.common import program_bundle as bundles
from gdm_studio.common.program_bundle import MANIFEST, SIGNATURE, check_bundle
from installer.bundle import installation as installations
from installer.bundle.archives import write_archive
from installer.bundle.installation import Installation, Journal
from installer.bundle.update import update
from installer.problems import Problem
from tests.helpers.small_bundle import ROOT, write_installation, write_key, write_update

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not (shutil.which("zstd") and shutil.which("openssl")),
    reason="bundles are updated on Linux, with zstd and openssl",
)
KILLS = 60
# Runs an update for each line of standard input, a JSON list of [folder, archive, number]. The process of an update is
# killed before the line of the installer's code with that number. The script prints the functions of the lines.
UPDATES = """
import json, os, signal, sys
from pathlib import Path
from installer.bundle.update import update

# Flushing all disks takes seconds, and matters at a power failure only.
os.sync = lambda: None


def run(folder, archive, last):
    lines = []

    def trace(frame, event, argument):
        if "installer" not in frame.f_code.co_filename:
            return None
        if event == "line":
            lines.append(frame.f_code.co_name)
            if len(lines) == last:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    update(Path(folder), Path(archive))
    sys.settrace(None)
    print(json.dumps(lines), flush=True)


for line in sys.stdin:
    child = os.fork()
    if not child:
        run(*json.loads(line))
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.fixture(autouse=True)
def _no_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the flush of all disks, which takes seconds on a machine that writes much."""
    monkeypatch.setattr(os, "sync", lambda: None)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_key(tmp_path_factory.mktemp("key") / "key.pem")


@pytest.fixture
def old(tmp_path: Path, key: Path) -> Path:
    """Create an installation of version 1.0 below a name with a space and an umlaut, and return its version."""
    return write_installation(tmp_path / "für alle" / "gdm-studio", "1.0", key)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, key: Path) -> Path:
    """Create the archive of version 2.0."""
    return write_update(tmp_path_factory.mktemp("new"), "2.0", key)


def versions_of(installation: Installation) -> list[str]:
    return sorted(path.name.split("-")[0] for path in installation.versions.iterdir())


def assert_works(installation: Installation, version: str) -> Path:
    """Assert that a version is in use and complete, and return its folder."""
    folder = installation.versions / installation.current
    assert check_bundle(folder).is_intact
    started = subprocess.check_output([installation.place / "AppRun", "--version"], text=True)
    assert started == f"gdm-studio {version}\n"
    return folder


def test_an_update_keeps_the_version_before_it_until_its_second_start(old: Path, archive: Path) -> None:
    installation = Installation.containing(old)
    update(old, archive)
    new = assert_works(installation, "2.0")
    assert versions_of(installation) == ["1.0", "2.0"] and check_bundle(old).is_intact
    # Starts of the version before are not counted.
    for bundle in (old, new, old, old):
        installation.count_start(bundle.name)
        assert versions_of(installation) == ["1.0", "2.0"]
    installation.count_start(new.name)
    assert versions_of(installation) == ["2.0"] and installation.journal() is None
    with pytest.raises(Problem, match="no earlier version"):
        installation.roll_back()
    assert_works(installation, "2.0")


def test_a_rollback_goes_back_and_deletes_the_newer_version(old: Path, archive: Path) -> None:
    installation = Installation.containing(old)
    update(old, archive)
    assert installation.roll_back() == old.name
    assert assert_works(installation, "1.0") == old
    assert versions_of(installation) == ["1.0"] and installation.journal() is None
    update(old, archive)
    assert_works(installation, "2.0")


def interrupt_deletion(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Run an act that deletes a version, and interrupt it after it has deleted the version's files."""

    def stop(folder: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rmdir", stop)
        with pytest.raises(KeyboardInterrupt):
            act()


def test_an_interrupted_rollback_is_completed_by_repeating_it(
    old: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = Installation.containing(old)
    update(old, archive)
    interrupt_deletion(monkeypatch, installation.roll_back)
    assert_works(installation, "1.0")
    assert versions_of(installation) == ["1.0", "2.0"]
    assert installation.roll_back() == old.name
    assert versions_of(installation) == ["1.0"] and installation.journal() is None


def test_an_interrupted_deletion_is_completed_by_the_next_start(
    old: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = Installation.containing(old)
    update(old, archive)
    new = assert_works(installation, "2.0")
    installation.count_start(new.name)
    interrupt_deletion(monkeypatch, lambda: installation.count_start(new.name))
    with pytest.raises(Problem, match="no earlier version"):
        installation.roll_back()
    assert_works(installation, "2.0")
    installation.count_start(new.name)
    assert versions_of(installation) == ["2.0"] and installation.journal() is None


def test_an_empty_folder_of_a_version_does_not_hinder_its_update(old: Path, archive: Path) -> None:
    installation = Installation.containing(old)
    update(old, archive)
    new = assert_works(installation, "2.0")
    installation.roll_back()
    # What is left of a version whose deletion ended before its last act.
    new.mkdir()
    update(old, archive)
    assert_works(installation, "2.0")


def test_an_update_waits_for_the_children_of_a_killed_one(
    old: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = Installation.containing(old)
    with installation.alone():
        # A trial that outlives its update, until its input is closed.
        child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, close_fds=False)
    assert child.stdin is not None
    texts: list[str] = []

    def end_child(text: str) -> None:
        texts.append(text)
        child.stdin.close()  # type: ignore[union-attr]

    monkeypatch.setattr(installations, "report", end_child)
    update(old, archive)
    assert child.wait() == 0 and texts == ["Another update is at work here; waiting for it to end."]
    assert_works(installation, "2.0")


def test_an_archive_that_is_unpacked_over_another_version_switches_last(
    old: Path, archive: Path, tmp_path: Path
) -> None:
    names = subprocess.check_output(["tar", "-tf", archive], text=True).splitlines()
    assert sorted(names[-3:]) == ["gdm-studio/AppRun", "gdm-studio/current", "gdm-studio/gdm-studio"]
    assert [Path(name).name for name in names[:2]] == [MANIFEST, SIGNATURE]
    subprocess.run(["tar", "-C", Installation.containing(old).place.parent, "-xf", archive], check=True)
    assert_works(Installation.containing(old), "2.0")


def test_a_version_in_use_is_not_deleted(old: Path, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installation = Installation.containing(old)
    update(old, archive)
    bundles.lock_in_use(old)
    try:
        for _ in range(2):
            installation.count_start(installation.current)
        assert check_bundle(old).is_intact
        with pytest.raises(Problem, match="is running"):
            installation.remove()
    finally:
        assert bundles._in_use is not None
        bundles._in_use.close()
    installation.clean()
    assert versions_of(installation) == ["2.0"]


def test_a_version_that_still_runs_is_not_replaced(old: Path, archive: Path) -> None:
    installation = Installation.containing(old)
    update(old, archive)
    bundles.lock_in_use(installation.versions / installation.current)
    try:
        installation.roll_back()
        with pytest.raises(Problem, match="close the program"):
            update(old, archive)
        assert_works(installation, "1.0")
    finally:
        assert bundles._in_use is not None
        bundles._in_use.close()
    update(old, archive)
    assert_works(installation, "2.0")


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_the_old_or_the_new_version(key: Path, archive: Path, tmp_path: Path) -> None:
    def run_updates(jobs: list[tuple[Path, int]]) -> list[list[str]]:
        lines = "\n".join(json.dumps([str(folder), str(archive), last]) for folder, last in jobs)
        done = subprocess.run(
            [sys.executable, "-c", UPDATES], input=lines, stdout=subprocess.PIPE, text=True, check=True, timeout=240
        )
        return [json.loads(line) for line in done.stdout.splitlines()]

    old = write_installation(tmp_path / "old", "1.0", key)
    places = [tmp_path / f"{number}" for number in range(KILLS + 1)]
    for place in places:
        shutil.copytree(tmp_path / "old", place, symlinks=True)
    whole, *others = [place / "versions" / old.name for place in places]
    (lines,) = run_updates([(whole, 0)])
    # Every line that writes the journal or switches, and others by chance.
    moments = [number for number, function in enumerate(lines, 1) if function in ("record", "switch")]
    elsewhere = [number for number in range(1, len(lines)) if number not in moments]
    moments += random.Random(1).sample(elsewhere, KILLS - len(moments))
    # Not one of the killed updates prints.
    assert run_updates(list(zip(others, moments, strict=True))) == []
    left = []
    for folder in others:
        installation = Installation.containing(folder)
        version = installation.current.split("-")[0]
        assert_works(installation, version)
        left.append(version)
    assert {"1.0", "2.0"} == set(left)
    remaining = [folder for folder, version in zip(others, left, strict=True) if version == "1.0"]
    assert len(run_updates([(folder, 0) for folder in remaining])) == len(remaining)
    for folder in others:
        installation = Installation.containing(folder)
        new = assert_works(installation, "2.0")
        for _ in range(2):
            installation.count_start(new.name)
        installation.clean()
        assert versions_of(installation) == ["2.0"]
        assert {path.name for path in installation.place.iterdir()} - {".update.lock", ".update.json"} == {
            "AppRun",
            "current",
            "gdm-studio",
            "versions",
        }


def assert_refused(old: Path, archive: Path, sentence: str) -> None:
    with pytest.raises(Problem, match=sentence):
        update(old, archive)
    installation = Installation.containing(old)
    assert assert_works(installation, "1.0") == old
    assert versions_of(installation) == ["1.0"] and installation.journal() is None


@pytest.mark.slow
def test_only_archives_with_the_right_signature_are_installed(old: Path, key: Path, tmp_path: Path) -> None:
    for name in ("unsigned", "other", "changed", "extra"):
        (tmp_path / name).mkdir()
    assert_refused(old, write_update(tmp_path / "unsigned", "2.0", None), "is not signed")
    other = write_key(tmp_path / "other.pem")
    assert_refused(old, write_update(tmp_path / "other", "2.0", other), "The signature of .* is wrong")
    archive = write_update(tmp_path / "changed", "2.0", key)
    (manifest,) = (tmp_path / "changed").rglob(MANIFEST)
    manifest.write_text(manifest.read_text().replace("2.0", "2.1"))
    write_archive(tmp_path / "changed" / "gdm-studio", archive)
    assert_refused(old, archive, "The signature of .* is wrong")
    # The signature of a file covers its content.
    archive = write_update(tmp_path / "extra", "2.0", key)
    (manifest,) = (tmp_path / "extra").rglob(MANIFEST)
    (manifest.parent / "python" / "evil.py").write_text("")
    write_archive(tmp_path / "extra" / "gdm-studio", archive)
    assert_refused(old, archive, "python/evil.py in the archive is not the listed file")
    (manifest.parent / "python" / "evil.py").unlink()
    (manifest.parent / "AppRun").write_text("#!/bin/sh\nevil\n")
    write_archive(tmp_path / "extra" / "gdm-studio", archive)
    assert_refused(old, archive, "AppRun in the archive is not the listed file")
    (manifest.parent / "AppRun").unlink()
    write_archive(tmp_path / "extra" / "gdm-studio", archive)
    assert_refused(old, archive, "does not contain AppRun")
    (manifest.parent / SIGNATURE).write_bytes(b"")
    write_archive(tmp_path / "extra" / "gdm-studio", archive)
    assert_refused(old, archive, "The signature of .* is wrong")


def pax(fields: dict[str, str], name: str = "x") -> bytes:
    """Return the extended header of a file in a tar."""
    text = b""
    for key, value in fields.items():
        record = f" {key}={value}\n".encode()
        size = len(record) + 1
        while len(str(size)) + len(record) != size:
            size += 1
        text += str(size).encode() + record
    member = tarfile.TarInfo(name)
    member.type = tarfile.XHDTYPE
    member.size = len(text)
    return member.tobuf(tarfile.USTAR_FORMAT) + text + b"\0" * (-len(text) % 512)


def checked(header: bytes) -> bytes:
    """Return a header of 512 bytes with the right checksum."""
    blank = header[:148] + b" " * 8 + header[156:]
    return blank[:148] + f"{sum(blank):06o}\0 ".encode() + blank[156:]


@pytest.mark.slow
def test_damaged_archives_are_one_sentence(old: Path, archive: Path, tmp_path: Path) -> None:
    whole = subprocess.check_output(["zstd", "-dc", archive])[: 2**16]
    number_fields = {"size": "1e999"}, {"size": "9" * 400}, {"size": "-1"}, {"mtime": "nan"}, {"GNU.sparse.size": "x"}
    maps = {"GNU.sparse.map": "0," * 99}, {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"}
    damaged = [pax({"path": "y"}) * 3000 + whole, *(pax(fields) + whole for fields in (*number_fields, *maps))]
    chance = random.Random(61)
    for _ in range(40):
        broken = bytearray(whole[: chance.choice([700, 2**12, 2**16])])
        header = 512 * chance.randrange(min(len(broken) // 512, 8))
        for _ in range(chance.choice([1, 1, 8])):
            # Most of the damage is in the fields of headers.
            broken[header + chance.choice([chance.randrange(512), chance.randrange(100, 160)])] = chance.randrange(256)
        broken[header : header + 512] = checked(bytes(broken[header : header + 512]))
        damaged.append(bytes(broken))
    file = tmp_path / "damaged.tar.zst"
    for content in damaged:
        file.write_bytes(subprocess.run(["zstd", "-1c"], input=content, capture_output=True, check=True).stdout)
        if chance.random() < 0.2:
            file.write_bytes(file.read_bytes()[: chance.randrange(1, file.stat().st_size)])
        with pytest.raises(Problem):
            update(old, file)
    assert versions_of(Installation.containing(old)) == ["1.0"]
    assert_works(Installation.containing(old), "1.0")


@pytest.mark.slow
def test_unsuitable_archives_are_refused(old: Path, archive: Path, key: Path, tmp_path: Path) -> None:
    for name in ("older", "elsewhere", "broken", "silent"):
        (tmp_path / name).mkdir()
    assert_refused(old, write_update(tmp_path / "older", "0.9", key), "older than the installed 1.0")
    assert_refused(old, write_update(tmp_path / "elsewhere", "2.0", key, system="linux-arm"), "is for linux-arm")
    broken = write_update(tmp_path / "broken", "2.0", key, generate="echo no libraries; exit 1")
    assert_refused(old, broken, "does not draw: no libraries")
    assert_refused(old, write_update(tmp_path / "silent", "2.0", key, generate="true"), "does not draw")
    assert_refused(old, tmp_path / "missing", "There is no file")
    (tmp_path / "text").write_text("text")
    assert_refused(old, tmp_path / "text", "not an archive")
    (tmp_path / "half").write_bytes(archive.read_bytes()[: archive.stat().st_size * 2 // 3])
    assert_refused(old, tmp_path / "half", "download it again|not an archive")
    # A header of 200 MB, which would have to be read into memory.
    header = tarfile.TarInfo("header")
    header.type, header.size = tarfile.XHDTYPE, 200 * 2**20
    (tmp_path / "header").write_bytes(header.tobuf())
    bomb = "{ cat header; head -c 200M /dev/zero; } | zstd -q -1 -o bomb"
    subprocess.run(bomb, shell=True, cwd=tmp_path, check=True)
    assert_refused(old, tmp_path / "bomb", "is damaged")


def test_a_bundle_without_a_key_or_from_a_package_is_not_updated(tmp_path: Path, archive: Path) -> None:
    unsigned = write_installation(tmp_path / "unsigned", "1.0", None)
    assert_refused(unsigned, archive, "built without a key")
    package = tmp_path / "opt" / "gdm-studio" / "1.0"
    package.parent.mkdir(parents=True)
    unsigned.rename(package)
    with pytest.raises(Problem, match="by a package manager"):
        update(package, archive)


def test_removal_deletes_only_what_the_manifest_lists(old: Path, archive: Path, tmp_path: Path) -> None:
    update(old, archive)
    installation = Installation.containing(old)
    new = installation.versions / installation.current
    (installation.place / "mine").write_text("mine")
    (new / "python" / "mine.txt").write_text("mine")
    # The folder of a listed file is now somewhere else.
    elsewhere = tmp_path / "elsewhere"
    shutil.move(old / "python" / "lib", elsewhere)
    (old / "python" / "lib").symlink_to(elsewhere)
    assert installation.remove() == sorted(
        [installation.place / "mine", new / "python" / "mine.txt", old / "python" / "lib"]
    )
    assert (elsewhere / "große datei").is_file()
    assert (installation.place / "mine").read_text() == "mine" and not (new / MANIFEST).exists()


@pytest.mark.slow
def test_the_launcher_runs_the_commands(tmp_path: Path, key: Path, archive: Path) -> None:
    place = tmp_path / "a folder"
    old = write_installation(place, "1.0", key, commands=True)
    environ = os.environ | {"XDG_DATA_HOME": str(tmp_path / "share")}

    def command(*args: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([place / "AppRun", *args], capture_output=True, text=True, env=environ, timeout=120)

    assert command("--menu").returncode == 0
    entry = tmp_path / "share" / "applications" / "gdm-studio.desktop"
    assert f'Exec="{place}/AppRun" %f' in entry.read_text()
    refused = command("--update", tmp_path / "nothing")
    assert refused.returncode == 2 and refused.stderr == (
        f"GDM Studio: There is no file {tmp_path / 'nothing'}; name the archive of the new version.\n"
    )
    assert command("--rollback").returncode == 2
    done = command("--update", archive)
    assert done.returncode == 0 and "Updated to 2.0-" in done.stderr
    back = subprocess.run([old / "AppRun", "--rollback"], capture_output=True, text=True, env=environ, timeout=120)
    assert back.returncode == 0 and Installation(place).current == old.name
    removed = command("--uninstall")
    assert removed.returncode == 0 and "Removed the entry" in removed.stderr
    assert not place.exists() and not entry.exists()


def test_the_program_counts_its_starts(
    old: Path, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    new = write_installation(tmp_path / "new", "2.0", key, commands=True)
    installation = Installation.containing(old)
    new = new.rename(installation.versions / new.name)
    installation.record(Journal(new.name, old.name))
    installation.switch(new.name)
    monkeypatch.setattr(sys, "prefix", str(new / "python"))

    def start(*arguments: str) -> None:
        run(arguments)
        assert bundles._in_use is not None
        bundles._in_use.close()

    start("inspect", "missing.png")
    assert installation.journal() == Journal(new.name, old.name)
    start("queue", "list")
    wait_until(lambda: installation.journal() == Journal(new.name, old.name, 1))
    start("queue", "list")
    wait_until(lambda: not old.exists() and installation.journal() is None)
    assert check_bundle(new).is_intact
    program_files = doctor.check_program_files()
    assert program_files.state == doctor.OK and program_files.value.endswith("files, as installed")
    (new / "python" / "lib" / "added").touch()
    assert doctor.check_program_files().state == doctor.BAD and "python/lib/added" in doctor.check_program_files().value
    (new / MANIFEST).write_text("{}")
    assert doctor.check_program_files() == doctor.Finding(
        "Program files", "the manifest of the bundle cannot be read", doctor.BAD, doctor.REINSTALL
    )


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
