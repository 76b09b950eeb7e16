"""Processes of the program that are forked from one that has imported torch and the program. Linux only.

A process that a test starts spends almost all of its time on imports. The fork server has done them: it forks, and the
fork takes over the pipes, the environment, the folder and the command line of the process that is to be started. The
fork is a child of the test's process with its own process id, so that it is killed, stopped and waited for like any
other.

Use it by the fixture `forked_processes`. A process that the fork server could not start in the same way is started as
usual: another program, one with `preexec_fn` or options of Python, or one whose environment differs in a variable that
Python or torch read when they are imported. Tests of the start itself, of imports or of memory do not use it.
"""

from __future__ import annotations

import ctypes
import fcntl
import gc
import importlib
import inspect
import io
import os
import pickle
import runpy
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tests.helpers import disk_space

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]
# Modules that are imported before the first fork, with all that they import.
PRELOADED = ["tests.drills.loaded", "gdm_studio.jobs.workers.engine_loop", "gdm_studio.jobs.workers.worker_main"]
# Main modules of processes. Python warns if they have been imported when it runs them.
MAIN_MODULES = ["gdm_studio.jobs.workers.worker_main"]
# Environment variables that no module of PRELOADED reads when it is imported, by name or by the start of their name.
# Ray and torch's compiler set theirs in the process of the tests.
FREE_VARIABLES = (
    "GDM_STUDIO_",
    "HF_",
    "HOME",
    "PATH",
    "PWD",
    "PYTEST_",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONPATH",
    "RAY_",
    "TORCHINDUCTOR_CACHE_DIR",
    "XDG_",
)
PR_SET_CHILD_SUBREAPER = 36

_EXECUTE_CHILD = subprocess.Popen._execute_child  # type: ignore[attr-defined]
_SIGNATURE = inspect.signature(_EXECUTE_CHILD)


@dataclass
class Start:
    """Process to be started: its command line after the interpreter, environment, folder and process group.

    With `is_safe`, Python's option -P, the folder of its program is not on the import path. The process inherits stdin,
    stdout and stderr, and the descriptors of `pass_fds`.
    """

    arguments: list[str]
    is_safe: bool
    environment: dict[str, str]
    folder: str
    process_group: int
    new_session: bool
    pass_fds: tuple[int, ...]


