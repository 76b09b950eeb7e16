"""Adapter files of LyCORIS, and the weights that it computes from them.

    pip install .[parity] && pip install --no-deps lycoris-lora==4.1.3 einops && python -m tests.parity.by_lycoris

writes tests/data/parity/lycoris.npz: for each kind of adapter the tensors of its file, and the changed weights and
biases of a linear layer, a convolution and a norm.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

import numpy as np
import torch
from lycoris import LycorisNetwork, create_lycoris
from torch import nn

from tests.parity.numbers import FOLDER
from tests.parity.weights import weights

FILE = FOLDER / "lycoris.npz"
ALGORITHMS = ("lora", "loha", "lokr", "full", "glora", "dylora", "tlora", "diag-oft", "boft", "ia3")
# Further files: their algorithm, size of the convolution's kernel and settings.
VARIANTS: dict[str, tuple[str, int, dict[str, Any]]] = {
    "tlora-1": ("tlora", 1, {}),
    "tlora-last": ("tlora", 1, {"sig_type": "last"}),
    "tlora-middle": ("tlora", 1, {"sig_type": "middle"}),
    "tlora-random": ("tlora", 1, {"use_data_init": False}),
    "diag-oft-bounded": ("diag-oft", 3, {"rescaled": True, "constraint": 0.02}),
    "boft-bounded": ("boft", 3, {"rescaled": True, "constraint": 0.02}),
    "ia3-input": ("ia3", 3, {"train_on_input": True}),
}
# Kinds whose weights are compared. Those of DyLoRA are the product of its factors, which is random in its own class.
COMPARED = {"lora", "loha", "lokr", "full", "glora", "diag-oft", "boft", "ia3", *VARIANTS}


class Layers(nn.Module):
    """A layer of each kind that LyCORIS adapts."""

    def __init__(self, kernel: int = 3) -> None:
        super().__init__()
        self.linear = nn.Linear(12, 8)
        self.conv = nn.Conv2d(4, 8, kernel)
        self.norm = nn.LayerNorm(12)
        self.load_state_dict(weights({name: tuple(weight.shape) for name, weight in self.named_parameters()}))


def main() -> None:
    about: dict[str, Any] = {"versions": {name: version(name) for name in ("lycoris-lora", "torch")}}
    found: dict[str, np.ndarray] = {}
    LycorisNetwork.apply_preset({"target_name": [".*"], "enable_conv": True})
    for kind, (algorithm, kernel, settings) in ({name: (name, 3, {}) for name in ALGORITHMS} | VARIANTS).items():
        torch.manual_seed(0)
        layers = Layers(kernel)
        rank = 2 if kernel == 1 else 4
        # These are settings of a preset, and reach a layer by its name.
        LycorisNetwork.apply_preset({"name_algo_map": dict.fromkeys(("linear", "conv"), settings) if settings else {}})
        network = create_lycoris(
            layers, 1.0, linear_dim=rank, linear_alpha=3, conv_dim=rank, conv_alpha=3, algo=algorithm,
            train_norm=kind not in VARIANTS,
        )  # fmt: skip
        shapes = {name: weight.shape for name, weight in layers.named_parameters()}
        network.apply_to()
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.add_(0.1 * torch.randn_like(parameter))
        for name, values in network.state_dict().items():
            found[f"{kind}/{name}"] = values.detach().numpy()
        for lora in network.loras if kind in COMPARED else ():
            own = lora.lora_name.removeprefix("lycoris_")
            if kind == "loha" and hasattr(lora, "get_weight"):
                # Its merged weight has the scale twice, unlike the layer that is trained.
                weight, bias = lora.org_weight + lora.get_weight(shapes[f"{own}.weight"]), None
            else:
                weight, bias = lora.get_merged_weight(1.0, shapes[f"{own}.weight"])
            found[f"{kind}/merged/{own}.weight"] = weight.detach().numpy()
            if bias is not None:
                found[f"{kind}/merged/{own}.bias"] = bias.detach().numpy()
    np.savez_compressed(FILE, about=np.array(json.dumps(about)), **found)


if __name__ == "__main__":
    main()
