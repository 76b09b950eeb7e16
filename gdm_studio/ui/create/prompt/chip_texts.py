"""Chips (small labels) below a prompt that show how the model reads its words, mistakes, and surplus tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gdm_studio.models.prompts.prompt_reading import (
    NearestDrawing,
    NoteKind,
    PartState,
    PromptNote,
    PromptPart,
    PromptReading,
)
from gdm_studio.models.prompts.word_classes import COLOUR_WORDS
from gdm_studio.request.prompt_templates import options_of
from gdm_studio.ui.create.prompt.prompt_checker import Mistake
from gdm_studio.ui.create.prompt.prompt_chips import ChipLook, PromptChip
from gdm_studio.ui.translation import joined_sentences, translate

# Maximum number of options that the chip of a choice names.
MOST_OPTIONS = 4
# Tokens of a prompt that CLIP reads together.
WINDOW = 75


@dataclass(frozen=True)
class ModelNames:
    """Names of a model and its styles, by their ids, that the chips of its prompts show."""

    title: str
    styles: Mapping[str, str]


def chips_of(reading: PromptReading, model: ModelNames, skipped: Sequence[tuple[int, int]] = ()) -> list[PromptChip]:
    """Return the chips (small labels) shown below a prompt to explain how the model reads it.

    Remarks about the whole prompt come first, then its parts in order, then similar drawings that the model knows.
    Parts that overlap the character ranges in `skipped` get no chip.
    """
    parts = [
        part
        for part in _join_counts(reading.parts)
        if not any(part.start < end and start < part.end for start, end in skipped)
    ]
    return [
        *(_chip_of_note(note, model.title) for note in reading.notes),
        *(_chip_of_part(part, model) for part in parts),
        *(_chip_of_drawing(drawing) for drawing in reading.nearest),
    ]


def trouble_of(reading: PromptReading, model: ModelNames, skipped: Sequence[tuple[int, int]] = ()) -> list[PromptChip]:
    """Return only the chips of `chips_of` that report trouble: problems, and parts that the model would ignore,
    guess or draw as the nearest thing, from another style or in one colour, or that are misspelt.

    Lists of subjects use this, because recognised subjects need no comment, and "icons" in a list are one of many.
    """
    notes = [
        note
        for note in reading.notes
        if note.kind not in (NoteKind.EMPTY, NoteKind.GUESS, NoteKind.ADAPTER, NoteKind.SERIES)
    ]
    ignored = [part for part in reading.parts if part.is_ignored or part.is_near or part.near or _is_borrowed(part)]
    chips = chips_of(PromptReading(tuple(ignored), tuple(notes)), model, skipped)
    guessed = [
        _chip_of_part(part, model) for part in reading.parts if part.state is PartState.GUESSED and not part.near
    ]
    # Among the things of a list, the chip has to say what its own look means.
    return chips + [replace(chip, text=chip.name, look=ChipLook.LEFT_OUT) for chip in guessed]


def unknown_of(reading: PromptReading, model: ModelNames) -> list[PromptChip]:
    """Return a chip (small label) for each word in a negative prompt that is unknown to the model."""
    return [_chip_of_part(part, model) for part in reading.parts if part.state is PartState.UNKNOWN]


def empty_chip(model: str) -> PromptChip:
    """Return the chip (small label) for an empty prompt, which says that the model will draw something random."""
    return _chip_of_note(PromptNote(NoteKind.EMPTY), model)


def _join_counts(parts: Sequence[PromptPart]) -> Iterator[PromptPart]:
    """Yield the parts of a prompt, each count together with the object that it counts, such as "three blue dogs".

    If the object is drawn, it also stays a part by itself. Otherwise, the count and the object are left out as one
    part.
    """
    remaining = [*parts]
    while remaining:
        part = remaining.pop(0)
        thing = _counted_words(part, remaining) if part.is_count else []
        if not thing:
            yield part
            continue
        text = " ".join(each.text for each in (part, *thing))
        if any(not each.is_ignored for each in thing):
            yield replace(part, text=text)
        else:
            rewrite = next((each.rewrite for each in (part, *thing) if each.rewrite), "")
            yield replace(part, text=text, end=thing[-1].end, drawn_count=0, rewrite=rewrite)
            del remaining[: len(thing)]


def _counted_words(count: PromptPart, parts: Sequence[PromptPart]) -> list[PromptPart]:
    """Return the first of `parts` that directly follow a count: the object that it counts and its colours."""
    words: list[PromptPart] = []
    end = count.end
    for part in parts:
        if part.start != end + 1 or part.is_count or part.near:
            break
        words.append(part)
        end = part.end
        if part.text.casefold() not in COLOUR_WORDS:
            break
    return words


def _is_borrowed(part: PromptPart) -> bool:
    """Return True if a part is drawn from another style's drawing or in one colour, and so may not suit its style."""
    return bool(part.drawn_from) or part.is_one_colour


