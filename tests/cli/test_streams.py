"""The end of the program: Ctrl-C during loading, closed streams, undecodable arguments, and pipes in place of files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gdm_studio import preferences
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.gallery import Gallery
from gdm_studio.jobs.queue import Queue
from gdm_studio.request.generation_request import Request
from tests.helpers.command_lines import run_command_lines
from tests.helpers.library import result

# A process counts as hung after this many seconds.
PATIENCE = 120.0
INTERRUPTING = """
import os, signal, time
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)
except KeyboardInterrupt:
    raise ImportError("half loaded")
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="streams, signals and pipes are other things there")


def run_program(*arguments: str, path: Path | None = None, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the program in its own process. Modules in `path` replace others."""
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([str(path or ""), *sys.path]))
    command = [sys.executable, "-m", "gdm_studio", *arguments]
    return subprocess.run(command, env=environment, timeout=PATIENCE, check=False, **options)


@pytest.mark.parametrize(("module", "verb"), [("platformdirs", "models"), ("PIL", "inspect"), ("json", "models")])
def test_ctrl_c_during_imports_ends_the_program_quietly(tmp_path: Path, module: str, verb: str) -> None:
    (tmp_path / f"{module}.py").write_text(INTERRUPTING)
    ended = run_program(verb, "x.png", path=tmp_path, capture_output=True)
    assert ended.returncode == 130
    assert b"Traceback" not in ended.stderr and len(ended.stderr.splitlines()) <= 1


@pytest.mark.slow
@pytest.mark.parametrize(("verb", "status"), [("models", 0), ("--help", 0), ("nothing", 2)])
def test_a_closed_pipe_is_no_error(verb: str, status: int) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    errors = writer if status else subprocess.PIPE
    ended = run_program(verb, stdout=writer, stderr=errors)
    os.close(writer)
    assert ended.returncode == status and not ended.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no such device here")
@pytest.mark.parametrize("is_buffered", [True, False])
@pytest.mark.parametrize("verb", ["models", "--help", "--version"])
def test_unwritable_output_gives_a_one_line_error(
    verb: str, is_buffered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", "" if is_buffered else "1")
    with open("/dev/full", "w") as full:
        ended = run_program(verb, stdout=full, stderr=subprocess.PIPE)
    assert ended.returncode == 2 and len(ended.stderr.splitlines()) == 1
    assert ended.stderr.endswith(b" No space left on device.\n")


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1, 2])
def test_standard_streams_may_be_closed_at_the_start(number: int) -> None:
    ended = run_program("gallery", "list", capture_output=True, preexec_fn=lambda: os.close(number))
    assert ended.returncode == 0 and b"Traceback" not in ended.stderr
    assert sorted(path.name for path in paths.cache_dir().glob("*.sqlite")), "and the index is no stream"


@pytest.mark.parametrize("place", [["generate"], ["generate", "x", "--style"], ["gallery", "tag", "x", "--name"]])
def test_an_argument_that_is_not_utf8_is_refused(place: list[str]) -> None:
    command = os.fsencode(sys.executable), b"-m", b"gdm_studio", *map(os.fsencode, place), b"caf\xe9"
    ended = subprocess.run(command, timeout=PATIENCE, capture_output=True, check=False)
    assert ended.returncode == 2
    assert b"caf\\udce9 is not UTF-8 text" in ended.stderr and len(ended.stderr.splitlines()) == 1


def test_a_path_that_is_not_utf8_is_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "caf\udce9"
    folder.mkdir()
    with closing(Gallery(folder, tmp_path, tmp_path)) as gallery:
        path = gallery.save(result("a fox")).path
    assert run(["inspect", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["prompt"] == "a fox"


@pytest.mark.parametrize(
    "arguments",
    [
        ["gallery", "move", ""],
        ["gallery", "import", ""],
        ["gallery", "sources", "--remove", ""],
        ["gallery", "export", "fox", "--out", ""],
        ["gallery", "export", "fox", "--zip", ""],
        ["gallery", "export", "fox", "--names", ""],
        ["generate", "x", "--out", ""],
        ["generate", "x", "--model", ""],
        ["generate", "x", "--model", " "],
        ["generate", "x", "--image", ""],
        ["export", "x.png", "--out", ""],
        ["inspect", ""],
        ["film", "x.png", "--to", "x.gif", "--size", "0"],
        ["grid", "x", "--x", "seed=1", "--out", "x.txt"],
        ["grid", "x", "--x", "seed=1", "--y", ""],
        ["queue", "add", "x", "--model", ""],
    ],
)
def test_an_empty_argument_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(Gallery.open()) as gallery:
        kept = gallery.save(result("a fox")).path
    assert run(arguments) == 2
    told = capsys.readouterr()
    assert told.out == "" and len(told.err.splitlines()) == 1
    assert kept.is_file() and not list(tmp_path.iterdir()) and not Queue.open().items()


@pytest.mark.slow
def test_a_pipe_in_place_of_a_file_blocks_nothing(tmp_path: Path) -> None:
    with closing(Gallery.open()) as gallery:
        gallery.save(result("a fox"))
    queue, settings = Queue.open(), paths.data_dir() / preferences.FILE
    queue.add(Request(prompt="an owl"))
    models, step = paths.models_dir() / "own", tmp_path / "x.step"
    models.mkdir(parents=True)
    in_library = [preferences.pictures_dir() / name for name in ("pipe.png", "notes.txt")]
    errors, model = paths.data_dir() / "errors.log", models / "x.safetensors"
    for pipe in (*in_library, queue.folder / "pipe.json", settings, errors, model, step):
        os.mkfifo(pipe)
    asked: dict[tuple[str, ...], tuple[int | None, str]] = {
        ("gallery", "list"): (0, "a fox"),
        ("queue", "list"): (0, "an owl"),
        ("models",): (0, "icons"),
        ("doctor",): (None, "Errors: none so far"),
        ("generate", "x", "--from-step", str(step)): (2, "is not a file"),
        ("generate", "x", "--model", str(model)): (2, "is not a file"),
        ("gallery", "move", str(tmp_path / "new")): (0, "1 image moved"),
    }
    for ended in run_command_lines([*asked], patience=PATIENCE):
        status, said = asked[ended.arguments]
        assert status in (None, ended.status) and said in ended.out + ended.err, ended
        assert "unforeseen" not in ended.err
    assert all(pipe.exists() for pipe in in_library), "what is no file stays behind"


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "\udce9\ud834"])
def test_unusable_settings_are_replaced_by_defaults(capsys: pytest.CaptureFixture[str], text: str) -> None:
    preferences.path().parent.mkdir(parents=True)
    wrong = {"library": text, "name_pattern": text, "device": text, "model_folders": [text], "theme": "light"}
    preferences.path().write_text(json.dumps(wrong))
    assert preferences.load() == preferences.Preferences(theme="light")
    for verb in (["gallery", "list"], ["models"]):
        assert run(verb) == 0
        assert "unforeseen" not in capsys.readouterr().err
