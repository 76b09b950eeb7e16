"""Drafts of the built-in model: memorised drawings and silhouettes, from which the U-Net draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count

import numpy as np
from torch import Tensor

from gdm_studio.models.families.icons.draft_colours import named_colour, tint
from gdm_studio.models.families.icons.icon_styles import (
    Look,
    color_silhouette,
    convert,
    cut_tile,
    extract_symbol,
    fill,
    is_same_shape,
    look_of,
    similar_styles,
    sources_of,
    sources_of_icon,
)
from gdm_studio.models.families.icons.memorised_drawings import PrototypeBasis
from gdm_studio.models.families.icons.object_collage import (
    add_ground,
    collage_areas,
    fit_into_box,
    fit_into_middle,
    fit_into_row,
    is_long,
    make_collage,
)
from gdm_studio.models.families.icons.plain_icons import (
    AREA,
    TILE,
    TWO_TONES,
    in_tone,
    is_tile,
    line_sources,
    without_ground,
)
from gdm_studio.models.families.icons.pose import Pose
from gdm_studio.models.families.icons.recolor import COLOURS, Pixels, recolor
from gdm_studio.models.families.icons.scene_layout import SceneObject, draw_scene, shape_as_child
from gdm_studio.models.families.icons.silhouettes import PALETTE, Silhouettes
from gdm_studio.models.families.icons.start_drawing_choice import SeedChoice
from gdm_studio.models.loaded_model import Variation
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.prompts.object_kinds import LIVING, PERSON, ObjectKinds
from gdm_studio.models.prompts.relations import Arrangement
from gdm_studio.models.prompts.word_classes import COLOUR_WORDS
from gdm_studio.models.prompts.word_tokenizer import WHOLE_BODIES, Subject, Tokenizer
from gdm_studio.request.regions import WHOLE

# Weights with which the right and the left side are chosen, for an object beside another one.
SIDE_WEIGHTS = {0: 1.0, 1: 0.7}


@dataclass(frozen=True)
class _DraftPlan:
    """Plan of an object's draft image: its style, the drawings it may start from, and the seed's choice among them."""

    style: str
    # True if the request names the style.
    is_styled: bool
    recall: PrototypeBasis
    choice: SeedChoice

    def source_style(self, subject: Subject) -> str:
        """Return the style of the drawing from which the draft of an object starts."""
        return self.choice.style_of_draft(subject, self.style)

    def similar_styles(self) -> list[str]:
        """Return the styles whose drawings replace a missing one, the most similar first, after the style."""
        return similar_styles(self.style)


@dataclass(frozen=True)
class DraftMaker:
    """Maker of the drafts of a prompt's objects from memorised drawings and silhouettes, as the seed determines.

    `compose` returns the drawing with some components (K,) as straight RGBA (H, W, 4), and `draw_typical` the typical
    image of an object that has no drawing, in a style or, for "", in any.
    """

    card: ModelCard
    tokenizer: Tokenizer
    recall: PrototypeBasis
    # The memorised drawings with the rarer ones, or None if there are no rarer ones.
    all_drawings: PrototypeBasis | None
    silhouettes: Silhouettes | None
    # Sizes and roles of objects, by which scenes are arranged.
    kinds: ObjectKinds
    compose: Callable[[Tensor], Pixels]
    draw_typical: Callable[[Subject, str], Pixels]

    def create_drafts(
        self, texts: Sequence[str], style: str, variation: Variation
    ) -> tuple[Tokenizer, str, list[list[tuple[Subject, Pixels]]]]:
        """Create the draft image of each object in each of some prompts of one image, as the seed determines.

        Returns the tokenizer that reads the prompts, the style of the drafts, and the objects with their drafts.
        """
        recall, tokenizer = self.find_drawings(variation)
        choice = SeedChoice(variation, self.card.default_request().temperature)
        memorised = [
            subject
            for each in texts
            for subject in tokenizer.subjects(each)
            if not self._has_silhouette(subject, variation)
        ]
        drawn_in = style or choice.style(recall, memorised, tokenizer.styles)
        plans = (_DraftPlan(drawn_in, bool(style), recall, choice.of_object(place)) for place in count())

        def draft(subject: Subject) -> tuple[Subject, Pixels]:
            return subject, self._create_draft(subject, next(plans))

        drafts = [[draft(subject) for subject in tokenizer.subjects(each, drawn_in)] for each in texts]
        return tokenizer, drawn_in, drafts

    def combine_drafts(
        self, arrangement: Arrangement | None, drafts: Sequence[tuple[Subject, Pixels]], variation: Variation
    ) -> tuple[Pixels, list[Pixels]]:
        """Combine the drafts of the objects in a prompt in one image, at the place of the variation unless a background
        fills the image. Returns the image, and the visible part of each object in it, uint8 (H, W).
        """
        picture, areas = self._arrange_drafts(arrangement, drafts, variation)
        place = variation.place
        if place is None:
            return picture, areas
        has_background = arrangement is not None and arrangement.background is not None
        describes_whole = has_background or (len(drafts) > 1 and place.is_masked)
        if describes_whole or place.box == WHOLE:
            picture, *areas = fit_into_middle([picture, *areas], place.shape)
        elif arrangement is None and len(drafts) > 1 and is_long(place.box, place.shape):
            row = fit_into_row([draft for _, draft in drafts], place.box, place.shape)
            # The drawings do not overlap.
            picture = np.maximum.reduce(row)
            areas = [drawing[..., 3] for drawing in row]
        else:
            picture, *areas = fit_into_box([picture, *areas], place.box, place.shape)
        if place.ground is not None and not describes_whole:
            picture = add_ground(picture, place.ground, place.ground_box)
        return picture, areas

    def _arrange_drafts(
        self, arrangement: Arrangement | None, drafts: Sequence[tuple[Subject, Pixels]], variation: Variation
    ) -> tuple[Pixels, list[Pixels]]:
        """Arrange the drafts of the objects in a prompt in one image, by their relations, or else in a collage. Returns
        the image, and the visible part of each object in it, uint8 (H, W).
        """
        pictures = [draft for _, draft in drafts]
        if arrangement is not None:
            choice = SeedChoice(variation, self.card.default_request().temperature)
            objects = [self._create_scene_object(subject, draft, variation) for subject, draft in drafts]
            return draw_scene(
                objects,
                arrangement,
                lambda purpose: (1, -1)[choice.pick(SIDE_WEIGHTS, purpose)],
                shows_all=variation.shows_all,
                places_clearly=variation.reads_sentences,
            )
        if len(pictures) == 1:
            return pictures[0], [pictures[0][..., 3]]
        return make_collage(pictures), collage_areas(pictures)

    def _create_scene_object(self, subject: Subject, draft: Pixels, variation: Variation) -> SceneObject:
        """Create an object of a scene from its draft. Whole bodies of people who are smaller than adults get the
        proportions of children.
        """
        kind = self.kinds.find(" ".join(subject.named), subject.drawing)
        is_whole = subject.drawing in WHOLE_BODIES.values()
        if variation.reads_sentences and is_whole and kind.role == LIVING and kind.size < PERSON.size:
            draft = shape_as_child(draft)
        return SceneObject(draft, kind, subject.drawing.endswith(" face"))

    def find_drawings(self, variation: Variation) -> tuple[PrototypeBasis, Tokenizer]:
        """Return the memorised drawings from which a variation may start, and the tokenizer that knows their names."""
        recall, tokenizer = self.recall, self.tokenizer
        if self.all_drawings and variation.has_rare_drawings:
            recall, tokenizer = self.all_drawings, self._tokenizer_of_drawings
        if self.silhouettes and variation.has_silhouettes:
            tokenizer = self.tokenizer_of_silhouettes
        if variation.draws_nearest:
            tokenizer = self._tokenizer_of_nearest
        if variation.corrects_meanings:
            tokenizer = self._tokenizer_of_meanings
        if variation.reads_sentences:
            tokenizer = self._tokenizer_of_sentences
        if variation.reads_rare_things:
            tokenizer = self._tokenizer_of_rare_things
        tokenizer = self._with_relations(tokenizer, variation)
        if variation.is_plain_icon:
            suitable = {style: sources_of(style) for style in tokenizer.styles} if variation.suits_style else None
            tokenizer = tokenizer.for_icons(suitable)
        return recall, tokenizer

    def _with_relations(self, tokenizer: Tokenizer, variation: Variation) -> Tokenizer:
        """Return a tokenizer that reads the relations between objects, if the images of a request show them."""
        if not variation.places_objects:
            return tokenizer
        return tokenizer.with_relations(self.kinds if variation.shows_all else None)

    @cached_property
    def _tokenizer_of_drawings(self) -> Tokenizer:
        """Tokenizer that knows only objects with a memorised training image, if the model has them. It would draw other
        objects blurred, so their names are ignored.
        """
        drawings = self.all_drawings
        if drawings is None:
            return self.tokenizer
        return self.tokenizer.limited_to(lambda name: bool(drawings.drawings(name)))

    @cached_property
    def tokenizer_of_silhouettes(self) -> Tokenizer:
        """Tokenizer that also knows the names of the objects for which the model has a silhouette (a one-colour
        drawing).
        """
        assert self.silhouettes is not None
        return self._tokenizer_of_drawings.with_drawings(self.silhouettes.names)

    @cached_property
    def _tokenizer_of_nearest(self) -> Tokenizer:
        """Tokenizer that knows all names, and also reads words that are only a part of a name."""
        return (self.tokenizer_of_silhouettes if self.silhouettes else self._tokenizer_of_drawings).with_nearest()

    @cached_property
    def _tokenizer_of_meanings(self) -> Tokenizer:
        """Tokenizer that also reads the `MEANINGS` of words."""
        return self._tokenizer_of_nearest.with_meanings()

    @cached_property
    def _tokenizer_of_sentences(self) -> Tokenizer:
        """Tokenizer that also reads prompts as sentences."""
        return self._tokenizer_of_meanings.with_sentences()

    @cached_property
    def _tokenizer_of_rare_things(self) -> Tokenizer:
        """Tokenizer that also reads rarely drawn things in scenes."""
        return self._tokenizer_of_sentences.with_rare_things()

    def _has_silhouette(self, subject: Subject, variation: Variation) -> bool:
        """Return True if the image of an object starts from a silhouette (a one-colour drawing)."""
        return variation.has_silhouettes and self.silhouettes is not None and subject.drawing in self.silhouettes

    def has_drawing(self, subject: Subject, style: str, variation: Variation) -> bool:
        """Return True if the draft of an object is a memorised drawing or a silhouette, and no estimate."""
        if self._has_silhouette(subject, variation):
            return True
        recall = self.all_drawings or self.recall
        drawn = recall.drawings(subject.row[1:])
        own = SeedChoice(variation).style_of_draft(subject, style)
        return any(self.tokenizer.styles.get(each) in drawn for each in (own, *similar_styles(style)))

    def _create_draft(self, subject: Subject, plan: _DraftPlan) -> Pixels:
        """Create the draft image of one object in a prompt, as straight RGBA (H, W, 4). The seed selects the memorised
        training image (or the colour of a silhouette) and the pose.
        """
        style, choice = plan.style, plan.choice
        if self.silhouettes and self._has_silhouette(subject, choice.variation):
            colours = self.silhouettes.colours(subject.drawing)
            # A low temperature prefers the first colours. Otherwise, all are equally likely.
            colour = colours[choice.pick({place: choice.focus**place for place in range(len(colours))}, "colour")]
            if choice.variation.suits_style:
                return self._draw_silhouette_as_icon(subject, colour, plan)
            is_toned = choice.variation.is_plain_icon and style in TWO_TONES and not subject.colour
            pixels = self.silhouettes.draw(subject.drawing, AREA if is_toned else colour, self.card.size)
            pixels = in_tone(pixels, style, style, None) if is_toned else pixels
        else:
            pixels = self._select_drawing(subject, plan)
        is_coloured = not choice.variation.suits_style or look_of(style) in (Look.AREAS, Look.OUTLINED)
        colour = subject.colour or (named_colour(subject.drawing, style) if is_coloured else "")
        if colour in COLOURS:
            pixels = recolor(pixels, colour, only_hues=not choice.variation.has_silhouettes)
        elif not choice.variation.is_plain_icon:
            pixels = tint(pixels, choice, subject.words)
        return Pose.choose(choice, subject.words).apply(pixels)

    def _draw_silhouette_as_icon(self, subject: Subject, colour: str, plan: _DraftPlan) -> Pixels:
        """Return the silhouette of an object in the way of a style: without lines, with lines or in two tones."""
        assert self.silhouettes is not None
        drawn = self.silhouettes.draw(subject.drawing, AREA, self.card.size)
        pixels = color_silhouette(drawn, PALETTE[colour], look_of(plan.style))
        if subject.colour in COLOURS:
            pixels = recolor(pixels, subject.colour)
        return Pose.choose(plan.choice, subject.words).apply(pixels)

    def _select_drawing(self, subject: Subject, plan: _DraftPlan) -> Pixels:
        """Return a memorised training image of an object, selected by the seed, as straight RGBA (H, W, 4). If there is
        none, return the typical image of the prior network.
        """
        tokens = self.tokenizer.styles
        variation = plan.choice.variation
        if variation.suits_style and (icon := self._select_icon(subject, plan)) is not None:
            return icon
        similar = [tokens[each] for each in plan.similar_styles() if each in tokens]
        components = plan.choice.components(plan.recall, subject, tokens[plan.source_style(subject)], similar)
        if components is None:
            return self.draw_typical(replace(subject, colour=""), plan.style if plan.is_styled else "")
        pixels = self.compose(components)
        return self._make_plain(pixels, subject, plan) if variation.is_plain_icon else pixels

    def _select_icon(self, subject: Subject, plan: _DraftPlan) -> Pixels | None:
        """Return a memorised drawing of an icon of a set, straight RGBA (H, W, 4), in the way of its style and without
        a tile, or None if there is none. The style's own drawing is used, or else that of the most suitable one.
        """
        tokens = self.tokenizer.styles
        drawn = plan.recall.drawings(subject.row[1:])
        named = self._tokenizer_of_drawings.names.styles_of
        sources = sources_of_icon(subject.drawing, plan.source_style(subject), named)
        sources = [each for each in sources if tokens.get(each) in drawn]
        found: Pixels | None = None
        for source in sources:
            components = plan.choice.components(plan.recall, subject, tokens[source])
            assert components is not None
            pixels = self.compose(components)
            look = look_of(source)
            is_suitable = True
            if look is not Look.AREAS and (usual := self._find_usual(subject, pixels, plan.recall)) is not None:
                pixels, look = usual, Look.AREAS
            if subject.drawing.endswith(" button"):
                pixels = extract_symbol(pixels, look)
            elif (tile := self._draw_tile(source, plan.recall)) is not None and is_tile(fill(pixels), fill(tile)):
                alone = cut_tile(pixels) if look is Look.AREAS else None
                is_suitable = alone is not None
                pixels = pixels if alone is None else alone
            if is_suitable or found is None:
                found = convert(pixels, look, look_of(plan.style), hollows_glyphs=plan.choice.variation.hollows_glyphs)
            if is_suitable:
                break
        return found

    def _find_usual(self, subject: Subject, pixels: Pixels, recall: PrototypeBasis) -> Pixels | None:
        """Return the drawing of an object in a colour ("red heart") among coloured areas, RGBA (H, W, 4), if the shape
        of a line drawing of the object differs from it, as that of the organ does. Otherwise, return None.
        """
        tokens = [token for style, token in self.tokenizer.styles.items() if look_of(style) is Look.AREAS]
        colours = {self.tokenizer.encode(colour)[1] for colour in COLOUR_WORDS}
        for _, *name in subject.related:
            drawn = recall.drawings(name)
            rows = [drawn[token] for token in tokens if token in drawn]
            if name[0] in colours and len(rows) >= 3:
                usual = self.compose(recall.select(rows[-1:])[0].float() * recall.step)
                return None if is_same_shape(pixels, usual) else usual
        return None

    def _make_plain(self, pixels: Pixels, subject: Subject, plan: _DraftPlan) -> Pixels:
        """Return the drawing of an icon of a set in the tone of its style, and without the tile behind it: the subject
        alone, or else a line drawing of it.
        """
        recall, style = plan.recall, plan.source_style(subject)
        names = {token: each for each, token in self.tokenizer.styles.items()}
        drawn = {names[token]: row for token, row in recall.drawings(subject.row[1:]).items()}
        # The thing by its own name, if the drawing has another one: a passport instead of "passport control".
        asked = recall.drawings(self.tokenizer.encode(" ".join(subject.named))[1:])
        source = next((each for each in (style, *plan.similar_styles()) if each in drawn), style)
        tiled = None
        if is_tile(pixels, self._draw_tile(source, recall)):
            if (alone := without_ground(pixels)) is not None:
                return alone
            others = {names[token]: row for token, row in asked.items()} | drawn
            if sources := line_sources(others):
                tiled, source = pixels, sources[0]
                pixels = self.compose(recall.select([others[source]])[0].float() * recall.step)
        return pixels if subject.colour else in_tone(pixels, style, source, tiled)

    def _draw_tile(self, style: str, recall: PrototypeBasis) -> Pixels | None:
        """Return the tile of a style, or None if its drawings have none."""
        row = recall.drawings(self.tokenizer.encode(TILE)[1:]).get(self.tokenizer.styles[style])
        if row is None:
            return None
        return self.compose(recall.select([row])[0].float() * recall.step)
