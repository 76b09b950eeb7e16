"""Prompt reader of the built-in model: it predicts how the model interprets a prompt, using the model's tokenizer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from gdm_studio.models.families.icons.drawing_search import DrawingIndex
from gdm_studio.models.families.icons.icon_styles import (
    has_one_colour,
    similar_styles,
    sources_of,
    sources_of_icon,
    style_instead,
)
from gdm_studio.models.families.icons.lora_notes import LayerWidths, read_with_adapters
from gdm_studio.models.prompts.a1111_syntax import adapter_tags
from gdm_studio.models.prompts.modifiers import MEDIA
from gdm_studio.models.prompts.prompt_reading import (
    NearestDrawing,
    NoteKind,
    PartState,
    PromptNote,
    PromptPart,
    PromptReading,
)
from gdm_studio.models.prompts.subjects import MOST
from gdm_studio.models.prompts.translation_dictionary import (
    ENGLISH,
    FEW_UNKNOWN,
    FOREIGN,
    NO_LANGUAGE,
    Dictionary,
    Translation,
    translate_prompt,
)
from gdm_studio.models.prompts.vocabulary import Vocabulary
from gdm_studio.models.prompts.word_classes import (
    ADJECTIVES,
    ARTICLES,
    COLOUR_WORDS,
    ING_NOUNS,
    JOINING,
    NUMBER_WORDS,
    NUMBERS,
    OBJECT_VERBS,
    PEOPLE,
    PREPOSITIONS,
    SEPARATORS,
    SMALL_WORDS,
    TWO_OF,
    VERBS,
    forms,
)
from gdm_studio.models.prompts.word_tokenizer import Subject, Tokenizer, Word, words_of

# Numbers by their words. The model can draw only the numbers in `NUMBERS`.
COUNTS = {word: count for count, word in enumerate(NUMBER_WORDS, start=2)}
COUNTS |= {str(count): count for count in range(2, 100)} | {"several": 4, "many": 12, "dozen": 12, "hundred": 100}
COUNTS |= {"one": 1, "1": 1} | {first: 2 for first, _ in TWO_OF}
# Words that refer to any object.
FILLERS = frozenset(("anything", "everything", "nobody", "nothing", "somebody", "someone", "something"))
# Words that are true of each image of the model.
OF_ANY_IMAGE = frozenset(("emoji", "icon", "icons", "image", "picture"))
# Words that describe an object although they are also names of drawings.
DESCRIBING = (
    COLOUR_WORDS
    | ADJECTIVES
    | {"big", "large", "little", "tiny", "huge", "young", "new", "cute", "happy", "sad", "dark"}
)
QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{1,60})[\"”“»]")
WRITTEN = re.compile(r"\b(?:(?:the|with the) words?|text|letters|saying|says|titled)\s+(?::\s*)?([A-Z0-9][^\s,.;]*)")
WORDS_AFTER = re.compile(r"\bthe words?\s+([^\s,.;]+)", re.IGNORECASE)
# A word without surrounding punctuation.
PHRASE = re.compile(r"[^\W_](?:[\w'’-]*[^\W_])?")
# Text without surrounding spaces and punctuation.
REMOVED = re.compile(r"[^\W_](?:.*[^\W_]['’]?)?", re.DOTALL)
# Words after these are left out if the prompt names a known object, and otherwise affect the image. "No" at the start
# also begins names of signs, such as "no entry". "No" before a number, at the end, and in "say no to" negates nothing.
NEGATION = re.compile(
    r"(?:(?<=\w\s)(?:with no|and no|but no|but not|without|except|not|no)"
    r"|(?:(?<=[(,;–—])|(?<=--)|(?<=[(,;.–—-]\s)|^\s*)(?:no|not|without))"
    r"(?=\s+(?!to\b)[^\W\d_])",
    re.IGNORECASE,
)
# End of the words that a negation excludes.
EXCLUDED_END = re.compile(r"[,;.)]|\b(?:and|but)\b", re.IGNORECASE)
NEGATIVE_NOTES = (NoteKind.NEGATION, NoteKind.EXCLUSION)
# The number of a weight in brackets, or in the tag of an unknown LoRA. The tag of an installed LoRA is replaced with at
# least eight spaces.
SYNTAX = re.compile(r"(?:(?<=[^\s:])|(?<= {8})):\s*\d[\d.]*\s*(?=[>)])")
# A request for several pictures at the start of a prompt, such as "twelve icons for an app" and "a set of food icons".
SERIES = re.compile(
    r"\s*(?:(?:an?|the|my|some|several|many|\d+|" + "|".join(NUMBER_WORDS) + r")\s+)?"
    r"(?:(?:set|series|collection|pack|sheet)\s+of\s+)?(?:(?!(?:and|in|of|on|with)\b)[\w-]+\s+){0,3}?(?:icons|logos|emojis|stickers|sprites)\b",
    re.IGNORECASE,
)
# Longer prompts are read in only one style, and get no rewritten prompts that also draw the left-out objects. Each
# style and each of these prompts requires another reading.
MANY_WORDS = 80
# Maximum number of left-out objects and counts that get a rewritten prompt.
MOST_REWRITES = 6
# Maximum number of names that are shown for an object that the styles draw differently.
MOST_NAMES = 3


@dataclass(frozen=True)
class IconsReader:
    """Predictor of how the built-in model interprets a prompt, based on the tokenizer that also provides the model's
    input.
    """

    tokenizer: Tokenizer
    vocabulary: Vocabulary
    # Function that returns the layers of the model, which the LoRAs of a prompt must fit.
    load_widths: Callable[[], LayerWidths]
    dictionary: Dictionary | None = None
    # The memorised drawings, or None for a model without any.
    drawings: DrawingIndex | None = None
    # True if prompts are read as those of a set's icons.
    is_for_icons: bool = False
    # English prompt of the start image around a mask, or "".
    shown: str = ""

    def read(self, prompt: str, style: str = "", *, is_icon: bool = False, shown: str = "") -> PromptReading:
        """Predict how the model interprets a prompt in a style, or in the style that the seed will select. `shown` is
        the prompt of the start image around a mask.

        The tags of installed LoRAs do not count as words. Earlier rules of icons are not predicted: their prompts are
        read as those of other images.
        """
        if is_icon and not self.is_for_icons and self.vocabulary.draws_nearest:
            return self._icon_reader.read(prompt, style)
        if shown:
            return replace(self, shown=self._translate(shown).text).read(prompt, style)
        return read_with_adapters(
            prompt, lambda words, trained: self._read_words(words, style, trained), self.load_widths
        )

    @cached_property
    def _icon_reader(self) -> IconsReader:
        """Reader of the prompts of a set's icons, which are drawn from the plainest drawings."""
        sources = {style: sources_of(style) for style in self.tokenizer.styles}
        return replace(self, tokenizer=self.tokenizer.for_icons(sources), is_for_icons=True)

    def _read_words(self, prompt: str, style: str, trained: Container[str] | None) -> PromptReading:
        """Predict how the model interprets a prompt without the tags of installed LoRAs, which know the words
        `trained`.
        """
        if not prompt.strip():
            return PromptReading(notes=(PromptNote(NoteKind.EMPTY),))
        translation = self._translate(prompt, trained)
        reading = self._read(prompt, translation, style)
        unknown = [
            translation.source(part.start, part.end) for part in _find_unknown_main(translation.text, reading.parts)
        ]
        if translation.is_changed:
            reading = _map_reading_to_source(prompt, translation, reading)
        if self.dictionary is not None and translation.language == ENGLISH:
            reading = replace(reading, parts=tuple(self._with_english_name(prompt, part) for part in reading.parts))
        elif self.dictionary is not None:
            reading = self._with_corrections(prompt, reading)
        return self._with_nearest(prompt, reading, unknown)

    def _translate(self, prompt: str, trained: Container[str] | None = ()) -> Translation:
        if self.dictionary is None:
            return Translation(prompt)
        return translate_prompt(self.dictionary, self.vocabulary, prompt, trained)

    def _with_english_name(self, prompt: str, part: PromptPart) -> PromptPart:
        """Replace the correction of an unknown word that is a word of another language: "an old elefant"."""
        assert self.dictionary is not None
        name = self.dictionary.english_name(part.text) if part.state is PartState.UNKNOWN else ""
        if name in ("", part.text.casefold()):
            return part
        return _with_correction(prompt, part, name)

    def _with_corrections(self, prompt: str, reading: PromptReading) -> PromptReading:
        """Add the corrections of misspelt words to the prediction of a prompt in another language than English. They
        replace the remark that the model does not know the language.
        """
        assert self.dictionary is not None
        unknown = {part.text for part in reading.parts if part.state is PartState.UNKNOWN}
        corrections = self.dictionary.correct(prompt, unknown)
        if not corrections:
            return reading
        parts = list(reading.parts)
        for place, part in enumerate(parts):
            if part.state is PartState.UNKNOWN and (near := corrections.get(part.text)):
                parts[place] = _with_correction(prompt, part, near.capitalize() if part.text[0].isupper() else near)
        notes = tuple(note for note in reading.notes if note.kind is not NoteKind.LANGUAGE)
        return replace(reading, parts=tuple(parts), notes=notes)

    def _with_nearest(self, prompt: str, reading: PromptReading, unknown: Collection[tuple[int, int]]) -> PromptReading:
        """Add suggestions of similar objects to a prediction. They are added only if the model has memorised no image
        of the object in the prompt and draws the nearest one, must guess its appearance, or draws another object
        because the words in the ranges `unknown` (start, end), which name the object, are unknown.
        """
        guessed = [part for part in reading.parts if part.state in (PartState.GUESSED, PartState.UNKNOWN)]
        is_guess = any(note.kind is NoteKind.GUESS for note in reading.notes)
        if not is_guess:
            guessed = [part for part in guessed if (part.start, part.end) in unknown]
            guessed = [part for part in reading.parts if part.is_near] or guessed
        if self.drawings is None or not guessed or any(part.near for part in guessed):
            return reading
        start, end = guessed[0].start, guessed[-1].end
        drawn = {part.drawn_as for part in guessed}
        names = [name for name in self.drawings.nearest(prompt[start:end]) if name not in drawn]
        nearest = (NearestDrawing(name, _with_name(prompt, start, end, name)) for name in names)
        return replace(reading, nearest=tuple(nearest))

    def _read(self, source: str, translation: Translation, style: str) -> PromptReading:
        """Predict how the model interprets the translation of the prompt `source`. Weights are read from `source`,
        because the translation may lack the words before them.
        """
        prompt = translation.text
        found = [range(*match.span()) for match in SYNTAX.finditer(source)]
        weights = translation.unchanged({position for each in found for position in each})
        # A weight is replaced by a mark, so that the positions of the other words do not change.
        words = [
            Word("|", word.place, word.start, word.end) if word.start in weights else word
            for word in self.tokenizer.text_lexicon.read(prompt)
        ]
        style = style if style in self.tokenizer.styles else ""
        things = self._find_objects(prompt, style, words)
        parts = _select_one_per_span(
            [*self._iter_drawn_parts(prompt, style, things), *self._iter_ignored_parts(prompt, words, things)]
        )
        parts = [*_without_repeated_counts(parts)]
        parts = self._with_rewrites(prompt, style, words, things, parts)
        if translation.language != ENGLISH:
            # English words are not offered as corrections of words of another language.
            parts = [*map(_without_correction, parts)]
        parts = self._mark_shown_parts(prompt, parts)
        notes = tuple(self._iter_notes(prompt, parts, things, has_weights=_has_word_weights(source, found)))
        if any(note.kind is NoteKind.LANGUAGE for note in notes):
            parts = [*map(_without_correction, parts)]
        if series := SERIES.match(source):
            notes += (PromptNote(NoteKind.SERIES, series[0].strip()),)
        return PromptReading(tuple(parts), notes)

    def _mark_shown_parts(self, prompt: str, parts: Sequence[PromptPart]) -> list[PromptPart]:
        """Mark the parts of a prompt that a start image around a mask already shows: all but the new objects."""
        new = self.tokenizer.find_new_objects(prompt, self.shown) if self.shown else []
        spans = [
            (
                min(word.start for word in words if isinstance(word, Word)),
                max(word.end for word in words if isinstance(word, Word)),
            )
            for words in new
        ]
        is_new = [any(part.start < end and start < part.end for start, end in spans) for part in parts]
        return [
            part if each or not new or part.is_ignored else PromptPart(part.text, part.start, part.end, PartState.SHOWN)
            for part, each in zip(parts, is_new, strict=True)
        ]

    def _find_objects(self, prompt: str, style: str, words: Sequence[Word]) -> _Objects:
        """Determine which objects of a prompt will be drawn. If this depends on the style that the seed selects, return
        the most frequent result.
        """
        tokenizer = self.tokenizer
        styles = [style] if style else [*tokenizer.styles] if len(words) <= MANY_WORDS else []
        readings = [tokenizer.subjects(prompt, each) for each in styles] or [tokenizer.subjects(prompt)]
        lengths = Counter((word.start, word.end) for word in words)
        readings = [[_without_words_of_others(subject, lengths) for subject in reading] for reading in readings]
        kinds = Counter(tuple(map(_positions_of, reading)) for reading in readings)
        ((kind, _),) = kinds.most_common(1)
        usual = [reading for reading in readings if tuple(map(_positions_of, reading)) == kind]
        names = tuple(tuple(dict.fromkeys(reading[at].drawing for reading in usual)) for at in range(len(usual[0])))
        used = frozenset(word.place for subject in usual[0] for word in subject.used)
        sometimes = frozenset(word.place for reading in readings for subject in reading for word in subject.used)
        are_drawn = tuple(map(self._has_drawing, usual[0]))
        placing: tuple[Sequence[Word], ...] = ()
        drawn_in = styles[readings.index(usual[0])] if styles else None
        if arrangement := tokenizer.arrangement(prompt, drawn_in):
            written = ([word for word in words if isinstance(word, Word)] for words in arrangement.used)
            placing = tuple(filter(None, written))
            used |= {word.place for words in placing for word in words}
        return _Objects(usual[0], names, are_drawn, used, sometimes - used, tokenizer.excludes_all(prompt), placing)

    def _has_drawing(self, subject: Subject) -> bool:
        """Return True if the model has a memorised training image or silhouette of this object, from which its image
        can start.
        """
        return bool(subject.drawing) and (self.drawings is None or self.drawings.has(subject))

    def _iter_drawn_parts(self, prompt: str, style: str, things: _Objects) -> Iterator[PromptPart]:
        """Yield a `PromptPart` for each distinct object in the prompt that will be drawn, for each of its colours, and
        for the words that place the objects, such as "on" and "riding".
        """
        seen: set[tuple[int, ...]] = set()
        for subject, names, is_drawn in zip(things.subjects, things.names, things.are_drawn, strict=True):
            if not subject.drawing or _positions_of(subject) in seen:
                continue
            seen.add(_positions_of(subject))
            named = subject.named
            text = _join_words(prompt, named)
            if not is_drawn:
                yield PromptPart(text, named[0].start, named[-1].end, PartState.GUESSED)
                continue
            # The seed chooses among the drawings of women and men.
            own = {*forms(" ".join(named))}
            names = tuple(dict.fromkeys(_without_person(each, own) for each in names))
            drawn_as = "" if self._are_plain(names, " ".join(words_of(text))) else " or ".join(names[:MOST_NAMES])
            # In "bouquet of flowers", the flowers do not count.
            head = named[named.index("of") - 1] if "of" in named[1:] else named[-1]
            is_one = self._is_plural(head, names) and _count_of(things.subjects, subject) == 1
            drawn_from = self._find_other_style(subject, style)
            yield PromptPart(
                text,
                named[0].start,
                named[-1].end,
                PartState.DRAWN,
                drawn_as,
                # The lexicon, too, contains words that name no drawing, with the nearest name.
                is_near=subject.is_near or any(map(self.tokenizer.text_lexicon.thing, words_of(text))),
                drawn_count=1 if is_one else 0,
                drawn_from=drawn_from,
                is_one_colour=self._lacks_colours(subject, style, drawn_from),
            )
            for word in subject.used:
                if word.place not in _positions_of(subject):
                    yield PromptPart(_join_words(prompt, [word]), word.start, word.end, PartState.DRAWN)
        for placing in things.placing:
            yield PromptPart(_join_words(prompt, placing), placing[0].start, placing[-1].end, PartState.PLACING)

    def _are_plain(self, drawings: Collection[str], name: str) -> bool:
        """Return True if the name of an object says what the styles draw: the object itself or a kind of it, such as
        "red apple" for "apple". "Iron" does not, because most styles draw a waffle.
        """
        own = {*forms(name)}
        others = [drawing for drawing in drawings if drawing not in own]
        is_kind = self.tokenizer.names.is_synonym(name) or all(not own.isdisjoint(each.split()) for each in others)
        return len(others) < len(drawings) and is_kind

    def _find_other_style(self, subject: Subject, style: str) -> str:
        """Return the style of the drawing from which an object is drawn, or "" if it is the requested style or none is
        requested. An icon may start from yet another one if only its shape shows that a drawing does not suit.
        """
        if self.drawings is None or not style or self.drawings.is_silhouette(subject):
            return ""
        source = style_instead(subject.drawing, style)
        names = self.tokenizer.names.styles_of
        order = sources_of_icon(subject.drawing, source, names) if self.is_for_icons else similar_styles(source)
        found = self.drawings.find_style(subject, order)
        return found if found != style else ""

    def _lacks_colours(self, subject: Subject, style: str, drawn_from: str) -> bool:
        """Return True if an object is drawn in one colour, unlike the others of a style with several."""
        is_silhouette = self.drawings is not None and self.drawings.is_silhouette(subject)
        return not has_one_colour(style) and (is_silhouette or bool(drawn_from) and has_one_colour(drawn_from))

    def _is_plural(self, word: str, drawings: Sequence[str]) -> bool:
        """Return True if a word is the plural of an object that is drawn once by the given drawings."""
        singulars = [*forms(word)][1:] if not word.endswith("ss") else []
        is_shown = any(word in drawing.split() for drawing in drawings)
        return not is_shown and any(map(self.tokenizer.names.is_drawn, singulars))

    def _iter_ignored_parts(self, prompt: str, words: Sequence[Word], things: _Objects) -> Iterator[PromptPart]:
        """Yield the words of the prompt that have no effect. Words that together name a known object are yielded as one
        phrase.
        """
        unused: list[list[Word]] = [[]]
        small = SMALL_WORDS if things.is_guess else SMALL_WORDS | OF_ANY_IMAGE
        for word in words:
            if word.place in things.used or word in small or not any(mark.isalnum() for mark in word):
                unused.append([])
            elif word in COUNTS:
                unused.append([])
                count = _count_after(things.subjects, word.place)
                is_pair = [word, "of"] in TWO_OF and count > 0
                if count != COUNTS[word] and not is_pair:
                    text = _join_words(prompt, [word])
                    place = word.start, word.end
                    yield PromptPart(text, *place, PartState.LEFT_OUT, drawn_count=count, is_count=True)
            else:
                unused[-1].append(word)
        for run in filter(None, unused):
            for phrase in self._split_into_phrases(run):
                yield self._create_ignored_part(prompt, phrase, things)

    def _split_into_phrases(self, run: Sequence[Word]) -> Iterator[Sequence[Word]]:
        """Split a sequence of neighbouring words into phrases: the name of a known object is one phrase, and every
        other word is a phrase by itself.
        """
        named = tuple(word for word in self.tokenizer.names.match(run).words if isinstance(word, Word))
        if len(named) > 1 and [word.place for word in named] == [*range(named[0].place, named[-1].place + 1)]:
            at = named[0].place - run[0].place
            yield from ([word] for word in run[:at])
            yield named
            yield from ([word] for word in run[at + len(named) :])
        else:
            # The words of an emoji or a synonym are one part.
            yield from ([*words] for _, words in groupby(run, key=lambda word: (word.start, word.end)))

    def _create_ignored_part(self, prompt: str, phrase: Sequence[Word], things: _Objects) -> PromptPart:
        text = _join_words(prompt, phrase)
        place = phrase[0].start, phrase[-1].end
        if things.is_guess:
            state = PartState.GUESSED
        elif self._is_shown(prompt, phrase, things.subjects):
            state = PartState.DRAWN
        elif {word.place for word in phrase} & things.sometimes:
            state = PartState.IN_SOME_STYLES
        else:
            state = PartState.LEFT_OUT
        if text.casefold() in VERBS | OBJECT_VERBS:
            # Verbs are known although no drawing has their names.
            return PromptPart(text, *place, state)
        written = [reading for reading in self.vocabulary.unknown_words(text) if not reading.read_as]
        if state is PartState.IN_SOME_STYLES or not written:
            return PromptPart(text, *place, state)
        near = written[0].near if len(phrase) == 1 else ""
        rewrite = f"{prompt[: place[0]]}{near}{prompt[place[1] :]}" if near else ""
        return PromptPart(text, *place, PartState.UNKNOWN, near=near, rewrite=rewrite)

    def _is_shown(self, prompt: str, phrase: Sequence[Word], subjects: Sequence[Subject]) -> bool:
        """Return True if the drawing of an object shows these words of its name too, because they are another name of
        the drawing, as "cup" is for the hot beverage of "a cup of coffee".
        """
        names = [*forms(" ".join(phrase))]

        def is_of(subject: Subject) -> bool:
            if not subject.named or not any(self.tokenizer.names.may_mean(name, subject.drawing) for name in names):
                return False
            first, second = sorted([(phrase[0].start, phrase[-1].end), (subject.named[0].start, subject.named[-1].end)])
            between = words_of(prompt[first[1] : second[0]])
            return (PREPOSITIONS | SEPARATORS).isdisjoint(between)

        return any(map(is_of, subjects))

    def _iter_notes(
        self, prompt: str, parts: Sequence[PromptPart], things: _Objects, *, has_weights: bool
    ) -> Iterator[PromptNote]:
        unknown = [part for part in parts if part.state is PartState.UNKNOWN]
        content = [part for part in parts if part.text.casefold() not in COLOUR_WORDS]
        is_drawn = any(part.state is PartState.DRAWN for part in content)
        if not is_drawn and _seems_foreign(prompt, unknown, content, self.vocabulary.exists):
            yield PromptNote(NoteKind.LANGUAGE)
        elif things.is_guess and self.tokenizer.names.styles_of and not any(part.near for part in parts):
            yield PromptNote(NoteKind.GUESS)
        if things.are_excluded:
            yield PromptNote(NoteKind.EMPTY)
        # Quotation marks around the whole prompt do not mark lettering.
        quoted = None if QUOTED.fullmatch(prompt.strip()) else QUOTED.search(prompt)
        written = (quoted, WRITTEN.search(prompt), WORDS_AFTER.search(prompt))
        if text := next((found[1] for found in written if found), ""):
            yield PromptNote(NoteKind.TEXT, text)
        if has_weights:
            yield PromptNote(NoteKind.SYNTAX)
        negation = NEGATION.search(prompt)
        # A drawing may have a negation in its name, such as "face without mouth".
        if negation and not any(part.start <= negation.start() < part.end and not part.is_ignored for part in parts):
            is_excluded = next((part.is_ignored for part in parts if part.start >= negation.end()), False)
            yield PromptNote(NoteKind.EXCLUSION if is_excluded else NoteKind.NEGATION, negation[0])
        read = self.tokenizer.words(prompt)
        pieces = [place for _, places in read for place in places]
        if len(pieces) == self.tokenizer.length - 1 and self._is_longer(prompt):
            count = _count_words(word for word, _ in read)
            # The last word may be read in part.
            if count < _count_words(words_of(prompt)):
                yield PromptNote(NoteKind.LIMIT, str(count))

    def _is_longer(self, prompt: str) -> bool:
        tokenizer = self.tokenizer
        return len(tokenizer.pieces.encode(tokenizer.text_lexicon.translate(prompt)).ids) > tokenizer.length - 1

    def _with_rewrites(
        self, prompt: str, style: str, words: Sequence[Word], things: _Objects, parts: Sequence[PromptPart]
    ) -> list[PromptPart]:
        """Add rewritten prompts, as suggestions, to the first objects and counts that the model would leave out. It
        draws them with the rewritten prompt. Long prompts, and prompts that only exclude objects, get no suggestions.
        """
        if len(words) > MANY_WORDS or things.are_excluded:
            return [*parts]
        found = []
        left = MOST_REWRITES
        excluded = [
            range(match.start(), _find_excluded_end(prompt, match.end())) for match in NEGATION.finditer(prompt)
        ]
        for part in parts:
            is_suggested = part.state is PartState.LEFT_OUT or part.drawn_count
            if is_suggested and left and not any(part.start in each for each in excluded):
                left -= 1
                run = [word for word in words if part.start <= word.start < part.end]
                if part.state is PartState.DRAWN:
                    rewrite = self._with_two(prompt, style, words, things, run)
                elif run[0] in COUNTS:
                    rewrite = self._with_count(prompt, style, run[0], part)
                else:
                    rewrite = self._with_object(prompt, style, words, things, run)
                part = replace(part, rewrite=rewrite)
            found.append(part)
        return found

    def _with_two(self, prompt: str, style: str, words: Sequence[Word], things: _Objects, run: Sequence[Word]) -> str:
        """Insert "two" before an object with the plural name `run`, so that the model draws two of it. Return the new
        prompt, or "" if the model would not draw two.
        """
        subject = next(each for each in things.subjects if run[-1].place in _positions_of(each))
        first = words[_first_position(subject)].start
        candidate = f"{prompt[:first]}two {prompt[first:]}"
        drawings = Counter(each.drawing for each in self.tokenizer.subjects(candidate, style or None))
        wanted = Counter([*(each.drawing for each in things.subjects), subject.drawing])
        return candidate if drawings == wanted else ""

    def _with_count(self, prompt: str, style: str, number: Word, part: PromptPart) -> str:
        """Replace a count that the model cannot draw with the nearest one that it can draw. Returns the new prompt, or
        "" if no count is possible.
        """
        if [number, "of"] in TWO_OF:
            return ""
        drawn = [(word, count) for word, count in NUMBERS.items() if not word.isdigit()]
        for word, count in sorted(drawn, key=lambda each: abs(each[1] - COUNTS[number])):
            candidate = f"{prompt[: part.start]}{word}{prompt[part.end :]}"
            if _count_after(self.tokenizer.subjects(candidate, style or None), number.place) == count:
                return candidate
        return ""

    def _with_object(
        self, prompt: str, style: str, words: Sequence[Word], things: _Objects, run: Sequence[Word]
    ) -> str:
        """Rewrite a prompt so that the model also draws the object named by the words `run`, which it would otherwise
        ignore. Returns "" if no such prompt is found.

        Other words of the prompt are retained if possible.
        """
        drawing = self._find_drawing_name(run)
        if not drawing or len(things.subjects) >= MOST or _belongs_to_noun(words, run):
            return ""
        wanted = Counter([*(subject.drawing for subject in things.subjects), drawing])
        place = run[0].place
        added = _with_article(_find_article(words, place) or _choose_article(_join_words(prompt, run)), prompt, run)
        last = max(subject.named[-1].place for subject in things.subjects)
        between = [word for word in words if last < word.place < place]
        candidates = []
        if last < place and SMALL_WORDS.issuperset(between) and JOINING.isdisjoint(between):
            candidates.append(f"{prompt[: words[last].end]} and {added}{prompt[run[-1].end :]}")
        phrases = {_first_position(subject): _describe_subject(prompt, words, subject) for subject in things.subjects}
        phrases[place] = added
        candidates.append(" and ".join(phrases[each] for each in sorted(phrases)))
        for each in candidates:
            drawings = Counter(subject.drawing for subject in self.tokenizer.subjects(each, style or None))
            if drawings == wanted:
                return each
        return ""

    def _find_drawing_name(self, run: Sequence[Word]) -> str:
        """Return the name of the memorised training image to which these words refer. Returns "" if they name no
        drawable object or only describe one.
        """
        names = self.tokenizer.names
        name = names.match(run).name
        if not names.is_drawn(name) or names.is_activity(name) or (DESCRIBING | MEDIA).issuperset(run):
            return ""
        drawing = names.drawing(name, None)[0]
        if run[-1].endswith("ing") and run[-1] not in ING_NOUNS:
            return ""
        # A beard is drawn with its man.
        is_of_person = drawing != name and not PEOPLE.isdisjoint(drawing.split())
        return drawing if drawing.endswith(name) and not is_of_person else ""


