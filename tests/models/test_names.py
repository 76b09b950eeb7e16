"""Names of models and add-ons whose file names say nothing, and the earlier names under which images recorded them."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.models.adapters import lookup
from gdm_studio.models.adapters.lookup import (
    embeddings_named_in,
    find_adapter,
    notes_on_embeddings,
    notes_on_negative,
)
from gdm_studio.models.families.stable_diffusion.token_windows import tokenize
from gdm_studio.models.files.checkpoints import stamp_of
from gdm_studio.models.fingerprint import fingerprint_of_files
from gdm_studio.models.installed.model_table import find_model
from gdm_studio.models.model_library import Library, with_recorded_weights
from gdm_studio.models.prompts.a1111_syntax import Weighted
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.create.prompt.adapter_names import names_of
from gdm_studio.ui.create.prompt.prompt_checker import find_mistakes
from tests.helpers import tiny_stable

REVISION = "451f4fe16113bff5a5d2269ed5ad43b0592e9a14"
LAYER = "base_model.model.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k"


@pytest.fixture
def models(_own_home: Path) -> Path:
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    return paths.models_dir()


def write_peft(folder: Path, name: str = "adapter_model", value: float = 1.0) -> Path:
    """Write an adapter as PEFT does."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.safetensors"
    factors = {"A": torch.full((4, 768), value), "B": torch.full((64, 4), value)}
    save_file({f"{LAYER}.lora_{side}.weight": factor for side, factor in factors.items()}, file)
    return file


def write_lora(file: Path, value: float = 1.0, **metadata: str) -> Path:
    """Write an adapter as kohya's trainer does."""
    file.parent.mkdir(parents=True, exist_ok=True)
    layer = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"
    factors = {"down": torch.full((4, 768), value), "up": torch.full((64, 4), value)}
    save_file({f"{layer}.lora_{side}.weight": factor for side, factor in factors.items()}, file, metadata)
    return file


def write_vae(file: Path, scale: float = 1.0) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    weights = tiny_stable.components("sd1", words=1)["vae"]
    save_file({name: (weight * scale).contiguous() for name, weight in weights.items()}, file)
    return file


@pytest.mark.parametrize("written", ["NFC", "NFD"])
def test_names_are_found_in_any_unicode_form_and_with_spaces(written: str, models: Path) -> None:
    def form(name: str) -> str:
        return unicodedata.normalize(written, name)

    lora = write_lora(models / f"{form('é tinte')}.safetensors")
    spaced = write_lora(models / "spaced .safetensors")
    embedding = write_embedding(models / f"{form('é böse')}.safetensors")
    bracketed = write_embedding(models / "bad (v2).safetensors")
    vae = write_vae(models / f"{form('größe')}.safetensors")
    tiny_stable.write(models / f"{form('modèle')}.safetensors")
    library = Library()
    rows = names_of(library.model_table(), "Stable Diffusion 1")
    for typed in ("NFC", "NFD"):
        names = ("É Tinte", "é böse", "größe", "modèle")
        name, word, of_vae, model = (unicodedata.normalize(typed, each) for each in names)
        assert find_adapter(f" {name} ") == lora and rows.adapter(f"{name} ") is not None
        assert list(embeddings_named_in([f"a ({word}:1.2) fox"]).values()) == [embedding]
        assert find_mistakes(f"<lora:{name} :1> embedding:x", rows)[0].sentence.startswith("There is no embedding")
        assert library.vae(f"{of_vae} ") == vae and library.card(f" {model}").name == form("modèle")
        row = find_model(library.model_table(), f"{model}.safetensors ")
        assert row is not None and row.name == form("modèle")
    assert find_adapter("spaced") == spaced
    assert list(embeddings_named_in([r"a bad \(v2\) fox"]).values()) == [bracketed]
    tokens = [each for each, _ in next(tokenize([Weighted(unicodedata.normalize("NFD", "É Böse"))], {"é böse": 2}))]
    assert tokens == [("é böse", 0), ("é böse", 1)]


def test_lookup_notes_name_what_has_no_effect(models: Path) -> None:
    write_embedding(models / "easy.safetensors")
    assert notes_on_embeddings("embedding:easy <embed:sub/Easy.pt> easy") == []
    (note,) = notes_on_embeddings("embedding:other, a fox")
    assert note == "There is no embedding called 'other' in the models folder; its name is read as words."
    assert notes_on_negative(Request(negative_prompt="blurry <lora:ink:0,8>")) == [
        "LoRAs in the negative prompt have no effect: ink."
    ]
    assert notes_on_negative(Request(negative_prompt="blurry", prompt="<lora:ink:1>")) == []


