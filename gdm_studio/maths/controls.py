"""The former name of `maths.guidance`, for `training/sheets.py`."""

from gdm_studio.maths.guidance import guided

__all__ = ["guided"]
