"""Environments: made, known to be whole, repaired. On a tiny project whose packages are made on the spot."""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from installer import stamp as stamps
from installer.console import run_captured
from installer.creation import create, has_pip
from installer.damage import drop_damaged
from installer.environment import Environment
from installer.problems import Problem
from tests.installer.conftest import Fake

PIP = importlib.metadata.version("pip")
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "tiny"
version = "1.0"
dependencies = ["torch", "tokenizers>=1.0", "other"]

[project.optional-dependencies]
test = ["more"]

[tool.hatch]
"""
BACKEND = """
import shutil, pathlib
def build_editable(folder, config_settings=None, metadata_directory=None):
    return shutil.copy(pathlib.Path("wheels/tiny-1.0-py3-none-any.whl"), folder) and "tiny-1.0-py3-none-any.whl"
"""


def wheel(folder: Path, name: str, *, needs: str = "") -> None:
    """Create a wheel with a single module `name`."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}/__init__.py": f"NAME = {name!r}\n" * 100,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},{_digest(text)},{len(text)}\n" for path, text in files.items())
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        for path, text in (files | {f"{info}/RECORD": record + f"{info}/RECORD,,\n"}).items():
            archive.writestr(path, text)


def _digest(text: str) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def pip_wheel(folder: Path) -> None:
    """Pack the pip of this environment into a wheel, so that the test needs no package index.

    The wheel lists its own files only. With the scripts and the bytecode of this environment, whose sizes are others
    elsewhere, the installed pip would count as damaged.
    """
    files = [
        file
        for file in importlib.metadata.files("pip") or ()
        if not str(file).startswith("..") and file.suffix != ".pyc" and file.name != "RECORD"
    ]
    info = f"pip-{PIP}.dist-info"
    with zipfile.ZipFile(folder / f"pip-{PIP}-py3-none-any.whl", "w") as archive:
        for file in files:
            archive.write(file.locate(), str(file))
        archive.writestr(f"{info}/RECORD", "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"]))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """Create a project in a folder with a space in its name. pip finds its packages only in a local folder."""
    root = tmp_path / "a project"
    wheels = root / "wheels"
    (root / "installer").mkdir(parents=True)
    wheels.mkdir()
    (root / "pyproject.toml").write_text(PROJECT)
    (root / "backend.py").write_text(BACKEND)
    (root / "installer" / "constraints.txt").write_text(f"torch==1.0\nother==1.0\nmore==1.0\npip=={PIP}\n")
    for name in ("torch", "other", "more", "hub"):
        wheel(wheels, name)
    wheel(wheels, "tokenizers", needs="Requires-Dist: hub\n")
    needs = "Requires-Dist: torch\nRequires-Dist: other\nProvides-Extra: test\n"
    wheel(wheels, "tiny", needs=needs + 'Requires-Dist: more; extra == "test"\n')
    pip_wheel(wheels)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", wheels.as_uri())
    monkeypatch.setattr("installer.torch_build.pip_is_right", lambda *args, **knobs: True)
    return Environment(root)


def imports(environment: Environment, *names: str) -> bool:
    return run_captured([environment.python, "-c", "; ".join(f"import {name}; {name}.NAME" for name in names)]).ok