@dataclass(frozen=True)
class _Objects:
    """Objects that a prompt draws in most of the styles that a seed may select, with the names of the training images
    used for them.

    `used` contains the positions of the words that select these objects, and `sometimes` the positions of words that
    matter only in other styles.
    """

    subjects: Sequence[Subject]
    names: tuple[tuple[str, ...], ...]
    # For each subject, True if its image starts from a drawing.
    are_drawn: tuple[bool, ...]
    used: frozenset[int]
    sometimes: frozenset[int]
    # True if the prompt excludes everything that it names.
    are_excluded: bool
    # Words that place the objects, and those of the background.
    placing: tuple[Sequence[Word], ...] = ()

    @property
    def is_guess(self) -> bool:
        """True if the model has no memorised training image or silhouette of any object that the prompt requests."""
        return not any(self.are_drawn) and not self.are_excluded


def _count_words(words: Iterable[str]) -> int:
    """Return the number of words, without punctuation marks."""
    return sum(any(map(str.isalnum, word)) for word in words)


def _map_reading_to_source(prompt: str, translation: Translation, reading: PromptReading) -> PromptReading:
    """Map the interpretation of a translated prompt back to the words of the original prompt.

    Translated objects and colours include their English words. Rewrites of the translation are omitted, except
    corrections of spelling and rewrites of an English prompt whose spelling was corrected, and words that it removed
    are marked as removed.
    """
    gaps = [segment for segment in translation.segments if segment.is_removed]
    # A phrase of another language such as "Foto von" is one part.
    words = PHRASE if translation.language == ENGLISH else REMOVED
    parts = [
        PromptPart(found[0], segment.start + found.start(), segment.start + found.end(), PartState.LEFT_OUT)
        for segment in gaps
        for found in words.finditer(prompt[segment.start : segment.end])
        if found[0].casefold() not in SMALL_WORDS | OF_ANY_IMAGE
        and not any(start <= segment.start < end for start, end in translation.requests)
    ]
    for part in reading.parts:
        start, end = translation.source(part.start, part.end)
        is_renamed = part.state is PartState.DRAWN and translation.is_translated(part.start, part.end)
        drawn_as = part.drawn_as or (part.text if is_renamed else "")
        is_unused = part.state is PartState.UNKNOWN and (start, end) in translation.unused
        state = PartState.LEFT_OUT if is_unused else part.state
        text = prompt[start:end]
        moved = replace(part, text=text, start=start, end=end, state=state, drawn_as=drawn_as)
        moved = _with_correction(prompt, moved, part.near)
        if part.rewrite and not part.near and translation.is_only_corrected:
            moved = replace(moved, rewrite=part.rewrite)
        parts.append(_with_own_correction(prompt, translation, moved))
    parts += _iter_unnamed_corrections(prompt, translation, parts)
    # "Anciano" is an "old man", of whom "anciano con barba" ("man beard") draws the man.
    ends = {part.start: part.end for part in parts if part.state is PartState.DRAWN}
    parts = [part for part in parts if part.state is PartState.DRAWN or part.end > ends.get(part.start, 0)]
    notes = [_map_note_to_source(prompt, translation, note) for note in reading.notes]
    notes += [PromptNote(NoteKind.EXCLUDED_PHRASE, phrase) for phrase in translation.exclusions]
    return PromptReading(tuple(_select_one_per_span(parts)), tuple(notes))


