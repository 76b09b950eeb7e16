"""Proof that the drills can fail: each runs on a copy of the program with a fault that it must detect.

    python -m tests.drills.faults
    python -m tests.drills.faults "half steps" "an index that loses rows"

A drill is worthless if it passes on a faulty program, or if it fails on a sound one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 600  # seconds for a drill
SOUND = "none"


@dataclass(frozen=True)
class Fault:
    """Replacement of `old` by `new` in a `file` of the package, and the `drill` with options that must detect it."""

    name: str
    file: str
    old: str
    new: str
    drill: str
    options: str

    def applied_to(self, root: Path) -> None:
        path = root / "gdm_studio" / self.file
        text = path.read_text(encoding="utf-8")
        assert text.count(self.old) == 1, f"{self.name}: {self.file} has changed; say anew what the fault is"
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


KILL = ("kill", "--count 34 --seed 3")
DISK = ("disk", "--count 56 --seed 6")
DAMAGE = ("damage", "--count 24")
FUZZ = ("fuzz_metadata", "--count 600")
SSH = ("ssh", "--count 3 --seed 3")
FAULTS = [
    Fault(
        "a lost connection that restarts its images", "jobs/workers/ssh.py",
        '        return self._steps.resume_point() if self._steps is not None else b""\n', '        return b""\n', *SSH,
    ),
    Fault(
        "writes that are not atomic", "common/atomic_files.py",
        '''            with open(part, "xb") as file:
                yield file
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            settle(part)
''',
        '''            with open(path, "wb") as file:
                yield file
''',
        *KILL,
    ),
    Fault(
        "half steps", "jobs/queue/queue.py",
        "                file.write(data)\n", "                file.write(data[: len(data) // 2])\n", *KILL,
    ),
    Fault(
        "a queue that never resumes", "engine/resume.py",
        "    log = read_intact(progress, request)\n", "    log = read_intact(b'', request)\n", *KILL,
    ),
    Fault(
        "an index that loses rows", "gallery/index.py",
        "        self._insert(there[0] if there else",
        "        if sum(picture.id.encode()) % 7 == 0:\n            return\n"
        "        self._insert(there[0] if there else", *KILL,
    ),
    Fault(
        "a save that ignores a full disk", "common/atomic_files.py",
        "    with open_replacement(path, durable=durable) as file:\n        file.write(data)\n",
        "    with contextlib.suppress(StorageError), open_replacement(path, durable=durable) as file:\n"
        "        file.write(data)\n",
        *DISK,
    ),
    Fault(
        "no error message for a full disk", "common/atomic_files.py",
        '_FULL = QT_TRANSLATE_NOOP("Errors", "The disk of {folder} is full; free some space, then try again.")',
        '_FULL = "OSError 28."', *DISK,
    ),
    Fault(
        "a full disk ignored at one write", "common/atomic_files.py",
        "    with open_replacement(path, durable=durable) as file:\n        file.write(data)\n",
        "    with contextlib.suppress(StorageError), open_replacement(path, durable=durable) as file:\n"
        "        file.write(data)\n",
        "every_write", "--only preferences",
    ),
    Fault(
        "favourites that are not restored", "gallery/storage/repair.py",
        "_write_repaired(part, rows, _read_backup(newest) if newest else {}, broken)",
        "_write_repaired(part, {}, {}, broken)", *DAMAGE,
    ),
    Fault(
        "an index that is not rebuilt", "gallery/storage/repair.py",
        "self._repair_user_data() or self._is_replaced(opened) or self._rebuild_index(error)",
        "self._repair_user_data() or self._is_replaced(opened)", *DAMAGE,
    ),
    Fault(
        "damage that is not reported", "common/repair_log.py",
        "    folder = data / FOLDER\n    with contextlib.suppress(StorageError):\n",
        "    folder = data / FOLDER\n    with contextlib.suppress(StorageError):\n        return\n", *DAMAGE,
    ),
    Fault(
        "a rebuild that starts with an empty index", "gallery/index.py",
        "DELETE FROM pictures WHERE NOT EXISTS ({known})", "DELETE FROM pictures WHERE 1 OR NOT EXISTS ({known})",
        "pairs", "--only rebuild --without generate queue export move window --seconds 15",
    ),
    Fault(
        "an empty mount point taken for the library", "gallery/scanner.py",
        "            return known in (None, _NO_DEVICE, device) or not self._run(Index.has_pictures)\n",
        "            return True or known\n", "drive", "--count 2",
    ),
    Fault(
        "a window's lock that is ignored", "ui/shell/single_instance.py",
        "return self._lock.tryLock(0) or self._lock.error() != QLockFile.LockError.LockFailedError",
        "return self._lock.tryLock(0) or True", "two_windows", "--count 6",
    ),
    Fault(
        "an image that is saved only after a click", "ui/create/generation/notices.py",
        "        self._timer.start()\n", "", "disk_window", "--count 3",
    ),
    Fault(
        "NaN that is not detected", "engine/decoding.py",
        "    if not bool(torch.isfinite(x).all()):\n", "    if bool(torch.isinf(x).any()):\n",
        "nan_memory", "--count 5",
    ),
    Fault(
        "a run that keeps the previous run in memory", "ui/create/viewer/controller.py",
        "        self.run = run\n", "        run.last = self.run\n        self.run = run\n",
        "memory", "--count 100 --most 0.02",
    ),
    Fault(
        "text that is unpacked without a limit", "gallery/metadata/containers/png.py",
        "unpacker.decompress(data, MAX_TEXT)", "unpacker.decompress(data)", *FUZZ,
    ),
    Fault(
        "deep nesting that is not handled", "gallery/metadata/conversion.py",
        "        found = _DECODER.decode(text)\n    except (ValueError, RecursionError):\n",
        "        found = _DECODER.decode(text)\n    except ValueError:\n", *FUZZ,
    ),
]  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="only these faults (default: all)")
    parser.add_argument("--list", action="store_true", help="only say which there are")
    parser.add_argument("--only-faulty", action="store_true", help="do not run the drills on a sound program")
    args = parser.parse_args(arguments)
    if unknown := set(args.names) - {fault.name for fault in FAULTS}:
        parser.error(f"there is no fault called {', '.join(sorted(unknown))}; --list says which there are")
    wanted = [fault for fault in FAULTS if not args.names or fault.name in args.names]
    if args.list:
        print("\n".join(f"{fault.name}: {fault.drill}" for fault in wanted))
        return 0
    wrong = 0
    for drill, options in dict.fromkeys((fault.drill, fault.options) for fault in wanted):
        if not args.only_faulty:
            wrong += _tell(SOUND, drill, *_carried_out(None, drill, options), expected=False)
        for fault in (each for each in wanted if (each.drill, each.options) == (drill, options)):
            wrong += _tell(fault.name, drill, *_carried_out(fault, drill, options), expected=True)
    return int(wrong > 0)


def _carried_out(fault: Fault | None, drill: str, options: str) -> tuple[int, float, str]:
    """Run the drill on a copy with this fault. Return its exit status, its seconds, and its last line of output."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="faulty-") as folder:
        copy = Path(folder)
        # The compiled files are copied too, and are valid for files of the same time.
        shutil.copytree(ROOT / "gdm_studio", copy / "gdm_studio")
        for room in ("tests", "benches", "resources"):
            (copy / room).symlink_to(ROOT / room)
        if fault is not None:
            fault.applied_to(copy)
        environment = os.environ | {"PYTHONPATH": folder, "TMPDIR": _folder(copy / "tmp")}
        command = [sys.executable, "-m", f"tests.drills.{drill}", *options.split()]
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    lines = (done.stdout + done.stderr).strip().splitlines()
    return done.returncode, time.monotonic() - started, lines[-1] if lines else ""


def _folder(path: Path) -> str:
    path.mkdir()
    return str(path)


def _tell(fault: str, drill: str, status: int, seconds: float, said: str, *, expected: bool) -> bool:
    """Print whether the drill ended as expected, and return whether it did not."""
    is_right = (status != 0) == expected
    verdict = ("caught" if status else "NOT CAUGHT") if expected else ("passes" if not status else "FAILS")
    print(f"{drill:12} fault: {fault:48} {verdict:10} {seconds:5.0f} s  {said[:150]}", flush=True)
    return not is_right


if __name__ == "__main__":
    sys.exit(main())
