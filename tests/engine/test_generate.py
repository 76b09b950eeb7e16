"""Requests to images, with a model whose denoiser is exact."""

import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from gdm_studio.common.errors import BadRequest, DeviceError, ModelError
from gdm_studio.engine.decoding import decode_partial_results
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.noise import KeyedNoise
from gdm_studio.engine.previews import Previews
from gdm_studio.engine.recorder import Recorder
from gdm_studio.maths.guidance import guided, tempered
from gdm_studio.maths.noise_path import NoiseLevel, Step
from gdm_studio.maths.processes import PROCESSES, Process, edm
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.memory import devices
from gdm_studio.models.model_card import COLD_PROCESSES, ModelCard
from gdm_studio.request.generation_events import Phase, Result, StepEvent
from gdm_studio.request.generation_request import Request
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel
from tests.helpers.sampler_cases import SUITABLE_SAMPLERS, least_counts

REQUEST = Request(model="gaussian", prompt="a cheerful red disc", seed=11, steps=6, guidance_scale=2.0, device="cpu")


def generate_results(request: Request, library: GaussianLibrary | None = None) -> list[Result]:
    return [event for event in generate(request, library or GaussianLibrary()) if isinstance(event, Result)]


def test_a_run_yields_phases_steps_and_images_in_order() -> None:
    events = list(generate(replace(REQUEST, count=2, batch=2), GaussianLibrary()))
    steps = [event for event in events if isinstance(event, StepEvent)]
    assert [event.step.index for event in steps] == [1, 2, 3, 4, 5, 6]
    assert all(event.images == (0, 1) and event.step.x.shape == (2, 4, 16, 16) for event in steps)
    assert isinstance(events[0], Phase)
    assert [event.image for event in events[-2:] if isinstance(event, Result)] == [0, 1]
    assert events[-1].rgba.shape == (128, 128, 4) and events[-1].rgba.dtype == np.uint8


@pytest.mark.parametrize("sampler", SUITABLE_SAMPLERS)
def test_the_same_request_gives_the_same_bits(sampler: str) -> None:
    request = replace(REQUEST, sampler=sampler, spacing=SAMPLERS[sampler].default_spacing, knobs=least_counts(sampler))
    assert np.array_equal(generate_results(request)[0].rgba, generate_results(request)[0].rgba)


@pytest.mark.parametrize("sampler", SUITABLE_SAMPLERS)
def test_an_image_is_independent_of_its_batch(sampler: str) -> None:
    spacing = SAMPLERS[sampler].default_spacing
    request = replace(REQUEST, sampler=sampler, spacing=spacing, knobs=least_counts(sampler), count=3)
    together = generate_results(replace(request, batch=3))
    pairs = generate_results(replace(request, batch=2))
    for one, other in zip(together, pairs, strict=True):
        assert np.abs(one.rgba.astype(int) - other.rgba).max() <= 1


def test_every_image_is_regenerated_from_its_own_request() -> None:
    for result in generate_results(replace(REQUEST, count=3)):
        again = generate_results(result.request)[0]
        assert again.request == result.request
        assert result.request.seed == REQUEST.seed + result.image
        assert np.abs(again.rgba.astype(int) - result.rgba).max() <= 1


def test_different_seeds_give_different_images() -> None:
    one, other = generate_results(replace(REQUEST, count=2))
    assert not np.array_equal(one.rgba, other.rgba)


def test_noise_is_keyed_by_seed_step_and_draw() -> None:
    like = torch.empty(2, 4, 8, 8)
    noise = KeyedNoise([5, 6])
    first = noise(0, like)
    assert torch.equal(first, KeyedNoise([5, 6])(0, like))
    assert torch.equal(first[1], KeyedNoise([6])(0, like[:1])[0])
    others = [noise(1, like), noise(0, like, draw=1), KeyedNoise([6, 5])(0, like)]
    assert all(not torch.equal(first, other) for other in others)
    assert not torch.equal(KeyedNoise([1])(2, like[:1]), KeyedNoise([2])(1, like[:1]))
    assert abs(float(first.std()) - 1) < 0.15


def test_diversity_rises_with_temperature() -> None:
    def spread(temperature: float) -> float:
        made = generate_results(replace(REQUEST, count=8, steps=20, temperature=temperature))
        stack = np.stack([result.rgba for result in made]).astype(float)
        return float(stack.std(axis=0).mean())

    assert spread(0.3) < spread(1.0) < spread(1.8)


