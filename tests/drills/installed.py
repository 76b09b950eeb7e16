"""Drill of an installed bundle that is killed while it is unpacked, updated, rolled back or installed as a package.

    python -m tests.drills.installed --count 60
    python -m tests.drills.installed --count 20 --system ROOT --archives OLD.tar.zst NEW.tar.zst
    python -m tests.drills.installed --count 10 --system ROOT --packages OLD.deb NEW.deb

The first form uses two small versions, whose Python is a script. `--system` names a Debian system with the package
zstd, a user 1000 and that user's images and settings in ROOT/home/anna/studio. All commands run in it by `chroot`, so
this needs root. `--archives` (`python3 installer bundle --sign KEY.pem`) are unpacked, updated and rolled back as the
user; `--packages` are installed, upgraded and downgraded by apt.
"""

from __future__ import annotations

import argparse
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from gdm_studio.common.program_bundle import JOURNAL, check_bundle, digest_of
from installer.bundle.installation import LAUNCHER, Installation
from tests.drills.home import temporary_home
from tests.helpers.process_tree import descendants
from tests.helpers.small_bundle import write_key, write_update

USER = 1000
HOME = "home/anna"
SECONDS = 1200.0
ARCHIVE_ACTS = ("unpack", "unpack over", "update", "roll back")
# Reasons for which apt does not repeat an installation of a file that was interrupted, although dpkg does.
APT_REFUSALS = ("dpkg --configure -a", "can't find an archive for it")


@dataclass
class Report:
    kills: Counter[str] = field(default_factory=Counter)
    # Kills after which the version before the act was in use, and those after which the other one was.
    before: int = 0
    after: int = 0
    # Kills of an act that had no version before it, after which there was no program yet.
    none: int = 0
    # Kills after which apt refused to repeat the act, and dpkg completed it.
    refused: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.kills.items())
        used = f"then {self.before} with the version before, {self.after} with the new one, {self.none} without one"
        refused = f", {self.refused} by dpkg, because apt refused to" if self.refused else ""
        return f"{self.kills.total()} kills ({kinds}) in {self.seconds:.0f} s: {used}; every act was completed{refused}"


