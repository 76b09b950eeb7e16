"""Overflowing numbers and exhausted memory: one click retries the run, without a restart.

    python -m tests.drills.nan_memory --count 60

In one window, runs are hit at a random evaluation of the network by NaN or by an out-of-memory error, the latter also
in decoding. Each leaves a notice whose button generates the requested images. If memory suffices for smaller batches,
the images are generated without a notice.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gdm_studio.jobs.queue import REMEDIES, ItemState
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.shell.window import Window
from tests.drills.home import temporary_home
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel
from tests.helpers.stray_errors import no_strays
from tests.helpers.window import click, notice_button, run_in_window, until

if TYPE_CHECKING:
    import torch

    from gdm_studio.maths.noise_path import NoiseLevel

STEPS = 8
KINDS = ("nan in bf16", "nan in fp32", "no memory", "no memory to decode", "memory for fewer")
REMEDY = {"nan in bf16": "fp32", "nan in fp32": "calm", "no memory": "again", "no memory to decode": "again"}


class Faults:
    """Kind of fault and the evaluation from which it occurs; `kind` "" means none."""

    kind = ""
    after = 0

    def strike(self, x0: torch.Tensor) -> torch.Tensor:
        self.after -= 1
        if not self.kind or self.after >= 0:
            return x0
        if self.kind.startswith("nan"):
            return x0 * float("nan")
        if self.kind == "no memory" or (self.kind == "memory for fewer" and len(x0) > 2):  # rows: two a picture
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes.")
        return x0

    def model(self) -> type[GaussianModel]:
        faults = self

        class Struck(GaussianModel):
            def denoised(self, x: torch.Tensor, at: NoiseLevel, conditioning: torch.Tensor) -> torch.Tensor:
                return faults.strike(super().denoised(x, at, conditioning))

            def decode(self, x0: torch.Tensor) -> torch.Tensor:
                if faults.kind == "no memory to decode":
                    raise MemoryError
                return super().decode(x0)

        return Struck


@dataclass
class Report:
    struck: Counter[str] = field(default_factory=Counter)
    pictures: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.struck.items()))
        return (
            f"{self.struck.total()} runs struck in one window in {self.seconds:.0f} s ({kinds}): each mended by one "
            f"click or by itself, all {self.pictures} pictures asked for are there"
        )


def drill(count: int, seed: int) -> Report:
    """Inject a fault into `count` runs in the current home. Raise AssertionError if one does not recover."""
    rng, faults, report = random.Random(seed), Faults(), Report()

    async def play(window: Window) -> None:
        for number in range(count):
            kind = KINDS[number % len(KINDS)]
            report.pictures += await _struck_and_mended(window, kind, faults, rng)
            report.struck[kind] += 1
            assert window.gallery.panel_model.rowCount() == report.pictures

    started = time.monotonic()
    with no_strays():
        run_in_window(play, library=GaussianLibrary(kind=faults.model()), seconds=60 + 20 * count)
    report.seconds = time.monotonic() - started
    return report


async def _struck_and_mended(window: Window, kind: str, faults: Faults, rng: random.Random) -> int:
    """Start one run, apply its remedy, and return the number of requested images."""
    controls = window.create_page.controls
    pictures = 3 if kind == "memory for fewer" else rng.randint(1, 2)
    controls.set_request(_asked(window, kind, pictures))
    before = window.gallery.panel_model.rowCount()
    faults.kind, faults.after = kind, rng.randrange(STEPS * pictures)
    click(controls.button)
    if kind != "memory for fewer":
        await until(lambda: notice_button(window, REMEDIES[REMEDY[kind]].title) and window.generation.job is None)
        await until(lambda: [item.state for item in window.backlog.items] == [ItemState.FAILED])
        faults.kind = ""
        button = notice_button(window, REMEDIES[REMEDY[kind]].title)
        assert button is not None
        click(button)
    await until(lambda: window.gallery.panel_model.rowCount() == before + pictures and window.generation.job is None)
    await until(lambda: not window.backlog.items)
    faults.kind = ""
    window.create_page.canvas_panel.notices.clear()
    return pictures


def _asked(window: Window, kind: str, pictures: int) -> Request:
    now = window.create_page.controls.request()
    precision = "bf16" if kind == "nan in bf16" else "fp32"
    # the batch of three is what memory does not suffice for
    batch = pictures if kind == "memory for fewer" else 1
    return replace(now, count=pictures, batch=batch, steps=STEPS, dtype=precision, guidance_scale=9.0, sampler="ddim")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=60, help="runs to strike (default: 60)")
    parser.add_argument("--seed", type=int, default=0, help="of when they are struck (default: 0)")
    args = parser.parse_args()
    with temporary_home("nan-memory"):
        print(drill(args.count, args.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
