"""The unfinished run of the next built-in model: its averaged weights packed small for the repository, and back.

    python resources/icons-next/run.py pack RUN      # RUN/checkpoint.pt to run.xz beside this file
    python resources/icons-next/run.py expand RUN    # and back, for  gdm-studio train icons --init RUN

Matrices have 7 bits a number, the sketch's two large ones 5, with a scale a row: 2 % of their size is lost, of the
sketch's 8 %, which a little training mends.
"""

from __future__ import annotations

import json
import lzma
import sys
from pathlib import Path

import torch
from safetensors.torch import load, save

from gdm_studio.training.checkpoint import load_checkpoint, save_checkpoint
from gdm_studio.training.recipe import CHECKPOINT

PACKED = Path(__file__).with_name("run.xz")
LEVELS, FEW, LARGE = 63, 15, 1_000_000


def pack(run: Path) -> None:
    state = load_checkpoint(run / CHECKPOINT)
    assert state is not None
    tensors = {}
    for place, weight in enumerate(state["ema"]):
        if weight.ndim > 1:
            levels = FEW if weight.numel() > LARGE else LEVELS
            scale = weight.abs().amax(dim=tuple(range(1, weight.ndim)), keepdim=True).clamp(min=1e-12) / levels
            tensors[f"{place}.levels"] = (weight / scale).round().to(torch.int8).contiguous()
            tensors[f"{place}.scale"] = scale.contiguous()
        else:
            tensors[f"{place}"] = weight.half().contiguous()
    seen = state["seen"] + state.get("before", 0)
    about = {"styles": state["styles"], "network": state["network"], "seen": seen, "count": len(state["ema"])}
    PACKED.write_bytes(lzma.compress(save(tensors, {"about": json.dumps(about)}), preset=9))
    print(f"{PACKED}: {PACKED.stat().st_size / 2**20:.1f} MiB, {seen} samples")


def expand(run: Path) -> None:
    data = lzma.decompress(PACKED.read_bytes())
    tensors = load(data)
    length = int.from_bytes(data[:8], "little")
    about = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["about"])
    ema = [
        tensors[f"{place}"].float() if f"{place}" in tensors
        else tensors[f"{place}.levels"].float() * tensors[f"{place}.scale"]
        for place in range(about["count"])
    ]  # fmt: skip
    run.mkdir(parents=True, exist_ok=True)
    save_checkpoint(run / CHECKPOINT, {"ema": ema, **{name: about[name] for name in ("styles", "network", "seen")}})


if __name__ == "__main__":
    {"pack": pack, "expand": expand}[sys.argv[1]](Path(sys.argv[2]))
