"""Word maps of any picture: the attention to each word of a prompt, measured on the picture with noise added."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from gdm_studio.common.errors import BadRequest, DeviceError, StudioError
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, translatable
from gdm_studio.engine.conditioning import encode_image
from gdm_studio.engine.image_inputs import region_size
from gdm_studio.engine.inpainting_crop import resize
from gdm_studio.engine.noise import KeyedNoise
from gdm_studio.engine.pipeline import Pipeline
from gdm_studio.engine.word_selection import WordMaps, select_by_map
from gdm_studio.models.forward_process import start_step
from gdm_studio.models.loaded_model import StageWithWords
from gdm_studio.models.memory import devices
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library, load_for_request
from gdm_studio.request.generation_request import Request

# Image-to-image strengths at whose noise levels the attention is measured. With less noise, a network looks at the
# picture more than at the prompt.
STRENGTHS = (0.3, 0.5, 0.7)


class WordNotFoundError(BadRequest):
    """Error for a word that describes nothing in a picture."""


def select_word(
    picture: np.ndarray, word: str, library: Library, request: Request, *, is_own: bool = False
) -> np.ndarray:
    """Return a mask of the area that a word describes in a picture, uint8 (H, W) of 0 and 255.

    `picture` is uint8 (H, W, 4) with straight alpha. `request` names the model and the device. With `is_own`, it is the
    request that generated the picture, and its prompt describes the picture too. Otherwise its other settings do not
    count. `word` may be several words. Raises WordNotFoundError if the model does not find it, BadRequest if the model
    has no word maps, and ModelError and DeviceError.
    """
    card = library.card(request.model)
    _check_support(card)
    word = word.strip()
    if not word:
        raise BadRequest(translatable(QT_TRANSLATE_NOOP("Errors", "Name a word that describes what to select.")))
    if not is_own:
        request = replace(
            card.default_request(),
            seed=0,
            model=request.model,
            device=request.device,
            dtype=request.dtype,
            rules=request.rules,
        )
    translated = card.for_rules(request.rules).translate(word).text
    prompts = [word]
    if is_own and request.prompt:
        prompts = [request.prompt, f"{request.prompt}, {word}", word]
    for prompt in prompts:
        described = replace(request, prompt=prompt)
        maps = measure_word_maps(picture, library, described, is_own=is_own and prompt == request.prompt)
        found = maps.find(word)
        found = maps.find(translated) if found is None else found
        if found is None and prompt == word and len(maps.words):
            # The model reads the phrase in other words, as the built-in one does with unknown ones.
            found = maps.maps.mean(axis=0)
        if found is not None and (mask := select_by_map(picture, found)).any():
            return mask
    template = QT_TRANSLATE_NOOP("Errors", "The model finds no {word!r} in the picture; name it by another word.")
    raise WordNotFoundError(translatable(template, word=word))


def measure_word_maps(picture: np.ndarray, library: Library, request: Request, *, is_own: bool = False) -> WordMaps:
    """Measure how strongly each position of a picture attends to each word of a prompt, at several noise levels.

    `picture` is uint8 (H, W, 4). The maps are those of a run that passes through this picture: the network is evaluated
    on it with the noise of the request's seed. Only the prompt, the model and the seed of the request count. With
    `is_own`, the seed chooses what the model draws, as in its run. Raises BadRequest, ModelError and DeviceError.
    """
    card = library.card(request.model)
    _check_support(card)
    height, width = picture.shape[:2]
    alone = replace(
        request.picture(0),
        template="",
        prompts=(),
        toward=None,
        branch=None,
        image="",
        mask="",
        inverted=False,
        hints=(),
        regions=(),
        refiner="",
        upscaler="",
        factors={},
        tile=0,
        size=region_size(card, (width, height)),
    )
    alone = card.checked(alone)
    # A network on another computer is not asked for its attention.
    device, dtype = devices.nearest_device_and_dtype(alone, card)
    try:
        model = load_for_request(library, alone, device=device, dtype=dtype)
        pipeline = Pipeline(model, alone, (0,))
        # A start image or regions determine what is drawn where, instead of the seed.
        return _measure(pipeline, picture, is_own=is_own and not (request.image or request.regions))
    except (RuntimeError, MemoryError) as error:
        if isinstance(error, StudioError) or not devices.is_out_of_memory(error):
            raise
        raise DeviceError("There is too little memory to find the word; close other programs, then try.") from error


def _measure(pipeline: Pipeline, picture: np.ndarray, *, is_own: bool) -> WordMaps:
    stage = pipeline.stages[0]
    model_stage = stage.model
    if not isinstance(model_stage, StageWithWords):
        raise _unsupported(pipeline.model.card)
    conditioning = pipeline.conditioning(stage, guided=False)[:1]
    if not is_own:
        conditioning = [replace(each, variation=None) for each in conditioning]
    read = model_stage.attention(conditioning, stage.path)
    size = pipeline.request.size or pipeline.model.card.sizes()[0]
    data = encode_image(model_stage, resize(picture, size))
    noise = KeyedNoise([pipeline.request.seed])(0, data)
    process = model_stage.diffusion.process
    words: tuple[str, ...] = ()
    total = torch.zeros(())
    for index in dict.fromkeys(start_step(process, stage.path, strength) for strength in STRENGTHS):
        words, maps = read(process.degrade(data, stage.path[index], noise), stage.path[index])
        total = total + maps.float().cpu()
    return WordMaps(words, total.numpy())


def _check_support(card: ModelCard) -> None:
    if not (card.accepts.prompt and card.accepts.picture):
        raise _unsupported(card)


def _unsupported(card: ModelCard) -> BadRequest:
    template = QT_TRANSLATE_NOOP("Errors", "{model} has no word maps; paint the mask, or choose another model.")
    return BadRequest(translatable(template, model=card.title or card.name))
