"""Headers of valid and invalid safetensors files."""

import struct
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from gdm_studio.common.errors import ModelError
from gdm_studio.models.files.checkpoints import read_header
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN


def test_names_shapes_and_metadata_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    save_file({"w": torch.zeros(3, 4), "b": torch.zeros(4)}, path, {"family": "x"})
    header = read_header(path)
    assert header.shapes == {"w": (3, 4), "b": (4,)}
    assert header.metadata == {"family": "x"}


@pytest.mark.parametrize(
    "content",
    [b"", b"short", b"\x00" * 64, struct.pack("<Q", 2**60) + b"{}", struct.pack("<Q", 4) + b"nope", b"\x89PNG" * 30,
     struct.pack("<Q", 2) + b"[]", struct.pack("<Q", 12) + b'{"a": "bc" }'],
)  # fmt: skip
def test_an_invalid_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "junk.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="junk.safetensors"):
        read_header(path)


def test_a_truncated_file_is_reported_as_such(tmp_path: Path) -> None:
    path = tmp_path / "cut.safetensors"
    save_file({"w": torch.zeros(100)}, path)
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(ModelError, match="cut short"):
        read_header(path)


def test_a_missing_file_names_the_path(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is not there"):
        Library().card(str(tmp_path / "nothing.safetensors"))


def test_an_unknown_model_lists_all_models() -> None:
    with pytest.raises(ModelError, match="there are: .*icons"):
        Library().card("nothing")


def test_stray_files_hide_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GDM_STUDIO_HOME", str(tmp_path))
    folder = tmp_path / "data" / "models"
    folder.mkdir(parents=True)
    (folder / "stray.safetensors").write_bytes(b"not a model")
    save_file({"w": torch.zeros(1)}, folder / "other.safetensors")
    assert BUILT_IN in [card.name for card in Library().cards()]
    with pytest.raises(ModelError, match="not a supported kind of model"):
        Library().card(str(folder / "other.safetensors"))
