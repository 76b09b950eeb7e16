"""Steps in the file format of version 0.1.0: one safetensors file with the facts beside the request."""

from __future__ import annotations

import json
from typing import Any

from safetensors.torch import save
from torch import Tensor

from gdm_studio.denoising_steps.step_log import StepLog


def to_bytes(log: StepLog, **changes: Any) -> bytes:
    """Encode the saved steps of a run in the file format of version 0.1.0, to test that it can still be read.

    A log of one entry is encoded as a single step. `changes` replace entries of the header; None removes one.
    """
    start, tensors = log.start, dict[str, Tensor]()

    def name(tensor: Tensor) -> str:
        tensors[key := str(len(tensors))] = tensor.clone()
        return key

    facts: dict[str, Any] = {"version": 1, "path": log.path, "weights": log.weights}
    if len(log.entries) == 1:
        kind, facts = "step", facts | {"index": start.index}
        tensors |= {"x": start.x, "denoised": start.denoised.clone()}
        tensors |= {f"carry.{place}": each.clone() for place, each in enumerate(start.history)}
    else:
        kind, rest = "steps", log.entries[1:]
        facts |= {
            "start": {"index": start.index, "x": name(start.x), "carry": [name(each) for each in start.history]},
            "whole": [
                [each.index, name(each.step.x), name(each.step.denoised), [name(one) for one in each.step.history]]
                for each in rest
                if each.step is not None
            ],
            "predictions": [name(each.prediction) for each in rest if each.prediction is not None],
            "digests": {each.index: each.digest for each in rest if each.step is None},
        }
    facts = {fact: value for fact, value in (facts | changes).items() if value is not None}
    told = {"format": f"gdm-studio {kind}", kind: json.dumps(facts), "request": log.request.to_json()}
    return save(tensors, told)