def _map_note_to_source(prompt: str, translation: Translation, note: PromptNote) -> PromptNote:
    """Quote a negation, or words that would be written into the image, in the prompt's language."""
    quoted = None
    if note.kind in NEGATIVE_NOTES:
        quoted = NEGATION.search(translation.text)
    elif note.kind is NoteKind.TEXT:
        quoted = re.search(re.escape(note.value), translation.text)
    return replace(note, value=prompt[slice(*translation.source(*quoted.span()))].strip()) if quoted else note


def _find_unknown_main(text: str, parts: Sequence[PromptPart]) -> list[PromptPart]:
    """Return the unknown words before the first drawn object, if that object follows a preposition, as in "a pelican on
    a rock". Words such as "something" are left out.
    """
    first = next((place for place, part in enumerate(parts) if part.state is PartState.DRAWN), 0)
    main = parts[:first]
    between = text[main[-1].end : parts[first].start] if main else ""
    if PREPOSITIONS.isdisjoint(between.casefold().split()):
        return []
    return [part for part in main if part.state is PartState.UNKNOWN and part.text.casefold() not in FILLERS]


def _with_correction(prompt: str, part: PromptPart, near: str) -> PromptPart:
    """Set the corrected spelling of a part and the prompt that contains it. An empty `near` removes both."""
    return replace(part, near=near, rewrite=f"{prompt[: part.start]}{near}{prompt[part.end :]}" if near else "")


