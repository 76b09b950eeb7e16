"""Report of a model's self-test. Does not need torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP

OK = "ok"
BAD = "bad"
SKIPPED = "skipped"
# Titles of the parts of the test.
TITLES = {
    "vae": QT_TRANSLATE_NOOP("ModelCheck", "VAE"),
    "noise": QT_TRANSLATE_NOOP("ModelCheck", "Denoising"),
    "prompt": QT_TRANSLATE_NOOP("ModelCheck", "Prompt"),
    "adapter": QT_TRANSLATE_NOOP("ModelCheck", "Adapter"),
}


@dataclass(frozen=True)
class Finding:
    """Result of one check in a model's self-test. `text` is a translatable template, in which the `values` replace the
    placeholders.

    `cause` is a short name for the likely cause of a fault, or "" if there is none.
    """

    check: str
    state: str
    text: str
    values: Mapping[str, str] = field(default_factory=dict)
    cause: str = ""

    def sentence(self) -> str:
        """Return the text of this result in English, with its values inserted."""
        return self.text.format(**self.values)


@dataclass(frozen=True)
class LevelErrors:
    """Mean squared errors of the images that a model predicts at one noise level, as fractions of the images' variance.
    The error of a Gaussian model is included for comparison.
    """

    sigma: float
    alpha: float
    network: float
    # Error of the best Gaussian, which knows the mean and the spectrum of the other images.
    gaussian: float


@dataclass(frozen=True)
class Report:
    """Results of a model's self-test: one finding per check, and the denoising errors from the highest noise level to
    the lowest.
    """

    model: str
    images: int
    findings: Sequence[Finding]
    levels: Sequence[LevelErrors] = ()

    @property
    def faults(self) -> list[Finding]:
        return [each for each in self.findings if each.state == BAD]

    def lines(self) -> Iterator[str]:
        """Yield the report as lines of English text for the terminal: the findings, then a table of denoising
        errors.
        """
        for each in self.findings:
            yield f"{each.state:8}{TITLES[each.check]}: {each.sentence()}"
        if self.levels:
            yield ""
            yield "noise/signal   error / variance   error / that of the best Gaussian"
        for level in self.levels:
            ratio = level.sigma / level.alpha if level.alpha else float("inf")
            yield f"{ratio:12.4g}   {level.network:16.4f}   {level.network / level.gaussian:33.3f}"

    def facts(self) -> dict[str, Any]:
        """Return the report as a dictionary of JSON values: the "report" event in the command line's JSON output."""
        findings = [{**asdict(each), "sentence": each.sentence()} for each in self.findings]
        levels = [asdict(each) for each in self.levels]
        return {
            "event": "report",
            "model": self.model,
            "images": self.images,
            "sound": not self.faults,
            "findings": findings,
            "levels": levels,
        }
