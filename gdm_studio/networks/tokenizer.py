"""Prompts to token ids: a style token first, then the pieces of the words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer as FastTokenizer
from tokenizers import models, normalizers, pre_tokenizers

from gdm_studio.networks.subject import Names

PADDING = 0  # fills the row
ANY_STYLE = 1  # stands first where no style is told
FIRST_STYLE = 2
FIRST_WORD = 64  # ids below are special, so that styles can be added without moving the words

UNKNOWN = "[UNK]"
NORMALIZER = normalizers.BertNormalizer(lowercase=True, strip_accents=True)
SPLITTER = pre_tokenizers.BertPreTokenizer()
MODIFIERS = dict.fromkeys([0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400)])  # variation selectors and skin tones


@dataclass(frozen=True)
class Subject:
    """What a prompt is about: ids as `Tokenizer.encode` gives them, of the thing and of the style if it is drawn in it,
    and the one colour that it is asked for in, which is not among them; "" for its own, or for several."""

    row: tuple[int, ...]
    colour: str = ""


class Lexicon:
    """How a prompt is put into words that captions have: emoji by their names, other words by the things they mean.

    `emoji` maps a character (sequence) to words; `things` has, under a thing's name, the words that are read as it.
    Raises TypeError or AttributeError where these are anything else.
    """

    def __init__(self, emoji: Mapping[str, str], things: Mapping[str, Sequence[str]]) -> None:
        self.emoji = dict(emoji)
        self.things = {thing: list(words) for thing, words in things.items()}
        texts = (*self.emoji.values(), *(word for words in self.things.values() for word in words))
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("emoji and words are not all text")
        self._longest = max(map(len, self.emoji), default=0)
        self._thing_of = {word: thing for thing, words in self.things.items() for word in words}

    def in_known_words(self, prompt: str) -> str:
        """The prompt as the model is told it."""
        named = "".join(f" {part} " if is_emoji else part for part, is_emoji in self.parts(prompt))
        if not self._thing_of:
            return named
        return " ".join(self.thing(word) or word for word in words_of(named))

    def thing(self, word: str) -> str:
        """What a word of `words_of`, or its plural, is read as; "" where it stands for itself."""
        return self._thing_of.get(word) or self._thing_of.get(word.removesuffix("s"), "")

    def parts(self, prompt: str) -> Iterator[tuple[str, bool]]:
        """The prompt in order: runs of text, and for each emoji its name, the longest sequence first."""
        prompt = plain_emoji(prompt)
        begin = at = 0
        while at < len(prompt):
            sizes = range(min(self._longest, len(prompt) - at), 0, -1)
            size = next((size for size in sizes if prompt[at : at + size] in self.emoji), 0)
            if size:
                yield prompt[begin:at], False
                yield self.emoji[prompt[at : at + size]], True
                begin = at + size
            at += size or 1
        yield prompt[begin:], False


class Tokenizer:
    """WordPiece over a given vocabulary (Wu et al. 2016), with styles as tokens and emoji read by their names.

    `vocab` lists word pieces in table order, continuations with leading `##`; `emoji` maps a character (sequence) to
    words; `lexicon` has, under a thing's name, the words that are read as it because no caption ever had them; `names`
    what drawings are called, as `Names` takes it. Raises ValueError, TypeError.
    """

    def __init__(
        self,
        vocab: Sequence[str],
        styles: Sequence[str],
        length: int,
        emoji: Mapping[str, str],
        lexicon: Mapping[str, Sequence[str]] | None = None,
        names: Mapping[str, int | Mapping[str, int]] | None = None,
    ) -> None:
        if len(styles) > FIRST_WORD - FIRST_STYLE:
            raise ValueError(f"at most {FIRST_WORD - FIRST_STYLE} styles fit, got {len(styles)}")
        self.vocab = list(vocab)
        self.length = length
        self.styles = {name: FIRST_STYLE + index for index, name in enumerate(styles)}
        self.reading = Lexicon(emoji, lexicon or {})
        self.emoji, self.lexicon = self.reading.emoji, self.reading.things
        self.names = Names(names or {})
        ids = {piece: FIRST_WORD + index for index, piece in enumerate(vocab)}
        ids[UNKNOWN] = PADDING  # dropped by encode
        self.pieces = FastTokenizer(models.WordPiece(ids, unk_token=UNKNOWN))
        self.pieces.normalizer = NORMALIZER
        self.pieces.pre_tokenizer = SPLITTER

    def encode(self, prompt: str, style: str | None = None) -> list[int]:
        """`length` ids: the style's (or that of any style), word pieces, padding. Words that fit no piece are left out.

        Raises KeyError for a style that the vocabulary does not have.
        """
        first = ANY_STYLE if style is None else self.styles[style]
        pieces = self.pieces.encode(self.reading.in_known_words(prompt)).ids
        words = [piece for piece in pieces if piece >= FIRST_WORD][: self.length - 1]
        return [first, *words] + [PADDING] * (self.length - 1 - len(words))

    def subjects(self, prompt: str, style: str | None = None) -> list[Subject]:
        """The things alone that the prompt is about, mostly one; the prompt itself where it names nothing known."""
        words = words_of(self.reading.in_known_words(prompt))
        number = None if style is None else self.styles[style] - FIRST_STYLE
        parts = self.names.things(words, number)
        named = [(part, name) for part in parts if (name := self.names.subject(part, number))]
        return [self._subject(*each, style) for each in named] or [Subject(tuple(self.encode(prompt, style)))]

    def _subject(self, words: Sequence[str], name: str, style: str | None) -> Subject:
        number = None if style is None else self.styles[style] - FIRST_STYLE
        drawing, is_in_style = self.names.drawing(name, number)
        colours = self.names.colours(words, name)
        said = [] if len(colours) == 1 else colours
        row = self.encode(" ".join([*said, drawing]), style if is_in_style else None)
        return Subject(tuple(row), "" if said or not colours else colours[0])

    def words(self, prompt: str) -> list[tuple[str, list[int]]]:
        """The words of the prompt as it is read, each with the places that its pieces have in `encode`'s row."""
        read = self.reading.in_known_words(prompt)
        cut = self.pieces.encode(read)
        known = [(word, span) for piece, word, span in zip(cut.ids, cut.word_ids, cut.offsets, strict=True)
                 if piece >= FIRST_WORD and word is not None][: self.length - 1]  # fmt: skip
        found: dict[int, tuple[str, list[int]]] = {}
        for place, (word, (begin, end)) in enumerate(known, start=1):
            text, places = found.get(word, ("", []))
            found[word] = (text + read[begin:end], [*places, place])
        return list(found.values())


def words_of(text: str) -> list[str]:
    """Its words and marks, in small letters and without accents, as they are cut into pieces."""
    return [word for word, _ in SPLITTER.pre_tokenize_str(NORMALIZER.normalize_str(text))]


def plain_emoji(text: str) -> str:
    """The text without variation selectors and skin tones, which name no thing."""
    return text.translate(MODIFIERS)
