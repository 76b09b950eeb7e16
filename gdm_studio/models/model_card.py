"""Model cards: descriptions of models, which can be read without loading the weights."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.samplers import SAMPLERS, check_suits
from gdm_studio.models.capabilities import Capabilities, fit_request
from gdm_studio.models.dataclass_json import LATER
from gdm_studio.models.required_parts import BorrowedPart, RequiredPart
from gdm_studio.request.generation_request import (
    CORRECTS_MEANINGS,
    DRAWS_NEAREST,
    HAS_SILHOUETTES,
    MAX_SIDE,
    MAX_TILED_SIDE,
    PLACES_OBJECTS,
    READS_COMPOUNDS,
    READS_LANGUAGES,
    READS_RARE_THINGS,
    READS_SENTENCES,
    READS_SYNONYMS,
    SETTINGS,
    SHOWS_ALL_OBJECTS,
    Request,
)
from gdm_studio.request.hires import has_second_pass, second_pass_size, stage_shares, total_steps
from gdm_studio.request.prompts import is_too_long

if TYPE_CHECKING:
    from gdm_studio.maths.noise_path import NoisePath
    from gdm_studio.maths.processes import Process
    from gdm_studio.models.prompts.translation_dictionary import Dictionary, Translation
    from gdm_studio.models.prompts.vocabulary import Reading, Vocabulary

# Maximum ratio between the side of an image and that of the training images. Images of other sizes look wrong.
MAX_SIZE_FACTOR = 2
# Maximum number of tiles of an image. Each may encode the prompt and the inputs of its own.
MAX_TILES = 1024
# Forward processes that degrade images without noise.
COLD_PROCESSES = frozenset({"blur", "pixelate", "mask", "fade", "snow"})
# Prefix of part names for control models.
CONTROL_PART = "control model "
# Side of a sample image in pixels.
SAMPLE_SIDE = 96
# Folder names for sample images beside a model, by kind of sample.
SAMPLE_FOLDERS = {"style": "styles", "example": "examples"}


@dataclass(frozen=True)
class Style:
    """Art style that a user can select for a model, such as the style of one icon set."""

    id: str
    title: str
    # Heading under which the style is listed.
    group: str = ""


@dataclass(frozen=True)
class FormerStyle:
    """Art style that only an earlier version of a model offered. Requests with its id are accepted, but are generated
    in a current style.
    """

    id: str
    title: str
    # Id of the style that replaces this one.
    nearest: str


@dataclass(frozen=True)
class Example:
    """Example prompt that works well with a model, with the style and the seed of its sample image."""

    prompt: str
    # Id of a style, or "" for the model's default style.
    style: str = ""
    seed: int = 3


@dataclass(frozen=True)
class Source:
    """Dataset of a model's training images, with author and licence for the credits."""

    set: str
    author: str
    licence: str
    url: str
    count: int = 0
    # Title of the dataset, or "" to show its id.
    title: str = ""


