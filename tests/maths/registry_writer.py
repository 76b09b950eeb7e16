"""Writer of `gdm_studio/maths/registry_tables.py`, the list of all samplers, spacings and parameters of guidance.

Run it after adding or changing one of them: `python -m tests.maths.registry_writer`.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from gdm_studio.maths import registry_tables, samplers, spacings
from gdm_studio.maths.guidance import apply_guidance
from gdm_studio.maths.numeric_parameters import Param, params_of
from gdm_studio.maths.samplers.registry import SamplerSpec, registered_samplers
from gdm_studio.maths.spacings.registry import SpacingSpec, registered_spacings

HEAD = '''"""Samplers, spacings and parameters of guidance, listed so that menus and checks need not import their files.

Written by `python -m tests.maths.registry_writer` from the decorators in those files. Do not edit.
"""
# ruff: noqa: E501

from __future__ import annotations

from typing import Any
'''


def tables() -> dict[str, tuple[dict[str, Any], ...]]:
    """Import every sampler and spacing, and return the tables that `registry_tables` should contain."""
    for package in (samplers, spacings):
        for module in iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
    of_samplers, of_spacings = registered_samplers(), registered_spacings()
    in_menu = [name for names in samplers.GROUPS.values() for name in names]
    first = [name for names in spacings.GROUPS.values() for name in names]
    return {
        "SAMPLERS": tuple(_describe_sampler(of_samplers[name]) for name in in_menu),
        "SPACINGS": tuple(_describe_spacing(of_spacings[name]) for name in dict.fromkeys([*first, *of_spacings])),
        "GUIDANCE": tuple(map(_without_defaults, params_of(apply_guidance, preset={}))),
    }


def _describe_sampler(spec: SamplerSpec) -> dict[str, Any]:
    fn = spec.fn.func if isinstance(spec.fn, partial) else spec.fn
    preset = dict(spec.fn.keywords) if isinstance(spec.fn, partial) else {}
    params = tuple(map(_without_defaults, spec.params))
    facts = _without_defaults(spec, but=("fn", "group", "when", "params"))
    return {**facts, "module": fn.__module__, "function": fn.__name__, "preset": preset, "params": params}


def _describe_spacing(spec: SpacingSpec) -> dict[str, Any]:
    facts = _without_defaults(spec, but=("fn", "group"))
    return {**facts, "module": spec.fn.__module__, "function": spec.fn.__name__}


def _without_defaults(spec: Param | SamplerSpec | SpacingSpec, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the fields of a dataclass that differ from their defaults."""
    defaults = {field.name: field.default for field in fields(spec)}
    # The texts stay as they are written, since the catalogues have them by the files of the samplers.
    values = ((field.name, getattr(spec, field.name)) for field in fields(spec) if field.name not in but)
    return {name: value for name, value in values if value != defaults[name]}


def main() -> None:
    file = Path(registry_tables.__file__)
    text = HEAD + "".join(f"\n{name}: tuple[dict[str, Any], ...] = {entries!r}\n" for name, entries in tables().items())
    file.write_text(text, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(file)], check=True)


if __name__ == "__main__":
    main()
