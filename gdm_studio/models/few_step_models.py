"""Few-step models, such as Turbo and LCM: settings for each kind of distillation, and detection by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP

SUMMARY = QT_TRANSLATE_NOOP("FewSteps", "{steps} steps without guidance ({paper})")


@dataclass(frozen=True)
class FewSteps:
    """Method of distillation, such as LCM or Turbo, that enables a model to generate images in a few steps, with the
    default settings for such models.
    """

    title: str
    paper: str
    settings: Mapping[str, Any]

    @property
    def summary(self) -> str:
        """Short description of the kind of distillation for the user: the usual number of steps and the paper."""
        return SUMMARY.format(steps=self.settings["steps"], paper=self.paper)

    def made_for(self, steps: int) -> FewSteps:
        """Return a copy whose default number of steps is `steps`. If `steps` is 0, the settings are unchanged."""
        return replace(self, settings={**self.settings, "steps": steps}) if steps else self


def _create_defaults(steps: int, sampler: str, spacing: str) -> dict[str, Any]:
    return dict(steps=steps, sampler=sampler, spacing=spacing, guidance_scale=1.0)


# The user's choice for a model that is not distilled, although its file states the opposite.
NONE = "none"
# Settings recommended by the authors.
FEW_STEPS: Mapping[str, FewSteps] = {
    "turbo": FewSteps(
        QT_TRANSLATE_NOOP("FewSteps", "Turbo"),
        "Sauer et al. 2023, arXiv:2311.17042",
        _create_defaults(4, "euler_a", "trailing"),
    ),
    "lightning": FewSteps(
        QT_TRANSLATE_NOOP("FewSteps", "Lightning"),
        "Lin et al. 2024, arXiv:2402.13929",
        _create_defaults(4, "euler", "trailing"),
    ),
    "hyper": FewSteps(
        QT_TRANSLATE_NOOP("FewSteps", "Hyper"),
        "Ren et al. 2024, arXiv:2404.13686",
        _create_defaults(8, "ddim", "trailing"),
    ),
    "lcm": FewSteps(
        QT_TRANSLATE_NOOP("FewSteps", "LCM"),
        "Luo et al. 2023, arXiv:2310.04378",
        _create_defaults(4, "lcm", "lcm_50"),
    ),
}
# Guidance beyond which images of a distilled model burn. Its authors use none, or for LCM up to 2.
_MOST_GUIDANCE = 2.0
# Scheduler classes that only the configurations of distilled models contain.
SCHEDULERS = {"LCMScheduler": "lcm", "TCDScheduler": "hyper"}
_WORDS = {
    ("turbo",): "turbo",
    ("lightning",): "lightning",
    ("hyper",): "hyper",
    ("lcm",): "lcm",
    ("latent", "consistency"): "lcm",
}
# Pattern for a word. "SDXLTurbo" and "8steps" are two words each.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_STEPS = re.compile(r"(?<!\d)([1-9]|1[0-6])[\s_-]*steps?(?![^\W_])", re.IGNORECASE)
# Words that may follow the name "hyper". Before other words it is a prefix, as in "hyper realistic".
_AFTER_HYPER = re.compile(r"sd\w*|flux\w*|lora|unet|cfg|steps?|v|fp|bf|\d+")


def few_step_limits() -> dict[str, float]:
    """Return the highest good values of a distilled model's settings, by name, for its card."""
    return {"guidance_scale": _MOST_GUIDANCE}


def few_step_kind_in(text: str) -> str:
    """Detect the kind of distillation, such as "lcm" or "hyper", that a file name or other text mentions as a whole
    word. Returns "" if there is none.
    """
    words = [word.casefold() for word in _WORD.findall(text)]
    for at in range(len(words)):
        for named, kind in _WORDS.items():
            after = words[at + len(named) :]
            is_prefix = kind == "hyper" and after and not _AFTER_HYPER.fullmatch(after[0])
            if tuple(words[at : at + len(named)]) == named and not is_prefix:
                return kind
    return ""


def step_count_in(text: str) -> int:
    """Return the number of steps (1 to 16) that a model's name or description mentions, as in "Lightning 4step".
    Returns 0 if it mentions none, or several different ones.
    """
    found = {int(number) for number in _STEPS.findall(text)}
    return found.pop() if len(found) == 1 else 0
