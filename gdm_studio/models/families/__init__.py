"""Checkpoint families, first match wins. To add one: a file here and its name in the list."""

from gdm_studio.models.families.base import Family
from gdm_studio.models.families.icons import ICONS

FAMILIES: tuple[Family, ...] = (ICONS,)

__all__ = ["FAMILIES", "Family"]