def _with_own_correction(prompt: str, translation: Translation, part: PromptPart) -> PromptPart:
    """Add the correct spelling of the misspelt words in a part, with the prompt that contains it."""
    inside = [each for each in translation.corrections if part.start <= each.start and each.end <= part.end]
    if not inside or part.state is PartState.UNKNOWN:
        return part
    rewrite = prompt
    for each in reversed(inside):
        written = prompt[each.start : each.end]
        word = each.word.upper() if written.isupper() else each.word
        word = word.capitalize() if written.istitle() else word
        rewrite = f"{rewrite[: each.start]}{word}{rewrite[each.end :]}"
    near = rewrite[part.start : part.end + len(rewrite) - len(prompt)]
    return replace(part, near=near, rewrite=rewrite)


def _iter_unnamed_corrections(
    prompt: str, translation: Translation, parts: Sequence[PromptPart]
) -> Iterator[PromptPart]:
    """Yield a part for each misspelt word that does not belong to any part, such as a number."""
    for each in translation.corrections:
        if not any(part.start <= each.start and each.end <= part.end for part in parts):
            part = PromptPart(prompt[each.start : each.end], each.start, each.end, PartState.DRAWN, each.word)
            yield _with_own_correction(prompt, translation, part)


def _without_correction(part: PromptPart) -> PromptPart:
    return replace(part, near="", rewrite="") if part.near else part