def test_a_stopped_run_gives_partial_results() -> None:
    events = generate(replace(REQUEST, count=2, batch=2), GaussianLibrary())
    advance = next(event for event in events if isinstance(event, StepEvent) and event.step.index == 3)
    events.close()
    kept = decode_partial_results(replace(REQUEST, count=2), advance)
    assert [(result.image, result.stopped_at, result.request.seed) for result in kept] == [(0, 3, 11), (1, 3, 12)]
    assert all(result.made is not None and result.made.seconds > 0 for result in kept)


def test_a_result_contains_device_dtype_and_duration() -> None:
    (made,) = {result.made for result in generate_results(replace(REQUEST, count=2, batch=2, dtype="auto"))}
    assert made is not None
    assert (made.device, made.dtype) == (devices.describe("cpu"), "fp32")
    assert 0 < made.seconds < 60
    assert made.note() == {"device": made.device, "dtype": "fp32", "seconds": f"{made.seconds:.3g}"}


class SmallMemory(GaussianLibrary):
    """A library whose model runs out of memory above `limit` rows. Guidance takes two rows an image."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def load(self, name: str, *, device: torch.device, dtype: torch.dtype) -> GaussianModel:
        model = super().load(name, device=device, dtype=dtype)
        limit = self.limit

        class Tight(GaussianModel):
            def denoised(self, x, at, conditioning):  # type: ignore[no-untyped-def]
                if len(x) > limit:
                    raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")
                return super().denoised(x, at, conditioning)

            def remarks(self, request: Request) -> list[str]:
                return ["Half of it has no place."] if request.prompt == "half" else []

        return Tight(model.card, model.process, model.device, model.dtype)


def test_ignored_parts_of_every_prompt_are_reported_once() -> None:
    request = replace(REQUEST, count=4, prompt="a disc", prompts=("a disc", "half", "a disc", "half"))
    events = list(generate(request, SmallMemory(limit=2)))
    assert [event.note for event in events if isinstance(event, Phase) and event.note] == ["Half of it has no place."]


def test_out_of_memory_continues_with_smaller_batches() -> None:
    request = replace(REQUEST, count=4, batch=4)
    events = list(generate(request, SmallMemory(limit=2)))
    notes = [event.note for event in events if isinstance(event, Phase) and event.note]
    assert notes == ["Out of memory: continuing with 2 at a time.", "Out of memory: continuing with 1 at a time."]
    halved = generate(replace(request, prompt="half"), SmallMemory(limit=2))
    assert [event.note for event in halved if isinstance(event, Phase) and event.note] == [
        "Half of it has no place.", *notes,
    ], "what it leaves out is said once"  # fmt: skip
    made = [event for event in events if isinstance(event, Result)]
    for result, wanted in zip(made, generate_results(request), strict=True):
        assert np.abs(result.rgba.astype(int) - wanted.rgba).max() <= 1


def test_finished_images_are_not_generated_again_after_out_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run out of the machine's memory while the steps of the second of two images are encoded."""
    whole, asked = Recorder.to_bytes, list[int]()

    def to_bytes(record: Recorder, row: int, *, last: Step | None = None) -> bytes:
        asked.append(row)
        if len(asked) == 2:
            raise MemoryError
        return whole(record, row, last=last)

    monkeypatch.setattr(Recorder, "to_bytes", to_bytes)
    made = generate_results(replace(REQUEST, count=2, batch=2), GaussianLibrary())
    assert [result.image for result in made] == [0, 1] and len(asked) == 3


def test_memory_is_released_after_the_exception_is_handled(monkeypatch: pytest.MonkeyPatch) -> None:
    being_handled = []
    monkeypatch.setattr(devices, "release", lambda device: being_handled.append(sys.exc_info()[1]))
    generate_results(replace(REQUEST, count=4, batch=4), SmallMemory(limit=4))
    assert being_handled == [None]


def test_too_little_memory_for_one_image_is_reported() -> None:
    library = SmallMemory(limit=1)
    with pytest.raises(DeviceError, match="not enough memory"):
        generate_results(REQUEST, library)
    library.limit = 2
    assert len(generate_results(REQUEST, library)) == 1


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"size": (100001, 3)}, BadRequest),
        ({"model": "nothing"}, ModelError),
        ({"style": "nothing"}, BadRequest),
        ({"size": (64, 64)}, BadRequest),
        ({"device": "cuda:9"}, DeviceError),
    ],
)
def test_invalid_requests_are_refused_before_the_first_step(change: dict, error: type) -> None:
    with pytest.raises(error):
        next(generate(replace(REQUEST, **change), GaussianLibrary()))


def test_the_cpu_is_the_last_device() -> None:
    assert devices.available()[-1] == "cpu"
    assert devices.resolve("cpu") == torch.device("cpu")
    assert devices.describe("cpu").startswith("CPU · ")


