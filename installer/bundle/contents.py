"""Contents of a bundle that are the same on every system: packages, bytecode, licence and bill of materials."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from installer.bundle.interpreter import packages_folder
from installer.bundle.packages import copy_packages, install_program
from installer.console import report, run_captured
from installer.environment import Environment
from installer.problems import Problem


def add_contents(environment: Environment, folder: Path, python: Path) -> None:
    """Add GDM Studio and its packages to a bundle that has a Python in its folder `python`. Raises Problem."""
    root = folder / "python"
    packages = packages_folder(python, root)
    packages.mkdir(parents=True, exist_ok=True)
    copy_packages(environment, packages)
    install_program(environment, packages)
    report("Compiling ...")
    compile_bytecode(python, root)
    for name in ("LICENSE", "NOTICE"):
        shutil.copyfile(environment.root / name, folder / name)
    write_bill_of_materials(environment, python, folder / "sbom.cdx.json")


def compile_bytecode(python: Path, folder: Path) -> None:
    """Compile all modules, with bytecode that Python uses without looking at the sources' dates."""
    options = ["-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    # The standard library of CPython contains no file that cannot be compiled, but packages may contain templates.
    subprocess.run([python, "-I", "-m", "compileall", *options, folder], capture_output=True)


def write_bill_of_materials(environment: Environment, python: Path, to: Path) -> None:
    """Write the bundled packages with versions and licences as CycloneDX JSON. Raises Problem."""
    command: list[str | Path] = [environment.python, "-m", "cyclonedx_py", "environment", "--output-reproducible"]
    answer = run_captured([*command, "--output-file", to, python])
    if not answer.ok:
        raise Problem(f"The bill of materials cannot be written: {answer.output.strip()}")
