"""LoRAs of the same name in several folders, and LoRAs that a prompt names more than once."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.gallery import read
from gdm_studio.models.adapters.lookup import (
    adapters_of_prompts,
    find_adapter,
    notes_on_adapters,
    notes_on_embedding_names,
)
from gdm_studio.models.files.hashes import hash_file
from gdm_studio.models.fingerprint import fingerprint_of_files
from gdm_studio.models.installed.model_table import find_model, suitable_vaes
from gdm_studio.models.model_library import Library, with_recorded_weights
from gdm_studio.networks.upscalers.configurations import CompactConfig
from gdm_studio.request.generation_request import Request
from gdm_studio.studio.settings_import import restore_request
from gdm_studio.ui.create.prompt.adapter_names import names_of
from gdm_studio.ui.create.prompt.prompt_checker import find_mistakes
from tests.helpers import tiny_stable
from tests.helpers.file_openings import record_openings
from tests.helpers.foreign_images import png
from tests.helpers.upscalers import write_upscaler
from tests.models.test_names import write_embedding, write_vae

LAYER = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"


@pytest.fixture
def models(_own_home: Path) -> Path:
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    return paths.models_dir()


def write_lora(file: Path, value: float = 1.0, **metadata: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    factors = {"down": torch.full((4, 768), value), "up": torch.full((64, 4), value)}
    save_file({f"{LAYER}.lora_{side}.weight": factor for side, factor in factors.items()}, file, metadata)
    return file


def test_a_tag_may_state_the_folders_of_its_lora(models: Path) -> None:
    first, second = (
        write_lora(models / "Char" / "ink.safetensors"),
        write_lora(models / "Pose" / "ink.safetensors", 2.0),
    )
    deep = write_lora(models / "Pose" / "old" / "ink.safetensors", 3.0)
    peft = write_lora(models / "styles" / "wash" / "adapter_model.safetensors", 4.0)
    titled = write_lora(models / "titled.safetensors", 5.0, **{"modelspec.title": "Ink/Wash"})
    assert find_adapter("ink") == first, "the name alone keeps its meaning"
    for name in ("pose/ink", "Pose/ink.safetensors", "pose\\ink", "Pose\\INK.safetensors", "data/models/pose/ink"):
        assert find_adapter(name) == second, name
    assert find_adapter("old/ink") == find_adapter("Pose/old/ink") == deep
    assert find_adapter("wash") == find_adapter("styles/wash") == find_adapter("styles/wash/adapter_model") == peft
    assert find_adapter("Ink/Wash") == titled, "a title may contain a slash"
    for name in ("body/ink", "ose/ink", "char/wash"):
        with pytest.raises(BadRequest, match="There is no LoRA called"):
            find_adapter(name)
    assert list(adapters_of_prompts(["<lora:pose/ink:0.5> and <lora:old/ink:0.7>"])) == [second, deep]


def test_the_user_is_told_about_different_loras_of_one_name(models: Path) -> None:
    write_lora(models / "char" / "ink.safetensors")
    write_lora(models / "copy" / "ink.safetensors")
    assert notes_on_adapters(["a <lora:ink:1>"]) == [], "a copy is no other LoRA"
    write_lora(models / "pose" / "ink.safetensors", 2.0)
    (note,) = notes_on_adapters(["a <lora:ink:1>"])
    assert note == "Several LoRAs are called ink: this is <lora:char/ink:1>, and another is <lora:pose/ink:1>."
    assert notes_on_adapters(["a <lora:pose/ink:1> <lora:nowhere:1>"]) == []


def test_the_user_is_told_that_only_the_last_weight_counts(models: Path) -> None:
    write_lora(models / "ink.safetensors", ss_output_name="Ink Nine")
    expected = ["ink is named more than once; only its last weight, 0.3, counts."]
    assert notes_on_adapters(["<lora:ink:0.5> a <lora:ink:0.3>"]) == expected
    assert notes_on_adapters(["<lora:ink:0.5>", "<lora:ink:0.3>"]) == [], "two prompts of a batch"
    both = notes_on_adapters(["<lora:ink:0.5><lora:ink.safetensors:0.3>"])
    assert both and all("more than once" in each for each in both)


@pytest.mark.slow
def test_the_command_line_prints_both_notes(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tiny_stable.write(models / "tiny.safetensors")
    write_lora(models / "char" / "ink.safetensors")
    write_lora(models / "pose" / "ink.safetensors", 2.0)
    options = ["--model", "tiny", "--guidance", "1", "--steps", "1", "--device", "cpu"]
    assert run(["generate", "a (red:1,2) <lora:ink:0.5><lora:ink:0.5:lbw=ALL>", *options]) == 0
    printed = capsys.readouterr().err
    assert "':1,2)' is read as text" in printed and "'lbw=ALL' of <lora:ink> has no effect" in printed
    assert "only its last weight, 0.5, counts" in printed and "<lora:pose/ink:1>" in printed


def test_the_user_is_told_about_different_embeddings_of_one_name(models: Path) -> None:
    write_embedding(models / "a" / "face.safetensors")
    write_embedding(models / "copy" / "face.safetensors")
    assert notes_on_embedding_names(["a face"]) == []
    write_embedding(models / "b" / "face.safetensors", 2.0)
    (note,) = notes_on_embedding_names(["a Face, a face"])
    assert re.fullmatch(
        r"Several embeddings are called face: this is (a|b|copy)/face; rename one to use another\.", note
    )
    assert notes_on_embedding_names(["a surface"]) == []


def test_add_ons_are_read_once_for_all_notes(models: Path) -> None:
    for folder, value in (("char", 1.0), ("pose", 2.0)):
        write_lora(models / folder / "ink.safetensors", value)
        write_embedding(models / folder / "face.safetensors", value)
    prompt = "a face <lora:ink:1>"
    with record_openings() as seen:
        for _ in range(2):
            assert len(notes_on_adapters([prompt]) + notes_on_embedding_names([prompt])) == 2
    opened = Counter(path for _, path in seen)
    # Once for the header, and once to compare the contents of files of one name.
    assert len(opened) == 4 and max(opened.values()) <= 2
    (models / "pose" / "ink.safetensors").unlink()
    assert notes_on_adapters([prompt]) == []


def test_the_prompt_field_offers_and_accepts_folders(models: Path) -> None:
    write_lora(models / "char" / "ink.safetensors")
    write_lora(models / "pose" / "ink.safetensors", 2.0)
    write_lora(models / "styles" / "wash.safetensors", 3.0)
    names = names_of(Library().model_table(), "Stable Diffusion 1")
    assert sorted(each.name for each in names.adapters.values()) == ["char/ink", "pose/ink", "wash"]
    assert not find_mistakes("<lora:ink:1> <lora:Pose/ink:1> <lora:styles/wash:1> <lora:wash:1>", names)
    assert len(find_mistakes("<lora:body/ink:1> <lora:pose/wash:1>", names)) == 2
    addition = names.adapter("ink")
    assert addition is not None and addition.name == "char/ink", "it means the one that is used"


def test_vaes_and_upscalers_of_one_name_can_be_told_apart(models: Path) -> None:
    first, second = (
        write_vae(models / "new" / "vivid.safetensors"),
        write_vae(models / "old" / "vivid.safetensors", 0.5),
    )
    small, large = (
        write_upscaler(models / folder / "sharp.safetensors", CompactConfig(width=8, depth=depth, scale=2), "compact")
        for folder, depth in (("a", 1), ("b", 2))
    )
    tiny_stable.write(models / "dream.safetensors", words=8)
    library = Library()
    rows = {line.name: line.path for line in library.model_table() if line.path.is_relative_to(models)}
    del rows["dream"]
    assert rows == {"new/vivid": first, "old/vivid": second, "a/sharp": small, "b/sharp": large}
    assert all(library.vae(name) == rows[name] for name in ("new/vivid", "old/vivid"))
    assert all(library.upscaler(name) == rows[name] for name in ("a/sharp", "b/sharp"))
    assert library.vae("vivid") == first and library.upscaler("sharp") == small, "the name alone keeps its meaning"
    assert suitable_vaes(library.card("dream"), library.model_table()) == ["new/vivid", "old/vivid"]
    request = Request(model="dream", vae="vivid")
    recorded = with_recorded_weights(library, request, {"vae_hash": fingerprint_of_files([second])})
    assert library.vae(recorded.vae) == second
    with pytest.raises(ModelError, match="no VAE called"):
        library.vae("older/vivid")


def restored_prompt(folder: Path, parameters: str) -> str:
    line = f"{parameters}\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 5, Size: 64x64, Model: tiny"
    request = restore_request(
        read(png(folder / "theirs.png", {"parameters": line})), Library().model_table()
    ).metadata.request
    assert request is not None
    return request.prompt


def test_a_restored_prompt_names_the_lora_that_was_found(models: Path, tmp_path: Path) -> None:
    tiny_stable.write(models / "tiny.safetensors", words=8)
    first, second = (
        write_lora(models / "char" / "ink.safetensors"),
        write_lora(models / "pose" / "ink.safetensors", 2.0),
    )
    for path in (first, second):
        os.utime(path, (86_400, 86_400))
    assert find_adapter("ink") == first
    assert restored_prompt(tmp_path, "a <lora:pose/ink:0.8>") == "a <lora:pose/ink:0.8>"
    for path in (first, second):
        hash_file(path)
    line = f'a <lora:ink:0.8>\nSteps: 20, Sampler: Euler, Seed: 5, Lora hashes: "ink: {hash_file(second).content[:12]}"'
    metadata = read(png(tmp_path / "hashed.png", {"parameters": f"{line}, CFG scale: 7, Model: tiny"}))
    request = restore_request(metadata, Library().model_table()).metadata.request
    assert request is not None and find_adapter(request.prompt[8:].partition(":")[0]) == second, request


def test_a_name_with_folders_of_another_program_prefers_them(models: Path) -> None:
    first, second = (
        write_lora(models / "char" / "ink.safetensors"),
        write_lora(models / "pose" / "ink.safetensors", 2.0),
    )
    rows = [line for line in Library().model_table() if line.path in (first, second)]
    for name, expected in (("pose\\ink.safetensors", second), ("char/ink.safetensors", first), ("x/pose/ink", None)):
        row = find_model(rows, name)
        assert row is not None and (expected is None or row.path == expected), name