@pytest.mark.parametrize("sampler", ["dpmpp_2m", "euler_a"])
def test_without_controls_a_run_equals_plain_guidance_and_temperature(sampler: str) -> None:
    request = replace(REQUEST, sampler=sampler, temperature=0.8)
    made = [event for event in generate(request, GaussianLibrary()) if isinstance(event, StepEvent)][-1].step.x
    model = GaussianLibrary().load("gaussian", device=torch.device("cpu"), dtype=torch.float32)
    told = model.told([Conditioning(request.prompt), Conditioning("")])

    def pair(x, at):  # type: ignore[no-untyped-def]
        return model.denoised(torch.cat([x, x]), at, told).chunk(2)

    denoise = tempered(guided(pair, 2.0), 0.8, model.card.data_scale)
    noise, path = KeyedNoise([request.seed]), model.process.path(request.spacing, request.steps)
    x = model.process.prior(noise, torch.empty(1, 4, 16, 16), path[0])
    (*_, last) = SAMPLERS[sampler].fn(denoise, x, path, noise)
    assert torch.equal(last.x, made)


def test_controls_have_effect_and_guidance_is_free_outside_its_interval() -> None:
    rows = []

    class Counting(GaussianModel):
        def denoised(self, x, at, conditioning):  # type: ignore[no-untyped-def]
            rows.append(len(x))
            return super().denoised(x, at, conditioning)

    half = replace(REQUEST, controls={"guidance_from": 0.5})
    assert not np.array_equal(
        generate_results(half, GaussianLibrary(kind=Counting))[0].rgba, generate_results(REQUEST)[0].rgba
    )
    assert rows == [1, 1, 1, 2, 2, 2]
    for controls in ({"clip": 0.5}, {"dynamic_threshold": 0.5}, {"guidance_rescale": 1.0}):
        assert not np.array_equal(
            generate_results(replace(REQUEST, controls=controls))[0].rgba, generate_results(REQUEST)[0].rgba
        )


class OtherProcess(GaussianLibrary):
    """A library of the Gaussian model on another process."""

    def __init__(self, process: Process, kind: type[GaussianModel] = GaussianModel) -> None:
        super().__init__(kind=kind)
        self._process = process

    def card(self, name: str) -> ModelCard:
        return replace(super().card(name), process=self._process.name)

    def load(self, name: str, *, device: torch.device, dtype: torch.dtype) -> GaussianModel:
        return replace(super().load(name, device=device, dtype=dtype), card=self.card(name), process=self._process)


def test_all_noise_has_the_law_of_the_process() -> None:
    silent = replace(edm(), law=lambda eps, at: 0 * eps)
    request = replace(REQUEST, sampler="euler_a", count=2)
    one, other = generate_results(request, OtherProcess(silent))
    assert np.array_equal(one.rgba, other.rgba)


class RestoringModel(GaussianModel):
    """A model that restores the image of a prompt from any input."""

    def denoised(self, x: torch.Tensor, at: NoiseLevel, conditioning: torch.Tensor) -> torch.Tensor:
        return conditioning


def test_cold_models_need_cold_samplers() -> None:
    request = replace(REQUEST, guidance_scale=1.0, spacing="linspace")
    with pytest.raises(BadRequest, match="choose a Cold scheduler"):
        generate_results(request, OtherProcess(PROCESSES["fade"](), RestoringModel))
    with pytest.raises(BadRequest, match="needs a model of Cold Diffusion"):
        generate_results(replace(request, sampler="cold_2"))
    (made,) = generate_results(replace(request, sampler="cold_1"), OtherProcess(PROCESSES["fade"](), RestoringModel))
    (disc,) = generate_results(replace(request, temperature=0.1, steps=40, sampler="ddim"))
    assert np.abs(made.rgba.astype(int) - disc.rgba).mean() < 12


def test_cold_processes_are_listed_in_the_card_module() -> None:
    made = {name: make([0.9, 0.5]) if name == "tabulated" else make() for name, make in PROCESSES.items()}
    assert {name for name, process in made.items() if process.cold} == COLD_PROCESSES


def test_previews_decode_the_first_step_and_others_on_demand() -> None:
    previews = Previews(budget=1e-9)
    views = []
    for event in generate(replace(REQUEST, steps=13), GaussianLibrary()):
        if isinstance(event, StepEvent):
            views += previews.views(event)
    assert [view.index for view in views] == list(range(1, 14))
    assert [view.index for view in views if view.decoded] == [1]
    assert all(not view.predicted.flags.writeable and view.predicted.shape == (128, 128, 4) for view in views)
    developed = list(previews.decode_waiting())
    assert sorted(view.index for view in developed) == list(range(2, 14))
    assert all(view.decoded for view in developed)
    assert list(previews.decode_waiting()) == []