def write_embedding(file: Path, value: float = 1.0) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file({"emb_params": torch.full((2, 768), value)}, file)
    return file


def rows(library: Library) -> dict[str, Path]:
    return {line.name: line.path for line in library.model_table() if line.path.is_relative_to(paths.models_dir())}


def test_a_model_in_the_hugging_face_cache_is_named_after_its_repository(models: Path) -> None:
    folder = models / "hub" / "models--runwayml--stable-diffusion-v1-5" / "snapshots" / REVISION
    folder.parent.mkdir(parents=True)
    tiny_stable.write_folder(folder)
    snapshot = models / "hub" / "models--someone--big-model" / "snapshots" / "ab"
    vae = write_vae(snapshot / "vae" / "diffusion_pytorch_model.safetensors")
    library = Library()
    assert rows(library) == {"stable-diffusion-v1-5": folder, "big-model vae": vae}
    assert library.card("stable-diffusion-v1-5").path == folder
    assert library.card(REVISION).path == folder, "an image of an earlier version names the revision"


def test_folders_of_one_network_name_it(models: Path) -> None:
    first, second = write_peft(models / "ink"), write_peft(models / "wash", value=2.0)
    fast = write_peft(models / "lcm-lora", "pytorch_lora_weights")
    vae = write_vae(models / "soft-vae" / "diffusion_pytorch_model.fp16.safetensors")
    plain = write_peft(models / "others", "plain")
    library = Library()
    assert rows(library) == {"ink": first, "wash": second, "lcm-lora": fast, "soft-vae": vae, "plain": plain}
    assert [find_adapter(name) for name in ("ink", "Wash", "lcm-lora", "plain")] == [first, second, fast, plain]
    assert find_adapter("adapter_model") == first, "an earlier prompt names the file"
    assert library.vae("soft-vae") == library.vae("diffusion_pytorch_model.fp16") == vae
    with pytest.raises(BadRequest, match=r"did you mean.*ink"):
        find_adapter("inks")


def test_an_embedding_is_named_after_its_folder(models: Path) -> None:
    file = write_embedding(models / "cat-toy" / "learned_embeds.safetensors")
    assert embeddings_named_in(["a cat-toy on a table"]) == {"cat-toy": file}
    assert embeddings_named_in(["a learned_embeds"]) == {"learned_embeds": file}


def test_a_stem_has_priority_over_the_name_of_a_folder(models: Path) -> None:
    of_folder = write_peft(models / "ink", "pytorch_lora_weights", value=2.0)
    plain = write_lora(models / "ink.safetensors")
    for name in ("ink", "Ink", "INK"):
        assert find_adapter(name) == plain, "an image of an earlier version used the plain file"
    assert find_adapter("pytorch_lora_weights") == of_folder
    plain.unlink()
    assert find_adapter("ink") == of_folder


def test_embeddings_of_one_folder_are_listed_by_their_files(models: Path) -> None:
    last = write_embedding(models / "toy" / "learned_embeds.safetensors")
    early = write_embedding(models / "toy" / "learned_embeds-steps-500.safetensors", value=2.0)
    names = {row.path: row.name for row in Library().model_table()}
    assert names[last] != names[early]
    for file in (last, early):
        assert embeddings_named_in([f"a {names[file]}"])[names[file]] == file
    # Another file has this name too.
    other = write_embedding(models / "hat" / "learned_embeds.safetensors", value=3.0)
    names = {row.path: row.name for row in Library().model_table()}
    assert (names[last], names[early], names[other]) == ("toy", early.stem, "hat")


def test_an_embedding_is_found_beside_another_file_of_its_name(models: Path) -> None:
    of_folder = write_embedding(models / "toy" / "learned_embeds.safetensors")
    write_lora(models / "toy.safetensors")
    assert embeddings_named_in(["a toy"]) == {"toy": of_folder}
    plain = write_embedding(models / "cup.safetensors", value=2.0)
    write_embedding(models / "later" / "cup" / "learned_embeds.safetensors")
    assert embeddings_named_in(["a Cup"]) == {"cup": plain}, "an earlier version used the plain file"


