"""Text encoders and VAEs in the spellings of all programs: a model's own parts are used, and other files' are named."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.engine.generation_loop import generate
from gdm_studio.gallery import read
from gdm_studio.models.families.shared_parts.part_layout import parts_of
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.files.hashes import hash_file
from gdm_studio.models.fingerprint import fingerprint_of_files
from gdm_studio.models.model_library import Library
from gdm_studio.models.required_parts import FLUX_1_VAE
from gdm_studio.request.generation_events import Result
from tests.families.test_part_finder import save
from tests.helpers import tiny_stable, tiny_transformers
from tests.helpers.tiny_transformers import components

Weights = Mapping[str, Tensor]
Respell = Callable[[Weights], dict[str, Tensor]]


def below(prefix: str) -> Respell:
    """Return a function that puts all tensors below a prefix."""
    return lambda weights: {prefix + name: weight for name, weight in weights.items()}


def without(prefix: str) -> Respell:
    """Return a function that removes a prefix, as transformers 5 does when the inner module is saved alone."""
    return lambda weights: {name.removeprefix(prefix): weight for name, weight in weights.items()}


def with_head(weights: Weights) -> dict[str, Tensor]:
    """Add the output layer of a language model, whose weights are not tied to those of the tokens."""
    return {**weights, "lm_head.weight": torch.rand_like(weights["model.embed_tokens.weight"])}


def in_language_model(prefix: str) -> Respell:
    return lambda weights: {name.replace("model.", prefix, 1): weight for name, weight in with_head(weights).items()}


def tied(weights: Weights) -> dict[str, Tensor]:
    return {**weights, "encoder.embed_tokens.weight": weights["shared.weight"].clone()}


def whole_clip(weights: Weights) -> dict[str, Tensor]:
    """Add the image encoder of a whole CLIP."""
    vision = {"vision_model.embeddings.patch_embedding.weight": torch.rand(8, 3, 4, 4), "logit_scale": torch.ones(())}
    vision |= {f"vision_model.encoder.layers.0.self_attn.{each}_proj.weight": torch.rand(8, 8) for each in "qkv"}
    return {**weights, **vision}


CLIP: Mapping[str, Respell] = {
    "CLIPTextModel of transformers 4": lambda weights: {
        n: w for n, w in weights.items() if n != "text_projection.weight"
    },
    "CLIPTextModel of transformers 5": without("text_model."),
    "CLIPModel": whole_clip,
    "ComfyUI": below("text_encoders.clip_l.transformer."),
    "a checkpoint": below("cond_stage_model.transformer."),
    "another program": below("my.encoder."),
}
LANGUAGE: Mapping[str, Respell] = {
    "ForCausalLM": with_head,
    "ForCausalLM, tied": dict,
    "Model": without("model."),
    "language_model.model.": in_language_model("language_model.model."),
    "model.language_model.": in_language_model("model.language_model."),
    "ComfyUI": below("text_encoders.encoder.transformer."),
}
T5: Mapping[str, Respell] = {
    "T5EncoderModel": dict,
    "both names of the tokens": tied,
    "with its decoder": lambda weights: {
        **weights,
        **{
            f"decoder.{name.removeprefix('encoder.')}": weight.clone()
            for name, weight in weights.items()
            if "block" in name
        },
    },
    "ComfyUI": below("text_encoders.t5xxl.transformer."),
}
# Kind of model and part, the spellings, and the kind and width that are found.
ENCODERS: list[tuple[str, str, Mapping[str, Respell], tuple[str, int]]] = [
    ("flux1 dev", "text_encoder", CLIP, ("clip", 64)),
    ("sd3", "text_encoder_2", CLIP, ("clip", 320)),
    ("flux1 dev", "text_encoder_2", T5, ("t5", 32)),
    ("chroma", "text_encoder", T5, ("t5", 32)),
    ("z-image", "text_encoder", LANGUAGE, ("qwen3", 32)),
    ("klein", "text_encoder", LANGUAGE, ("qwen3", 32)),
    ("lumina 2", "text_encoder", LANGUAGE, ("gemma2", 32)),
]
CASES = [
    pytest.param(kind, part, respell, found, id=f"{kind} {part}: {spelling}")
    for kind, part, spellings, found in ENCODERS
    for spelling, respell in spellings.items()
]


@pytest.fixture
def models(_own_home: Path) -> Path:
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    return paths.models_dir()


@pytest.mark.parametrize(("kind", "part", "respell", "found"), CASES)
def test_a_text_encoder_is_found_in_every_spelling(
    kind: str, part: str, respell: Respell, found: tuple[str, int], models: Path
) -> None:
    plain = small(components(kind)[part])
    given = respell(plain)
    file = save(models / "encoder.safetensors", given)
    folder = models / "folder"
    folder.mkdir()
    save_sharded(folder, {name: weight.bfloat16() for name, weight in given.items()})
    for place in (file, folder):
        (own,) = parts_of(read_entry(place))
        assert (own.kind, own.width) == found
        lacks_projection = "text_projection.weight" in plain and not any("text_projection" in name for name in given)
        assert len(own.network.weights) == len(plain) - lacks_projection
    reasons = {one.path.name: one.reason for one in Library().refused()}
    assert not any("is not a supported kind" in reason for reason in reasons.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["CLIPTextModel of transformers 5", "CLIPModel"])
def test_a_folder_uses_its_own_text_encoder_in_every_spelling(name: str, models: Path) -> None:
    folder = tiny_transformers.write_folder(models / "tiny", "flux1 dev")
    expected = image()
    assert not Library().card("tiny").borrowed
    own = folder / "text_encoder" / "model.safetensors"
    save(own, CLIP[name](load_file(own)))
    # Another model's text encoder of the same size, under the usual name.
    save(
        models / "clip_l.safetensors",
        {name: weight + 1 for name, weight in components("flux1 dev")["text_encoder"].items()},
    )
    card = Library().card("tiny")
    assert not card.beside and "text encoders" not in card.summary
    assert np.array_equal(image(), expected)


@pytest.mark.slow
def test_a_text_encoder_of_transformers_5_completes_another_model(models: Path) -> None:
    tiny_transformers.write_files(models, "flux1 dev")
    expected = image()
    file = models / "flux1 dev text_encoder.safetensors"
    save(file, without("text_model.")(load_file(file)))
    assert np.array_equal(image(), expected)


@pytest.mark.parametrize("width", [768, 1024, 1280])
def test_a_clip_of_transformers_5_is_named_and_completes_stable_diffusion(width: int, models: Path) -> None:
    kind, part, prefix = {
        768: ("sd1", "CLIP-L", "cond_stage_model."),
        1024: ("sd2", "OpenCLIP H", "cond_stage_model."),
        1280: ("refiner", "OpenCLIP bigG", "conditioner."),
    }[width]
    tiny_stable.write(models / "tiny.safetensors", kind, words=100, **{prefix: None})
    save(models / "mine.safetensors", plain_clip(width))
    card = Library().card("tiny")
    (borrowed,) = card.borrowed
    assert borrowed.title == f"text encoder {part}" and borrowed.path.name == "mine.safetensors"
    assert {line.name: line.family for line in Library().model_table()}["mine"] == f"Text encoder · {part}"


def test_the_encoder_of_the_right_width_is_taken_from_a_folder_with_two(models: Path) -> None:
    tiny_stable.write(models / "tiny.safetensors", "sdxl", words=100, **{"conditioner.": None})
    folder = models / "other"
    for part, width in (("text_encoder", 1280), ("text_encoder_2", 768)):
        (folder / part).mkdir(parents=True)
        save(folder / part / "model.safetensors", plain_clip(width, projection=width == 1280))
    (folder / "model_index.json").write_text(
        json.dumps({part: ["x", "y"] for part in ("text_encoder", "text_encoder_2")})
    )
    library = Library()
    from gdm_studio.models.families.stable_diffusion.checkpoint_layout import layout_with_parts

    networks = layout_with_parts(library.card("tiny")).networks
    widths = {part: networks[part].shapes["token_embedding.weight"][1] for part in ("text_encoder", "text_encoder_2")}
    assert widths == {"text_encoder": 768, "text_encoder_2": 1280}


def gemma3() -> dict[str, Tensor]:
    """Return the names of Gemma 3, which has the width of Qwen3 4B."""
    given = small(components("z-image")["text_encoder"])
    norms = {
        f"model.layers.{layer}.{each}_feedforward_layernorm.weight": torch.ones(32)
        for layer in range(3)
        for each in ("pre", "post")
    }
    return {**given, **norms}


def paligemma() -> dict[str, Tensor]:
    given = below("language_model.")(small(components("lumina 2")["text_encoder"]))
    return {**given, "vision_tower.vision_model.embeddings.patch_embedding.weight": torch.rand(4, 3, 2, 2)}


def siglip() -> dict[str, Tensor]:
    """Return the names of a text encoder of SigLIP, whose base version has the width of CLIP-L."""
    return {**plain_clip(768), "head.weight": torch.rand(8, 8)}


def video_vae() -> dict[str, Tensor]:
    """Return the names of an autoencoder for videos, whose convolutions have one more axis."""
    given = components("flux1 dev")["vae"]
    return {name: weight[:, :, None] if weight.ndim == 4 else weight for name, weight in given.items()}


@pytest.mark.parametrize("make", [gemma3, paligemma, siglip, video_vae])
def test_a_network_with_the_names_of_another_is_not_taken_for_it(make: Callable[[], Weights], models: Path) -> None:
    file = save(models / "other.safetensors", make())
    assert not parts_of(read_entry(file))
    (refused,) = Library().refused()
    assert "not supported yet" in refused.reason


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["flux1 dev", "z-image", "sd3"])
@pytest.mark.parametrize("content", ["other names", "another size", "nothing"])
def test_a_folder_never_replaces_its_own_part(kind: str, content: str, models: Path) -> None:
    folder = tiny_transformers.write_folder(models / "tiny", kind)
    names = [*tiny_transformers.KINDS[kind].texts, "vae"]
    for name, weights in components(kind).items():
        if name in names:
            save(models / f"{kind} {name}.safetensors", weights)
    for name in names:
        (own,) = (folder / name).iterdir()
        before = load_file(own)
        if content == "nothing":
            own.unlink()
        elif content == "other names":
            save(own, {f"x{number}": weight for number, weight in enumerate(before.values())})
        else:
            save(own, components("klein" if name == "vae" else "lumina 2")["vae" if name == "vae" else "text_encoder"])
        (refused,) = (one for one in Library().refused() if one.path == folder)
        where = f"{name} of tiny" if content == "nothing" else f"{name}/{own.name} of tiny is not the"
        assert refused.reason.startswith(where), refused.reason
        save(own, before)
    assert Library().card("tiny").borrowed == ()


def test_a_folder_of_stable_diffusion_never_replaces_its_own_part(models: Path) -> None:
    folder = tiny_stable.write_folder(models / "tiny", "sd1")
    save(models / "clip_l.safetensors", plain_clip(768))
    for name in ("text_encoder", "vae"):
        (own,) = (folder / name).glob("*.safetensors")
        data = own.read_bytes()
        own.unlink()
        (refused,) = (one for one in Library().refused() if one.path == folder)
        assert refused.reason.startswith(f"{name} of tiny contains no weights"), refused.reason
        own.write_bytes(data)


def test_a_checkpoint_with_an_unknown_encoder_never_takes_anothers(models: Path) -> None:
    parts = components("flux1 dev")
    whole = below("model.diffusion_model.")(tiny_transformers.transformer_in_one_file("flux1 dev"))
    whole |= below("text_encoders.new.")({f"block.{n}.weight": torch.rand(4, 4) for n in range(6)})
    save(models / "tiny.safetensors", whole)
    for name in ("text_encoder", "text_encoder_2", "vae"):
        save(models / f"{name}.safetensors", parts[name])
    (refused,) = Library().refused()
    assert "contains 6 unknown weights such as 'text_encoders.new.block.0.weight'" in refused.reason
    assert "text encoder CLIP of width 64" in refused.reason


def test_a_folder_with_an_unreadable_tokenizer_takes_no_other(models: Path) -> None:
    folder = tiny_transformers.write_folder(models / "tiny", "z-image")
    (folder / "tokenizer").mkdir()
    (folder / "tokenizer" / "tokenizer_config.json").write_text("{}")
    with pytest.raises(ModelError, match="tokenizer of tiny contains no tokenizer that can be read"):
        image()


@pytest.mark.slow
def test_parts_of_other_files_are_shown_and_written_into_images(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = tiny_transformers.write_folder(models / "whole", "flux1 dev")
    save(models / "tiny.safetensors", tiny_transformers.transformer_in_one_file("flux1 dev"))
    clip = save(models / "clip_l.safetensors", without("text_model.")(components("flux1 dev")["text_encoder"]))
    t5 = whole / "text_encoder_2" / "model.safetensors"
    vae = whole / "vae" / "diffusion_pytorch_model.safetensors"
    digits = {file: fingerprint_of_files([file]) for file in (clip, t5, vae)}
    expected = {
        "text_encoder": ("text encoder CLIP of width 64", "clip_l.safetensors", clip),
        "text_encoder_2": ("text encoder T5 of width 32", "whole/text_encoder_2/model.safetensors", t5),
        "vae": ("VAE of FLUX.1", "whole/vae/diffusion_pytorch_model.safetensors", vae),
    }
    listed = [
        {"part": part, "title": title, "file": name, "path": str(file), "hash": digits[file]}
        for part, (title, name, file) in expected.items()
    ]
    asked = ["a house", "--model", "tiny", "--steps", "2", "--size", "128x128", "--device", "cpu", "--seed", "3"]
    assert run(["generate", *asked, "--out", str(tmp_path / "out"), "--json"]) == 0
    start = json.loads(capsys.readouterr().out.splitlines()[0])
    assert start["event"] == "start" and start["borrowed"] == listed
    assert run(["generate", *asked, "--count", "1", "--out", str(tmp_path / "again")]) == 0
    notice = f"text encoder CLIP of width 64: clip_l.safetensors ({digits[clip]})"
    assert notice in capsys.readouterr().err
    assert run(["models", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert next(row for row in rows if row["name"] == "tiny")["borrowed"] == listed
    assert run(["models"]) == 0
    assert f"parts of other files of tiny: {notice}" in capsys.readouterr().out
    (made,) = (tmp_path / "out").glob("*.png")
    facts = read(made).made_with
    for part, (_, name, file) in expected.items():
        assert (facts[f"{part}_file"], facts[f"{part}_hash"]) == (name, digits[file])
    assert run(["inspect", str(made)]) == 0
    shown = capsys.readouterr().out
    assert "clip_l.safetensors" in shown and digits[clip] in shown
    assert run(["reproduce", str(made)]) == 0
    capsys.readouterr()
    save(clip, {name: 2 * weight for name, weight in load_file(clip).items()})
    assert run(["reproduce", str(made)]) == 1
    now = hash_file(clip) and fingerprint_of_files([clip])
    here = f"{now} (clip_l.safetensors)"
    sentence = f"Its text encoder had the weights {digits[clip]} (clip_l.safetensors); those here are {here}."
    assert sentence in capsys.readouterr().out


@pytest.mark.slow
def test_a_changed_file_in_the_folder_of_another_model_is_loaded_again(models: Path) -> None:
    whole = tiny_transformers.write_folder(models / "whole", "flux1 dev")
    save(models / "tiny.safetensors", tiny_transformers.transformer_in_one_file("flux1 dev"))
    library = Library()
    before = image(library)
    file = whole / "text_encoder" / "model.safetensors"
    save(file, {name: 2 * weight for name, weight in load_file(file).items()})
    assert not np.array_equal(image(library), before)


def saved_by_transformers(folder: Path) -> dict[str, tuple[str, int]]:
    """Save a small model of every class of text encoder with transformers. Returns {folder: kind and width}."""
    transformers = pytest.importorskip("transformers")
    clip: dict[str, Any] = dict(
        hidden_size=64,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=1,
        vocab_size=600,
        projection_dim=64,
    )
    t5: dict[str, Any] = dict(
        vocab_size=600, d_model=64, d_kv=32, d_ff=96, num_layers=2, num_heads=2, feed_forward_proj="gated-gelu"
    )
    language: dict[str, Any] = dict(
        vocab_size=600, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, head_dim=32, bos_token_id=1, eos_token_id=2, pad_token_id=0,
    )  # fmt: skip
    made = {
        "CLIPTextModel": (transformers.CLIPTextConfig(**clip), ("clip", 64)),
        "CLIPTextModelWithProjection": (transformers.CLIPTextConfig(**clip), ("clip", 64)),
        "T5EncoderModel": (transformers.T5Config(**t5), ("t5", 64)),
        "T5ForConditionalGeneration": (transformers.T5Config(**t5), ("t5", 64)),
        "UMT5EncoderModel": (transformers.UMT5Config(**t5), ("umt5", 64)),
        "Qwen3Model": (transformers.Qwen3Config(**language), ("qwen3", 64)),
        "Qwen3ForCausalLM": (transformers.Qwen3Config(**language, tie_word_embeddings=False), ("qwen3", 64)),
        "Gemma2Model": (transformers.Gemma2Config(**language), ("gemma2", 64)),
        "Gemma2ForCausalLM": (transformers.Gemma2Config(**language), ("gemma2", 64)),
    }
    for name, (config, _) in made.items():
        getattr(transformers, name)(config).to(torch.bfloat16).save_pretrained(folder / name, max_shard_size="100KB")
        getattr(transformers, name)(config).half().save_pretrained(folder / f"{name} whole")
    return {name: found for each, (_, found) in made.items() for name in (each, f"{each} whole")}


def test_files_of_the_installed_transformers_are_recognised(tmp_path: Path) -> None:
    for name, found in saved_by_transformers(tmp_path).items():
        (part,) = parts_of(read_entry(tmp_path / name))
        assert (name, (part.kind, part.width)) == (name, found)


def plain_clip(width: int, *, projection: bool = False) -> dict[str, Tensor]:
    """Return a small text encoder of CLIP as CLIPTextModel of transformers 5 saves it."""
    with torch.device("meta"):
        config = replace(tiny_transformers.CLIP_L, width=width, heads=width // 64, layers=1, vocabulary=100)
        network = tiny_transformers.ClipText(replace(config, projection=width if projection else 0))
    shapes = {name: tuple(weight.shape) for name, weight in network.state_dict().items()}
    spelled = {}
    for name, shape in shapes.items():
        inner = (
            f"embeddings.{name}" if "embedding" in name else f"encoder.{name}" if name.startswith("layers") else name
        )
        spelled[inner] = torch.zeros(shape, dtype=torch.float16)
    return spelled


def small(weights: Weights) -> dict[str, Tensor]:
    """Return a text encoder with few tokens, which is written fast."""
    return {name: weight[:300].clone() if len(weight) > 3000 else weight for name, weight in weights.items()}


def save_sharded(folder: Path, weights: Weights) -> None:
    names = list(weights)
    where = {name: f"model-{number % 2 + 1:05}-of-00002.safetensors" for number, name in enumerate(names)}
    for file in set(where.values()):
        save_file({name: weights[name].contiguous() for name in names if where[name] == file}, folder / file)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": where}))


def image(library: Library | None = None) -> np.ndarray:
    library = library or Library()
    card = library.card("tiny")
    request = replace(
        card.default_request(), model="tiny", prompt="a red house", steps=2, size=(128, 128), device="cpu"
    )
    (found,) = (event.rgba for event in generate(card.checked(request), library) if isinstance(event, Result))
    return found


assert FLUX_1_VAE.width == tiny_transformers.VAE.latent
