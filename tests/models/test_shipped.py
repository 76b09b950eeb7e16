"""The shipped built-in model: its files, its card and its images."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import torch

from gdm_studio.common import paths
from gdm_studio.engine import image_inputs
from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.files.checkpoints import read_header
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.model_library import Library
from gdm_studio.models.weight_storage.int8_channels import SCALE
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import BUILT_IN, Request
from gdm_studio.training.evaluation.cached_generator import CachedGenerator, default_request
from gdm_studio.training.evaluation.diversity import measure_diversity

FOLDER = Path(str(paths.resources())) / "models" / BUILT_IN
PARTS = [FOLDER / f"{BUILT_IN}{part}.safetensors" for part in ("", ".recall", ".sketch", ".text", ".vae")]
MIB = 2**20


@pytest.fixture(scope="module")
def library() -> Library:
    return Library()


@pytest.fixture(params=[1, 2])
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


@pytest.fixture
def request_(library: Library) -> Request:
    return replace(default_request(library), prompt="a red apple", style="noto", seed=7, steps=6, device="cpu")


def generate_images(request: Request, library: Library) -> list[np.ndarray]:
    return [event.rgba for event in generate(request, library) if isinstance(event, Result)]


def test_the_files_are_small() -> None:
    sizes = [path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(sizes) <= 26 * MIB and max(sizes) <= 15 * MIB


def test_the_card_is_complete(library: Library) -> None:
    card = library.card(BUILT_IN)
    assert card.title and card.summary and card.author and card.licence
    assert date.fromisoformat(card.date) <= date.today()
    assert (card.size, card.channels) == (256, 4)
    assert card.sources and all(source.author and source.licence and source.url for source in card.sources)
    assert {style.id.partition("/")[0] for style in card.styles} <= {source.set for source in card.sources}
    assert all(source.title for source in card.sources)
    assert card.examples and default_request(library).checked()


def test_the_parameter_count_is_correct(library: Library) -> None:
    # Memorised drawings are no parameters.
    networks = [path for path in PARTS if ".recall." not in path.name]
    shapes = {name: shape for path in networks for name, shape in read_header(path).shapes.items()}
    scales = {name for name in shapes if name.endswith(SCALE) and name.removesuffix(SCALE) in shapes}
    assert library.card(BUILT_IN).parameters == sum(int(np.prod(shapes[name])) for name in shapes.keys() - scales)


@pytest.mark.slow
def test_an_image_has_a_subject_on_a_transparent_background(library: Library, request_: Request) -> None:
    (picture,) = generate_images(replace(request_, steps=12), library)
    assert picture.shape == (256, 256, 4) and picture.dtype == np.uint8
    alpha = picture[..., 3]
    assert alpha[:4, :4].max() <= 8 and alpha[-4:, -4:].max() <= 8, "corners are clear"
    assert 0.05 < (alpha > 247).mean() < 0.95, "there is something solid, and it does not fill the picture"
    assert picture[alpha > 247][:, :3].std() > 5, "it is not of one grey"


@pytest.mark.parametrize(("word", "thing"), [("stallion", "horse"), ("terriers", "dog"), ("bungalow", "house")])
def test_unknown_words_are_read_as_the_nearest_known_one(library: Library, word: str, thing: str) -> None:
    model = library.load(BUILT_IN, device=torch.device("cpu"), dtype=torch.float32)
    assert model.tokenizer.encode(f"a red {word}") == model.tokenizer.encode(f"a red {thing}")


@pytest.mark.slow
def test_two_subjects_are_both_in_the_image(library: Library, request_: Request) -> None:
    (both,) = generate_images(replace(request_, prompt="a red apple and a banana"), library)
    above, below = both[:128, :128].astype(int), both[128:, 128:].astype(int)
    red, yellow = ((part[part[..., 3] > 247]) for part in (above, below))
    assert len(red) > 2000 and (red[:, 0] - red[:, 1]).mean() > 60, "the apple, to the left and above"
    assert len(yellow) > 2000 and (yellow[:, 1] - yellow[:, 2]).mean() > 60, "the banana, which is not red"
    assert (yellow[:, 0] - yellow[:, 1]).mean() < (red[:, 0] - red[:, 1]).mean()


@pytest.mark.slow
def test_the_prompt_and_the_style_matter(library: Library, request_: Request) -> None:
    few = replace(request_, steps=2)
    (one,) = generate_images(few, library)
    for change in ({"prompt": "a blue car"}, {"style": "icon-park"}, {"seed": 8}):
        (other,) = generate_images(replace(few, **change), library)
        assert np.abs(one.astype(int) - other).mean() > 2


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bits(library: Library, request_: Request, threads: int) -> None:
    fresh, few = Library(), replace(request_, steps=2)
    (first,), (again,) = generate_images(few, fresh), generate_images(few, fresh)
    assert np.array_equal(first, again)


@pytest.mark.slow
def test_guided_latents_are_bit_identical_in_any_batch(request_: Request, threads: int) -> None:
    fresh, four = Library(), replace(request_, steps=2, count=4)
    ends, made = [], []
    for batch in (1, 2, 4):
        events = list(generate(replace(four, batch=batch), fresh))
        last = [event.step.x for event in events if isinstance(event, StepEvent) and event.step.index == 2]
        ends.append(torch.cat(last))
        made.append(np.stack([event.rgba for event in events if isinstance(event, Result)]).astype(int))
    assert torch.equal(ends[0], ends[1]) and torch.equal(ends[0], ends[2])
    # A single image is decoded on all cores.
    assert all(np.abs(made[0] - other).max() <= (1 if threads > 1 else 0) for other in made[1:])


@pytest.mark.slow
def test_unguided_images_are_equal_within_rounding(request_: Request, threads: int) -> None:
    fresh, three = Library(), replace(request_, steps=2, count=3, guidance_scale=1.0)
    one, all_ = (np.stack(generate_images(replace(three, batch=batch), fresh)).astype(int) for batch in (1, 3))
    assert np.abs(one - all_).max() <= 1


def test_a_prompt_is_encoded_independently_of_its_batch(library: Library) -> None:
    model = library.load(BUILT_IN, device=torch.device("cpu"), dtype=torch.float32)
    apple, car = Conditioning("a red apple", "noto"), Conditioning("a very fast blue racing car")
    alone, beside = model.conditioning([apple]), model.conditioning([car, apple, car, apple])
    for one, many in zip(vars(alone).values(), vars(beside).values(), strict=True):
        assert len(many) == 4
        assert torch.equal(one[0], many[1]) and torch.equal(many[1], many[3]) and torch.equal(many[0], many[2])
        assert one.ndim < 2 or not torch.equal(many[0], many[1])


def test_encoding_and_decoding_nearly_preserves_an_image(library: Library, request_: Request) -> None:
    model = library.load(BUILT_IN, device=torch.device("cpu"), dtype=torch.float32)
    (made,) = generate_images(request_, library)
    latents = model.encode(torch.from_numpy(made)[None])
    assert latents.shape == (1, *model.card.latent) and latents.dtype == torch.float32
    assert float(latents.std()) == pytest.approx(model.card.data_scale, rel=0.5)
    again = model.decode(latents)[0].numpy()
    seen = [picture[..., :3] * (picture[..., 3:] / 255.0) for picture in (made, again)]
    assert np.abs(seen[0] - seen[1]).mean() < 4 and np.abs(made[..., 3].astype(int) - again[..., 3]).mean() < 3


@pytest.mark.slow
def test_bf16_gives_nearly_the_same_image(library: Library, request_: Request) -> None:
    (exact,) = generate_images(replace(request_, steps=3, dtype="fp32"), library)
    (rough,) = generate_images(replace(request_, steps=3, dtype="bf16"), library)
    apart = np.abs(exact.astype(int) - rough)
    assert 0 < apart.mean() < 8


@pytest.mark.slow
def test_inverted_noise_reproduces_the_image(library: Library, request_: Request) -> None:
    # With a style, the image would be similar for any noise.
    unstyled = replace(request_, style="")
    (made,) = generate_images(replace(unstyled, steps=12), library)
    plain = replace(unstyled, sampler="ddim", spacing="karras", guidance_scale=1.0, temperature=1.0, steps=40)
    inverted = replace(plain, image=image_inputs.store(made), strength=1.0, inverted=True)
    events = [event for event in generate(inverted, library) if isinstance(event, StepEvent)]
    model = library.load(BUILT_IN, device=torch.device("cpu"), dtype=torch.float32)
    wanted = model.encode(torch.from_numpy(made)[None])
    off = (events[-1].step.x - wanted).square().mean().sqrt() / wanted.std()
    assert off < 0.02
    drawn = [event for event in generate(replace(inverted, inverted=False), library) if isinstance(event, StepEvent)]
    assert (drawn[-1].step.x - wanted).square().mean().sqrt() / wanted.std() > 0.2


@pytest.mark.slow
def test_diversity_rises_with_temperature(library: Library, request_: Request, tmp_path: Path) -> None:
    generator = CachedGenerator(library, replace(request_, style="", steps=10), tmp_path)
    # The values are 0.201, 0.207 and 0.214.
    (row,) = measure_diversity(generator, ["a fox"], seeds=5, temperatures=(0.5, 1.0, 1.5))
    assert row.rises and row.rms[0] > 0.02
