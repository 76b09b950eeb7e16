"""One window for a library: later starts hand over to the first, and a first that was killed is no hindrance."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from gdm_studio import paths
from gdm_studio.errors import StudioError
from gdm_studio.ui.shell import single
from gdm_studio.ui.shell.app import Application, application
from gdm_studio.ui.shell.single import Single
from gdm_studio.ui.shell.window import Window
from tests.helpers.looks import platform_unheard, theme, wait_until
from tests.helpers.opened import notices, opened, until

# A start of the program without its window: the first says what it hears until it is killed.
START = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from gdm_studio.ui.shell.single import Single
app = QCoreApplication(sys.argv)
one = Single(app)
if one.is_first() or not one.hand_over(Path(sys.argv[1]) if sys.argv[1] else None):
    one.serve(lambda picture: print(picture, flush=True) is None)
    print("first", flush=True)
    app.exec()
"""


def start(picture: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", START, picture], stdout=subprocess.PIPE, text=True)


def test_the_second_hands_over(tmp_path: Path) -> None:
    theme()
    wanted: list[Path | None] = []
    first = Single()
    assert first.is_first() and not Single().is_first()
    first.serve(lambda picture: wanted.append(picture) is None)
    for picture in (str(tmp_path / "picture with spaces ü.png"), ""):
        with start(picture) as second:
            assert wait_until(lambda second=second: second.poll() is not None) and second.returncode == 0
    assert wanted == [tmp_path / "picture with spaces ü.png", None]
    first.release()
    assert Single().is_first()


def test_another_library_has_a_window_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = Single()
    assert first.is_first()
    monkeypatch.setenv("GDM_STUDIO_HOME", str(tmp_path / "other"))
    assert Single().is_first()


def test_a_first_that_does_not_answer_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single, "PATIENCE", 0.3)
    first = Single()
    assert first.is_first()  # and serves nobody
    with pytest.raises(StudioError, match="does not answer"):
        Single().hand_over(None)


def test_a_second_takes_the_place_of_a_first_that_is_closing(tmp_path: Path) -> None:
    theme()
    asked: list[Path | None] = []
    first = Single()
    assert first.is_first()

    def closing(picture: Path | None) -> bool:
        asked.append(picture)
        first.release()
        return False

    first.serve(closing)
    with start("late.png") as second:
        assert wait_until(lambda: asked)
        assert second.stdout is not None and second.stdout.readline() == "first\n"
        second.kill()


def test_where_no_lock_can_be_made_every_start_is_a_first(_own_home: Path) -> None:
    (_own_home / "data").write_text("a file where the folder should be")
    assert Single().is_first() and Single().is_first()


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is Unix's")
def test_processes() -> None:
    """The first is killed with its lock held and its socket lying there; of two that start then, one is first."""
    first = start("one.png")
    assert first.stdout is not None and first.stdout.readline() == "first\n"
    second = start("two.png")
    assert second.wait(60) == 0
    assert first.stdout.readline().strip() == str(Path("two.png").absolute())
    first.send_signal(signal.SIGKILL)
    first.wait(60)
    assert (paths.data_dir() / single.LOCK).exists()
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
        window.turn_to("models")
        (tmp_path / "note.png").write_text("no picture")
        with platform_unheard():  # which cannot raise windows
            window.come_forward(None)
            assert window.page() == "models"
            window.come_forward(tmp_path / "note.png")
        await until(lambda: notices(window) or window._notices.shown)

    opened(play)


def test_what_the_finder_opens_is_told(tmp_path: Path) -> None:
    app, told = QApplication.instance() or application(), []
    assert isinstance(app, Application)
    app.opened.connect(told.append)
    QCoreApplication.sendEvent(app, QFileOpenEvent(str(tmp_path / "fox.png")))
    assert told == [str(tmp_path / "fox.png")]