def _select_one_per_span(parts: Sequence[PromptPart]) -> list[PromptPart]:
    """Return the parts of a prompt in order, only one for each range of characters: the first drawn one if there is
    any. A translated word or an emoji can have several parts, because the model reads it as several words.
    """
    found: dict[tuple[int, int], PromptPart] = {}
    for part in parts:
        if found.setdefault((part.start, part.end), part).state is not PartState.DRAWN:
            found[part.start, part.end] = part
    return sorted(found.values(), key=lambda part: part.start)


def _with_name(prompt: str, start: int, end: int, name: str) -> str:
    """Replace the characters `start` to `end` of a prompt with the name of an object, and correct the article before
    it.
    """
    before = prompt[:start]
    if article := re.search(r"\ban?\s+$", before, re.IGNORECASE):
        before = f"{before[: article.start()]}{_choose_article(name)} ".lstrip()
    return f"{before}{name}{prompt[end:]}"


def _without_words_of_others(subject: Subject, lengths: Mapping[tuple[int, int], int]) -> Subject:
    """Return an object without used words that belong to the name of another emoji, such as the "face" of 🐶 in
    "🐱🐶". `lengths` contains the number of words of each emoji and word, by its range of characters.
    """
    named = {(word.start, word.end) for word in subject.named}
    used = Counter((word.start, word.end) for word in subject.used)
    own = (
        word
        for word in subject.used
        if (span := (word.start, word.end)) in named or used[span] == lengths[span] or word == subject.colour
    )
    return replace(subject, used=tuple(own))