@pytest.mark.slow(seconds=25)
@pytest.mark.timeout(900)  # a dozen runs of pip, half a minute where nothing else is at work
@pytest.mark.skipif(int(PIP.split(".")[0]) < 25, reason="this environment's pip is not the installer's")
def test_a_life_of_an_environment(project: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not project.ready()
    project.make()
    assert project.ready()
    assert imports(project, "torch", "other", "tokenizers", "hub", "tiny")
    with monkeypatch.context() as patch:
        # At every start of the program, no other process is asked.
        patch.setattr(subprocess, "Popen", None)
        assert Environment(project.root).ready()

    assert not project.ready(["test"])
    project.make(["test"])
    assert project.ready(["test"])
    assert project.ready()  # `run` after `test` finds nothing to do

    pip = project.packages / "pip"
    pip.rename(pip.with_name("gone"))
    assert not project.ready()
    shutil.rmtree(pip.with_name("gone"))
    shutil.rmtree(project.packages / "other")  # something deletes a package
    (project.packages / "torch" / "__init__.py").write_text("cut sh")  # and the disk was full once
    project.stamp.unlink()
    assert not imports(project, "torch", "other")
    project.make()
    assert project.ready()
    assert imports(project, "torch", "other", "tiny") and has_pip(project.python)

    project.python.unlink()  # the Python it was made of has been removed
    assert not project.ready()
    project.make()
    assert project.ready() and imports(project, "torch", "other", "tiny")

    wheel_gone = project.root / "wheels" / "other-1.0-py3-none-any.whl"
    wheel_gone.unlink()
    shutil.rmtree(project.packages / "other")
    with pytest.raises(Problem, match="no build for this system"):
        project.make()
    assert not project.ready()
    wheel(wheel_gone.parent, "other")
    project.make()
    assert project.ready()


def test_a_linked_environment_is_not_changed(project: Environment) -> None:
    other = project.root.with_name("other")
    shutil.copytree(project.root, other)
    Environment(other).folder.symlink_to(project.folder)
    with pytest.raises(Problem, match="link to the environment of .*a project; remove"):
        Environment(other).make()


@pytest.mark.slow
def test_venv_split_off_python(tmp_path: Path, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian's `python3 -m venv` fails without a package of its own; --without-pip works there."""
    split = fake(
        "split-python",
        'case "$*" in *--without-pip*) ;; *"-m venv"*) echo "The virtual environment was not created '
        'successfully because ensurepip is not\navailable."; exit 1;; esac\n'
        f'exec "{sys.executable}" "$@"',
    )
    fake("apt-get", "exit 1")  # not on the machine that tests this
    monkeypatch.setattr(sys, "_base_executable", str(split))
    python = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    create(tmp_path / "env", python)
    assert has_pip(python)


@pytest.mark.parametrize("change", ["pins", "dependencies", "folder"])
def test_whatever_makes_it_out_of_date_changes_the_key(project: Environment, change: str) -> None:
    before, root = project.key, project.root
    if change == "pins":
        project.constraints.write_text("torch==2.0\n")
    elif change == "dependencies":
        (root / "pyproject.toml").write_text(PROJECT.replace('"other"', '"other>=1"'))
    else:
        root = root.rename(root.with_name("moved"))
    assert Environment(root).key != before
    assert Environment(root).key == Environment(root).key


def test_other_settings_do_not(project: Environment) -> None:
    before = project.key
    (project.root / "pyproject.toml").write_text(PROJECT + "[tool.ruff]\nline-length = 110\n")
    assert Environment(project.root).key == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"key": 1}', "\x00\xff"])
def test_a_stamp_that_cannot_be_understood_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "stamp").write_text(text)
    assert stamps.read(tmp_path / "stamp") is None


def test_a_stamp_comes_back_as_it_was_written(tmp_path: Path) -> None:
    stamp = stamps.Stamp("key", frozenset({"test"}), {"": ["a"], "a": ["b.py"]})
    stamps.write(tmp_path / "stamp", stamp)
    assert stamps.read(tmp_path / "stamp") == stamp


def test_a_stamp_notices_what_is_gone_and_not_what_is_new(tmp_path: Path) -> None:
    (tmp_path / "torch" / "__pycache__").mkdir(parents=True)
    (tmp_path / "torch" / "a.py").touch()
    stamp = stamps.Stamp("key", frozenset({"test"}), stamps.tree(tmp_path))
    shutil.rmtree(tmp_path / "torch" / "__pycache__")
    (tmp_path / "of my own").mkdir()
    assert stamp.covers("key", ["test"], tmp_path)
    assert not stamp.covers("another", [], tmp_path)
    assert not stamp.covers("key", ["train"], tmp_path)
    (tmp_path / "torch" / "a.py").unlink()
    assert not stamp.covers("key", [], tmp_path)


@pytest.mark.parametrize("harm", ["delete", "truncate", "unfinished", "unreadable"])
def test_damaged_packages_are_struck_off_the_list(tmp_path: Path, harm: str) -> None:
    for name in ("good", "bad"):
        wheel(tmp_path, name)
        zipfile.ZipFile(tmp_path / f"{name}-1.0-py3-none-any.whl").extractall(tmp_path)
    (tmp_path / "~ad").mkdir()
    record = tmp_path / "bad-1.0.dist-info" / "RECORD"
    if harm == "delete":
        (tmp_path / "bad" / "__init__.py").unlink()
    elif harm == "truncate":
        (tmp_path / "bad" / "__init__.py").write_text("")
    elif harm == "unfinished":
        record.unlink()
    else:
        record.write_bytes(b"\xff\xfe")
    assert drop_damaged(tmp_path) == ["bad"]
    assert not (tmp_path / "bad-1.0.dist-info").exists()
    assert (tmp_path / "good-1.0.dist-info").exists()
    assert not (tmp_path / "~ad").exists()
    assert drop_damaged(tmp_path) == []
