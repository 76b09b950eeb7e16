"""Parameters of guidance that a request may set, listed without importing guidance itself."""

from __future__ import annotations

from gdm_studio.maths import registry_tables
from gdm_studio.maths.numeric_parameters import Param

# The parameters that are allowed in `Request.controls`.
GUIDANCE: tuple[Param, ...] = tuple(Param(**param) for param in registry_tables.GUIDANCE)