def _without_person(drawing: str, named: Collection[str]) -> str:
    """Return the name of a drawing without the word for a person before an occupation that the prompt names: "farmer"
    for "woman farmer" if `named` contains "farmer".
    """
    first, _, rest = drawing.partition(" ")
    is_occupation = first in ("man", "woman") and rest in named and not rest.endswith("ing")
    return rest if is_occupation else drawing


def _positions_of(subject: Subject) -> tuple[int, ...]:
    return tuple(word.place for word in subject.named)


def _has_word_weights(prompt: str, weights: Sequence[range]) -> bool:
    """Return True if any of the given weights in a prompt is not in the tag of a LoRA."""
    inside = {place for tag in adapter_tags(prompt) for place in range(tag.start, tag.end)}
    return any(each.start not in inside for each in weights)


def _join_words(prompt: str, words: Sequence[Word]) -> str:
    """Return these words of a prompt as the user wrote them, separated by spaces."""
    spans = dict.fromkeys((word.start, word.end) for word in words)
    return " ".join(prompt[start:end] for start, end in spans)


def _count_after(subjects: Sequence[Subject], place: int) -> int:
    """Return how many copies will be drawn of the first object that is named after a given position in the prompt.
    Returns 0 if no object follows.
    """
    after = [_positions_of(subject) for subject in subjects if subject.named and subject.named[0].place > place]
    return after.count(min(after)) if after else 0


