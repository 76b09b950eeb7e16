"""Atomic writes: a path never refers to a partial file."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gdm_studio.common import atomic_files
from gdm_studio.common.atomic_files import (
    PART,
    NewFile,
    check_writable,
    make_folder,
    open_file,
    open_replacement,
    read,
    remove_abandoned,
    rename_without_replacing,
    storage_error,
    write,
)
from gdm_studio.common.errors import StorageError

# The size of a FAT disk image in bytes.
FAT = 64 * 2**20


def test_the_old_content_stays_until_the_new_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write(path, b"old")
    with open_replacement(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_error_while_writing_keeps_the_old_file(tmp_path: Path, error: type[BaseException]) -> None:
    write(tmp_path / "file", b"old")
    with pytest.raises(error), open_replacement(tmp_path / "file") as file:
        file.write(b"half")
        raise error
    assert (tmp_path / "file").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_two_writers_of_one_name_do_not_mix(tmp_path: Path) -> None:
    with open_replacement(tmp_path / "file") as one, open_replacement(tmp_path / "file") as other:
        one.write(b"one")
        other.write(b"other")
    # The writer that finishes last wins.
    assert (tmp_path / "file").read_bytes() == b"one"


def test_unwritable_paths_raise_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="a file, not a folder"):
        make_folder(tmp_path / "file")
    if sys.platform == "linux":
        with pytest.raises(StorageError, match="The folder /proc/nowhere cannot be created"):
            make_folder(Path("/proc/nowhere"))
    with pytest.raises(StorageError, match="a part of it is a file"):
        write(tmp_path / "file" / "inside", b"")
    with pytest.raises(StorageError, match="a part of it is a file"):
        check_writable(tmp_path / "file")
    with pytest.raises(StorageError, match="is not there"):
        write(tmp_path / "nowhere" / "inside", b"")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageError, match="is a folder, not a file"):
        write(tmp_path / "folder", b"")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


@pytest.mark.parametrize("code", ["ENOSPC", "EDQUOT", "EIO", "ENODEV", "EROFS", "EFBIG"])
def test_disk_errors_name_the_folder(code: str) -> None:
    said = str(storage_error(Path("/disk/folder/a picture.png"), OSError(getattr(errno, code), "")))
    assert "/disk/folder " in f"{said};".replace(";", " ") and "/a picture.png" not in said and said.endswith(".")


@pytest.mark.parametrize("code", ["EACCES", "EPERM", "ENOENT", "ENOTDIR", "EEXIST", "EISDIR", "ENAMETOOLONG", "EBADF"])
def test_file_errors_name_the_file(code: str) -> None:
    said = str(storage_error(Path("/disk/folder/a picture.png"), OSError(getattr(errno, code), "what the system says")))
    assert "/disk/folder/a picture.png" in said and said.endswith(".")


def test_only_old_temporary_files_are_removed(tmp_path: Path) -> None:
    old, new = tmp_path / f".old{PART}", tmp_path / f".new{PART}"
    for part in (old, new, tmp_path / "other"):
        part.write_bytes(b"half")
        remove_abandoned(part)
    os.utime(old, (1, 1))
    remove_abandoned(old)
    assert not old.exists() and new.exists()


@pytest.fixture(params=["rename", "link", "neither"])
def means(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the means by which the disk can create a name exclusively."""
    means: str = request.param
    _remove_means(means, monkeypatch)
    return means


