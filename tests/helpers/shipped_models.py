"""The names of the models shipped with the program."""

from __future__ import annotations

from pathlib import Path

from gdm_studio.common import paths
from gdm_studio.request.generation_request import BUILT_IN

SYSTEMS = Path(str(paths.resources())) / "models" / "systems"
SHIPPED = {BUILT_IN, f"{BUILT_IN}-fast", *(path.stem for path in SYSTEMS.glob("*.safetensors"))}
