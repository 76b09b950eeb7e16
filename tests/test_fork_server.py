"""The processes that the fork server starts behave as those that Python starts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.fork_server import ForkServer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")

ROOT = Path(__file__).parents[1]
REPORT = """
import json, os, sys, tempfile
facts = {
    "argv": sys.argv,
    "name": __name__,
    "path": sys.path,
    "folder": os.getcwd(),
    "environment": dict(os.environ),
    "temporary": tempfile.gettempdir(),
    "parent": os.getppid(),
    "leads": os.getpgid(0) == os.getpid(),
    "session": os.getsid(0) == os.getpid(),
    "descriptors": [each for each in range(1000) if each < 3 or os.path.exists(f"/proc/self/fd/{each}")],
    "streams": [
        [each.name, each.encoding, each.errors, each.line_buffering, each.fileno()]
        for each in (sys.stdin, sys.stdout, sys.stderr)
    ],
    "input": sys.stdin.read(),
}
print(json.dumps(facts))
sys.exit(5)
"""


@pytest.fixture
def starts(fork_server: ForkServer, forked_processes: None, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list to which the process id of every forked process is added."""
    found: list[int] = []
    fork = fork_server._fork
    monkeypatch.setattr(fork_server, "_fork", lambda *given: found.append(fork(*given)) or found[-1])
    return found


@pytest.mark.parametrize("kind", ["code", "module", "file", "safe module"])
def test_a_forked_process_is_like_a_started_one(
    kind: str, starts: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "report.py").write_text(REPORT)
    command = {
        "code": ["-c", REPORT],
        "module": ["-m", "report"],
        "file": [str(tmp_path / "report.py")],
        "safe module": ["-P", "-m", "report"],
    }[kind]
    path = [str(ROOT), *([str(tmp_path)] if "safe" in kind else [])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path))
    monkeypatch.setenv("GDM_STUDIO_TRIAL", "1")
    reports = []
    for forked in (True, False):
        reading, writing = os.pipe()
        ended = subprocess.run(
            [sys.executable, *command, "-x", "é"],
            input="words\r\n",
            text=True,
            cwd=tmp_path,
            env=dict(os.environ),
            capture_output=True,
            pass_fds=[writing],
            process_group=0 if kind == "code" else None,
            start_new_session=kind == "module",
            # A process with this option is not forked.
            umask=-1 if forked else 0o22,
        )
        os.close(reading)
        os.close(writing)
        assert ended.returncode == 5 and not ended.stderr
        reports.append(json.loads(ended.stdout))
        # The pipe's number depends on what else is open.
        reports[-1]["descriptors"].remove(writing)
    assert len(starts) == 1
    differing = {name: (fact, reports[1][name]) for name, fact in reports[0].items() if fact != reports[1][name]}
    assert not differing and reports[0]["parent"] == os.getpid()


@pytest.mark.slow
def test_it_ends_by_a_signal_or_an_error_as_a_started_one(starts: list[int]) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    codes = ["raise KeyboardInterrupt", "1 / 0", "import os; os.abort()", "raise SystemExit('a sentence')"]
    for code in codes:
        ends = [
            subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, umask=umask)
            for umask in (-1, 0o22)
        ]
        assert ends[0].returncode == ends[1].returncode
        assert ends[0].stderr.splitlines()[-1:] == ends[1].stderr.splitlines()[-1:]
    assert len(starts) == len(codes)


def test_it_is_a_child_that_can_be_killed(starts: list[int]) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    code = "import sys; print(1, flush=True); sys.stdin.read()"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None and process.stdout.readline() == b"1\n"
        assert process.poll() is None and [process.pid] == starts
        process.kill()
        assert process.wait() == -signal.SIGKILL
    assert not Path(f"/proc/{process.pid}").exists()


def test_a_process_that_cannot_be_forked_alike_is_started(starts: list[int]) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    optimised = "import sys; sys.exit(7 if sys.flags.optimize else 8)"
    for more, options, status in [({"PYTHONOPTIMIZE": "1"}, [], 7), ({}, ["-O"], 7), ({"LC_ALL": "C"}, [], 8)]:
        ended = subprocess.run([sys.executable, *options, "-c", optimised], env=environment | more)
        assert ended.returncode == status
    assert not starts
