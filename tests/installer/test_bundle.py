"""Parts of the bundle: hashes of its files, the launcher, the Debian package and the copied interpreter."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from installer import commands
from installer.bundle import archives, interpreter
from installer.bundle.desktop import LAUNCHER
from installer.bundle.manifest import damaged_files, write_manifest
from installer.environment import Environment
from installer.problems import Problem

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bundles are built on Linux")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Create a small folder in the layout of a bundle, below a name with a space and an umlaut."""
    folder = tmp_path / "für alle" / "gdm-studio-1.0"
    python = folder / "python" / "bin" / "python3"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s\\n" "${PYTHONPATH-unset}" "$PYTHONNOUSERSITE" "$@"\n')
    python.chmod(0o755)
    (folder / "AppRun").write_text(LAUNCHER)
    (folder / "AppRun").chmod(0o755)
    (folder / "gdm-studio").symlink_to("AppRun")
    (folder / "gdm-studio.svg").write_text("<svg/>")
    write_manifest(folder, {"version": "1.0"})
    return folder


@LINUX
def test_the_launcher_finds_its_own_python_and_hides_the_users(program: Path, tmp_path: Path) -> None:
    link = tmp_path / "bin" / "gdm-studio"
    link.parent.mkdir()
    link.symlink_to(program / "gdm-studio")
    environ = os.environ | {"PYTHONPATH": "/elsewhere"}
    output = subprocess.check_output([link, "generate", "two words"], env=environ, text=True, cwd=tmp_path)
    assert output.splitlines() == ["unset", "1", "-P", "-m", "gdm_studio", "generate", "two words"]


@LINUX
def test_the_manifest_finds_changed_missing_and_added_files(program: Path) -> None:
    assert damaged_files(program) == []
    (program / "gdm-studio.svg").write_text("<svg />")
    (program / "AppRun").unlink()
    (program / "gdm-studio").unlink()
    (program / "gdm-studio").symlink_to("elsewhere")
    (program / "added").touch()
    assert damaged_files(program) == ["AppRun", "added", "gdm-studio", "gdm-studio.svg"]


@LINUX
@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="Debian's tool reads the package")
def test_the_debian_package_puts_the_program_under_its_version(program: Path, tmp_path: Path) -> None:
    package = tmp_path / "out.deb"
    archives.write_debian_package(program, "1.0", package)
    unpacked = tmp_path / "root"
    subprocess.run(["dpkg-deb", "-R", package, unpacked], check=True)
    assert damaged_files(unpacked / "opt/gdm-studio/1.0") == []
    assert os.readlink(unpacked / "usr/bin/gdm-studio") == "/opt/gdm-studio/1.0/AppRun"
    fields = dict(
        line.split(": ", 1) for line in (unpacked / "DEBIAN/control").read_text().splitlines() if ": " in line
    )
    assert fields["Version"] == "1.0" and "libxcb-cursor0" in fields["Depends"]
    assert "Exec=gdm-studio %f" in (unpacked / "usr/share/applications/gdm-studio.desktop").read_text()
    assert not list(tmp_path.glob("*.tree"))


@LINUX
def test_libraries_of_an_executable_are_found_without_those_of_glibc() -> None:
    found = {path.name for path in interpreter.system_libraries([Path(sys.executable).resolve()])}
    assert not any(name.startswith(interpreter.GLIBC) for name in found)
    module = pytest.importorskip("_ssl").__file__
    assert any(path.name.startswith("libcrypto") for path in interpreter.system_libraries([Path(module)]))


def test_a_python_that_does_not_start_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python3"
    python.write_text("#!/bin/sh\necho broken >&2\nexit 1\n")
    python.chmod(0o755)
    with pytest.raises(Problem, match="does not start.*broken"):
        interpreter.packages_folder(python)
    # A Python that imports from a folder outside its own would work on this machine only.
    python.write_text(f"#!/bin/sh\necho {tmp_path}/lib\necho /usr/lib/python3\n")
    with pytest.raises(Problem, match="does not start"):
        interpreter.packages_folder(python)


def test_unknown_arguments_are_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Problem, match="--rpm"):
        commands.bundle(Environment(tmp_path), ["--rpm"])