def _remove_means(means: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if means != "rename":
        # Network disks return EINVAL.
        monkeypatch.setattr(atomic_files, "_rename_call", lambda: lambda old, new: 22)
    if means == "neither":
        monkeypatch.setattr(os, "link", _refuses)


def _refuses(*_: object) -> None:
    # FAT returns EPERM.
    raise PermissionError(1, "Operation not permitted")


def numbers() -> Iterator[str]:
    return (f"{number}.txt" for number in itertools.count(1))


def test_a_new_file_never_takes_an_existing_name(tmp_path: Path, means: str) -> None:
    write(tmp_path / "1.txt", b"theirs")
    (tmp_path / "2.txt").symlink_to("nowhere")
    new = NewFile(tmp_path, numbers())
    with new.writing() as file:
        file.write(b"ours")
        # This file appears during the write.
        write(tmp_path / "3.txt", b"theirs too")
        assert not (tmp_path / "4.txt").exists()
    assert new.path == tmp_path / "4.txt" and new.path.read_bytes() == b"ours"
    assert [(tmp_path / f"{number}.txt").read_bytes() for number in (1, 3)] == [b"theirs", b"theirs too"]
    assert NewFile(tmp_path, numbers()).write(b"") == tmp_path / "5.txt"
    assert sorted(os.listdir(tmp_path)) == [f"{number}.txt" for number in (1, 2, 3, 4, 5)]


def test_an_error_leaves_no_new_file(tmp_path: Path, means: str) -> None:
    with pytest.raises(KeyError), NewFile(tmp_path, numbers()).writing() as file:
        file.write(b"half")
        raise KeyError
    assert os.listdir(tmp_path) == []


def test_a_folder_never_takes_an_existing_name(tmp_path: Path, means: str) -> None:
    for name in ("set", "taken", "other"):
        # A plain rename would replace an empty folder.
        (tmp_path / name).mkdir()
    assert NewFile(tmp_path, iter(["taken", "other", "free"])).take(tmp_path / "set") == tmp_path / "free"
    assert sorted(os.listdir(tmp_path)) == ["free", "other", "taken"]


def test_a_failing_rename_raises_the_cause(tmp_path: Path, means: str) -> None:
    with pytest.raises(FileNotFoundError):
        rename_without_replacing(tmp_path / "gone", tmp_path / "new")
    assert os.listdir(tmp_path) == []


def test_an_abandoned_guard_only_blocks_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _remove_means("neither", monkeypatch)
    # A killed process left this guard.
    (tmp_path / f".1.txt{PART}").touch()
    assert NewFile(tmp_path, numbers()).write(b"whole") == tmp_path / "2.txt"


WRITER = """
import os, sys, time
from pathlib import Path
from gdm_studio.common import atomic_files
folder, means, who = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
def refuses(*_): raise PermissionError(1, "")
if means != "rename": atomic_files._rename_call = lambda: None
if means == "neither": os.link = refuses
(folder / f".{who}").touch()
while len(list(folder.glob(".[0-9]"))) < 3: time.sleep(0.001)
for round in range(60):
    names = (f"{number}.txt" for number in range(round, 10**6))
    print(atomic_files.NewFile(folder, names).write(who.encode() * 1000, durable=False), flush=True)
"""


@pytest.mark.slow
def test_three_processes_get_a_file_for_every_returned_name(tmp_path: Path, means: str) -> None:
    told = _run_three(WRITER, tmp_path, means)
    assert len({path for paths in told for path in paths}) == 180
    for who, paths in enumerate(told):
        assert all(Path(path).read_bytes() == str(who).encode() * 1000 for path in paths)
    assert len([name for name in os.listdir(tmp_path) if not name.startswith(".")]) == 180
    assert not [name for name in os.listdir(tmp_path) if name.endswith(PART)]


def _run_three(program: str, folder: Path, *more: str) -> list[list[str]]:
    """Run the program in three processes at once and return the lines that each printed."""
    commands = ([sys.executable, "-c", program, str(folder), *more, str(who)] for who in range(3))
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    return [process.communicate()[0].splitlines() for process in running]


ENDLESS = """
import sys
from pathlib import Path
from gdm_studio.common.atomic_files import NewFile
while True:
    names = (f"{number}.txt" for number in range(10**6))
    print(NewFile(Path(sys.argv[1]), names).write(b"x" * 100_000, durable=False), flush=True)
"""


def test_a_kill_at_any_time_leaves_no_partial_file(tmp_path: Path) -> None:
    for after in (1, 4, 9):
        process = subprocess.Popen([sys.executable, "-c", ENDLESS, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        told = [process.stdout.readline().strip() for _ in range(after)]
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert all(Path(path).exists() for path in told)
    assert all(path.stat().st_size == 100_000 for path in tmp_path.glob("*.txt"))


@pytest.mark.parametrize("kind", ["vfat", "exfat"])
def test_new_files_are_unique_on_a_disk_without_links(tmp_path: Path, kind: str) -> None:
    """Run the writers on a FAT disk if one can be mounted, which needs root, tools and a driver."""
    image, disk = tmp_path / "disk", tmp_path / "mounted"
    maker, disk_there = shutil.which(f"mkfs.{kind}", path=f"{os.environ['PATH']}:/usr/sbin:/sbin"), False
    disk.mkdir()
    with open(image, "wb") as file:
        file.truncate(FAT)
    if maker and subprocess.run([maker, image], capture_output=True, check=False).returncode == 0:
        mounting = ["mount", "-o", "loop", "-t", kind, image, disk]
        disk_there = subprocess.run(mounting, capture_output=True, check=False).returncode == 0
    if not disk_there:
        pytest.skip(f"no {kind} can be mounted here")
    try:
        assert len({path for paths in _run_three(WRITER, disk, "rename") for path in paths}) == 180
    finally:
        subprocess.run(["umount", disk], check=True)


def test_special_files_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    listening = socket.socket(socket.AF_UNIX)
    # The whole path may be too long for the address of a socket.
    monkeypatch.chdir(tmp_path)
    listening.bind("socket")
    for path in (tmp_path / "pipe", tmp_path / "socket", Path("/dev/zero")):
        with pytest.raises(StorageError, match="is not a file"):
            open_file(path)
    listening.close()
    with pytest.raises(StorageError, match="is a folder, not a file"):
        read(tmp_path)
    with pytest.raises(StorageError, match="is not there"):
        read(tmp_path / "gone")
    write(tmp_path / "file", b"content")
    (tmp_path / "link").symlink_to("file")
    assert read(tmp_path / "link") == b"content"


@pytest.mark.parametrize("code", [errno.EROFS, errno.ENOSPC])
def test_an_error_names_the_folder_itself(tmp_path: Path, code: int) -> None:
    for path in (tmp_path, tmp_path / "picture.png"):
        assert f"{tmp_path} is" in str(storage_error(path, OSError(code, "refused")))
