"""The hash of a model's weights."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

from gdm_studio.models.files.hashes import hash_file
from gdm_studio.models.fingerprint import RECODED, fingerprint
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN
from tests.helpers.gaussian_model import CARD


def test_the_fingerprint_depends_only_on_the_weights(tmp_path: Path) -> None:
    card, fast = Library().card(BUILT_IN), Library().card(f"{BUILT_IN}-fast")
    assert card.path is not None
    shutil.copytree(card.path.parent, tmp_path / "copy")
    copy = Library().card(str(tmp_path / "copy" / card.path.name))
    assert len(fingerprint(card)) == 10 and fingerprint(card) == fingerprint(copy) != fingerprint(fast)
    decoder = tmp_path / "copy" / f"{BUILT_IN}.vae.safetensors"
    data = bytearray(decoder.read_bytes())
    data[-1] ^= 1
    decoder.write_bytes(data)
    os.utime(decoder, ns=(1, 1))
    assert fingerprint(copy) not in ("", fingerprint(card))


def test_another_format_of_the_built_in_model_keeps_its_fingerprint() -> None:
    library = Library()
    digests = {hash_file(file).sha256 for file in library.card(BUILT_IN).weights}
    assert digests >= RECODED.keys(), "recode_drawings.py was run without a change here"
    assert fingerprint(library.card(BUILT_IN)) == "1ff37767cd"


def test_a_model_without_files_has_no_fingerprint(tmp_path: Path) -> None:
    assert fingerprint(CARD) == ""
    assert fingerprint(replace(CARD, weights=(tmp_path / "icons.safetensors",))) == ""
