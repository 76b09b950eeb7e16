"""Small installations of a bundle, whose Python is a script, and archives for their updates."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from installer.bundle.archives import write_archive
from installer.bundle.build import copy_commands, finish
from installer.bundle.desktop import launcher_script

ROOT = Path(__file__).parent.parent.parent
# Answers like the program to --version and `generate`, and runs the commands of the installer by a real Python.
PYTHON = """\
#!/bin/sh
case "$*" in
*installer/bundle*) PYTHONPATH="{root}" exec "{python}" "$@" ;;
*--version) echo "gdm-studio {version}" ;;
*generate*) {generate} ;;
*) printf "%s\\n" "${{PYTHONPATH-unset}}" "$PYTHONNOUSERSITE" "$@" ;;
esac
"""
DRAW = 'mkdir -p "$GDM_STUDIO_HOME/pictures" && echo image > "$GDM_STUDIO_HOME/pictures/1.png"'
SYSTEM = "linux-test"
TORCH = "2.13.0-cp311"


def write_key(path: Path) -> Path:
    """Generate a private key for signing updates, and return the path of its file."""
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", path], check=True, capture_output=True)
    return path


def write_installation(
    place: Path,
    version: str,
    key: Path | None,
    *,
    generate: str = DRAW,
    system: str = SYSTEM,
    torch: str = TORCH,
    commands: bool = False,
) -> Path:
    """Create a small installed bundle of the program with one version, and return the folder of that version.

    Its Python is a script. With `commands` it has the commands of the installer.
    """
    folder = place / "versions" / version
    python = folder / "python" / "bin" / "python3"
    python.parent.mkdir(parents=True)
    python.write_text(PYTHON.format(root=ROOT, python=sys.executable, version=version, generate=generate))
    (folder / "AppRun").write_text(launcher_script(torch))
    for program in (python, folder / "AppRun"):
        program.chmod(0o755)
    (folder / "gdm-studio").symlink_to("AppRun")
    (folder / "gdm-studio.svg").write_text("<svg/>")
    (folder / "python" / "lib" / "empty" / "inside").mkdir(parents=True)
    (folder / "python" / "lib" / "große datei").write_text(f"{version}\n" * 50_000)
    if commands:
        copy_commands(ROOT, folder)
    return finish(folder, {"version": version, "system": system, "torch": torch}, key)


def write_update(scratch: Path, version: str, key: Path | None, **options: Any) -> Path:
    """Create the archive with which a small installed bundle is updated to a version, and return its path.

    `scratch` is an empty folder.
    """
    place = scratch / "gdm-studio"
    write_installation(place, version, key, **options)
    write_archive(place, scratch / f"gdm-studio-{version}.tar.zst")
    return scratch / f"gdm-studio-{version}.tar.zst"
