"""Midjourney: what was typed, options and all, and behind it the number of its job, in the picture's description."""

from __future__ import annotations

import re

from gdm_studio.gallery.metadata.containers import Carried
from gdm_studio.gallery.metadata.facts import Metadata
from gdm_studio.gallery.metadata.telling import known_names, told
from gdm_studio.gallery.metadata.tools.base import Tool

_NAMES = {"prompt": "prompt", "--no": "negative_prompt", "--seed": "seed", "--v": "version", "--version": "version"}
_KNOWN = known_names("""
    --ar --aspect --stylize --s --chaos --c --weird --w --quality --q --style --niji --raw --tile --stop --iw --cref
    --cw --sref --sw --sv --oref --ow --profile --p --repeat --r --video --exp --draft --turbo --fast --relax --hd
    --uplight --upbeta --test --testp --creative --personalize --loop --motion --end
""")
_JOB = re.compile(r"\s+Job ID:\s*([\w-]{1,64})\s*$")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_OPTIONS = re.compile(r"\s+(?:--|—)(?=[A-Za-z])")
_MAX_TEXT = 2**16


def _matches(carried: Carried) -> bool:
    return "Job ID:" in _text(carried)


def _read(carried: Carried) -> Metadata | None:
    text = _text(carried)[:_MAX_TEXT]
    if (job := _JOB.search(text[-120:])) is None:
        return None
    prompt, *options = _OPTIONS.split(f" {text.removesuffix(job[0])}")
    if not options and not _UUID.fullmatch(job[1]):
        return None
    entries = [("prompt", prompt.strip())]
    for option in options:
        name, _, value = option.partition(" ")
        entries.append((f"--{name}", value.strip()))
    known = _KNOWN | {"Job ID", "Author", "Creation Time"}
    entries.append(("Job ID", job[1]))
    entries += [(name, carried.text(name)) for name in ("Author", "Creation Time") if carried.text(name)]
    return told(carried.size, TOOL.name, entries, _NAMES, known=known)


TOOL = Tool("Midjourney", _matches, _read)


def _text(carried: Carried) -> str:
    return carried.text("Description", "exif:ImageDescription", "xmp:description")