@dataclass(frozen=True)
class ModelCard:
    """Description of a model: its name, family, files, default settings, capabilities and forward process. It is
    available without loading the weights.

    `parameters` is the number of its weights. `data_scale` is the standard deviation of its latents.
    """

    name: str
    family: str
    # Date in ISO 8601.
    date: str
    parameters: int
    author: str
    licence: str
    # Side of its images in pixels.
    size: int
    # 4 with transparency, 3 without.
    channels: int
    # Shape of the data of one image, for most models (channels, height, width).
    latent: tuple[int, ...]
    prediction: str
    process: str
    data_scale: float
    title: str = ""
    summary: str = ""
    styles: tuple[Style, ...] = ()
    former_styles: tuple[FormerStyle, ...] = ()
    examples: tuple[Example, ...] = ()
    # Default settings by field name of Request.
    defaults: dict[str, float | int | str] = field(default_factory=dict)
    # Lowest and highest values of settings, by name, at which images keep their quality.
    good_from: dict[str, float] = field(default_factory=dict)
    good_until: dict[str, float] = field(default_factory=dict)
    # Lowest noise strength at which a photo as the start image becomes a clean picture, or 0 if any does.
    photo_strength: float = 0.0
    # Id of the style used for prompts without a style if the seed chooses none. "" for the default style.
    unstyled: str = ""
    # Name of the full model if this one is a few-step version, else "".
    fast_of: str = ""
    accepts: Capabilities = field(default_factory=Capabilities)
    # Fraction of a request's steps in each stage.
    stages: tuple[float, ...] = (1.0,)
    # Publication that the model follows: authors, year, number.
    paper: str = ""
    # Kinds of systems to which the model belongs.
    tags: tuple[str, ...] = ()
    # True if the model predicts the variance of a step's noise.
    learned_variance: bool = False
    # True if the model predicts the next state of its own chain. Only the samplers in samplers.PLAIN preserve that
    # state.
    own_steps: bool = False
    # Measured pairs (log ratio, G) in ascending order, for `ScoreNorms.table`.
    score_norms: tuple[tuple[float, float], ...] = ()
    # Score norms of the model from which a variant or a fine-tuned model was derived. They describe the same images, so
    # temperature uses them if the model has none of its own. Analytic-DPM and the spacing "optimal" do not, because
    # they depend on the errors of the network itself.
    base_norms: tuple[tuple[float, float], ...] = ()
    sources: tuple[Source, ...] = ()
    figures: dict[str, float | str] = field(default_factory=dict)
    # Vocabulary of the training captions, or None if unknown.
    vocabulary: Vocabulary | None = field(
        default=None, compare=False, metadata={LATER: ("gdm_studio.models.prompts.vocabulary", "Vocabulary")}
    )
    # Dictionary of other languages and rare words, or None if the model has none.
    dictionary: Dictionary | None = field(
        default=None,
        compare=False,
        metadata={LATER: ("gdm_studio.models.prompts.translation_dictionary", "Dictionary")},
    )
    # Arguments of the forward process.
    process_numbers: dict[str, Any] = field(default_factory=dict)
    # Shift of a flow whose process depends on the run: a key of `flow_shifts.SHIFTS`, the name of a
    # LinearShift, or CONSTANT. "" for none.
    shift: str = ""
    # Side of the patches of latents whose norm guidance does not change, or 0 if it may change all.
    normed_patch: int = 0
    # Number types for the setting "auto". The first that is fast on the device is used.
    dtypes: tuple[str, ...] = ("fp32",)
    path: Path | None = None
    # Files that determine the output of the model.
    weights: tuple[Path, ...] = ()
    # Weights and all other files of the model.
    files: tuple[Path, ...] = ()
    file_bytes: int = 0
    # Kind of checkpoint, such as "SDXL". Adapters and embeddings must be for the same kind.
    base: str = ""
    # Key of `few_step_models.FEW_STEPS` if the file says that the model was distilled, or "".
    few_steps: str = ""
    # Number of steps that the file recommends, or 0.
    made_for_steps: int = 0
    # Prediction and zero_snr according to the file, if the user has chosen other values.
    file_values: dict[str, Any] = field(default_factory=dict)
    # "with" or "without" zero terminal SNR, if the user's choice differs from the file. Otherwise "".
    chosen_snr: str = ""
    # Parts from other files: the paths "vae", "adapter", "text_encoder" …, those of control models by CONTROL_PART and
    # their names, and the card "refiner".
    beside: dict[str, Any] = field(default_factory=dict)
    # Required parts that the model's own files lack, by name.
    needs: dict[str, RequiredPart] = field(default_factory=dict)
    # Entries of `beside` that were chosen because the model's own files lack these parts.
    borrowed: tuple[BorrowedPart, ...] = ()

    def weights_beside(self) -> dict[str, tuple[Path, ...]]:
        """Return the weight files of the parts that are not stored in the model's own file, by part name such
        as "vae".
        """
        borrowed = {(part.name, part.path): part.weights for part in self.borrowed}
        return {
            name: part.weights if isinstance(part, ModelCard) else borrowed.get((name, part), (part,))
            for name, part in self.beside.items()
        }

    def borrowed_parts(self) -> tuple[BorrowedPart, ...]:
        """Return the parts that the model takes from other files, except a VAE that was replaced by the user's."""
        return tuple(part for part in self.borrowed if self.beside.get(part.name) == part.path)

    @property
    def has_zero_snr(self) -> bool:
        """True if the last noise level of the model's schedule is pure noise (zero terminal SNR), as set by the model
        file or by the user.
        """
        return self.process_numbers.get("zero_terminal_snr") is True

    @property
    def stated_values(self) -> dict[str, Any]:
        """Prediction and zero_snr according to the model file, whatever the user has chosen."""
        return {"prediction": self.prediction, "zero_snr": self.has_zero_snr, **self.file_values}

    def default_request(self) -> Request:
        """Return a request whose settings are the model's defaults, such as its sampler, number of steps and guidance
        scale.
        """
        given: dict[str, Any] = {name: value for name, value in self.defaults.items() if name in SETTINGS}
        return Request(**given)

    def sizes(self) -> tuple[tuple[int, int], ...]:
        """Return the image sizes (width, height) that the user interface offers for the model."""
        return self.accepts.sizes or ((self.size, self.size),)

    def can_generate(self, size: tuple[int, int], tile: int = 0) -> bool:
        """Return True if the model can generate images of this size (width, height), including sizes that the user
        interface does not offer. With tiles of `tile` pixels a side, the windows must have a size of the model.
        """
        unit = self.accepts.multiple
        if tile and self.accepts.tiles and max(size) > tile:
            step = unit or self.size // self.latent[-1]
            return all(side % step == 0 and side <= MAX_TILED_SIDE for side in size) and self.can_generate(
                (min(tile, size[0]), min(tile, size[1]))
            )
        largest = self.accepts.largest or MAX_SIDE
        return (
            size in self.sizes()
            or bool(unit)
            and all(side % unit == 0 and 8 * unit <= side <= largest for side in size)
        )

    def made_size(self, size: tuple[int, int], tile: int = 0) -> tuple[int, int]:
        """Return the size (width, height) in which the model generates an image of a requested size: the requested one
        if it is supported (in tiles of `tile` pixels, if given), and otherwise the closest one.
        """
        return size if self.can_generate(size, tile) else self.near(size, tile)

    def near(self, size: tuple[int, int], tile: int = 0) -> tuple[int, int]:
        """Return the supported size (width, height) that is closest to a given image size. This size differs from the
        training size by at most the factor MAX_SIZE_FACTOR.

        For a model with a fixed list of sizes, return the one with the nearest proportions. With tiles of `tile`
        pixels, it may be of any size that is no smaller than the tile, and a long image may be narrower.
        """
        if tile and self.accepts.tiles:
            return self._find_nearest_tiled_size(size, tile)
        if not (unit := self.accepts.multiple):
            shape = math.log(size[0] / size[1])
            return min(self.sizes(), key=lambda each: abs(math.log(each[0] / each[1]) - shape))
        side = math.sqrt(size[0] * size[1])  # of a square with the same area
        scale = min(max(side, self.size / MAX_SIZE_FACTOR), self.size * MAX_SIZE_FACTOR) / side
        most = (self.accepts.largest or MAX_SIDE) // unit
        width, height = (min(max(round(each * scale / unit), 8), most) * unit for each in size)
        return width, height

    def _find_nearest_tiled_size(self, size: tuple[int, int], tile: int) -> tuple[int, int]:
        """Return the size (width, height) that is closest to a given one, with sides from `tile` to MAX_TILED_SIDE
        pixels.

        An image whose longer side would exceed MAX_TILED_SIDE then keeps its proportions instead, if the model can
        generate windows that are not square.
        """
        step = self.accepts.multiple or self.size // self.latent[-1]
        scale = min(max(1.0, tile / min(size)), MAX_TILED_SIDE / max(size))
        most = MAX_TILED_SIDE // step * step
        least = 8 * self.accepts.multiple or tile
        width, height = (min(max(step * round(scale * side / step), least), most) for side in size)
        return width, height

    def sampler_features(self) -> frozenset[str]:
        """Return the names of the model's features that some samplers require: those in `maths.samplers.NEEDS`, and
        "own_steps".
        """
        has = {
            "reverse_variance": bool(self.score_norms),
            "degrade": self.process in COLD_PROCESSES,
            "learned_variance": self.learned_variance,
            "own_steps": self.own_steps,
        }
        return frozenset(need for need, there in has.items() if there)

    def unknown_words(self, prompt: str) -> list[Reading]:
        """Return the words of a prompt that did not occur in the model's training captions. The list is empty if the
        vocabulary is unknown.

        Words that the model's dictionary translates count as known. Raises ModelError if the dictionary is damaged.
        """
        if self.vocabulary is None or is_too_long(prompt):
            return []
        from gdm_studio.models.prompts.vocabulary import Reading

        translation = self.translate(prompt)
        misspelt = [
            Reading(prompt[each.start : each.end].casefold(), near=each.word) for each in translation.corrections
        ]
        return [*misspelt, *self.vocabulary.unknown_words(translation.text)]

    def translate(self, prompt: str, trained: Container[str] | None = ()) -> Translation:
        """Translate a prompt to English words that the model knows, using the model's dictionary. Misspelt words are
        read as the words that they misspell. A prompt for a model without a dictionary is returned unchanged.

        `trained` contains the words (lower case, without accents) with which the LoRAs of the prompt were trained, and
        which are not corrected. If they are unknown (None), no word is corrected. Raises ModelError if the dictionary
        is damaged.
        """
        # It is imported here, because its tables would delay the window, which lists models before it reads a prompt.
        from gdm_studio.models.prompts.translation_dictionary import Translation, translate_prompt

        if self.dictionary is None or self.vocabulary is None:
            return Translation(prompt)
        return translate_prompt(self.dictionary, self.vocabulary, prompt, trained)

    def stop_words(self, prompt: str) -> frozenset[str]:
        """Return words of a prompt's language that name nothing, such as articles, in lower case without accents. For a
        model without a dictionary, these are the English ones and the most frequent ones of other languages. Raises
        ModelError if the dictionary is damaged.
        """
        # They are imported here, because the window lists models before it reads a prompt.
        from gdm_studio.models.prompts.translation_dictionary import FOREIGN
        from gdm_studio.models.prompts.word_classes import STOP_WORDS

        words = STOP_WORDS | FOREIGN
        return words | self.dictionary.small_words(self.translate(prompt).language) if self.dictionary else words

    def for_rules(self, rules: int) -> ModelCard:
        """Return the model card as it applies to requests with an earlier version of the generation rules, so that old
        images stay reproducible.

        Going back, versions leave out rarely drawn things of a scene, then read fewer sentences, then misread some
        plurals, then leave out some objects of a scene, then find no nearest drawings, then fewer compounds, then no
        relations between objects, then no compounds and silhouettes (one-colour start images), and the first ones have
        no dictionary. The parsing of other prompt words does not depend on the version.
        """
        if rules >= READS_RARE_THINGS:
            return self
        if self.vocabulary is not None and self.vocabulary.reads_rare_things:
            dictionary = self.dictionary and replace(self.dictionary, reads_places=False)
            return replace(self, vocabulary=self.vocabulary.without_rare_things, dictionary=dictionary).for_rules(rules)
        if rules >= READS_SENTENCES:
            return self
        if self.vocabulary is not None and self.vocabulary.reads_sentences:
            dictionary = self.dictionary and replace(self.dictionary, reads_requests=False)
            return replace(self, vocabulary=self.vocabulary.without_sentences, dictionary=dictionary).for_rules(rules)
        if rules >= CORRECTS_MEANINGS:
            return self
        if self.vocabulary is not None and self.vocabulary.corrects_meanings:
            return replace(self, vocabulary=self.vocabulary.without_meanings).for_rules(rules)
        if rules >= SHOWS_ALL_OBJECTS:
            return self
        if self.vocabulary is not None and self.vocabulary.shows_all:
            dictionary = self.dictionary and replace(
                self.dictionary, has_revised_people=False, reads_joined_words=False
            )
            return replace(self, vocabulary=self.vocabulary.of_fewer_objects, dictionary=dictionary).for_rules(rules)
        if rules >= DRAWS_NEAREST:
            return self
        if self.vocabulary is not None and self.vocabulary.draws_nearest:
            return replace(self, vocabulary=self.vocabulary.without_nearest).for_rules(rules)
        if rules >= READS_SYNONYMS:
            return self
        if self.dictionary is not None and self.dictionary.has_further_compounds:
            return replace(self, dictionary=replace(self.dictionary, has_further_compounds=False)).for_rules(rules)
        if rules >= PLACES_OBJECTS:
            return self
        if self.vocabulary is not None and self.vocabulary.reads_relations:
            return replace(self, vocabulary=self.vocabulary.without_relations).for_rules(rules)
        if rules >= READS_COMPOUNDS:
            return self
        if self.dictionary is not None and self.dictionary.compounds is not None:
            return replace(self, dictionary=replace(self.dictionary, compounds=None)).for_rules(rules)
        if rules >= HAS_SILHOUETTES:
            return self
        vocabulary = self.vocabulary and self.vocabulary.without_further
        return replace(self, vocabulary=vocabulary, dictionary=self.dictionary if rules >= READS_LANGUAGES else None)

    def words(self) -> dict[str, str]:
        """Return the titles of the model's styles and factors (numeric controls) by id, for display. The id "" stands
        for any style.
        """
        styles = {"": "Any style"} | {style.id: style.title for style in self.styles} if self.styles else {}
        return styles | {param.name: param.title for param in self.accepts.factors}

    def style_for(self, style: str) -> str:
        """Return the id of the current style that replaces a former style. The id of a current style is returned
        unchanged.
        """
        return next((former.nearest for former in self.former_styles if former.id == style), style)

    def style_note(self, style: str) -> str:
        """Return a sentence that tells the user that a former style was replaced by a current one. Returns "" for a
        current style.
        """
        titles = {each.id: each.title for each in self.styles}
        name = self.title or self.name
        for former in self.former_styles:
            if former.id == style:
                return f"{name} has replaced the style {former.title} by {titles[former.nearest]}."
        return ""

    def points(self, process: Process, spacing: str, steps: int) -> NoisePath:
        """Return the noise path of a run: `steps` + 1 noise levels of the forward process, distributed by the named
        spacing.

        "Optimal" spacing uses the model's score norms. Raises BadRequest if the spacing does not support this number of
        steps.
        """
        # They are imported here, because the window lists models before it computes a path.
        from gdm_studio.maths.optimal_variance import ScoreNorms
        from gdm_studio.maths.spacings.optimal import OptimalTable

        return process.path(spacing, steps, table=OptimalTable(process.ratios, ScoreNorms(self.score_norms)))

    def stage_ends(self, steps: int) -> tuple[int, ...]:
        """Divide the steps of a run among the model's stages, such as a base model and a refiner. Returns the index of
        each stage's last step (counted from 1).

        Raises BadRequest if there are more stages than steps.
        """
        if steps < len(self.stages):
            raise BadRequest(f"{self.name} draws in {len(self.stages)} stages; use at least as many steps.")
        ends = [0]
        for later, share in zip(range(len(self.stages) - 1, -1, -1), accumulate(self.stages), strict=True):
            ends.append(min(max(round(steps * share / sum(self.stages)), ends[-1] + 1), steps - later))
        return tuple(ends[1:])

    def stage_of(self, index: int, of: int) -> int:
        """Return the index of the stage (such as a base model or a refiner) that computes step `index` (counted from 1)
        in a run of `of` steps.
        """
        return bisect_left(self.stage_ends(of), index)

    def checked(self, request: Request) -> Request:
        """Validate a request for this model, and return it with its image size filled in and former styles replaced.

        Raises BadRequest if the model does not support the request.
        """
        request = self._fit_with_parents(self._fill_size(request).checked())
        # Not needed before the first paint.
        from gdm_studio.models.prompts.mixed_prompts import mixed_prompts

        mixed_prompts(self.accepts, request)
        self.for_request(request).stage_ends(total_steps(request))
        _check_tiles(request, request.size or self.sizes()[0])
        if has_second_pass(request):
            width, height = self.second_pass_size(request)
            limit = MAX_TILED_SIDE if request.tile and self.accepts.tiles else self.accepts.largest or MAX_SIDE
            if max(width, height) > limit:
                raise BadRequest(f"The second pass would make {width}x{height} pixels; the limit is {limit} a side.")
            _check_tiles(request, (width, height))
        return request

    def for_request(self, request: Request) -> ModelCard:
        """Return a copy of the card with the stages and the forward process that apply to one request.

        A refiner or a second pass adds a stage. The process of a diffusion transformer depends on the image size and
        the number of steps.
        """
        passes = stage_shares(request)
        numbers = self.process_numbers
        found = replace(self, stages=passes) if len(passes) > 1 else self
        if self.shift:
            numbers = found._flow_numbers(request, _window_size(request, request.size or self.sizes()[0]))
        return found if numbers == self.process_numbers else replace(found, process_numbers=numbers)

    def for_second_pass(self, request: Request) -> ModelCard:
        """Return a copy of the model card for the second pass of a request, which refines the enlarged image: it has a
        single stage and the forward process for the larger size.
        """
        size = _window_size(request, self.second_pass_size(request))
        numbers = self._flow_numbers(request, size) if self.shift else self.process_numbers
        return replace(self, process_numbers=numbers)

    def second_pass_size(self, request: Request) -> tuple[int, int]:
        """Return the size (width, height) to which the second pass of a request enlarges the image."""
        return second_pass_size(request.size or self.sizes()[0], request.factors, self.accepts.multiple or 1)

    def _flow_numbers(self, request: Request, size: tuple[int, int]) -> dict[str, Any]:
        """Return the arguments of the flow-matching process for images of a given size (width, height).

        The noise path of a second pass is about as long as that of the first, but only its last levels are used.
        """
        from gdm_studio.models.flow_shifts import flow_numbers

        stages = replace(self, stages=stage_shares(request))
        return flow_numbers(self.shift, self.process_numbers, size, stages.stage_ends(total_steps(request))[0])

    def _fit_with_parents(self, request: Request) -> Request:
        """Apply `fit_request` to a request and, if it is a branch, to all its parent requests.

        Raises BadRequest if the model does not support a setting.
        """
        self._check(request)
        if request.branch:
            request = replace(
                request, branch=replace(request.branch, parent=self._fit_with_parents(request.branch.parent))
            )
        return fit_request(self.accepts, request, by=self.name)

    def _check(self, request: Request) -> None:
        if problem := request.prompt_problem():
            raise BadRequest(problem)
        if request.style and request.style not in (style.id for style in self.styles):
            has = ", ".join(style.id for style in self.styles) or "no styles"
            raise BadRequest(f"{self.name} has no style called {request.style!r}; choose one of {has}.")
        if request.inverted and len(self.for_request(request).stages) > 1:
            raise BadRequest(f"{self.name} draws in several stages and cannot invert a picture; turn inversion off.")
        check_suits(SAMPLERS[request.sampler], self.sampler_features())

    def _check_tile(self, request: Request) -> None:
        tile = request.tile
        SETTINGS["tile"].check(tile)
        if not self.can_generate((tile, tile)):
            squares = sorted({width for width, height in self.sizes() if width == height})
            fitting = ", ".join(map(str, squares or [self.size]))
            raise BadRequest(f"{self.name} cannot denoise tiles of {tile} pixels; set the tile to {fitting}.")

    def _fill_size(self, request: Request) -> Request:
        request = request.typed()
        if request.tile and self.accepts.tiles:
            self._check_tile(request)
        size = request.size or self.sizes()[0]
        if max(size) > MAX_SIDE and not self.can_generate(size, request.tile) and self.can_generate(size, self.size):
            raise BadRequest(
                f"A picture of {size[0]}x{size[1]} pixels is made in tiles, as all with a side of more than "
                f"{MAX_SIDE}; set the tile to {self.size}."
            )
        if not self.can_generate(
            size, request.tile
        ):  # checked before other limits, since this message lists the valid sizes
            has = ", ".join(f"{w}x{h}" for w, h in self.sizes())
            if unit := self.accepts.multiple:
                end = f"to {largest}" if (largest := self.accepts.largest) else "on"
                has += f", or with sides of any multiple of {unit} pixels from {8 * unit} {end}"
            raise BadRequest(f"{self.name} makes pictures of {has}, not {size[0]}x{size[1]}.")
        branch = request.branch
        if branch is not None and isinstance(branch.parent, Request):
            branch = replace(branch, parent=self._fill_size(branch.parent))
        return replace(request, size=size, style=self.style_for(request.style), branch=branch)


