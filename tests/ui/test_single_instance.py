"""A single window for each library: later starts hand over to it, and a killed first process does not block them."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication, QMessageBox

from gdm_studio.common import error_log, paths
from gdm_studio.common.errors import StudioError
from gdm_studio.ui.shell import app, single_instance, socket_peer
from gdm_studio.ui.shell.app import Application, application
from gdm_studio.ui.shell.single_instance import SingleInstance
from gdm_studio.ui.shell.window import Window
from tests.helpers.widgets import mute_platform, theme, wait_until
from tests.helpers.window import notices, run_in_window, until

no_windows = pytest.mark.skipif(os.name == "nt", reason="Windows has named pipes")

# Script of a start without a window: the first process prints its messages until it is killed.
START = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from gdm_studio.ui.shell.single_instance import SingleInstance
app = QCoreApplication(sys.argv)
one = SingleInstance(app)
if one.try_lock() or not one.hand_over(Path(sys.argv[1]) if sys.argv[1] else None):
    one.serve(lambda picture: print(picture, flush=True) is None)
    print("first", flush=True)
    app.exec()
"""

# Number of requests that a window answers while it closes.
REQUESTS = 12
# Script of a window that closes after so many requests of a later start. It prints each of them.
CLOSE = """
import sys
from PySide6.QtCore import QCoreApplication, QTimer
from gdm_studio.ui.shell.single_instance import SingleInstance
app = QCoreApplication(sys.argv)
one = SingleInstance(app)
assert one.try_lock()
count = 0
def wanted(picture):
    global count
    count += 1
    print("closing", flush=True)
    if count == int(sys.argv[1]):
        QTimer.singleShot(0, app.quit)
    return False
one.serve(wanted)
print("first", flush=True)
app.exec()
one.release()
"""


