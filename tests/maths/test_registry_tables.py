"""Tests of the list of samplers, spacings and parameters of guidance, which menus read instead of their files."""

from __future__ import annotations

from gdm_studio.maths import registry_tables
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.samplers.registry import registered_samplers
from tests.maths.registry_writer import tables


def test_the_tables_agree_with_the_decorators() -> None:
    for name, entries in tables().items():
        advice = "run `python -m tests.maths.registry_writer`"
        assert getattr(registry_tables, name) == entries, advice


def test_a_listed_sampler_is_the_function_of_its_file() -> None:
    tables()
    registered = registered_samplers()
    assert SAMPLERS.keys() == registered.keys()
    for name, spec in SAMPLERS.items():
        assert (spec.title, spec.params, spec.group) == (
            registered[name].title,
            registered[name].params,
            registered[name].group,
        )
