"""Advice on missing packages, which can be followed in a bundle, in the installer's environment and after pip."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

import gdm_studio
from gdm_studio import doctor
from gdm_studio.cli.main import run
from gdm_studio.common.errors import StudioError
from gdm_studio.common.optional_packages import EXTRAS, program_command, reinstall_advice
from gdm_studio.engine import animation_file
from gdm_studio.gallery import Gallery
from gdm_studio.gallery.storage import integrity
from installer import commands

ROOT = Path(__file__).parent.parent
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows quotes otherwise")


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this process look like one of a bundle."""
    (tmp_path / "python").mkdir()
    (tmp_path / "manifest.json").write_text(json.dumps({"name": "gdm-studio", "version": "1", "files": {}}))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "python"))


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make this process look like one of an environment of the installer, and return the source folder."""
    source = tmp_path / "source code"
    (source / ".venv").mkdir(parents=True)
    (source / ".venv" / "gdm-studio.json").touch()
    (source / "installer").mkdir()
    (source / "installer" / "__main__.py").touch()
    monkeypatch.setattr(sys, "prefix", str(source / ".venv"))
    return source


def serve_without(package: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    if server := sys.modules.get("gdm_studio.server"):
        # The next import binds another package to this name, which later tests must not find.
        monkeypatch.setattr(gdm_studio, "server", server)
    for name in [name for name in sys.modules if name.startswith("gdm_studio.server")]:
        monkeypatch.delitem(sys.modules, name)
    # Its modules may have been imported by another test.
    for name in [package, *(name for name in sys.modules if name.startswith(f"{package}."))]:
        monkeypatch.setitem(sys.modules, name, None)
    assert run(["serve", "--port", "0"]) == 2
    return capsys.readouterr().err


def cluster_without_ray(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> str:
    monkeypatch.setitem(sys.modules, "ray", None)
    (folder / "prompts.jsonl").write_text('"a fox"\n')
    prompts = ["--prompts", str(folder / "prompts.jsonl")]
    assert run(["generate", *prompts, "--cluster", "auto", "--out", str(folder / "out")]) == 2
    return capsys.readouterr().err


def advice_on_av() -> doctor.Finding:
    (finding,) = (each for each in doctor.list_versions() if each.name == "av")
    return finding


@pytest.mark.usefixtures("bundle")
def test_a_bundle_never_advises_pip(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    found = advice_on_av()
    assert found.state == doctor.OK and "not in this bundle" in found.value
    server, cluster = serve_without("uvicorn", monkeypatch, capsys), cluster_without_ray(monkeypatch, capsys, tmp_path)
    for sentence in (server, cluster):
        assert "not contained in the bundle" in sentence and "pip" not in sentence and "source folder" not in sentence
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(StudioError, match="not contained in the bundle.* GIF and WebP work without it"):
        animation_file.check(tmp_path / "film.mp4")
    assert reinstall_advice() == "Reinstall the program."


@POSIX
def test_the_installer_adds_to_its_own_environment(
    source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    command = "python3 " + str(source / "installer").replace(" ", "\\ ") + " add"
    assert shlex.split(command) == ["python3", str(source / "installer"), "add"]
    assert f"{command} video" in advice_on_av().texts()[2]
    assert f"run `{command} server`" in serve_without("starlette", monkeypatch, capsys)
    assert f"run `{command} cluster`" in cluster_without_ray(monkeypatch, capsys, tmp_path)
    assert "/installer run`" in reinstall_advice()


@POSIX
def test_elsewhere_pip_of_this_python_installs_the_packages(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "executable", "/opt/my python/bin/python")
    assert "`/opt/my\\ python/bin/python -m pip install starlette uvicorn wsproto`" in serve_without(
        "starlette", monkeypatch, capsys
    )
    # An environment of uv has no pip.
    monkeypatch.setattr("gdm_studio.common.optional_packages.find_spec", lambda name: None)
    assert "uv pip install --python /opt/my\\ python/bin/python ray" in cluster_without_ray(
        monkeypatch, capsys, tmp_path
    )


def test_the_extras_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    for extra, packages in EXTRAS.items():
        assert [each.partition(">=")[0] for each in optional[extra]] == list(packages)
    assert set(optional) - EXTRAS.keys() == {"bundle", "test", "parity"}
    assert list(EXTRAS) == list(commands.EXTRAS)


@pytest.mark.parametrize("args", [[], ["no-such-extra"], ["video", "test "]])
def test_the_installer_names_the_extras(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["add", *args]) == 2
    assert "add takes cluster, parquet, s3, server, train, upscalers, video" in capsys.readouterr().err


@POSIX
def test_advice_names_a_command_that_exists(bundle: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert program_command() == "gdm-studio"
    version = tmp_path / "my programs" / "gdm-studio" / "versions" / "1.0"
    (version / "python").mkdir(parents=True)
    shutil.move(tmp_path / "manifest.json", version)
    (version.parent.parent / "AppRun").touch()
    monkeypatch.setattr(sys, "prefix", str(version / "python"))
    launcher = version.parent.parent / "AppRun"
    assert shlex.split(program_command()) == [str(launcher)]
    gallery = Gallery.open()
    try:
        gallery.count()
        monkeypatch.setattr(integrity, "state_of", lambda path: integrity.DatabaseState.DAMAGED)
        finding = next(iter(doctor.check_gallery(gallery)))
    finally:
        gallery.close()
    assert finding.texts()[2].startswith(f"Run `{program_command()} gallery rebuild`;")


@POSIX
def test_the_installer_starts_the_program_of_its_environment(source: Path) -> None:
    assert shlex.split(program_command()) == ["python3", str(source / "installer"), "run"]
