"""Copy of the running CPython that starts from any folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from installer.bundle.signature import tool
from installer.console import run_captured
from installer.problems import Problem

VERSION = f"python{sys.version_info[0]}.{sys.version_info[1]}"
# Folders of the standard library that GDM Studio never imports, and the packages of the user's own Python.
UNUSED_FOLDERS = (
    "__pycache__",
    "config-*",
    "dist-packages",
    "ensurepip",
    "idlelib",
    "lib2to3",
    "pydoc_data",
    "site-packages",
    "test",
    "tkinter",
    "turtledemo",
)
# Extension modules that GDM Studio never imports. The ones for readline and gdbm are also subject to the GPL.
UNUSED_MODULES = ("_crypt", "_ctypes_test", "_dbm", "_gdbm", "_test*", "_tkinter", "_xx*", "nis", "readline", "xx*")
# Programs that an update needs. Both have licences like Python's, and Python's own modules need OpenSSL anyway.
TOOLS = ("openssl", "zstd")
# Libraries of glibc belong to the kernel and the loader of the machine, so they are never copied.
GLIBC = ("ld-linux", "libc.so", "libdl.so", "libm.so", "libpthread.so", "libresolv.so", "librt.so", "libutil.so")
_LDD_LINE = re.compile(r"^\s*(\S+) => (/\S+)", re.MULTILINE)


def copy_interpreter(folder: Path, patchelf: Path) -> Path:
    """Copy this Python and TOOLS into `folder`, with their system libraries, and return the copy's executable.

    `patchelf` is the path of the tool that makes executables find libraries relative to themselves. Raises Problem.
    """
    base = Path(sys.base_prefix)
    executable = folder / "bin" / VERSION
    executable.parent.mkdir(parents=True)
    shutil.copy2((base / "bin" / VERSION).resolve(), executable)
    (folder / "bin" / "python3").symlink_to(VERSION)
    library = folder / "lib" / VERSION
    shutil.copytree(
        sysconfig.get_path("stdlib"), library, symlinks=True, ignore=shutil.ignore_patterns(*UNUSED_FOLDERS)
    )
    modules = library / "lib-dynload"
    for pattern in UNUSED_MODULES:
        for path in modules.glob(f"{pattern}.*"):
            path.unlink()
    programs = [executable, *(_copy_tool(name, executable.parent) for name in TOOLS)]
    for path in system_libraries([*programs, *modules.glob("*.so")]):
        shutil.copy2(path.resolve(), folder / "lib" / path.name)
    for path in programs:
        run_patchelf(patchelf, "$ORIGIN/../lib", path)
    for path in modules.glob("*.so"):
        run_patchelf(patchelf, "$ORIGIN/../..", path)
    for path in (folder / "lib").glob("*.so*"):
        run_patchelf(patchelf, "$ORIGIN", path)
    return executable


def _copy_tool(name: str, folder: Path) -> Path:
    return Path(shutil.copy2(Path(tool(name)).resolve(), folder / name))


def system_libraries(files: Iterable[Path]) -> set[Path]:
    """Return the shared libraries that ELF files need, directly or not, except those of glibc. Raises Problem."""
    found: set[Path] = set()
    for file in files:
        answer = run_captured(["ldd", file], seconds=60)
        if "not found" in answer.output:
            raise Problem(f"{file} needs a library that is not installed here: {answer.output.strip()}")
        found |= {Path(path) for name, path in _LDD_LINE.findall(answer.output) if not name.startswith(GLIBC)}
    return found


def run_patchelf(patchelf: Path, search: str, file: Path) -> None:
    """Make an ELF file look for its libraries in `search`, where $ORIGIN is the file's own folder. Raises Problem."""
    file.chmod(file.stat().st_mode | 0o200)
    answer = run_captured([patchelf, "--set-rpath", search, "--force-rpath", file])
    if not answer.ok:
        raise Problem(f"patchelf could not change {file}: {answer.output.strip()}")


def packages_folder(python: Path, root: Path) -> Path:
    """Return the folder of third-party packages of a copied interpreter, which shows that it starts.

    Raises Problem if it does not start, or imports from a folder outside of `root`.
    """
    script = "import sys, sysconfig; print(sysconfig.get_path('purelib')); print(*sys.path, sep='\\n')"
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LD_"))}
    done = subprocess.run([python, "-I", "-c", script], capture_output=True, text=True, env=environ)
    lines = done.stdout.splitlines()
    if done.returncode or not all(Path(line).is_relative_to(root) for line in lines if line):
        raise Problem(f"The copied Python does not start from {root}: {(done.stderr or done.stdout).strip()}")
    return Path(lines[0])