def _check_tiles(request: Request, size: tuple[int, int]) -> None:
    """Raise BadRequest if a request divides an image of a size (width, height) into more than MAX_TILES tiles."""
    if not request.tile:
        return
    stride = request.tile - min(request.tile_overlap, request.tile // 2)
    count = math.prod(1 + math.ceil(max(0, side - request.tile) / stride) for side in size)
    if count > MAX_TILES:
        width, height = size
        limit = f"the limit is {MAX_TILES}; set a larger tile or a smaller overlap"
        raise BadRequest(f"{width}x{height} pixels take {count} tiles of {request.tile} pixels; {limit}.")


def _window_size(request: Request, size: tuple[int, int]) -> tuple[int, int]:
    """Return the size (width, height) of the images that the network sees: that of a tile if the image is larger."""
    return (min(size[0], request.tile), min(size[1], request.tile)) if request.tile else size


def control_files(card: ModelCard) -> dict[str, Path]:
    """Return the files of the control models (ControlNets) among the parts of a model card, by name."""
    return {
        name.removeprefix(CONTROL_PART): file for name, file in card.beside.items() if name.startswith(CONTROL_PART)
    }


def fast_version(card: ModelCard, cards: Sequence[ModelCard]) -> ModelCard | None:
    """Return the fast version of a model, which needs fewer steps, or None if `cards` contains none.

    If `card` is itself a fast version, return the first fast version of the full model that it is based on.
    """
    name = card.fast_of or card.name
    return next((other for other in cards if other.fast_of == name), None)


def sample_path(card: ModelCard, kind: str, name: str) -> Path | None:
    """Return the path of the sample image for a style or an example prompt of the model (`kind` is "style" or
    "example"); the file may not exist. Returns None if the model has no folder or the name is unsafe in a path.
    """
    plain = re.sub(r"[^\w]+", "-", name.lower()).strip("-")
    return card.path.parent / SAMPLE_FOLDERS[kind] / f"{plain}.png" if card.path and plain else None
