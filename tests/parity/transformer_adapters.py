"""Cases of the comparison of adapters with PEFT on diffusers' transformers, on small networks with made-up weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from tests.parity.numbers import FOLDER

FILE = FOLDER / "transformer_adapters.json"
RANK, ALPHA = 4, 6
# Numbers of each output that are compared.
COMPARED = 24


@dataclass(frozen=True)
class Case:
    """An adapter for one of the networks of `transformers.SMALL`, of one of PEFT's kinds."""

    network: str
    kind: str = "lora"
    strength: float = 1.0


CASES: Mapping[str, Case] = {
    **{
        name: Case(name)
        for name in (
            *("flux1 dev", "flux1 schnell", "chroma", "sd3", "sd3.5 medium", "sd3.5 large", "z-image", "lumina 2"),
            "flux2 klein",
        )
    },
    "flux1 dora": Case("flux1 dev", "dora"),
    "sd3 dora": Case("sd3", "dora"),
    "z-image lokr": Case("z-image", "lokr"),
    "klein lokr": Case("flux2 klein", "lokr"),
    "lumina loha": Case("lumina 2", "loha"),
    "flux1 at half strength": Case("flux1 dev", "lora", 0.5),
    "klein reversed": Case("flux2 klein", "lora", -0.7),
}


def compared(output: Tensor) -> Tensor:
    """Return the compared numbers of a network's output."""
    return output.flatten()[:: output.numel() // COMPARED]


def targets(shapes: Mapping[str, tuple[int, ...]]) -> list[str]:
    """Return all linear layers of a network with these tensors."""
    return [name.removesuffix(".weight") for name, shape in shapes.items() if len(shape) == 2 and "weight" in name]
