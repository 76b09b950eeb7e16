"""Faults put into a copy of the program, one at a time: `verify` or the tests of that package must detect each.

    python -m tests.drills.mutants
    python -m tests.drills.mutants --by verify --only noise

The faults are listed in tests/data/mutants/mutants.json: a file, a text that occurs once in it, and its replacement.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FAULTS = ROOT / "tests" / "data" / "mutants" / "mutants.json"
PACKAGE = "gdm_studio"
CAUGHT, SURVIVED, STALE = "caught", "SURVIVED", "NOT THERE"


@dataclass(frozen=True)
class Fault:
    """Replacement of `old` by `new` in `file`, to be detected by "verify" or "tests", of its package or of `at`."""

    what: str
    file: str
    old: str
    new: str
    by: str
    at: str = ""

    @property
    def tests(self) -> str:
        """Return the tests that must detect the fault."""
        if self.at:
            return self.at
        room = ROOT / "tests" / Path(self.file).relative_to(PACKAGE).parts[0]
        return str((room if room.is_dir() else room.with_name(f"test_{room.name}")).relative_to(ROOT))


@dataclass(frozen=True)
class Outcome:
    fault: Fault
    came: str  # CAUGHT, SURVIVED, or STALE where the file does not hold `old` exactly once
    said: str  # by whom it was caught
    seconds: float

    def __str__(self) -> str:
        return f"{self.came:10} {self.fault.what:44} {self.seconds:4.0f} s  {self.said}"


def faults(*, by: str = "", only: str = "") -> list[Fault]:
    """Return the faults that `by` must detect, with `only` in their description."""
    known = [Fault(**each) for each in json.loads(FAULTS.read_text(encoding="utf-8"))]
    return [fault for fault in known if by in ("", fault.by) and only.lower() in fault.what.lower()]


def drill(chosen: list[Fault], families: Sequence[str] = ()) -> Iterator[Outcome]:
    """Try each fault in its own copy, with these `verify` families or all of them."""
    with _copy() as copy:
        for fault in chosen:
            began, file = time.monotonic(), copy / fault.file
            whole = file.read_text(encoding="utf-8")
            if whole.count(fault.old) != 1:
                yield Outcome(fault, STALE, f"{fault.file} has it {whole.count(fault.old)} times", 0.0)
                continue
            file.write_text(whole.replace(fault.old, fault.new), encoding="utf-8")
            said = _verified(copy, families) if fault.by == "verify" else _tested(copy, fault.tests)
            yield Outcome(fault, CAUGHT if said else SURVIVED, said, time.monotonic() - began)
            file.write_text(whole, encoding="utf-8")


@contextmanager
def _copy() -> Iterator[Path]:
    """Yield a folder with a copy of the program and links to all files beside it."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder)
        for each in ROOT.iterdir():
            if each.name == PACKAGE:
                shutil.copytree(each, copy / PACKAGE)
            elif not each.name.startswith("."):
                (copy / each.name).symlink_to(each)
        (copy / "home").mkdir()
        yield copy


def _verified(copy: Path, families: Sequence[str]) -> str:
    """Return the first failed check or the error; "" if all checks passed."""
    command = [sys.executable, "-m", PACKAGE, "verify", *families, "--json"]
    with subprocess.Popen(
        command, cwd=copy, env=_environment(copy), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        for line in process.stdout:
            row = json.loads(line)
            if not row.get("passed", True):
                process.kill()  # one is enough
                return f"{row['family']}: {row['what']}"
        said = process.stderr.read()
    return "" if process.returncode == 0 else (said.strip().splitlines() or ["ended without a word"])[-1]


def _tested(copy: Path, tests: str) -> str:
    """Return the first failed test; "" if all tests passed."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", tests]
    ended = subprocess.run(command, cwd=copy, env=_environment(copy), capture_output=True, text=True, check=False)
    failed = [line for line in ended.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    # 4 and 5: the named test is not there, so that nothing has detected the fault.
    return "" if ended.returncode in (0, 4, 5) else (failed or [ended.stdout.strip()[-200:]])[0]


def _environment(copy: Path) -> dict[str, str]:
    own = {"PYTHONPATH": str(copy), "GDM_STUDIO_HOME": str(copy / "home"), "PYTHONDONTWRITEBYTECODE": "1"}
    return os.environ | own


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--by", choices=("verify", "tests"), default="", help="only those that one of them must notice")
    parser.add_argument("--only", default="", metavar="WORDS", help="only those with these words in what they are")
    args = parser.parse_args()
    came = []
    for outcome in drill(faults(by=args.by, only=args.only)):
        came.append(outcome.came)
        print(outcome, flush=True)
    print(f"{came.count(CAUGHT)} of {len(came)} caught")
    return int(came.count(CAUGHT) != len(came) or not came)


if __name__ == "__main__":
    sys.exit(main())