def test_a_vae_keeps_its_name_beside_a_folder_of_that_name(models: Path) -> None:
    of_folder = write_vae(models / "soft" / "diffusion_pytorch_model.safetensors")
    plain = write_vae(models / "soft.safetensors", scale=0.5)
    tiny_stable.write(models / "dream.safetensors", words=8)
    library = Library()
    assert library.vaes() == {"soft": plain} and library.vae("soft") == plain
    assert library.vae("diffusion_pytorch_model") == of_folder

    def recorded(weights: Path) -> Path:
        request = Request(model="dream", vae="soft")
        made_with = {"vae_hash": fingerprint_of_files([weights])}
        return library.vae(with_recorded_weights(library, request, made_with).vae)

    assert recorded(plain) == plain and recorded(of_folder) == of_folder


def test_an_adapter_answers_to_its_titles(models: Path) -> None:
    named = write_lora(models / "aa-000010.safetensors", ss_output_name="inkwash")
    titled = write_lora(models / "bb.safetensors", ss_output_name="bb-v2", **{"modelspec.title": "Ink  Wash Nine"})
    noted = write_lora(models / "cc.safetensors")
    (models / "cc.civitai.info").write_text('{"model": {"name": "Old Paper"}}', "utf-8")
    write_lora(models / "dd.safetensors", ss_output_name="ee")
    own = write_lora(models / "ee.safetensors")
    asked = {
        "inkwash": named, "InkWash": named, "inkwash.safetensors": named, "aa-000010": named, "Ink Wash Nine": titled,
        "bb-v2": titled, "old paper": noted, "ee": own,
    }  # fmt: skip
    assert {name: find_adapter(name) for name in asked} == asked
    shown = {line.title: line.path for line in Library().model_table()}
    assert shown["inkwash"] == named and shown["Ink Wash Nine"] == titled and shown["Old Paper"] == noted
    with pytest.raises(BadRequest):
        find_adapter("inkwashes of today")
    (models / "cc.civitai.info").write_text('{"model": {"name": "New Paper"}}', "utf-8")
    os.utime(models / "cc.civitai.info", (86_400, 86_400))
    assert find_adapter("New Paper") == noted
    with pytest.raises(BadRequest):
        find_adapter("Old Paper")


def test_a_prompt_of_many_names_looks_at_each_file_once(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client of the server may send a prompt of a hundred thousand tags."""
    files = [write_lora(models / f"{number}.safetensors", number, ss_output_name=f"ink{number}") for number in range(5)]
    seen: list[object] = []
    monkeypatch.setattr(lookup, "stamp_of", lambda path: seen.append(path) or stamp_of(path))
    tags = [f"<lora:{name}:1>" for name in ("ink3", *range(100, 300), "4")]
    assert lookup.tags_without_adapter(Request(prompt="".join(tags))) == tags[1:-1]
    assert dict(lookup.adapters_named_in(tags)) == {"ink3": files[3], "4": files[4]}
    assert len(seen) < 50


def test_the_prompt_field_knows_the_titles_of_adapters(models: Path) -> None:
    write_lora(models / "aa.safetensors", ss_output_name="inkwash")
    names = names_of(Library().model_table(), "Stable Diffusion 1")
    assert not find_mistakes("<lora:inkwash:1> <lora:aa:1>", names)
    assert len(find_mistakes("<lora:inkwasher:1>", names)) == 1


def test_equal_weights_of_one_name_are_listed_once(models: Path) -> None:
    first = write_lora(models / "a" / "ink.safetensors")
    copy = write_lora(models / "b" / "ink.safetensors")
    other = write_lora(models / "c" / "ink.safetensors", value=2.0)
    model = tiny_stable.write(models / "d" / "dream.safetensors", words=8)
    second = tiny_stable.write(models / "e" / "dream.safetensors", words=8)
    library = Library()
    paths_of = [line.path for line in library.model_table() if line.path.is_relative_to(models)]
    assert sorted(paths_of) == [first, other, model]
    assert {one.path: one.reason for one in library.refused()} == {
        copy: f"ink.safetensors has the same weights as {first}, which is listed; one of them is enough.",
        second: f"dream.safetensors has the same weights as {model}, which is listed; one of them is enough.",
    }
    with pytest.raises(ModelError, match="ink is a LoRA for .*write <lora:a/ink:1> into the prompt"):
        library.card("ink")
    with pytest.raises(ModelError, match="There is no VAE called 'ink'"):
        library.vae("ink")
    assert library.card("dream").path == model and library.card(str(second)).path == second
    model.unlink()
    assert library.refresh() and library.card("dream").path == second