class ForkServer:
    """Handle of the process that forks."""

    def __init__(self) -> None:
        """Start the process. It imports torch before its first fork."""
        self._lock = threading.Lock()
        self._environment = dict(os.environ)
        self._connection, theirs = socket.socketpair()
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        program = f"from tests.helpers import fork_server; fork_server.serve({theirs.fileno()})"
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", program],
                env=self._environment | {"PYTHONPATH": path},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # Ctrl-C in a terminal is handled by pytest.
                process_group=0,
            )

    def close(self) -> None:
        """End the fork server. The processes that it has started continue."""
        self._connection.close()
        self._process.wait()

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let this server start the processes, until the patch is undone."""
        # A function, which becomes a method of the class.
        monkeypatch.setattr(subprocess.Popen, "_execute_child", lambda *given: self.execute_child(*given))

    def execute_child(self, process: subprocess.Popen[Any], *args: Any, **kwargs: Any) -> None:
        """Start the process of a `Popen`, in place of its `_execute_child`."""
        given = _SIGNATURE.bind(process, *args, **kwargs).arguments
        start = self._start_of(given)
        if start is None:
            _EXECUTE_CHILD(process, *args, **kwargs)
            return
        own = [given["p2cread"], given["c2pwrite"], given["errwrite"]]
        streams = [place if each == -1 else each for place, each in enumerate(own)]
        process.pid = self._fork(start, streams)
        process._child_created = True  # type: ignore[attr-defined]
        pipes = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
        process._close_pipe_fds(*(given[name] for name in pipes))  # type: ignore[attr-defined]

    def _fork(self, start: Start, streams: list[int]) -> int:
        """Return the process id of a new process."""
        data = pickle.dumps(start)
        adopt = ctypes.CDLL(None).prctl
        with self._lock:
            # The fork's own parent ends at once. This process becomes the parent, because it takes orphans meanwhile.
            adopt(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
            try:
                socket.send_fds(self._connection, [len(data).to_bytes(8, "little")], [*streams, *start.pass_fds])
                self._connection.sendall(data)
                answer = self._connection.recv(8)
            finally:
                adopt(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
        if not answer:
            raise OSError("The fork server has ended.")
        return int.from_bytes(answer, "little")

    def _start_of(self, given: Mapping[str, Any]) -> Start | None:
        """Return the process that a `Popen` starts, or None if the fork server cannot start it."""
        words = given["args"]
        if given["shell"] or isinstance(words, str | bytes | os.PathLike) or given["executable"] is not None:
            return None
        python, *arguments = [os.fsdecode(word) for word in words]
        unusual = [given["preexec_fn"], given["gid"], given["gids"], given["uid"]]
        if python != sys.executable or unusual != [None] * 4 or given["umask"] != -1 or not given["close_fds"]:
            return None
        is_safe = arguments[:1] == ["-P"]
        arguments = arguments[int(is_safe) :]
        if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-c", "-m")):
            return None
        folder = os.path.abspath(os.fsdecode(given["cwd"] or os.getcwd()))
        environment = dict(os.environ if given["env"] is None else given["env"])
        path = environment.get("PYTHONPATH", "").split(os.pathsep)
        if str(ROOT) not in [path[0], folder]:
            return None
        names = environment.keys() | self._environment.keys()
        changed = {name for name in names if environment.get(name) != self._environment.get(name)}
        if any(not name.startswith(FREE_VARIABLES) for name in changed):
            return None
        group = os.getpgrp() if given["process_group"] == -1 else given["process_group"]
        session = given["start_new_session"]
        passed = tuple(sorted(map(int, given["pass_fds"])))
        return Start(arguments, is_safe, environment, folder, group, session, passed)


def serve(descriptor: int) -> None:
    """Fork processes on request until the connection `descriptor` is closed. Each fork runs its program here."""
    standard = [each for each in sys.path if each not in os.environ["PYTHONPATH"].split(os.pathsep)]
    disk_space.pretend_room()
    for module in PRELOADED:
        importlib.import_module(module)
    for module in MAIN_MODULES:
        package, _, name = module.rpartition(".")
        del sys.modules[module]
        delattr(sys.modules[package], name)
    gc.collect()
    # The garbage collection of the forks need not visit, and thereby copy, these objects.
    gc.freeze()
    connection = socket.socket(fileno=descriptor)
    while header := socket.recv_fds(connection, 8, 253)[:2]:
        size, descriptors = header
        if not size:
            return
        start: Start = pickle.loads(_read(connection, int.from_bytes(size, "little")))
        pid = _fork()
        if pid == 0:
            _take_over(start, descriptors, standard)
            _run(start.arguments)
            return
        for each in descriptors:
            os.close(each)
        connection.sendall(pid.to_bytes(8, "little"))


def _read(connection: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        data += connection.recv(count - len(data))
    return bytes(data)


def _fork() -> int:
    """Fork a process that belongs to the parent of this one. Return its process id, and 0 in the process itself."""
    assert threading.active_count() == 1, "a module that the fork server imports has started a thread"
    reading, writing = os.pipe()
    between = os.fork()
    if between == 0:
        own = os.getpid()
        pid = os.fork()
        if pid:
            os.write(writing, pid.to_bytes(8, "little"))
            os._exit(0)
        while os.getppid() == own:
            # The process between has not ended, and this one has no new parent.
            time.sleep(0.001)
        return 0
    pid = int.from_bytes(os.read(reading, 8), "little")
    os.close(reading)
    os.close(writing)
    os.waitpid(between, 0)
    return pid


def _take_over(start: Start, descriptors: Sequence[int], standard: Sequence[str]) -> None:
    """Become the process that is to be started, up to its main module."""
    os.setpgid(0, start.process_group)
    if start.new_session:
        os.setsid()
    _place(descriptors, [0, 1, 2, *start.pass_fds])
    os.chdir(start.folder)
    # Python itself sets this variable where no language is set.
    coerced = {name: value for name, value in os.environ.items() if name == "LC_CTYPE"}
    os.environ.clear()
    os.environ.update(coerced | start.environment)
    tempfile.tempdir = None
    for name, descriptor in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        stream = _reopened(getattr(sys, name), descriptor)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    path = [os.path.abspath(each) for each in start.environment.get("PYTHONPATH", "").split(os.pathsep) if each]
    kind = start.arguments[0]
    first = {"-c": "", "-m": start.folder}.get(kind, str(Path(kind).resolve().parent))
    sys.path[:] = [*([] if start.is_safe else [first]), *path, *standard]
    importlib.invalidate_caches()


def _place(descriptors: Sequence[int], places: Sequence[int]) -> None:
    """Move open file descriptors to the numbers `places`, and close all others."""
    beyond = max(places) + 1
    moved = [fcntl.fcntl(each, fcntl.F_DUPFD, beyond) for each in descriptors]
    for each, place in zip(moved, places, strict=True):
        os.dup2(each, place)
    last = 2
    for place in [*sorted(places[3:]), os.sysconf("SC_OPEN_MAX")]:
        os.closerange(last + 1, place)
        last = place


def _reopened(stream: io.TextIOWrapper, descriptor: int) -> io.TextIOWrapper:
    """Return one of Python's standard streams, as Python opens it at its start."""
    # Python has read PYTHONUNBUFFERED, which is the same for all processes of a fork server.
    is_buffered = not (stream.write_through and descriptor)
    buffer: Any = open(descriptor, "wb" if descriptor else "rb", -1 if is_buffered else 0, closefd=False)  # noqa: SIM115
    getattr(buffer, "raw", buffer).name = f"<{('stdin', 'stdout', 'stderr')[descriptor]}>"
    by_line = is_buffered and (descriptor == 2 or os.isatty(descriptor))
    return io.TextIOWrapper(buffer, stream.encoding, stream.errors, "\n", by_line, not is_buffered)


def _run(arguments: list[str]) -> None:
    """Run a command line after the interpreter: `-c CODE …`, `-m MODULE …` or a file."""
    # The module in place is not deleted: this function belongs to the program that it runs.
    sys.modules["__fork_server__"] = sys.modules["__main__"]
    sys.modules["__main__"] = main = ModuleType("__main__")
    main.__dict__["__builtins__"] = __builtins__
    kind, *rest = arguments
    if kind == "-m":
        sys.argv = ["-m", *rest[1:]]
        # Python itself does the same for this option.
        runpy._run_module_as_main(rest[0])  # type: ignore[attr-defined]
        return
    if kind == "-c":
        sys.argv = ["-c", *rest[1:]]
        exec(compile(rest[0], "<string>", "exec"), main.__dict__)
        return
    sys.argv = arguments
    main.__dict__["__file__"] = kind
    exec(compile(Path(kind).read_bytes(), kind, "exec"), main.__dict__)
