"""Reference outputs of diffusers' transformers with PEFT's adapters on all linear layers, with made-up weights in fp32.

    pip install .[parity] && python -m tests.parity.by_transformer_adapters

writes tests/data/parity/transformer_adapters.json: for each case in transformer_adapters.py the shapes of LoKr's
and LoHa's factors by the shape of the layer, and some numbers of the output.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import diffusers
import torch
from peft import LoHaConfig, LoKrConfig, LoraConfig, PeftConfig, get_peft_model_state_dict, set_peft_model_state_dict

from tests.parity.by_diffusion_transformers import _answer, network_arguments
from tests.parity.transformer_adapters import ALPHA, CASES, FILE, RANK, Case, compared, targets
from tests.parity.transformers import SMALL, inputs_of, made_up


@torch.no_grad()
def main() -> None:
    about = {name: version(name) for name in ("peft", "diffusers", "torch")}
    found = {name: _case(name, case) for name, case in CASES.items()}
    FILE.write_text(json.dumps({"versions": about, "cases": found}, separators=(",", ":")), "utf-8")


def _case(name: str, case: Case) -> dict[str, Any]:
    kind, config = SMALL[case.network]
    network = getattr(diffusers, kind.theirs)(**network_arguments(kind, config)).eval()
    shapes = {each: tuple(weight.shape) for each, weight in network.state_dict().items()}
    network.load_state_dict(made_up(shapes))
    network.add_adapter(_config(case.kind, targets(shapes)))
    adapter = {each: tuple(weight.shape) for each, weight in get_peft_model_state_dict(network).items()}
    set_peft_model_state_dict(network, made_up(adapter))
    if case.kind == "lora":
        network.set_adapters(["default"], [case.strength])
    answer = compared(_answer(kind, network, inputs_of(config)))
    factors: dict[str, dict[str, Any]] = {}
    for layer in targets(shapes):
        start = f"{layer}."
        of_layer = {each.removeprefix(start): shape for each, shape in adapter.items() if each.startswith(start)}
        rows, columns = shapes[f"{layer}.weight"]
        if case.kind in ("lokr", "loha"):
            factors[f"{rows}x{columns}"] = of_layer
    return asdict(case) | {"factors": factors, "answer": [float(f"{x:.7g}") for x in answer]}


def _config(kind: str, layers: list[str]) -> PeftConfig:
    if kind == "lokr":
        # PEFT also scales products of two full factors, and lycoris, whose format it is, does not.
        return LoKrConfig(r=RANK, alpha=RANK, target_modules=layers)
    if kind == "loha":
        return LoHaConfig(r=RANK, alpha=ALPHA, target_modules=layers)
    return LoraConfig(r=RANK, lora_alpha=ALPHA, use_dora=kind == "dora", target_modules=layers)


if __name__ == "__main__":
    main()
