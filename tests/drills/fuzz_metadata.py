"""Thousands of hostile image files: reading their settings never crashes, hangs, or uses unbounded memory.

    python -m tests.drills.fuzz_metadata --count 20000

Real files of many tools are damaged, and their texts are mixed and packed into other formats. Other files contain
loops, decompression bombs, deep nesting or endless text. A file may be refused with an error message; nothing else may
be raised.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Metadata, read
from gdm_studio.request.generation_request import Request
from tests.drills import hostile

SLOWEST = 1.0  # seconds of the processor that one file may take
LARGEST = 256 * 2**20  # bytes by which the process may have grown at its peak
_HANG = 60  # seconds after which the stack is printed and the drill ends


@dataclass
class Report:
    count: int = 0
    read: int = 0  # had settings
    refused: int = 0
    slowest: float = 0.0  # seconds of the processor
    slowest_kind: str = ""
    grown: int = 0  # bytes, at the peak
    seconds: float = 0.0

    def __str__(self) -> str:
        slowest, grown = f"{self.slowest * 1e3:.0f} ms ({self.slowest_kind})", f"+{self.grown / 2**20:.0f} MiB"
        return (
            f"{self.count} files in {self.seconds:.0f} s: {self.read} with settings, {self.refused} refused, none "
            f"crashed; slowest {slowest}, peak memory {grown}"
        )


def drill(count: int, seed: int, folder: Path) -> Report:
    """Read `count` files. Raise AssertionError and leave the file in `folder` if a promise is broken."""
    report, started = Report(), time.monotonic()
    sources = hostile.real_files()
    read(sources[0])  # what every reading needs is loaded before memory is measured
    before = peak()
    for number in range(count):
        rng = random.Random(f"{seed} {number}")
        kind, suffix, content = hostile.file(rng, sources)
        path = folder / f"{seed}-{number}{suffix}"
        path.write_bytes(content)
        faulthandler.dump_traceback_later(_HANG, exit=True)
        begun = time.process_time()
        try:
            check(read(path))
            report.read += 1
        except StorageError as error:
            assert str(path) in str(error)
            report.refused += 1
        except NoSettings:
            pass
        taken = time.process_time() - begun
        faulthandler.cancel_dump_traceback_later()
        assert taken < SLOWEST, f"{path} ({kind}) took {taken:.2f} s"
        if taken > report.slowest:
            report.slowest, report.slowest_kind = taken, kind
        report.count += 1
        report.grown = peak() - before
        assert report.grown < LARGEST, f"{path} ({kind}) took {report.grown / 2**20:.0f} MiB"
        path.unlink()
    report.seconds = time.monotonic() - started
    return report


class NoSettings(Exception):
    """Error for a file that was read and has no settings."""


def check(found: Metadata) -> None:
    """Check that the settings can be displayed, written as strict JSON, and used for a request."""
    told = [found.tool, found.fields, found.used, found.ignored, found.unknown]
    json.loads(json.dumps(told, allow_nan=False))
    assert sum(len(text) for text in (*found.ignored.values(), *found.unknown.values())) < 2**21
    if found.request is None:
        raise NoSettings
    assert Request.from_json(found.request.to_json()) == found.request.checked()


def peak() -> int:
    """Return the peak memory of this process in bytes; 0 if the system does not report it."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20000, help="files to read (default: 20000)")
    parser.add_argument("--seed", type=int, default=0, help="of what is done to them (default: 0)")
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="fuzz-metadata-"))
    print(drill(args.count, args.seed, folder))
    folder.rmdir()  # after a failure it stays, with the file
    return 0


if __name__ == "__main__":
    sys.exit(main())
