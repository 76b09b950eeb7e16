"""Models that were distilled to draw in a few steps: the settings that each kind of them wants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class FewSteps:
    """A kind of distillation; `settings` are the fields of a request that it begins with."""

    title: str
    paper: str
    settings: Mapping[str, Any]

    @property
    def summary(self) -> str:
        """What to expect of it, in words."""
        return f"{self.settings['steps']} steps without guidance ({self.paper})"

    def made_for(self, steps: int) -> FewSteps:
        """The same for so many steps; 0 for as many as most of its kind."""
        return replace(self, settings={**self.settings, "steps": steps}) if steps else self


def _settings(steps: int, sampler: str, spacing: str) -> dict[str, Any]:
    return dict(steps=steps, sampler=sampler, spacing=spacing, guidance_scale=1.0)


NONE = "none"  # what people choose for a model whose file says otherwise
FEW_STEPS: Mapping[str, FewSteps] = {  # with the settings that their authors give for them
    "turbo": FewSteps("Turbo", "Sauer et al. 2023, arXiv:2311.17042", _settings(4, "euler_a", "trailing")),
    "lightning": FewSteps("Lightning", "Lin et al. 2024, arXiv:2402.13929", _settings(4, "euler", "trailing")),
    "hyper": FewSteps("Hyper", "Ren et al. 2024, arXiv:2404.13686", _settings(8, "ddim", "trailing")),
    "lcm": FewSteps("LCM", "Luo et al. 2023, arXiv:2310.04378", _settings(4, "lcm", "lcm_50")),
}
SCHEDULERS = {"LCMScheduler": "lcm", "TCDScheduler": "hyper"}  # in a folder's configuration, and nobody else's
_WORDS = {("turbo",): "turbo", ("lightning",): "lightning", ("hyper",): "hyper", ("lcm",): "lcm",
          ("latent", "consistency"): "lcm"}  # fmt: skip
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")  # SDXLTurbo is two, 8steps too
_STEPS = re.compile(r"(?<!\d)([1-9]|1[0-6])[\s_-]*steps?(?![^\W_])", re.IGNORECASE)
_AFTER_HYPER = re.compile(r"sd\w*|flux\w*|lora|unet|cfg|steps?|v|fp|bf|\d+")  # else the beginning of "hyper realistic"


def named_in(text: str) -> str:
    """The kind that whole words of a text name; "" where they name none."""
    words = [word.casefold() for word in _WORD.findall(text)]
    for at in range(len(words)):
        for named, kind in _WORDS.items():
            after = words[at + len(named) :]
            is_prefix = kind == "hyper" and after and not _AFTER_HYPER.fullmatch(after[0])
            if tuple(words[at : at + len(named)]) == named and not is_prefix:
                return kind
    return ""


def steps_in(text: str) -> int:
    """How many steps a text says that such a model was made for, 1 to 16; 0 where it does not say, or says several."""
    found = {int(number) for number in _STEPS.findall(text)}
    return found.pop() if len(found) == 1 else 0
