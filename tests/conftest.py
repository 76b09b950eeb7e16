"""Settings for every test: no screen, a home folder of its own, and failure on Qt warnings and lost exceptions."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from tests.helpers import disk_space, environment, memory_disk, unsynced_files

# Temporary files are in memory if possible, unless the caller named a folder. Child processes inherit the setting.
if "TMPDIR" not in os.environ and (_memory := memory_disk.usable_folder()) is not None:
    os.environ["TMPDIR"] = tempfile.tempdir = str(_memory)
_before_tests = tempfile.TemporaryDirectory(prefix="gdm-studio-tests-")
environment.set_up(Path(_before_tests.name, "user"))
# Set by the process that distributes the tests, and inherited by those that run them.
os.environ.setdefault(environment.SHARED_FOLDER, _before_tests.name)
# The tests start the program hundreds of times in processes of their own, and without bytecode each start would compile
# it again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
unsynced_files.skip_syncs()
disk_space.pretend_room()
# Set before any import of Qt or use of the paths. Code that runs before a test gets a temporary home.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The texts and formats of the window do not depend on the machine.
os.environ["GDM_STUDIO_LANGUAGE"] = "en"
os.environ["GDM_STUDIO_HOME"] = _before_tests.name
# The networks here are small, and several threads in each of several processes slow each other down.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest  # noqa: E402
from PySide6.QtCore import QCoreApplication, QEvent  # noqa: E402

from gdm_studio.common import memory  # noqa: E402
from gdm_studio.engine import torch_startup  # noqa: E402
from gdm_studio.models.files.json_cache import JsonCache  # noqa: E402
from gdm_studio.models.model_library import Library  # noqa: E402
from tests.helpers.fork_server import ForkServer  # noqa: E402
from tests.helpers.freed_memory import return_freed_memory  # noqa: E402
from tests.helpers.home_folders import HomeFolders  # noqa: E402
from tests.helpers.stray_errors import no_strays  # noqa: E402
from tests.helpers.xvfb import virtual_screen  # noqa: E402

torch_startup.prepare()
# The collection of 14,000 tests creates little garbage, and the collector would go through all of them again and again.
gc.disable()

__all__ = ["virtual_screen"]


# Average time of a test with and without the mark `slow`. A test that takes much longer names its time in the mark.
SLOW_SECONDS = 1.0
QUICK_SECONDS = 0.05

# Memory to which a test process may grow, in bytes.
PROCESS_BYTES = 7 * 2**30


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return the number of test processes: three for two cores, since many tests wait for timers, disks and other
    processes, or one for each core if the memory holds no more.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    fitting = (memory.total() or 0) // PROCESS_BYTES
    return max(cores, min(cores + cores // 2, fitting))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Return the distribution of tests to processes, or None for xdist's own unless it goes by file."""
    if config.getvalue("dist") != "loadfile":
        return None
    from tests.helpers.scheduling import CrashProofScheduling

    return CrashProofScheduling(config, log)


def opens_the_window(item: pytest.Item) -> bool:
    """Return True if the test opens the program's window, which takes half a second."""
    function = getattr(item, "function", None)
    return function is not None and "run_in_window" in function.__code__.co_names


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """Let each process of a parallel run collect the folders of tests from another one on.

    In a new checkout, pytest compiles each file. Processes that are at the same file would all do so.
    """
    report = yield
    if hasattr(collector.config, "workerinput") and collector.path == Path(__file__).parent:
        worker = collector.config.workerinput
        number = int(worker["workerid"].removeprefix("gw"))
        folders = report.result
        first = number % worker["workercount"] * len(folders) // worker["workercount"]
        report.result = [*folders[first:], *folders[:first]]
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that open the window as slow, except those with the mark `everyday`.

    Run the longest files first in a parallel run, so that no process is alone with a long file at the end.
    """
    for item in items:
        if opens_the_window(item) and item.get_closest_marker("everyday") is None:
            item.add_marker(pytest.mark.slow)
    if not hasattr(config, "workerinput"):
        return
    seconds: Counter[Path] = Counter()
    for item in items:
        slow = item.get_closest_marker("slow")
        seconds[item.path] += slow.kwargs.get("seconds", SLOW_SECONDS) if slow else QUICK_SECONDS
    # The tests of a file keep their order. That of the files must be the same in all processes.
    items.sort(key=lambda item: (-seconds[item.path], item.path))


@pytest.fixture(scope="session")
def _scanned_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scan the shipped models, and return the cache file with the result."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GDM_STUDIO_HOME", str(tmp_path_factory.mktemp("scanned")))
        Library().cards()
        return JsonCache("cards").path


@pytest.fixture(scope="session")
def _home_folders(tmp_path_factory: pytest.TempPathFactory, _scanned_models: Path) -> HomeFolders:
    """Return the home folders of the tests.

    The shipped models are known there, as after an earlier start of the program. Scanning them takes 0.3 s, ten times
    as long as reading the result.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GDM_STUDIO_HOME", _before_tests.name)
        cache = JsonCache("cards").path.relative_to(_before_tests.name)

    def fill(home: Path) -> None:
        (home / cache).parent.mkdir(parents=True)
        shutil.copyfile(_scanned_models, home / cache)
        (home / "share").mkdir()

    return HomeFolders(tmp_path_factory.getbasetemp(), fill)


