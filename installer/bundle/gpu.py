"""Choice of the build of torch for a graphics card, from the outputs of nvidia-smi and rocminfo."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

# Commands whose outputs `choose_build` reads.
NVIDIA_QUERY = ("nvidia-smi", "--query-gpu=name,compute_cap,driver_version", "--format=csv,noheader")
AMD_QUERY = ("rocminfo",)
Version = tuple[int, ...]


@dataclass(frozen=True)
class CudaBuild:
    """Build of torch 2.13 for NVIDIA cards: compute capabilities with compiled kernels, and the oldest driver."""

    name: str
    oldest_card: Version
    # None if the build has PTX code, from which drivers compile for newer cards.
    newest_card: Version | None
    driver: Version


# PyTorch's release matrix. Within CUDA 12, a build runs on every driver of CUDA 12 (minor version compatibility).
CUDA_BUILDS = (
    CudaBuild("cu130", (7, 5), None, (580, 65, 6)),
    CudaBuild("cu126", (5, 0), (9, 0), (525, 60, 13)),
)
ROCM_BUILD = "rocm7.2"
# Architectures in the wheels for ROCm. Integrated graphics, such as gfx1036, are not among them.
ROCM_CARDS = ("gfx900", "gfx906", "gfx908", "gfx90a", "gfx942", "gfx950", "gfx1030") + (
    "gfx1100",
    "gfx1101",
    "gfx1102",
    "gfx1150",
    "gfx1151",
    "gfx1200",
    "gfx1201",
)


@dataclass(frozen=True)
class NvidiaCard:
    """Card that nvidia-smi lists."""

    name: str
    capability: Version
    driver: Version


@dataclass(frozen=True)
class Choice:
    """Name of a build of torch, "cpu" if no other one works, and the reason as a sentence."""

    build: str
    reason: str


def choose_build(nvidia: str, amd: str) -> Choice:
    """Return the build of torch for the cards in the outputs of NVIDIA_QUERY and AMD_QUERY. "" is no output.

    With several cards, the newest build that runs on all of them is chosen, else the newest one that runs on any.
    """
    cards = nvidia_cards(nvidia)
    every: tuple[Callable[[Iterable[bool]], bool], ...] = (all, any)
    for enough in every if cards else ():
        for build in CUDA_BUILDS:
            if enough(_runs(build, card) for card in cards):
                used = next(card for card in cards if _runs(build, card))
                return Choice(build.name, f"{_describe(used)} runs the build {build.name}.")
    architectures = amd_architectures(amd)
    supported = [each for each in architectures if each in ROCM_CARDS]
    if supported:
        return Choice(ROCM_BUILD, f"The AMD card {supported[0]} runs the build {ROCM_BUILD}.")
    if cards:
        return Choice("cpu", _unsupported_reason(cards[0]))
    if architectures:
        return Choice("cpu", f"No build of torch supports the AMD card {architectures[0]}.")
    return Choice("cpu", "Neither nvidia-smi nor rocminfo shows a graphics card with a working driver.")


def nvidia_cards(output: str) -> list[NvidiaCard]:
    """Return the cards in the output of NVIDIA_QUERY. Lines of another form, such as errors, are skipped."""
    lines = re.findall(r"^(.+), (\d{1,3}\.\d{1,3}), (\d{1,5}(?:\.\d{1,5}){1,3})\s*$", output, re.MULTILINE)
    return [
        NvidiaCard(name.strip(), _parse_version(capability), _parse_version(driver))
        for name, capability, driver in lines
    ]


def amd_architectures(output: str) -> list[str]:
    """Return the architectures of the cards in the output of rocminfo, such as gfx1100."""
    return re.findall(r"^\s*Name:\s+(gfx[0-9a-f]{3,5})\s*$", output, re.MULTILINE)


def _runs(build: CudaBuild, card: NvidiaCard) -> bool:
    return _has_kernels(build, card) and card.driver >= build.driver


def _has_kernels(build: CudaBuild, card: NvidiaCard) -> bool:
    if card.capability < build.oldest_card:
        return False
    # Kernels run on all cards with the same first number and a second number that is not smaller.
    return build.newest_card is None or card.capability[0] <= build.newest_card[0]


def _unsupported_reason(card: NvidiaCard) -> str:
    drivers = [build.driver for build in CUDA_BUILDS if _has_kernels(build, card)]
    if not drivers:
        return f"{_describe(card)} is too old for this version of torch."
    needed = ".".join(map(str, min(drivers)))
    return f"{_describe(card)} needs driver {needed} or newer; update the driver."


def _describe(card: NvidiaCard) -> str:
    capability, driver = (".".join(map(str, numbers)) for numbers in (card.capability, card.driver))
    return f"{card.name} (compute capability {capability}, driver {driver})"


def _parse_version(text: str) -> Version:
    return tuple(map(int, text.split(".")))