def _chip_of_part(part: PromptPart, names: ModelNames) -> PromptChip:
    text, model = part.text, names.title
    if part.near and part.state is not PartState.UNKNOWN and not part.drawn_count:
        return _chip_of_correction(part)
    if part.near and not part.drawn_count:
        words = translate("PromptChips", "Did you mean {word}?").format(word=part.near)
        tooltip = translate("PromptChips", "{model} does not know “{text}”. Click to write “{word}” instead.")
        return PromptChip(
            words,
            ChipLook.SUGGESTION,
            words,
            tooltip.format(model=model, text=text, word=part.near),
            part.rewrite,
        )
    if part.drawn_count:
        if part.drawn_as:
            text = translate("PromptChips", "{text} → {drawing}").format(text=text, drawing=part.drawn_as)
        words = translate("PromptChips", "{text}: draws {count}").format(text=text, count=part.drawn_count)
        look = ChipLook.SUGGESTION if part.rewrite else ChipLook.NOTE
        return PromptChip(words, look, words, _click_hint(part), part.rewrite)
    if part.is_ignored:
        is_unknown = part.state is PartState.UNKNOWN
        name = (
            translate("PromptChips", "{text}, unknown and left out")
            if is_unknown
            else translate("PromptChips", "{text}, left out")
        )
        reason = (
            translate("PromptChips", "{model} does not know “{text}” and leaves it out.")
            if is_unknown
            else translate("PromptChips", "{model} leaves out “{text}”.")
        )
        tooltip = joined_sentences([reason.format(model=model, text=text), _click_hint(part)])
        return PromptChip(text, ChipLook.LEFT_OUT, name.format(text=text), tooltip, part.rewrite)
    if part.state is PartState.SHOWN:
        name = translate("PromptChips", "{text}, in the start picture").format(text=text)
        tooltip = translate("PromptChips", "The start picture shows it. Only what is new is drawn in the mask.")
        return PromptChip(text, ChipLook.PLAIN, name, tooltip)
    if part.state is PartState.GUESSED:
        name = translate("PromptChips", "{text}, guessed").format(text=text)
        tooltip = translate("PromptChips", "{model} has no drawing of this and guesses.").format(model=model)
        return PromptChip(text, ChipLook.PLAIN, name, tooltip)
    if part.state is PartState.IN_SOME_STYLES:
        name = translate("PromptChips", "{text}, drawn in some styles").format(text=text)
        tooltip = translate("PromptChips", "Drawn in some of the styles that a seed chooses.")
        return PromptChip(text, ChipLook.PLAIN, name, tooltip)
    if _is_borrowed(part) and not part.is_near:
        return _chip_of_borrowed(part, names)
    if part.drawn_as:
        words = translate("PromptChips", "{text} → {drawing}").format(text=text, drawing=part.drawn_as)
        name = translate("PromptChips", "{text}, drawn as {drawing}").format(text=text, drawing=part.drawn_as)
        tooltip = translate("PromptChips", "Drawing {drawing} for “{text}”").format(text=text, drawing=part.drawn_as)
        if part.is_near:
            tooltip = translate("PromptChips", "Nearest: {drawing}").format(drawing=part.drawn_as)
            return PromptChip(words, ChipLook.PLAIN, name, tooltip)
        return PromptChip(words, ChipLook.DRAWN, name, tooltip)
    name = translate("PromptChips", "{text}, drawn").format(text=text)
    return PromptChip(text, ChipLook.DRAWN, name, translate("PromptChips", "Will be drawn"))


def _chip_of_borrowed(part: PromptPart, names: ModelNames) -> PromptChip:
    """Return the chip of an object that is drawn from another style's drawing or in one colour."""
    text = part.text
    if part.drawn_as:
        text = translate("PromptChips", "{text} → {drawing}").format(text=text, drawing=part.drawn_as)
    style = names.styles.get(part.drawn_from, part.drawn_from)
    if not part.drawn_from:
        words = translate("PromptChips", "{text}: one colour")
    elif part.is_one_colour:
        words = translate("PromptChips", "{text}: one colour, from {style}")
    else:
        words = translate("PromptChips", "{text}: from {style}")
    words = words.format(text=text, style=style)
    tooltip = translate("PromptChips", "This style has no good drawing of it.") if part.drawn_from else words
    return PromptChip(words, ChipLook.PLAIN, words, tooltip)


