"""Reader for Midjourney, which writes the command with its options and the job ID into the image description."""

from __future__ import annotations

import re

from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.conversion import build_metadata, split_names
from gdm_studio.gallery.metadata.generation_settings import Metadata
from gdm_studio.gallery.metadata.tools.base import Tool

# {entry: field}
_NAMES = {"prompt": "prompt", "--no": "negative_prompt", "--seed": "seed", "--v": "version", "--version": "version"}
# Entries that are recognised but have no counterpart here.
_UNUSED_KEYS = split_names("""
    --ar --aspect --stylize --s --chaos --c --weird --w --quality --q --style --niji --raw --tile --stop --iw --cref
    --cw --sref --sw --sv --oref --ow --profile --p --repeat --r --video --exp --draft --turbo --fast --relax --hd
    --uplight --upbeta --test --testp --creative --personalize --loop --motion --end
""")
_JOB = re.compile(r"\s+Job ID:\s*([\w-]{1,64})\s*$")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_OPTIONS = re.compile(r"\s+(?:--|—)(?=[A-Za-z])")
_MAX_TEXT = 2**16


def _matches(embedded: EmbeddedTexts) -> bool:
    return "Job ID:" in _find_text(embedded)


def _read(embedded: EmbeddedTexts) -> Metadata | None:
    text = _find_text(embedded)[:_MAX_TEXT]
    if (job := _JOB.search(text[-120:])) is None:
        return None
    prompt, *options = _OPTIONS.split(f" {text.removesuffix(job[0])}")
    if not options and not _UUID.fullmatch(job[1]):
        return None
    entries = [("prompt", prompt.strip())]
    for option in options:
        name, _, value = option.partition(" ")
        entries.append((f"--{name}", value.strip()))
    known = _UNUSED_KEYS | {"Job ID", "Author", "Creation Time"}
    entries.append(("Job ID", job[1]))
    entries += [(name, embedded.text(name)) for name in ("Author", "Creation Time") if embedded.text(name)]
    return build_metadata(embedded.size, TOOL.name, entries, _NAMES, known=known)


def _find_text(embedded: EmbeddedTexts) -> str:
    return embedded.text("Description", "exif:ImageDescription", "xmp:description")


TOOL = Tool("Midjourney", _matches, _read)
