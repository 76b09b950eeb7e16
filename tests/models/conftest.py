"""Fixtures of the tests of the built-in model."""

from __future__ import annotations

import pytest
import torch

from gdm_studio.models.families.icons.model import IconsModel
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN


@pytest.fixture(scope="session")
def library(shipped: Library) -> Library:
    """Return a library of the shipped models."""
    return shipped


@pytest.fixture(scope="session")
def model(library: Library) -> IconsModel:
    """Return the built-in model, which is loaded once for all tests."""
    found = library.load(BUILT_IN, device=torch.device("cpu"), dtype=torch.float32)
    assert isinstance(found, IconsModel)
    return found