def _chip_of_correction(part: PromptPart) -> PromptChip:
    """Return the chip of misspelt words that are read as others. A click on it corrects them."""
    correction = part.near if part.is_ignored else part.drawn_as or part.near
    words = translate("PromptChips", "{text} → {drawing}").format(text=part.text, drawing=correction)
    read = translate("PromptChips", "“{text}” is read as “{word}”.").format(text=part.text, word=part.near)
    if part.is_ignored:
        left_out = translate("PromptChips", "{text}, left out").format(text=words)
        return PromptChip(words, ChipLook.LEFT_OUT, left_out, joined_sentences([read, _click_hint(part)]), part.rewrite)
    name = translate("PromptChips", "{text}, drawn as {drawing}").format(text=part.text, drawing=correction)
    look = ChipLook.PLAIN if part.state in (PartState.GUESSED, PartState.IN_SOME_STYLES) else ChipLook.DRAWN
    return PromptChip(words, look, name, joined_sentences([read, _click_hint(part)]), part.rewrite)


def _chip_of_drawing(drawing: NearestDrawing) -> PromptChip:
    words = translate("PromptChips", "Nearest: {drawing}").format(drawing=drawing.name)
    tooltip = translate("PromptChips", "Click to write “{prompt}”.").format(prompt=drawing.rewrite)
    return PromptChip(words, ChipLook.SUGGESTION, words, tooltip, drawing.rewrite, drawing.name)


def _click_hint(part: PromptPart | PromptNote) -> str:
    if not part.rewrite:
        return ""
    return translate("PromptChips", "Click to write “{prompt}”.").format(prompt=part.rewrite)


def _chip_of_note(note: PromptNote, model: str) -> PromptChip:
    texts = {
        NoteKind.EMPTY: (
            translate("PromptChips", "Write what to draw"),
            translate("PromptChips", "Without a prompt, {model} draws something random."),
        ),
        NoteKind.LANGUAGE: (
            translate("PromptChips", "{model} does not know this language"),
            translate("PromptChips", "Most words are unknown to {model}. Write the prompt in English."),
        ),
        NoteKind.GUESS: (
            translate("PromptChips", "No such drawing: a guess"),
            translate("PromptChips", "{model} knows no drawing by these words and guesses from them."),
        ),
        NoteKind.TEXT: (
            translate("PromptChips", "Writes no text: “{value}”"),
            translate("PromptChips", "{model} cannot write words into a picture."),
        ),
        NoteKind.SYNTAX: (
            translate("PromptChips", "No weights here"),
            translate("PromptChips", "{model} reads plain words and the tags of LoRAs, but no weights of words."),
        ),
        NoteKind.ADAPTER: (
            translate("PromptChips", "LoRA {value}"),
            translate("PromptChips", "This LoRA changes the picture."),
        ),
        NoteKind.FOREIGN_ADAPTER: (
            translate("PromptChips", "{value} is for another model"),
            translate("PromptChips", "{model} cannot draw with this LoRA. Choose another one."),
        ),
        NoteKind.UNKNOWN_ADAPTER: (
            translate("PromptChips", "No LoRA “{value}”"),
            translate(
                "PromptChips",
                "No LoRA with this name is installed, or its file is damaged. Its tag is read as plain words.",
            ),
        ),
        NoteKind.NEGATION: (
            translate("PromptChips", "“{value}” is not understood"),
            translate("PromptChips", "Write what to leave out into the negative prompt."),
        ),
        NoteKind.EXCLUSION: (
            translate("PromptChips", "The words after “{value}” are ignored"),
            translate("PromptChips", "If the picture shows it anyway, write it into the negative prompt."),
        ),
        NoteKind.EXCLUDED_PHRASE: (
            translate("PromptChips", "“{value}” is left out"),
            translate("PromptChips", "If the picture shows it anyway, write it into the negative prompt."),
        ),
        NoteKind.LIMIT: (
            translate("PromptChips", "Only the first {value} words are read"),
            translate("PromptChips", "Things are found in the whole prompt; {model} reads no more words than these."),
        ),
        NoteKind.SERIES: (
            translate("PromptChips", "One picture; Set draws several"),
            translate(
                "PromptChips", "Turn on Set and write one thing per line: each gets a picture of its own, in one style."
            ),
        ),
    }
    text, tooltip = (each.format(model=model, value=note.value) for each in texts[note.kind])
    if note.near:
        words = translate("PromptChips", "Did you mean {word}?").format(word=note.near)
        return PromptChip(words, ChipLook.SUGGESTION, words, f"{text}\n{_click_hint(note)}", note.rewrite)
    looks = {NoteKind.ADAPTER: ChipLook.DRAWN, NoteKind.FOREIGN_ADAPTER: ChipLook.PROBLEM}
    return PromptChip(text, looks.get(note.kind, ChipLook.NOTE), text, tooltip)


