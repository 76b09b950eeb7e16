"""Spacings, which choose the noise levels that a sampler visits.

To add one, write a function here, decorate it, add it to the menu, `registry.GROUPS`, and run
`python -m tests.maths.registry_writer`, which lists it in `registry_tables`.
"""

from gdm_studio.maths.spacings.registry import GROUPS, SpacingSpec, listed_spacings, spacing

SPACINGS: dict[str, SpacingSpec] = listed_spacings()

__all__ = ["GROUPS", "SPACINGS", "SpacingSpec", "spacing"]