def start(picture: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", START, picture], stdout=subprocess.PIPE, text=True)


def test_a_second_start_hands_over_to_the_first(tmp_path: Path) -> None:
    theme()
    wanted: list[Path | None] = []
    first = SingleInstance()
    assert first.try_lock() and not SingleInstance().try_lock()
    first.serve(lambda picture: wanted.append(picture) is None)
    for picture in (str(tmp_path / "picture with spaces ü.png"), ""):
        with start(picture) as second:
            assert wait_until(lambda second=second: second.poll() is not None) and second.returncode == 0
    assert wanted == [tmp_path / "picture with spaces ü.png", None]
    first.release()
    assert SingleInstance().try_lock()


def test_another_library_has_its_own_window(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = SingleInstance()
    assert first.try_lock()
    monkeypatch.setenv("GDM_STUDIO_HOME", str(tmp_path / "other"))
    assert SingleInstance().try_lock()


def test_an_unresponsive_first_process_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_instance, "PATIENCE", 0.3)
    first = SingleInstance()
    # The first process does not listen.
    assert first.try_lock()
    with pytest.raises(StudioError, match="does not answer"):
        SingleInstance().hand_over(None)


def test_a_second_start_replaces_a_closing_first(tmp_path: Path) -> None:
    theme()
    asked: list[Path | None] = []
    first = SingleInstance()
    assert first.try_lock()

    def closing(picture: Path | None) -> bool:
        asked.append(picture)
        first.release()
        return False

    first.serve(closing)
    with start("late.png") as second:
        assert wait_until(lambda: asked)
        assert second.stdout is not None and second.stdout.readline() == "first\n"
        second.kill()


@pytest.mark.slow
def test_a_second_start_waits_for_a_window_that_closes_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    # A second passes between two requests, and none once the window has answered them all.
    clock = iter(range(REQUESTS))
    now = [0]

    def pause(seconds: float) -> None:
        now[0] = next(clock, REQUESTS)
        time.sleep(0.01)

    monkeypatch.setattr(single_instance, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=pause))
    # The window answers more often than this, and closes later.
    monkeypatch.setattr(single_instance, "CLOSING_SECONDS", REQUESTS // 3)
    assert single_instance.PATIENCE < REQUESTS
    program = [sys.executable, "-c", CLOSE, str(REQUESTS)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None and first.stdout.readline() == "first\n"
        second = SingleInstance()
        try:
            assert not second.try_lock() and not second.hand_over(None)
            assert [first.stdout.readline() for _ in range(REQUESTS)] == ["closing\n"] * REQUESTS
        finally:
            first.kill()
    assert not SingleInstance().try_lock(), "the second start has the lock"
    second.release()


def test_a_start_that_gets_no_answer_shows_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_instance, "PATIENCE", 0.3)
    shown: list[str] = []
    monkeypatch.setattr(app, "scaled_application", QApplication.instance)
    monkeypatch.setattr(QMessageBox, "exec", lambda box: shown.append(box.text()))
    theme()
    first = SingleInstance()
    assert first.try_lock()
    with pytest.raises(StudioError, match="does not answer"):
        app.main()
    assert "does not answer" in shown[0]


def test_every_start_is_a_first_if_no_lock_can_be_created(_own_home: Path) -> None:
    (_own_home / "data").write_text("a file where the folder should be")
    assert SingleInstance().try_lock() and SingleInstance().try_lock()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kill -9 is Unix's")
def test_one_of_two_starts_replaces_a_killed_process() -> None:
    """The first process is killed while it holds its lock and its socket file exists."""
    first = start("one.png")
    assert first.stdout is not None and first.stdout.readline() == "first\n"
    second = start("two.png")
    assert second.wait(60) == 0
    assert first.stdout.readline().strip() == str(Path("two.png").absolute())
    first.send_signal(signal.SIGKILL)
    first.wait(60)
    assert (paths.data_dir() / single_instance.LOCK).exists()
    both = [start("three.png"), start("four.png")]
    end = time.monotonic() + 60
    while all(process.poll() is None for process in both):
        assert time.monotonic() < end
        time.sleep(0.02)
    (left,) = [process for process in both if process.poll() is None]
    (gone,) = [process for process in both if process is not left]
    assert gone.returncode == 0
    assert left.stdout is not None and left.stdout.readline() == "first\n"
    left.kill()
    left.wait(60)
    for process in (first, second, *both):
        assert process.stdout is not None
        process.stdout.close()


def test_the_picture_opens_in_the_first_window(tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        window.open_page("models")
        (tmp_path / "note.png").write_text("no picture")
        # The offscreen platform cannot raise windows.
        with mute_platform():
            window.bring_to_front(None)
            assert window.page() == "models"
            window.bring_to_front(tmp_path / "note.png")
        await until(lambda: notices(window) or window._notices.shown)

    run_in_window(play)


def test_files_opened_by_the_finder_are_forwarded(tmp_path: Path) -> None:
    app, told = QApplication.instance() or application(), []
    assert isinstance(app, Application)
    app.opened.connect(told.append)
    QCoreApplication.sendEvent(app, QFileOpenEvent(str(tmp_path / "fox.png")))
    assert told == [str(tmp_path / "fox.png")]


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield a runtime directory as systemd makes it, and move the home to a path short enough for a socket."""
    place = None if os.name == "nt" else "/tmp"
    with tempfile.TemporaryDirectory(dir=place) as folder, tempfile.TemporaryDirectory(dir=place) as home:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        monkeypatch.setenv("GDM_STUDIO_HOME", home)
        yield Path(folder)


def serving(wanted: Callable[[Path | None], bool] = lambda picture: True) -> tuple[SingleInstance, str]:
    """Return a listening first window and its address."""
    theme()
    first = SingleInstance()
    assert first.try_lock() and first.serve(wanted) == ""
    return first, (paths.data_dir() / single_instance.ADDRESS).read_text()


def answer_to(address: str, data: bytes, *, seconds: float = 20.0) -> bytes:
    """Send bytes to the socket while the event loop runs, and return the answer; b"" if it hangs up."""
    with socket.socket(socket.AF_UNIX) as client:
        client.setblocking(False)
        client.connect(address)
        heard, left = [], memoryview(data)

        def has_ended() -> bool:
            nonlocal left
            try:
                left = left[client.send(left) :] if left else left
            except BlockingIOError:
                pass
            except OSError:
                # The receiver has stopped reading.
                left = memoryview(b"")
            try:
                heard.append(client.recv(1000))
            except BlockingIOError:
                return False
            except OSError:
                heard.append(b"")
            return not heard[-1]

        assert wait_until(has_ended, seconds=seconds)
        return b"".join(heard)


def closes_connections(first: SingleInstance) -> bool:
    """Return whether all connections are closed within the time limit."""
    return wait_until(lambda: not first._connections)


@no_windows
def test_the_socket_is_in_a_private_folder(runtime: Path) -> None:
    first, address = serving()
    assert Path(address).parent == runtime and stat.S_IMODE(os.lstat(address).st_mode) & 0o077 == 0
    first.release()
    assert list(runtime.iterdir()) == [] and not (paths.data_dir() / single_instance.ADDRESS).exists()


@no_windows
@pytest.mark.parametrize("flaw", ["open to all", "a link", "of another", "missing", "relative", "unset"])
def test_an_unfit_runtime_directory_is_not_used(flaw: str, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = {"missing": runtime / "no", "a link": runtime / "link", "relative": Path("run")}.get(flaw, runtime)
    if flaw == "open to all":
        runtime.chmod(0o755)
    if flaw == "a link":
        (runtime / "real").mkdir(mode=0o700)
        folder.symlink_to("real")
    if flaw == "of another":
        lstat = Path.lstat
        monkeypatch.setattr(Path, "lstat", lambda path: other_owner(lstat(path)) if path == runtime else lstat(path))
    monkeypatch.delenv("XDG_RUNTIME_DIR") if flaw == "unset" else monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    first, address = serving()
    assert Path(address).parent == paths.data_dir() / "run"
    assert stat.S_IMODE(os.stat(paths.data_dir() / "run").st_mode) == 0o700
    with start("fox.png") as second:
        assert wait_until(lambda: second.poll() is not None) and second.returncode == 0
    first.release()


def other_owner(status: os.stat_result) -> os.stat_result:
    fields = list(status)
    fields[stat.ST_UID] = os.getuid() + 1
    return os.stat_result(fields)


@no_windows
@pytest.mark.parametrize("temporary", ["/tmp", "a long one"])
def test_the_socket_of_a_too_long_home_path_is_elsewhere(
    temporary: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = temporary if temporary == "/tmp" else str(tmp_path / ("deeper" * 30))
    Path(temporary).mkdir(exist_ok=True)
    monkeypatch.setenv("GDM_STUDIO_HOME", str(tmp_path / ("deep" * 30)))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("TMPDIR", temporary)
    first, address = serving()
    folder = Path(address).parent
    assert folder.parent == Path("/tmp") and stat.S_IMODE(folder.stat().st_mode) == 0o700
    with start("fox.png") as second:
        assert wait_until(lambda: second.poll() is not None) and second.returncode == 0
    first.release()
    assert not folder.exists() and (temporary == "/tmp" or not list(Path(temporary).iterdir()))


@no_windows
def test_nothing_is_sent_to_a_program_of_another_user(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Path | None] = []
    first, _ = serving(lambda picture: heard.append(picture) is None)
    monkeypatch.setattr(socket_peer, "is_own_peer", lambda descriptor: False)
    with pytest.raises(StudioError, match="Another user's program"):
        SingleInstance().hand_over(Path("secret.png"))
    wait_until(lambda: False, seconds=0.3)
    assert heard == [] and closes_connections(first)
    first.release()


@no_windows
def test_other_users_are_not_answered(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Path | None] = []
    first, address = serving(lambda picture: heard.append(picture) is None)
    with monkeypatch.context() as patch:
        patch.setattr(socket_peer, "peer_uid", lambda descriptor: os.getuid() + 1)
        assert answer_to(address, message("/fox.png")) == b"" and heard == []
    assert answer_to(address, message("/fox.png")) == single_instance.TAKEN and heard == [Path("/fox.png")]
    first.release()


@pytest.mark.slow
@no_windows
def test_an_address_written_by_another_user_is_not_used(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_instance, "PATIENCE", 0.3)
    first, address = serving()
    lstat = os.lstat
    with monkeypatch.context() as patch, pytest.raises(StudioError, match="does not answer"):
        patch.setattr(os, "lstat", lambda path: other_owner(lstat(path)) if path == address else lstat(path))
        SingleInstance().hand_over(None)
    (paths.data_dir() / single_instance.ADDRESS).write_text("/etc/passwd")
    with pytest.raises(StudioError, match="does not answer"):
        SingleInstance().hand_over(None)
    first.release()


# Script that connects as a user with all file permissions, so that only the check of the peer's user remains.
AS_NOBODY = """
import os, socket, sys
client = socket.socket(socket.AF_UNIX)
folder = os.open(os.path.dirname(sys.argv[1]), os.O_RDONLY)
if os.getuid() == 0:
    os.setuid(65534)
try:
    client.connect(sys.argv[1])
    client.sendall(sys.argv[2].encode() + b"\\n")
    sys.stdout.buffer.write(client.recv(100))
except OSError as error:
    print(type(error).__name__)
"""


@no_windows
def test_another_user_can_use_neither_the_folder_nor_the_socket(runtime: Path) -> None:
    """Runs as another user if this process may switch users, else as the current user, who is answered."""
    heard: list[Path | None] = []
    first, address = serving(lambda picture: heard.append(picture) is None)
    is_stranger = os.getuid() == 0
    for opened_up in (False, True):
        if opened_up:
            runtime.chmod(0o777)
            os.chmod(address, 0o777)
        command = [sys.executable, "-c", AS_NOBODY, address, message("/fox.png").decode().strip()]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as asking:
            assert wait_until(lambda asking=asking: asking.poll() is not None)
            said = asking.stdout.read().strip() if asking.stdout else b""
        allowed = [b"", b"ConnectionResetError", b"BrokenPipeError"] if opened_up else [b"PermissionError"]
        assert said in (allowed if is_stranger else [b"ok"])
    assert heard == ([] if is_stranger else [Path("/fox.png")] * 2)
    first.release()


def message(picture: object, token: object = "") -> bytes:
    return json.dumps({"open": picture, "token": token}).encode() + b"\n"


BAD = {
    "not JSON": b"hello\n", "a list": b"[]\n", "a number": b"1\n", "empty": b"\n", "no fields": b"{}\n",
    "no token": b'{"open": ""}\n', "token is a number": message("", 5), "open is a number": message(5),
    "open is a list": message(["/a"]), "open is null": message(None), "token is an object": message("", {"a": 1}),
    "nul in the path": message("/a\0b"), "nul in the token": message("", "a\0b"), "half a letter": message("/\ud800"),
    "line in the token": message("", "a\nb"), "escape in the token": message("", "\x1b[31m"),
    "long token": message("", "a" * 1025), "long path": message("/" + "a" * 4096), "relative": message("fox.png"),
    "deep": b"[" * 30_000 + b"]" * 30_000 + b"\n", "deep within": b'{"open": ' + b"[" * 20_000 + b"\n",
    "digits": b'{"open": ' + b"9" * 5000 + b', "token": ""}\n', "not UTF-8": b'{"open": "\xff", "token": ""}\n',
    "no end": b"a" * 2_000_000, "a long line": b'{"open": "/' + b"a" * 2_000_000 + b'", "token": ""}\n',
}  # fmt: skip


@no_windows
@pytest.mark.parametrize("name", BAD)
def test_a_bad_message_is_refused_at_once(name: str, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(single_instance.TOKEN, raising=False)
    heard: list[Path | None] = []
    first, address = serving(lambda picture: heard.append(picture) is None)
    assert answer_to(address, BAD[name]) == single_instance.REFUSED
    assert heard == [] and single_instance.TOKEN not in os.environ and closes_connections(first)
    first.release()


@no_windows
def test_the_longest_message_allowed_is_taken(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(single_instance.TOKEN, "")
    heard: list[Path | None] = []
    first, address = serving(lambda picture: heard.append(picture) is None)
    longest = "/" + "ü" * 2047
    assert answer_to(address, message(longest, "t" * 1024)) == single_instance.TAKEN
    assert heard == [Path(longest)] and os.environ[single_instance.TOKEN] == "t" * 1024
    first.release()


@pytest.mark.slow
@no_windows
def test_300_random_messages_do_not_change_the_window(runtime: Path) -> None:
    heard: list[Path | None] = []
    first, address = serving(lambda picture: heard.append(picture) is None)
    chance = random.Random(4)
    good = message("/fox.png", "token")
    for _ in range(300):
        data = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            match chance.randrange(5):
                case 0:
                    data[chance.randrange(len(data))] = chance.randrange(256)
                case 1:
                    del data[chance.randrange(len(data)) :]
                case 2:
                    data[chance.randrange(len(data)) : 0] = chance.randbytes(chance.randint(1, 100))
                case 3:
                    data += good * chance.randint(1, 5)
                case 4:
                    data = data[: chance.randrange(1, 30)] * chance.randint(1, 3000)
            data = data or bytearray(b"x")
        assert answer_to(address, bytes(data) + b"\n") in (single_instance.TAKEN, single_instance.REFUSED)
    heard.clear()
    assert (
        answer_to(address, good) == single_instance.TAKEN and heard == [Path("/fox.png")] and closes_connections(first)
    )
    first.release()


@pytest.mark.slow
@no_windows
def test_silent_connections_end_and_do_not_block_others_for_long(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_instance, "MESSAGE_SECONDS", 0.5)
    first, address = serving()
    silent = []
    for _ in range(3 * single_instance.MAX_CONNECTIONS):
        client = socket.socket(socket.AF_UNIX)
        client.connect(address)
        silent.append(client)
        wait_until(lambda: False, seconds=0.005)
        assert len(first._connections) <= single_instance.MAX_CONNECTIONS
    assert closes_connections(first) and answer_to(address, message("")) == single_instance.TAKEN
    for client in silent:
        client.close()
    first.release()


def test_a_path_that_no_window_accepts_is_not_sent() -> None:
    with pytest.raises(StudioError, match="longer than 4096"):
        SingleInstance().hand_over(Path("/" + "a" * 5000))


@no_windows
def test_a_window_that_cannot_listen_shows_a_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    theme()
    monkeypatch.setattr(socket_peer, "private_folders", lambda data: iter([]))
    first = SingleInstance()
    assert first.try_lock()
    said = first.serve(lambda picture: True)
    assert said.startswith("Pictures opened outside will not reach this window; restart GDM Studio")
    assert "StorageError" in error_log.last_lines(1)[0]
    first.release()
