"""The public implementations to compare with; where one is not installed, its tests are skipped.

To run them: `pip install .[parity]`, then `pip install --no-deps k-diffusion` (its own dependencies are for training).
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import torch

from gdm_studio.maths.path import Array, Point

SHAPE = (2, 3, 6, 6)


@pytest.fixture(scope="session")
def k_diffusion() -> ModuleType:
    """`k_diffusion.sampling`, with stand-ins for what it imports and these tests do not use."""
    found = importlib.util.find_spec("k_diffusion")
    if found is None or found.origin is None or importlib.util.find_spec("scipy") is None:
        pytest.skip("k-diffusion and scipy are not installed")
    folder = Path(found.origin).parent
    utils = _stand_in("k_diffusion.utils", append_dims=lambda x, dims: x[(...,) + (None,) * (dims - x.ndim)])
    names = {
        "torchsde": _stand_in("torchsde"),
        "torchdiffeq": _stand_in("torchdiffeq", odeint=None),
        "k_diffusion": _stand_in("k_diffusion", __path__=[str(folder)], utils=utils),
        "k_diffusion.utils": utils,
    }
    before = {name: sys.modules.get(name) for name in names}
    sys.modules.update(names)
    try:
        return importlib.import_module("k_diffusion.sampling")
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


@pytest.fixture(scope="session")
def diffusers() -> ModuleType:
    return pytest.importorskip("diffusers")


@pytest.fixture
def noise() -> Callable[..., torch.Tensor]:
    """Keyed draws, the same for both sides."""

    def draw(step: int, like: Array = None, number: int = 0) -> torch.Tensor:
        generator = torch.Generator().manual_seed(7919 * step + number)
        return torch.randn(SHAPE, generator=generator)

    return draw


@pytest.fixture
def denoise() -> Callable[[torch.Tensor, Point], torch.Tensor]:
    """A denoiser that is neither linear nor the same for every number: pictures near a pattern, bent."""
    pattern = torch.linspace(-1, 1, 36).sin().reshape(6, 6)

    def predicted(x: torch.Tensor, at: Point) -> torch.Tensor:
        known = at.alpha / (at.alpha**2 + 4 * at.sigma**2)
        return torch.tanh(pattern + known * (x - at.alpha * pattern))

    return predicted


def _stand_in(name: str, **attributes: object) -> ModuleType:
    module = ModuleType(name)
    for attribute, value in attributes.items():
        setattr(module, attribute, value)
    return module