@dataclass(frozen=True)
class System:
    """System in which commands run: a folder for `chroot`, or this one."""

    root: Path
    is_chroot: bool

    def start(self, command: Sequence[str], *, as_user: bool, home: str = "studio") -> subprocess.Popen[bytes]:
        """Start a command, in the user's home folder, with the program's data in the folder `home` there."""
        folder = Path("/") / HOME if self.is_chroot else self.root / HOME
        environ = {
            "HOME": str(folder),
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "GDM_STUDIO_HOME": str(folder / home),
            "DEBIAN_FRONTEND": "noninteractive",
            "OMP_NUM_THREADS": "1",
        }
        line = [f"cd {shlex.quote(str(folder))} && exec {shlex.join(command)}"]
        full = ["sh", "-c", *line]
        if self.is_chroot:
            user = [f"--userspec={USER}:{USER}"] if as_user else []
            full = ["chroot", *user, str(self.root), *full]
        return subprocess.Popen(
            full, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def run(self, command: Sequence[str], *, as_user: bool, home: str = "studio") -> tuple[int, str]:
        """Run a command, and return its exit status and its output."""
        with self.start(command, as_user=as_user, home=home) as process:
            output = process.communicate(timeout=SECONDS)[0]
        return process.returncode, output.decode(errors="replace")


class Drill:
    """Kills of acts on the versions of one system. Raises AssertionError if a promise is broken."""

    def __init__(self, system: System, seed: int, *, draws: bool = True) -> None:
        self.system = system
        self._draws = draws
        self.rng = random.Random(seed)
        self.report = Report()
        self._durations: dict[str, float] = {}
        self._home = system.root / HOME / "studio"
        self._digests = _digests(self._home)
        self._starts = 0

    def kill(self, act: str, command: Sequence[str], *, as_user: bool, set_up: Callable[[], None]) -> None:
        """Run a command once to the end to measure it, then set up again and kill it at a random moment."""
        if act not in self._durations:
            set_up()
            began = time.monotonic()
            status, output = self.system.run(command, as_user=as_user)
            assert status == 0, f"{act}: {output}"
            self._durations[act] = time.monotonic() - began
        while True:
            set_up()
            if self._kill_once(act, command, as_user=as_user):
                self.report.kills[act] += 1
                self.check_home(act)
                return

    def _kill_once(self, act: str, command: Sequence[str], *, as_user: bool) -> bool:
        """Kill a command, or only the process that runs its update, and return True unless it has ended before."""
        began = time.monotonic()
        process = self.system.start(command, as_user=as_user)
        assert process.stdout is not None
        with suppress(subprocess.TimeoutExpired):
            process.wait(self.rng.random() * self._durations[act])
        alone = act in ARCHIVE_ACTS and self.rng.random() < 0.5
        victims = [process.pid, *([] if alone else descendants(process.pid))]
        is_killed = process.poll() is None
        for pid in victims:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        if not is_killed:
            # The machine is less busy than at the measurement.
            self._durations[act] = time.monotonic() - began
        return is_killed

    def step(self) -> None:
        """Kill the next act, check what is in use, complete it, and check again."""
        raise NotImplementedError

    def check_home(self, act: str) -> None:
        changed = sorted(set(self._digests.items()) ^ set(_digests(self._home).items()))
        assert not changed, f"{act} changed the user's home: {changed[:3]}"

    def draw(self, act: str, program: str) -> None:
        """Generate an image at every third call."""
        self._starts += 1
        if self._draws and self._starts % 3 == 0:
            command = [program, "generate", "a red apple", "--steps", "2", "--seed", "1"]
            status, output = self.system.run(command, as_user=True, home="trial")
            assert status == 0, f"{act}: the program does not draw: {output}"

    def count(self, version: str | None, before: str | None) -> None:
        """Count which version is in use after a kill, of None for no program."""
        if version is None:
            self.report.none += 1
        elif version == before:
            self.report.before += 1
        else:
            self.report.after += 1


class ArchiveDrill(Drill):
    """Drill of the archive, which the user unpacks into a folder of the home."""

    def __init__(
        self,
        system: System,
        seed: int,
        old: Path,
        new: Path,
        *,
        draws: bool = True,
        acts: Sequence[str] = ARCHIVE_ACTS,
    ) -> None:
        super().__init__(system, seed, draws=draws)
        self._acts = acts
        self.folder = system.root / HOME / "apps"
        self.place = self.folder / "gdm-studio"
        # Paths inside of the system.
        top = Path("/") if system.is_chroot else system.root
        self._launcher = str(top / HOME / "apps" / "gdm-studio" / LAUNCHER)
        scratch = system.root / HOME / "archives"
        scratch.mkdir()
        self._archives = {name: str(top / HOME / "archives" / f"{name}.tar.zst") for name in ("old", "new")}
        for name, archive in (("old", old), ("new", new)):
            shutil.copyfile(archive, scratch / f"{name}.tar.zst")
        self._templates = {name: scratch / name for name in ("old", "both")}
        self.versions = {}
        self._own(scratch)
        self._set_up(None)
        self._must(self._unpack("old"))
        self.folder.rename(self._templates["old"])
        self._set_up("old")
        self._must(self._update() if "roll back" in acts else self._unpack("new"))
        self.folder.rename(self._templates["both"])
        for name, template in (("old", "old"), ("new", "both")):
            installation = Installation(self._templates[template] / "gdm-studio")
            self.versions[name] = _version(installation.current)

    def step(self) -> None:
        """Kill the next act, check what is in use, complete it, and check again."""
        least = min(self.report.kills[act] for act in self._acts)
        act = next(act for act in self._acts if self.report.kills[act] == least)
        command = {
            "unpack": self._unpack("new"),
            "unpack over": self._unpack("new"),
            "update": self._update(),
            "roll back": [self._launcher, "--rollback"],
        }[act]
        template = {"unpack": None, "unpack over": "old", "update": "old", "roll back": "both"}[act]
        before = {"unpack": None, "unpack over": "old", "update": "old", "roll back": "new"}[act]
        wanted = "old" if act == "roll back" else "new"
        self.kill(act, command, as_user=True, set_up=lambda: self._set_up(template))
        self.count(self._check(act, before), before and self.versions[before])
        status, output = self.system.run(command, as_user=True)
        # The kill may have come after the end of a rollback, which cannot be repeated.
        assert status == 0 or (act == "roll back" and "no earlier version" in output), f"{act} repeated: {output}"
        found = self._check(act, before)
        assert found == self.versions[wanted], f"{act} repeated: {found} is in use"
        kept = {"unpack": 1, "unpack over": 2, "update": 2, "roll back": 1}[act]
        remains = sorted(path.name for path in (self.place / "versions").iterdir())
        assert len(remains) == kept, f"{act} repeated: {remains}"

    def _check(self, act: str, before: str | None) -> str | None:
        """Return the version that starts, whose files are complete, or None if there is no program yet."""
        if not os.path.lexists(self.place / LAUNCHER):
            assert before is None, f"{act}: there is no program"
            return None
        status, output = self.system.run([self._launcher, "--version"], as_user=True)
        assert status == 0, f"{act}: the program does not start: {output}"
        installation = Installation(self.place)
        check = check_bundle(installation.versions / installation.current)
        assert check.is_intact, f"{act}: {check}"
        # A start would count towards the end of an update.
        if not (self.place / JOURNAL).exists():
            self.draw(act, self._launcher)
        return _version(installation.current)

    def _set_up(self, template: str | None) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        if template is None:
            self.folder.mkdir()
        else:
            shutil.copytree(self._templates[template], self.folder, symlinks=True, copy_function=_link)
        self._own(self.folder)

    def _own(self, folder: Path) -> None:
        if self.system.is_chroot:
            subprocess.run(["chown", "-hR", f"{USER}:{USER}", folder], check=True)

    def _unpack(self, name: str) -> list[str]:
        return ["tar", "-C", str(Path(self._launcher).parent.parent), "-xf", self._archives[name]]

    def _update(self) -> list[str]:
        return [self._launcher, "--update", self._archives["new"]]

    def _must(self, command: Sequence[str]) -> None:
        status, output = self.system.run(command, as_user=True)
        assert status == 0, f"{shlex.join(command)}: {output}"


class PackageDrill(Drill):
    """Drill of the Debian package, which apt installs."""

    def __init__(self, system: System, seed: int, old: Path, new: Path, *, draws: bool = True) -> None:
        super().__init__(system, seed, draws=draws)
        self._names = {}
        self.versions = {}
        for name, package in (("old", old), ("new", new)):
            shutil.copyfile(package, system.root / "srv" / f"{name}.deb")
            fields = subprocess.check_output(["dpkg-deb", "--field", package, "Version"], text=True)
            self._names[name] = f"/srv/{name}.deb"
            self.versions[name] = fields.strip()
        # apt fetches the libraries that the package needs, and once is enough.
        self._must(self._apt("old"))

    def step(self) -> None:
        """Kill the next act, check what is in use, complete it, and check again."""
        number = self.report.kills.total()
        act = "install" if number % 5 == 0 else ("upgrade", "downgrade")[(number % 5 - 1) % 2]
        wanted = "new" if act == "upgrade" else "old"
        before = {"install": None, "upgrade": "old", "downgrade": "new"}[act]
        self.kill(act, self._apt(wanted), as_user=False, set_up=lambda: self._set_up(before))
        self.count(self._check(act, before), before and self.versions[before])
        status, output = self.system.run(self._apt(wanted), as_user=False)
        if status and any(reason in output for reason in APT_REFUSALS):
            self.report.refused += 1
            self._must(["dpkg", "--install", self._names[wanted]])
        else:
            assert status == 0, f"{act} repeated: {output}"
        found = self._check(act, before)
        assert found == self.versions[wanted], f"{act} repeated: {found} is in use"
        assert self._installed() == {"gdm-studio": self.versions[wanted]}
        remains = [path.name for path in (self.system.root / "opt" / "gdm-studio").iterdir()]
        assert remains == [found], f"{act} repeated: {remains}"

    def _check(self, act: str, before: str | None) -> str | None:
        """Return the version that the command starts, whose files are complete, or None if there is none yet."""
        if not os.path.lexists(self.system.root / "usr" / "bin" / "gdm-studio"):
            assert before is None, f"{act}: there is no program"
            return None
        status, output = self.system.run(["gdm-studio", "--version"], as_user=True)
        assert status == 0, f"{act}: the program does not start: {output}"
        version = output.split()[-1]
        check = check_bundle(self.system.root / "opt" / "gdm-studio" / version)
        assert not check.changed and not check.missing, f"{act}: {check}"
        self.draw(act, "gdm-studio")
        return version

    def _set_up(self, before: str | None) -> None:
        wanted = {} if before is None else {"gdm-studio": self.versions[before]}
        if self._installed() == wanted:
            return
        self._must(["apt-get", "remove", "-y", "-q", "gdm-studio"] if before is None else self._apt(before))

    def _installed(self) -> dict[str, str]:
        command = ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", "gdm-studio"]
        status, output = self.system.run(command, as_user=False)
        state, _, version = output.partition(" ")
        return {"gdm-studio": version} if status == 0 and state == "installed" else {}

    def _apt(self, name: str) -> list[str]:
        return ["apt-get", "install", "-y", "-q", "--no-install-recommends", "--allow-downgrades", self._names[name]]

    def _must(self, command: Sequence[str]) -> None:
        status, output = self.system.run(command, as_user=False)
        assert status == 0, f"{shlex.join(command)}: {output}"


def drill(made: Drill, count: int) -> Report:
    """Kill `count` acts. Raises AssertionError if a promise is broken."""
    began = time.monotonic()
    while made.report.kills.total() < count:
        made.step()
        made.report.seconds = time.monotonic() - began
        print(f"\r{made.report}", end="", file=sys.stderr, flush=True)
    return made.report


def small_drill(scratch: Path, seed: int) -> ArchiveDrill:
    """Return the drill of two small versions in a folder of this system, with a made-up home."""
    home = scratch / "system" / HOME / "studio"
    (home / "pictures").mkdir(parents=True)
    (home / "pictures" / "1.png").write_bytes(b"image")
    key = write_key(scratch / "key.pem")
    archives = []
    for version in ("1.0", "2.0"):
        (scratch / version).mkdir()
        archives.append(write_update(scratch / version, version, key, commands=True))
    return ArchiveDrill(System(scratch / "system", is_chroot=False), seed, *archives)


def _version(folder: str) -> str:
    """Return the version in the name of a bundle's folder."""
    return folder.split("-")[0]


def _digests(folder: Path) -> dict[str, str]:
    return {str(path): digest_of(path) for path in folder.rglob("*") if path.is_symlink() or path.is_file()}


def _link(source: str, target: str) -> None:
    os.link(source, target, follow_symlinks=False)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=60, help="kills in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--system", type=Path, metavar="ROOT")
    two = parser.add_mutually_exclusive_group()
    two.add_argument("--archives", type=Path, nargs=2, metavar=("OLD.tar.zst", "NEW.tar.zst"))
    two.add_argument("--packages", type=Path, nargs=2, metavar=("OLD.deb", "NEW.deb"))
    parser.add_argument("--acts", nargs="+", choices=ARCHIVE_ACTS, default=ARCHIVE_ACTS, help="acts on the archives")
    parser.add_argument("--only-start", action="store_true", help="start the program, but generate no images")
    asked = parser.parse_args()
    if (asked.system is None) != (asked.archives is None and asked.packages is None):
        parser.error("--system is needed for --archives and --packages, and only for them")
    with temporary_home("installed") as scratch:
        if asked.system is None:
            made: Drill = small_drill(scratch, asked.seed)
        else:
            system = System(asked.system.resolve(), is_chroot=True)
            if asked.archives:
                made = ArchiveDrill(system, asked.seed, *asked.archives, draws=not asked.only_start, acts=asked.acts)
            else:
                made = PackageDrill(system, asked.seed, *asked.packages, draws=not asked.only_start)
        print(drill(made, asked.count))
    return 0


if __name__ == "__main__":
    sys.exit(main())
