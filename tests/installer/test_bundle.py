"""Parts of the bundle: hashes of its files, the launcher, the Debian package and the copied interpreter."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from gdm_studio.common.program_bundle import check_bundle, parse_manifest
from installer import commands
from installer.bundle import archives, interpreter, packages
from installer.environment import Environment
from installer.problems import Problem
from tests.helpers.small_bundle import ROOT, write_installation, write_update

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bundles are built on Linux")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Create a small folder in the layout of a bundle, below a name with a space and an umlaut."""
    return write_installation(tmp_path / "für alle" / "gdm-studio", "1.0", None)


@LINUX
def test_the_launcher_finds_its_own_python_and_hides_the_users(program: Path, tmp_path: Path) -> None:
    link = tmp_path / "bin" / "gdm-studio"
    link.parent.mkdir()
    link.symlink_to(program / "gdm-studio")
    environ = os.environ | {"PYTHONPATH": "/elsewhere"}
    output = subprocess.check_output([link, "inspect", "two words"], env=environ, text=True, cwd=tmp_path)
    assert output.splitlines() == ["unset", "1", "-P", "-m", "gdm_studio", "inspect", "two words"]


@LINUX
def test_the_manifest_finds_changed_missing_and_added_files(program: Path) -> None:
    assert check_bundle(program).is_intact
    (program / "gdm-studio.svg").write_text("<svg />")
    (program / "AppRun").unlink()
    (program / "gdm-studio").unlink()
    (program / "gdm-studio").symlink_to("elsewhere")
    (program / "added").touch()
    check = check_bundle(program)
    assert (check.changed, check.missing, check.added) == (("gdm-studio", "gdm-studio.svg"), ("AppRun",), ("added",))


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a//b", "a/./b", "a\\b", ""])
def test_a_manifest_cannot_name_files_outside_of_its_bundle(name: str) -> None:
    digest = "0" * 64
    facts = {"name": "gdm-studio", "version": "1.0", "files": {"a/b": digest}}
    assert parse_manifest(json.dumps(facts).encode()) == facts
    for files in ({name: digest}, {"a": digest[1:]}, {"a": None}, [], None):
        with pytest.raises(ValueError):
            parse_manifest(json.dumps(facts | {"files": files}).encode())


@LINUX
@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="Debian's tool reads the package")
def test_the_debian_package_puts_the_program_under_its_version(program: Path, tmp_path: Path) -> None:
    package = tmp_path / "out.deb"
    # Files of which their owner alone has rights, as with a umask of 077.
    before = os.umask(0o077)
    try:
        (program / "gdm-studio.svg").chmod(0o600)
        archives.write_debian_package(program, "1.0", package)
    finally:
        os.umask(before)
    unpacked = tmp_path / "root"
    subprocess.run(["dpkg-deb", "-R", package, unpacked], check=True)
    assert check_bundle(unpacked / "opt/gdm-studio/1.0").is_intact
    # dpkg puts files in place in the order of the archive, so the command comes after the program.
    command = unpacked / "usr/bin/gdm-studio"
    assert not command.is_symlink() and os.access(command, os.X_OK)
    assert command.read_text() == '#!/bin/sh\nexec /opt/gdm-studio/1.0/AppRun "$@"\n'
    names = subprocess.check_output(f"dpkg-deb --fsys-tarfile '{package}' | tar -t", shell=True, text=True).splitlines()
    files = [name for name in names if (unpacked / name).is_file() and not (unpacked / name).is_symlink()]
    program_files = [place for place, name in enumerate(files) if name.startswith("./opt/")]
    assert max(program_files) < files.index("./usr/bin/gdm-studio")
    fields = dict(
        line.split(": ", 1) for line in (unpacked / "DEBIAN/control").read_text().splitlines() if ": " in line
    )
    assert fields["Version"] == "1.0" and "libxcb-cursor0" in fields["Depends"]
    assert "Exec=gdm-studio %f" in (unpacked / "usr/share/applications/gdm-studio.desktop").read_text()
    assert not list(tmp_path.glob("*.tree"))
    listed = subprocess.check_output(["dpkg-deb", "-c", package], text=True).splitlines()
    assert {line[:10] for line in listed} <= {"drwxr-xr-x", "-rwxr-xr-x", "-rw-r--r--", "lrwxrwxrwx"}


@LINUX
@pytest.mark.skipif(not shutil.which("zstd"), reason="the archive is compressed by it")
def test_files_of_an_archive_have_the_same_rights_whatever_the_umask_is(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        archive = write_update(tmp_path, "1.0", None)
    finally:
        os.umask(before)
    listed = subprocess.check_output(["tar", "--zstd", "-tvf", archive], text=True).splitlines()
    assert {line[:10] for line in listed if line[0] != "l"} == {"drwxr-xr-x", "-rwxr-xr-x", "-rw-r--r--"}


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
        interpreter.packages_folder(python, tmp_path)
    # A Python that imports from a folder outside its own would work on this machine only.
    python.write_text(f"#!/bin/sh\necho '{tmp_path}/lib'\necho /usr/lib/python3\n")
    with pytest.raises(Problem, match="does not start"):
        interpreter.packages_folder(python, tmp_path)


def test_unknown_arguments_are_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Problem, match="--rpm"):
        commands.bundle(Environment(tmp_path), ["--rpm"])
    with pytest.raises(Problem, match="needs the file of a private key"):
        commands.bundle(Environment(tmp_path), ["--sign"])


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl reads the key")
def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("text")
    with pytest.raises(Problem, match="not a private Ed25519 key"):
        write_installation(tmp_path / "place", "1.0", tmp_path / "text")


def test_the_server_is_in_a_bundle_and_the_test_tools_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The program of this folder, whether or not it is installed.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [*project["dependencies"]]
    for extra, names in project["optional-dependencies"].items():
        needed += [f"{name.partition(';')[0]}; extra == '{extra}'" for name in names]
    metadata = tmp_path / "gdm_studio-1.0.dist-info"
    metadata.mkdir()
    lines = ["Name: gdm-studio", "Version: 1.0", *(f"Requires-Dist: {each}" for each in needed)]
    (metadata / "METADATA").write_text("\n".join(lines))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    folders = {name.partition("/")[0] for name in packages.package_files(sys.executable)}
    assert {"torch", "starlette", "uvicorn", "h11", "anyio", "huggingface_hub", "httpx2"} <= folders
    assert not folders & {"pytest", "ruff", "ray", "av"}