def _without_repeated_counts(parts: Sequence[PromptPart]) -> Iterator[PromptPart]:
    """Yield the parts of a prompt. Remove the count from objects after a count that is changed, because its part
    already contains the number of objects drawn.
    """
    is_counted = False
    for part in parts:
        yield replace(part, drawn_count=0) if is_counted and not part.is_count else part
        is_counted = part.is_count or is_counted and part.text.casefold() in COLOUR_WORDS


def _count_of(subjects: Sequence[Subject], subject: Subject) -> int:
    """Return how many copies will be drawn of an object."""
    return [_positions_of(each) for each in subjects].count(_positions_of(subject))


def _find_excluded_end(prompt: str, start: int) -> int:
    """Return the index at which the words end that a negation before the index `start` excludes."""
    found = EXCLUDED_END.search(prompt, start)
    return found.start() if found else len(prompt)


def _belongs_to_noun(words: Sequence[Word], run: Sequence[Word]) -> bool:
    """Return True if the words `run` describe another noun or count it: "vampire bat", "star-shaped cookie", "king's
    crown", "made of ice", "bowl of soup". A participle such as "breathing" is not a noun.
    """
    following = words[run[-1].place + 1] if run[-1].place + 1 < len(words) else ""
    is_quantity = following == "of"
    is_material = "made" in words[max(run[0].place - 3, 0) : run[0].place]
    is_before_noun = following.isalpha() and following not in SMALL_WORDS and not following.endswith("ing")
    is_part_of_word = following in ("-", "'", "’")
    return is_quantity or is_material or is_before_noun or is_part_of_word