@pytest.fixture
def _taken_home(_home_folders: HomeFolders) -> Iterator[Path]:
    """Return a new home folder, which is removed when the test has ended. The folders of all tests together hold
    30 GB.
    """
    home, content = _home_folders.take()
    yield home
    _home_folders.give_back(home, content)


@pytest.fixture(autouse=True)
def _own_home(_taken_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test its own folder for images, data and caches, apart from the user's library."""
    monkeypatch.setenv("GDM_STUDIO_HOME", str(_taken_home))
    # The system's trash is below this folder.
    monkeypatch.setenv("XDG_DATA_HOME", str(_taken_home / "share"))
    return _taken_home


# Growth of the process in bytes after which garbage is collected. With all modules loaded, a collection takes a second.
GROWTH = 2**30


def _collect_garbage() -> int:
    """Collect garbage, and return the size of the process in bytes."""
    gc.collect()
    # Later collections need not look through the objects of the tests themselves.
    gc.freeze()
    return_freed_memory()
    return memory.in_use() or 0


@pytest.fixture(autouse=True, scope="session")
def _resident_after_collection() -> Iterator[list[int]]:
    """Return a list with the size of the process after the last garbage collection, in bytes."""
    yield [_collect_garbage()]


@pytest.fixture(autouse=True)
def _collected(_resident_after_collection: list[int]) -> Iterator[None]:
    """Collect garbage only between tests, and old garbage only after a test that made the process much larger.

    Python's automatic collection runs on any thread and within any call. It would destroy the widgets of an earlier
    test on a thread of this one, or while Qt goes through them, and the process would crash.
    """
    gc.disable()
    yield
    if (memory.in_use() or 0) > _resident_after_collection[0] + GROWTH:
        # Tests that open the window freeze all objects that exist then.
        gc.unfreeze()
        _resident_after_collection[0] = _collect_garbage()


@pytest.fixture(scope="session")
def shipped() -> Library:
    """Return a library of the shipped models, whose weights are read once for all tests."""
    return Library()


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer | None]:
    """Return the server that forks processes of the program, or None where a process cannot adopt another's child."""
    if sys.platform != "linux":
        yield None
        return
    server = ForkServer()
    yield server
    server.close()


@pytest.fixture
def forked_processes(fork_server: ForkServer | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fork the processes that the test starts from one that has imported torch and the program."""
    if fork_server is not None:
        fork_server.install(monkeypatch)


@pytest.fixture(autouse=True)
def _strict() -> Iterator[None]:
    """Fail the test on a Qt warning or an unhandled exception."""
    with no_strays():
        yield


@pytest.fixture(autouse=True)
def _deleted_widgets() -> Iterator[None]:
    """Delete the windows that the test left open.

    Each change of the style sheet visits every widget, and opening the program's window changes it several times. The
    widgets of hundreds of tests would make each later test ten times slower.
    """
    yield
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return
    # A popup belongs to its parent, such as the list of a combo box.
    left = [widget for widget in widgets.QApplication.topLevelWidgets() if widget.parent() is None]
    for widget in left:
        widget.hide()
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
