"""Regions that act by attention: all prompts in one evaluation, each seen by its own part of the image only."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.engine.attention_recording import read as read_attention
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.image_inputs import store
from gdm_studio.engine.pipeline import Pipeline
from gdm_studio.engine.prompt_mixture import prompt_mixture, region_maps
from gdm_studio.models import tiled_model
from gdm_studio.models.loaded_model import Conditioning, SharedPrompt
from gdm_studio.models.model_library import Library, load_for_request
from gdm_studio.networks.diffusion_transformers.blocks import attend, text_attention
from gdm_studio.networks.region_text import RegionLayout, RegionText, feature_size, joint_bias
from gdm_studio.networks.stable_diffusion.unet import Attention, UNet
from gdm_studio.request.conditioning import ControlImage
from gdm_studio.request.generation_events import Phase, Result, StepEvent
from gdm_studio.request.generation_request import Branch, Interpolation, Region, Request
from tests.families.test_control_nets import add_control_net
from tests.families.test_diffusion_transformers import request as transformer_request
from tests.families.test_diffusion_transformers import write, write_lumina
from tests.families.test_image_prompts import library_with_adapters
from tests.families.test_stable_diffusion import library_with, write_lora
from tests.helpers import tiny_transformers

LEFT, RIGHT = (0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)
REGIONS = Region("a red house", LEFT), Region("a blue car on a long road", RIGHT)
REQUEST = Request(
    model="tiny", negative_prompt="blurry", steps=2, device="cpu", dtype="fp32", guidance_scale=4.0, seed=7,
    region_mode="attention",
)  # fmt: skip
BOTH = replace(REQUEST, regions=REGIONS)
TRANSFORMERS = (
    "flux1 dev", "chroma", "klein", "sd3", "sd3.5 medium", "z-image", "lumina 2", "qwen-image", "krea 2",
    "ernie-image", "ideogram 4", "anima",
)  # fmt: skip
OTHERS = 4 * "a blue car on a long and winding road, far away, ", "cat"
CPU = torch.device("cpu")


def steps_of(library: Library, request: Request, **more: object) -> list[StepEvent]:
    return [event for event in generate(request, library, **more) if isinstance(event, StepEvent)]


def latents(library: Library, request: Request, **changes: object) -> Tensor:
    return steps_of(library, replace(request, **changes))[-1].step.x


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@contextmanager
def counted(kind: type[nn.Module], monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Record the number of rows of each evaluation of a kind of network."""
    rows: list[int] = []
    forward = kind.forward

    def counting(self: nn.Module, x: Tensor, *given: object, **more: object) -> Tensor:
        rows.append(len(x))
        return forward(self, x, *given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(kind, "forward", counting)
        yield rows


@pytest.mark.parametrize("size", [(8, 8), (5, 12), (9, 7), (3, 6)])
def test_a_prompt_changes_a_cross_attention_layer_in_its_region_only(size: tuple[int, int]) -> None:
    """The grids are those of all levels of a U-Net, rounded up."""
    layer = Attention(16, heads=2, context=8)
    left = torch.zeros(1, 1, *size)
    left[..., : size[1] // 3] = 1
    shares = torch.cat([left, 1 - left], dim=1)
    one, two, other = random(1, 5, 8), random(1, 9, 8, seed=1), random(1, 4, 8, seed=2)
    height, width = size
    for _ in range(3):
        h = random(1, height * width, 16, seed=3)

        texts = [
            RegionText(torch.cat([one, each], dim=1), (one.shape[1], each.shape[1]), shares) for each in (two, other)
        ]
        both, changed, alone, rest = (layer(h, text).unflatten(1, (height, width)) for text in (*texts, one, two))
        here = torch.nn.functional.adaptive_avg_pool2d(left, (height, width))[0, 0]
        assert feature_size(height * width, *size) == (height, width)
        assert torch.equal(both[:, here == 1], changed[:, here == 1])
        assert torch.allclose(both[:, here == 1], alone[:, here == 1], atol=1e-6)
        assert torch.allclose(both[:, here == 0], rest[:, here == 0], atol=1e-6)
        assert not torch.allclose(both[:, here == 0], changed[:, here == 0], atol=1e-3)
        height, width = -(-height // 2), -(-width // 2)


def test_shares_mix_the_results_of_cross_attention() -> None:
    layer = Attention(16, heads=2, context=8)
    h, one, two = random(2, 12, 16), random(2, 5, 8, seed=1), random(2, 9, 8, seed=2)
    share = torch.rand(2, 1, 3, 4, generator=torch.Generator().manual_seed(3))
    text = RegionText(torch.cat([one, two], dim=1), (5, 9), torch.cat([share, 1 - share], dim=1))
    weight = share.flatten(2).transpose(1, 2)
    wanted = weight * layer(h, one) + (1 - weight) * layer(h, two)
    # The bias of the output projection counts once.
    torch.testing.assert_close(layer(h, text), wanted, rtol=1e-5, atol=1e-6)
    shares = layer.token_attention(h, text)
    torch.testing.assert_close(shares[..., :5].sum(2), weight[..., 0])
    torch.testing.assert_close(shares.sum(2), torch.ones(2, 12))


def test_the_bias_of_joint_attention_counts_tokens_by_their_share() -> None:
    """Written out: softmax weights are multiplied by the share of each region, and other regions' text is not seen."""
    share = torch.tensor([1.0, 0.25, 0.0, 0.5]).reshape(1, 1, 2, 2)
    layout = RegionLayout((2, 3), torch.cat([share, 1 - share], dim=1))
    query, key, value = (random(1, 2, 5 + 4, 8, seed=seed) for seed in range(3))
    bias = joint_bias(layout, (2, 2), torch.zeros(1, 4, 1))
    found = attend((query, key, value), None, bias).unflatten(2, (2, 8)).transpose(1, 2)
    factors = torch.ones(9, 9)
    for number, (first, last) in enumerate(((0, 2), (2, 5))):
        factors[first:last, :5] = 0
        factors[first:last, first:last] = 1
        factors[first:last, 5:] = layout.shares[0, number].flatten()
        factors[5:, first:last] = layout.shares[0, number].flatten()[:, None]
    weights = (query @ key.transpose(2, 3) / 8**0.5).exp() * factors
    weights = weights / weights.sum(-1, keepdim=True)
    torch.testing.assert_close(found, weights @ value)
    recorded = text_attention((query, key, value), None, 5, 4, [1, 3], bias=bias)
    torch.testing.assert_close(recorded[0, :2], weights.mean(1)[0, 5:, [1, 3]].T)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sd1", "sdxl"])
def test_a_region_that_covers_everything_is_its_prompt_alone(checkpoints: Path, kind: str) -> None:
    library = library_with(checkpoints, kind)
    plain = latents(library, REQUEST, prompt="a red house", negative_prompt="grey")
    whole = Region("a red house", negative="grey")
    assert torch.equal(latents(library, REQUEST, prompt="hidden", regions=(whole,)), plain)
    check_hidden_prompt(library, REQUEST)
    # All regions with one prompt are that prompt, and so are prompts with the same tokens.
    same = replace(BOTH, regions=(Region("a red house", LEFT), Region("a red house", RIGHT)))
    assert torch.equal(latents(library, same), latents(library, REQUEST, prompt="a red house"))
    apart = replace(same, regions=(Region("a red house", LEFT, weight=0.7), Region(" a red house", RIGHT, weight=0.4)))
    found = latents(library, apart, prompt="a  red house")
    torch.testing.assert_close(found, latents(library, REQUEST, prompt="a red house"), rtol=1e-4, atol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("kind", TRANSFORMERS)
def test_transformers_do_not_see_a_prompt_without_a_share(kind: str) -> None:
    write_lumina() if kind == "lumina 2" else write(kind)
    library = Library()
    # The positions of ERNIE-Image are absolute, and those of its image depend on the length of the longest prompt.
    check_hidden_prompt(library, transformer_request(library), others=OTHERS[kind == "ernie-image" :])


def check_hidden_prompt(library: Library, request: Request, others: Sequence[str] = OTHERS) -> None:
    """Check that a prompt with the share 1 gives the prediction of the prompt alone, beside longer and shorter ones."""
    request = library.card("tiny").checked(replace(request, prompt="a red house"))
    model = load_for_request(library, request, device=CPU, dtype=torch.float32)
    (stage, *_) = Pipeline(model, request, (0,)).stages
    (first, *_) = Pipeline(model, request, (0,)).conditioning(stage, guided=False)
    shape = stage.model.shape(request)
    x, ones = random(1, *shape), torch.ones(1, 1, *shape[-2:])

    def predict(condition: Conditioning) -> Tensor:
        return stage.model.denoiser([condition], stage.path, lambda at, like, draw=0: like)(x, stage.path[0])

    alone = predict(first)
    for other in others:
        parts = SharedPrompt("a red house", ones), SharedPrompt(other, 0 * ones)
        for order in (parts, parts[::-1]):
            torch.testing.assert_close(predict(replace(first, parts=order)), alone, rtol=1e-4, atol=1e-4)
        halves = tuple(replace(part, share=0.5 * ones) for part in parts)
        assert not torch.allclose(predict(replace(first, parts=halves)), alone, rtol=1e-2, atol=1e-2)


@pytest.mark.slow
def test_one_evaluation_for_all_regions(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = library_with(checkpoints)
    five = tuple(Region(f"thing {number}", (number / 5, 0, number / 5 + 0.2, 1)) for number in range(5))
    with counted(UNet, monkeypatch) as rows:
        latents(library, REQUEST, regions=five, prompt="a room", steps=1)
    assert sum(rows) == 2, "one for all prompts, one for the negative prompt"
    with counted(UNet, monkeypatch) as rows:
        latents(library, REQUEST, regions=five, prompt="a room", steps=1, region_mode="predictions")
    assert sum(rows) == 6, "the prompt of the whole image has no area"
    with counted(UNet, monkeypatch) as rows:
        latents(library, REQUEST, regions=five, prompt="a room", steps=1, guidance_scale=1.0)
    assert sum(rows) == 1


@pytest.mark.slow
def test_regions_differ_from_predictions_and_act_in_their_places(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    plain = latents(library, BOTH)
    assert not torch.allclose(plain, latents(library, BOTH, region_mode="predictions"), atol=1e-3)
    swapped = replace(BOTH, regions=(replace(REGIONS[0], box=RIGHT), replace(REGIONS[1], box=LEFT)))
    assert not torch.allclose(plain, latents(library, swapped), atol=1e-3)
    # The negative prompts of regions act by attention, too.
    negatives = replace(BOTH, regions=(REGIONS[0], replace(REGIONS[1], negative="grey")))
    assert not torch.allclose(plain, latents(library, negatives), atol=1e-3)
    one = replace(negatives, regions=tuple(replace(each, negative="grey") for each in REGIONS))
    assert torch.equal(latents(library, one), latents(library, BOTH, negative_prompt="grey"))
    # A mask is a region too, at sides that are not multiples of each other.
    pixels = np.zeros((48, 80, 4), np.uint8)
    pixels[..., 3], pixels[:20, :, :3] = 255, 255
    masked = replace(BOTH, size=(104, 72), prompt="a hill", regions=(Region("a kite", mask=store(pixels)),))
    assert torch.isfinite(latents(library, masked)).all()


@pytest.mark.slow
@pytest.mark.parametrize("changes", [{}, {"cache_interval": 2}, {"size": (128, 64), "tile": 64, "tile_overlap": 16}])
def test_batches_resuming_and_branches_make_the_same_bits(checkpoints: Path, changes: dict[str, object]) -> None:
    library = library_with(checkpoints)
    request = replace(BOTH, prompt="a room", steps=4, count=2, batch=2, **changes)
    steps = steps_of(library, request)
    alone = steps_of(library, library.card("tiny").checked(request).picture(1))
    assert torch.equal(steps[-1].step.x[1:], alone[-1].step.x)
    resumed = steps_of(library, request, resume=steps[1].step)
    assert torch.equal(resumed[-1].step.x, steps[-1].step.x)
    branch = replace(request, region_mode="predictions", branch=Branch(request, 2))
    assert not torch.equal(latents(library, branch), steps[-1].step.x)


@pytest.mark.slow
def test_a_window_of_a_tiled_run_has_its_part_of_the_regions(
    checkpoints: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window inside a region is denoised as with its prompt alone."""
    library = library_with(checkpoints)
    tiled = replace(BOTH, size=(192, 64), tile=64, tile_overlap=8, steps=1)
    left, right = (latents(library, replace(tiled, regions=(), prompt=each.prompt)) for each in REGIONS)
    found = latents(library, tiled)
    torch.testing.assert_close(found[..., :5], left[..., :5], rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(found[..., -5:], right[..., -5:], rtol=1e-4, atol=1e-4)
    assert not torch.allclose(found[..., 9:15], left[..., 9:15], atol=1e-2)
    # Windows that are evaluated one after the other have parts of their own, too.
    monkeypatch.setattr(tiled_model, "MAX_WINDOWS", 1)
    assert torch.equal(latents(library, tiled), found)
    # So have windows that are evaluated in batches of different sizes, here of one, two and two.
    wider = replace(tiled, size=(256, 64), count=2, batch=2)
    singly = latents(library, wider)
    monkeypatch.setattr(tiled_model, "MAX_WINDOWS", 2)
    assert torch.equal(latents(library, wider), singly)


@pytest.mark.slow
def test_interpolations_pass_from_one_base_prompt_to_the_other(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    between = replace(BOTH, regions=REGIONS[:1], prompt="a room", toward=Interpolation("a hill", 7, 0.5), steps=1)
    one, two = (latents(library, between, prompt=text, toward=None) for text in ("a room", "a hill"))
    torch.testing.assert_close(latents(library, between), (one + two) / 2, rtol=1e-3, atol=1e-3)
    mixture = prompt_mixture(library.card("tiny"), replace(between, regions=REGIONS), (8, 8))
    assert len(mixture.prompts) == 1, "a base prompt without an area is not evaluated"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sd1", "flux1 dev", "z-image", "anima"])
def test_word_maps_show_where_the_words_of_each_region_acted(kind: str, checkpoints: Path) -> None:
    if kind == "sd1":
        library, request = library_with(checkpoints), BOTH
    else:
        write(kind)
        library = Library()
        request = replace(transformer_request(library), regions=REGIONS, region_mode="attention")
    (result,) = (each for each in generate(replace(request, attention=True), library) if isinstance(each, Result))
    found = read_attention(result.steps)
    assert found is not None
    words = ["a", "red", "house", "a", "blue", "car", "on", "a", "long", "road"]
    assert list(found.words) == words
    middle = found.maps.shape[-1] // 2
    for number, word in enumerate(words):
        maps = found.maps[:, number].astype(float)
        inside, outside = (maps[..., :middle], maps[..., middle:])[:: 1 if number < 3 else -1]
        assert inside[..., 1:-1].min() > 0 and outside.mean() < 0.2 * inside.mean(), word


@pytest.mark.slow
def test_image_prompts_and_control_images_act_with_regions(checkpoints: Path) -> None:
    write("qwen-image")
    save_file(tiny_transformers.control_net(tiny_transformers.QWEN_CONTROL), paths.models_dir() / "follow.safetensors")
    library = Library()
    request = replace(transformer_request(library), regions=REGIONS, region_mode="attention", steps=1)
    picture = store(np.full((64, 64, 4), 255, np.uint8))
    followed = replace(request, hints=(ControlImage("follow", picture),))
    assert not torch.equal(latents(library, request), latents(library, followed))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["edges", "plus", "union", "redux"])
def test_a_hidden_prompt_stays_hidden_beside_control_images_and_image_prompts(kind: str, checkpoints: Path) -> None:
    """All positions see the kind of a union's control image, a token that sees the text itself."""
    if kind in ("edges", "plus"):
        library, request = library_with_adapters(checkpoints), REQUEST
        add_control_net()
    else:
        config = tiny_transformers.FLUX_UNION if kind == "union" else tiny_transformers.REDUX
        write("flux1 dev")
        save_file(tiny_transformers.control_net(config), paths.models_dir() / f"{kind}.safetensors")
        save_file(tiny_transformers.image_encoder(), paths.models_dir() / "vision.safetensors")
        library = Library()
        request = transformer_request(library)
    library.refresh()
    name = next(each for each in library.card("tiny").accepts.hints if each.startswith(kind))
    picture = store(np.random.default_rng(0).integers(0, 256, (64, 64, 4), np.uint8))
    check_hidden_prompt(library, replace(request, hints=(ControlImage(name, picture),)))


def refusal(change: Callable[[Request], Request], checkpoints: Path) -> str:
    with pytest.raises(BadRequest) as error:
        library_with(checkpoints).card("tiny").checked(change(BOTH))
    return str(error.value)


@pytest.mark.slow
def test_what_attention_cannot_do_is_refused_or_noted(checkpoints: Path) -> None:
    joined = refusal(lambda request: replace(request, prompt="a cat AND a dog"), checkpoints)
    assert "AND" in joined and "predictions" in joined
    assert "AND" in refusal(lambda request: replace(request, regions=(Region("a AND b", LEFT),)), checkpoints)
    library = library_with(checkpoints)
    built_in = library.card(Request().model)
    with pytest.raises(BadRequest, match="region mode to predictions"):
        built_in.checked(replace(BOTH, model=built_in.name, guidance_scale=2.0))
    alone = replace(BOTH, model=built_in.name, guidance_scale=2.0, regions=())
    assert built_in.checked(alone).region_mode == "predictions"

    write_lora("Ink")
    inked = replace(BOTH, regions=(REGIONS[0], Region("a blue car<lora:ink:0.8>", RIGHT)))
    notes = [event.note for event in generate(inked, library) if isinstance(event, Phase) and event.note]
    assert any("act in the whole picture" in note for note in notes)
    base = latents(library, BOTH, prompt="<lora:ink:0.8>", regions=(REGIONS[0], Region("a blue car", RIGHT)))
    assert torch.equal(latents(library, inked), base)


def test_shares_of_regions_add_up_to_one() -> None:
    request = replace(BOTH, prompt="a room", regions=(replace(REGIONS[0], weight=0.6), REGIONS[1]))
    shares = torch.stack(region_maps(request, (13, 24)))[None]
    text = RegionText(torch.zeros(1, 6, 1), (2, 2, 2), shares)
    for positions in (13 * 24, 7 * 12, 4 * 6):
        found = text.shares_at(positions)
        torch.testing.assert_close(found.sum(1), torch.ones(1, positions))
    with pytest.raises(ValueError, match="no image"):
        text.shares_at(5)