def _first_position(subject: Subject) -> int:
    return min(word.place for word in subject.used)


def _describe_subject(prompt: str, words: Sequence[Word], subject: Subject) -> str:
    """Return the phrase that describes an object in a prompt: its words, with the article or number and the colours."""
    first = _first_position(subject)
    before = words[first - 1] if first else ""
    if before in DESCRIBING and before not in NUMBERS:
        first -= 1
    return _with_article(before if before in NUMBERS else _find_article(words, first), prompt, subject.used)


def _with_article(article: str, prompt: str, words: Sequence[Word]) -> str:
    text = _join_words(prompt, words)
    if article in ("a", "an"):
        article = _choose_article(text) or article
    return f"{article} {text}".lstrip()


def _find_article(words: Sequence[Word], place: int) -> str:
    return words[place - 1] if place and [words[place - 1]] in ARTICLES else ""


def _choose_article(text: str) -> str:
    """Return the article "a" or "an" for the name of an object, or "" for a plural or an emoji."""
    if not text[:1].isalpha() or text.endswith("s") and not text.endswith("ss"):
        return ""
    return "an" if text[:1].casefold() in "aeiou" else "a"


def _seems_foreign(
    prompt: str, unknown: Sequence[PromptPart], content: Sequence[PromptPart], exists: Callable[[str], bool]
) -> bool:
    """Return True if the prompt seems to be in an unsupported language: most of its words are unknown, neither misspelt
    nor existing in English, or not in Latin letters.
    """
    ignored = {
        at for token in re.finditer(r"\S+", prompt) if NO_LANGUAGE.fullmatch(token[0]) for at in range(*token.span())
    }
    unknown = [part for part in unknown if part.start not in ignored]
    strange = [part for part in unknown if not part.near and not exists(part.text.casefold())]
    if any(letter.isalpha() and ord(letter) > 0x24F for part in unknown for letter in part.text):
        return 2 * len(unknown) > len(content)
    foreign = not FOREIGN.isdisjoint(prompt.casefold().split())
    is_most = 2 * len(unknown) > len(content)
    return is_most and (foreign or len(strange) >= FEW_UNKNOWN and 3 * len(strange) > 2 * len(content))
