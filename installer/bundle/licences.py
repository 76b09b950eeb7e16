"""Licences of a bundle's parts that are no Python packages, and common texts that packages only name."""

from __future__ import annotations

import re
import shutil
import sys
import sysconfig
from pathlib import Path

from gdm_studio.common.program_bundle import PARTS, TEXTS
from installer.bundle.interpreter import TOOLS
from installer.console import run_captured
from installer.problems import Problem

# SPDX names, and the names of the files on Debian.
COMMON = {"Apache-2.0": "Apache-2.0", "GPL-2.0": "GPL-2", "GPL-3.0": "GPL-3", "LGPL-3.0": "LGPL-3"}
COMMON_FOLDER = Path("/usr/share/common-licenses")
DOCUMENTATION = Path("/usr/share/doc")
_REFERENCE = re.compile(rf"{COMMON_FOLDER}/([\w.-]*\w)")


def collect_licences(folder: Path) -> None:
    """Copy the licences of Python, of the tools and of the system libraries into a bundle.

    Raises Problem if one cannot be found, as on systems that are not derived from Debian.
    """
    (folder / TEXTS).mkdir(parents=True)
    copy_python_licence(folder)
    libraries = (path.name for path in (folder / "python" / "lib").glob("*.so*"))
    files = [*(f"bin/{name}" for name in TOOLS), *(name for name in libraries if not name.startswith("libpython"))]
    named = set(COMMON.values())
    for package in sorted(set(map(_find_package, files))):
        source = DOCUMENTATION / package / "copyright"
        shutil.copyfile(source, folder / PARTS / f"{package}.txt")
        named |= set(_REFERENCE.findall(source.read_text(encoding="utf-8", errors="replace")))
    spdx = {name: each for each, name in COMMON.items()}
    for name in named:
        shutil.copyfile(COMMON_FOLDER / name, folder / TEXTS / f"{spdx.get(name, name)}.txt")


def copy_python_licence(folder: Path) -> None:
    """Copy the licence of this Python into a bundle. Raises Problem if it cannot be found."""
    documentation = DOCUMENTATION / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    places = (Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix), documentation)
    files = (place / name for place in places for name in ("LICENSE.txt", "copyright"))
    found = next(filter(Path.is_file, files), None)
    if found is None:
        raise Problem("The licence of Python cannot be found; install its documentation.")
    (folder / PARTS).mkdir(parents=True)
    shutil.copyfile(found, folder / PARTS / f"Python {sys.version.split()[0]}.txt")


def _find_package(file: str) -> str:
    """Return the Debian package that a file, given by the end of its path, belongs to. Raises Problem."""
    answer = run_captured(["dpkg-query", "--search", f"*/{file}"], seconds=60)
    found = re.match(r"([^:,\s]+)[:,]", answer.output)
    if not answer.ok or not found:
        raise Problem(f"The licence of {file} cannot be found; build on Debian or a system derived from it.")
    return found[1]
