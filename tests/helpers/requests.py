"""A plain request, and a request in which nearly every setting differs from the default."""

from __future__ import annotations

from dataclasses import replace

from gdm_studio.request.generation_request import Branch, Interpolation, Request

BASE = Request(prompt="a red fox", seed=4, size=(64, 32), steps=9)
FULL = replace(
    BASE,
    negative_prompt="dull",
    style="noto",
    model="other",
    toward=Interpolation("an owl", 9, 0.256),
    sampler="ddim",
    spacing="linspace",
    knobs={"eta": 0.5},
    controls={"clip": 1.5},
    guidance_scale=2.5,
    temperature=0.75,
    image="a" * 64,
    strength=0.3,
    branch=Branch(replace(BASE, seed=77), 3),
)
