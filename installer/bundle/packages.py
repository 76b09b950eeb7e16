"""Copy of the packages that GDM Studio imports, without their tests and headers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from installer.console import run_captured
from installer.environment import Environment
from installer.problems import Problem

# Prints the files of GDM Studio's dependencies, as pairs of folder and relative path. pip always has its own copy of
# `packaging`, which evaluates the markers of requirements.
_FILES = """
import json
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import canonicalize_name

found, queue, extras = {}, ["gdm-studio"], ["", *sys.argv[1:]]
while queue:
    name = canonicalize_name(queue.pop())
    if name in found:
        continue
    try:
        found[name] = distribution(name)
    except PackageNotFoundError:
        raise SystemExit(f"{name} is not installed")
    needed = map(Requirement, found[name].requires or [])
    queue += [
        each.name for each in needed
        if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in extras)
    ]
    # The packages' own extras are not installed.
    extras = [""]
del found["gdm-studio"]
names = [str(file) for each in found.values() for file in each.files or []]
print(json.dumps(names))
"""
# Optional extras that a bundle contains: `serve` (2 MB). Ray (200 MB) and others are left out.
BUNDLED_EXTRAS = ("server",)
# Parts of packages that GDM Studio never imports.
UNUSED = (
    # Qt Quick and QML, Designer and the tools of developers.
    "PySide6/*.pyi",
    "PySide6/Qt*Designer*",
    "PySide6/QtHelp*",
    "PySide6/QtQml*",
    "PySide6/QtQuick*",
    "PySide6/QtUiTools*",
    "PySide6/Qt/lib/libQt6Designer*",
    "PySide6/Qt/lib/libQt6Help*",
    "PySide6/Qt/lib/libQt6Labs*",
    "PySide6/Qt/lib/libQt6Lottie*",
    "PySide6/Qt/lib/libQt6Qml*",
    "PySide6/Qt/lib/libQt6Quick*",
    "PySide6/Qt/lib/libQt6UiTools*",
    "PySide6/Qt/lib/libQt6WaylandCompositor*",
    "PySide6/Qt/libexec",
    "PySide6/Qt/metatypes",
    "PySide6/Qt/plugins/designer",
    "PySide6/Qt/plugins/qmllint",
    "PySide6/Qt/plugins/qmltooling",
    "PySide6/Qt/plugins/wayland-graphics-integration-server",
    "PySide6/Qt/qml",
    "PySide6/Qt/translations/assistant_*",
    "PySide6/Qt/translations/designer_*",
    "PySide6/Qt/translations/linguist_*",
    "PySide6/assistant*",
    "PySide6/balsam*",
    "PySide6/designer*",
    "PySide6/doc",
    "PySide6/include",
    "PySide6/libpyside6qml*",
    "PySide6/linguist*",
    "PySide6/lrelease*",
    "PySide6/lupdate*",
    "PySide6/qml*",
    "PySide6/rcc*",
    "PySide6/support",
    "PySide6/svgtoqml*",
    "PySide6/typesystems",
    "PySide6/uic*",
    "networkx/*/tests",
    "networkx/*/*/tests",
    "numpy/*/tests",
    "numpy/_core/include",
    "numpy/tests",
    "sympy/*/tests",
    "sympy/*/*/tests",
    # torch/bin/torch_shm_manager must exist when torch is imported.
    "torch/bin/*Test",
    "torch/bin/protoc*",
    "torch/bin/test_*",
    "torch/**/*.pyi",
    "torch/include",
    "torch/lib/*.a",
    "torch/lib/*.lib",
    "torch/lib/*_test.so",
    "torch/share",
    "torch/test",
)


def package_files(python: str | Path) -> list[str]:
    """Return the files of GDM Studio's dependencies and of BUNDLED_EXTRAS in the environment of a Python, relative to
    its folder of packages. Raises Problem.
    """
    answer = run_captured([python, "-c", _FILES, *BUNDLED_EXTRAS])
    if not answer.ok:
        raise Problem(f"The installed packages cannot be listed: {answer.output.strip()}")
    names: list[str] = json.loads(answer.output)
    return names


def copy_packages(environment: Environment, to: Path) -> None:
    """Copy GDM Studio's dependencies from the installed environment. Raises Problem."""
    for name in package_files(environment.python):
        source = environment.packages / name
        # Scripts and manual pages are outside the folder of packages, and bytecode is compiled for the new folder.
        if ".." in Path(name).parts or source.suffix == ".pyc" or not source.is_file():
            continue
        target = to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
    for pattern in UNUSED:
        for path in to.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def install_program(environment: Environment, to: Path) -> None:
    """Build the wheel of GDM Studio from the source tree and install it into a folder of packages. Raises Problem."""
    options = ["--no-deps", "--no-compile", "--no-build-isolation", "--disable-pip-version-check", "--quiet"]
    answer = run_captured([environment.python, "-m", "pip", "install", *options, "--target", to, environment.root])
    if not answer.ok:
        raise Problem(f"The program cannot be built: {answer.output.strip()}")
    shutil.rmtree(to / "bin", ignore_errors=True)