def chips_of_mistakes(text: str, mistakes: Iterable[Mistake]) -> Iterator[PromptChip]:
    """Yield a chip (small label) for each mistake in a prompt with weights. A click on it applies the correction, if
    there is one.
    """
    for mistake in mistakes:
        if mistake.correction:
            words = translate("PromptChips", "Did you mean {word}?").format(word=mistake.label)
            rewrite = f"{text[: mistake.start]}{mistake.correction}{text[mistake.end :]}"
            yield PromptChip(words, ChipLook.SUGGESTION, words, mistake.sentence, rewrite)
        else:
            yield PromptChip(mistake.label, ChipLook.PROBLEM, mistake.sentence, mistake.sentence)


def chips_of_options(template: str, *, is_drawn: bool) -> Iterator[PromptChip]:
    """Yield a chip (small label) with the first options of each choice in a prompt template.

    `is_drawn` is True if the other chips describe the first image, and False if its seed is not known.
    """
    if is_drawn:
        tooltip = translate("PromptChips", "The seed of each picture chooses one. The first picture is described here.")
    else:
        tooltip = translate(
            "PromptChips", "The seed of each picture chooses one. Only the other words are described here."
        )
    several = translate("PromptChips", "The seed of each picture chooses {count} of them, in random order.")
    for choice in options_of(template):
        options = [option or "–" for option in dict.fromkeys(choice.options)]
        if len(options) == 1:
            continue
        ellipsis = ["…"] if len(options) > MOST_OPTIONS else []
        listed = " · ".join(options[:MOST_OPTIONS] + ellipsis)
        if (choice.low, choice.high) == (1, 1):
            text = translate("PromptChips", "Varies: {options}").format(options=listed)
            yield PromptChip(text, ChipLook.NOTE, text, tooltip)
            continue
        low, high = (min(bound, len(choice.options)) for bound in (choice.low, choice.high))
        count = str(low) if low == high else f"{low}–{high}"
        text = translate("PromptChips", "Varies, {count} of: {options}").format(count=count, options=listed)
        yield PromptChip(text, ChipLook.NOTE, text, several.format(count=count))


def words_left_out(reading: PromptReading) -> list[str]:
    """Return the phrases of a prompt that the model leaves out, each as its chip shows it, except counts of objects
    that it draws.
    """
    parts = _join_counts(reading.parts)
    return [part.text for part in parts if part.is_ignored and not part.drawn_count]


def chips_of_sometimes_left_out(words: Sequence[str], model: str) -> Iterator[PromptChip]:
    """Yield a chip (small label) for the words that a model leaves out for some options of a template, if any."""
    if not words:
        return
    ellipsis = ["…"] if len(words) > MOST_OPTIONS else []
    phrase = " · ".join([*words[:MOST_OPTIONS], *ellipsis])
    text = translate("PromptChips", "Sometimes left out: {words}").format(words=phrase)
    tooltip = translate("PromptChips", "With some of the options, {model} leaves these words out.")
    yield PromptChip(text, ChipLook.NOTE, text, tooltip.format(model=model))


def chip_of_tokens(count: int) -> PromptChip | None:
    """Return a warning chip for a prompt with more tokens than CLIP reads at once, or None for a shorter one."""
    if count <= WINDOW:
        return None
    text = translate("PromptChips", "%n token(s) beyond {limit}", "", count - WINDOW).format(limit=WINDOW)
    tooltip = translate("PromptChips", "They are read in parts of {limit} that know nothing of each other.")
    return PromptChip(text, ChipLook.NOTE, text, tooltip.format(limit=WINDOW))
