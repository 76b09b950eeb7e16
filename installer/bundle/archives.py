"""A bundle as a compressed archive and as a Debian package."""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

from gdm_studio.common import system_libraries
from gdm_studio.common.program_bundle import MANIFEST, SIGNATURE
from installer.bundle.desktop import SUMMARY, menu_entry, metainfo
from installer.console import run_captured
from installer.menu import ID
from installer.problems import Problem
from installer.system import by_apt

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
# zstd's strongest level without extra memory for unpacking; the largest library decides the time, not the level.
LEVEL = "19"


def write_archive(place: Path, to: Path) -> None:
    """Pack an installation as .tar.zst. Owners, order and umask of this machine make no difference. Raises Problem.

    Manifest and signature are first, so that an update can check them before it unpacks anything else. The links to the
    version are last: until everything is unpacked, there is no program to start, or that of an earlier version starts.
    """
    if not shutil.which("zstd"):
        raise Problem(f"The archive needs zstd; install it with: {by_apt('zstd')}")
    paths = sorted(
        place.rglob("*"),
        key=lambda path: (path.name not in (MANIFEST, SIGNATURE), path.is_symlink() and path.parent == place, path),
    )
    names = to.with_suffix(".names")
    names.write_bytes(b"".join(os.fsencode(path.relative_to(place.parent)) + b"\0" for path in paths))
    options = ["--null", "--no-recursion", f"--files-from={names}", "--owner=0", "--group=0", "--numeric-owner"]
    options.append("--mode=a+rX,go-w")
    _run(["tar", "-C", place.parent, "-cf", to, f"--use-compress-program=zstd -{LEVEL} -T0", *options], "Packing")
    names.unlink()


def write_debian_package(folder: Path, version: str, to: Path) -> None:
    """Pack a bundle as .deb: a folder in /opt named by version, a command, and a menu entry. Raises Problem."""
    if not shutil.which("dpkg-deb"):
        raise Problem("The package needs dpkg-deb, which Debian and its derivatives have.")
    tree = to.with_suffix(".tree")
    shutil.rmtree(tree, ignore_errors=True)
    program = tree / "opt" / ID / version
    # Hard links: the folder is packed, not copied.
    shutil.copytree(folder, program, symlinks=True, copy_function=os.link)
    _add(tree / "usr/share/applications" / f"{ID}.desktop", menu_entry(ID))
    _add(tree / "usr/share/metainfo" / f"{ID}.metainfo.xml", metainfo(version))
    icon = tree / "usr/share/icons/hicolor/scalable/apps" / f"{ID}.svg"
    icon.parent.mkdir(parents=True)
    shutil.copyfile(folder / f"{ID}.svg", icon)
    # dpkg puts files in place in the order of their paths, so that this one starts a version that is complete.
    command = tree / "usr/bin" / ID
    _add(command, f'#!/bin/sh\nexec /opt/{ID}/{version}/AppRun "$@"\n')
    command.chmod(0o755)
    size = sum(path.lstat().st_size for path in program.rglob("*")) // 1024
    _add(tree / "DEBIAN" / "control", control(version, size))
    _let_all_read(tree)
    _run(["dpkg-deb", "--root-owner-group", "-Zzstd", f"-z{LEVEL}", "--build", tree, to], "Building the package")
    shutil.rmtree(tree)


def control(version: str, kilobytes: int) -> str:
    """Return the control file. The wheels of Qt set the oldest glibc."""
    libraries = sorted(set(system_libraries.DEBIAN.values()))
    return "\n".join(
        [
            f"Package: {ID}",
            f"Version: {version}",
            f"Architecture: {ARCHITECTURES.get(platform.machine(), platform.machine())}",
            "Maintainer: GDM Studio <gdm-studio@localhost>",
            f"Installed-Size: {kilobytes}",
            f"Depends: libc6 (>= 2.34), libgcc-s1, libstdc++6, {', '.join(libraries)}",
            "Section: graphics",
            "Priority: optional",
            f"Description: {SUMMARY}",
            " GDM Studio draws images on this computer, without a network, and shows and saves",
            " every denoising step. A small model is included.",
            "",
        ]
    )


def _add(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _let_all_read(tree: Path) -> None:
    """Let all users read a tree, and nobody but the owner write to it, whatever the umask was."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode & ~0o022 | (mode & 0o500) >> 3 | (mode & 0o500) >> 6)


def _run(command: list[str | Path], doing: str) -> None:
    answer = run_captured(command)
    if not answer.ok:
        raise Problem(f"{doing} failed: {answer.output.strip()}")
