"""Prompts to token ids: a style token first, then the pieces of the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tokenizers import Tokenizer as FastTokenizer
from tokenizers import models, normalizers, pre_tokenizers

PADDING = 0  # fills the row
ANY_STYLE = 1  # stands first where no style is chosen
FIRST_STYLE = 2
FIRST_WORD = 64  # ids below are special, so that styles can be added without moving the words

UNKNOWN = "[UNK]"
MODIFIERS = dict.fromkeys([0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400)])  # variation selectors and skin tones


class Tokenizer:
    """WordPiece over a given vocabulary (Wu et al. 2016), with styles as tokens and emoji read by their names.

    `vocab` lists word pieces in table order, continuations with leading `##`; `emoji` maps a character (sequence) to
    words; `lexicon` has, under a thing's name, the words that are read as it because no caption ever had them.
    """

    def __init__(
        self,
        vocab: Sequence[str],
        styles: Sequence[str],
        length: int,
        emoji: Mapping[str, str],
        lexicon: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        if len(styles) > FIRST_WORD - FIRST_STYLE:
            raise ValueError(f"at most {FIRST_WORD - FIRST_STYLE} styles fit, got {len(styles)}")
        self.vocab = list(vocab)
        self.length = length
        self.styles = {name: FIRST_STYLE + index for index, name in enumerate(styles)}
        self.emoji = dict(emoji)
        self.longest_emoji = max(map(len, self.emoji), default=0)
        self.lexicon = {thing: list(words) for thing, words in (lexicon or {}).items()}
        self._things = {word: thing for thing, words in self.lexicon.items() for word in words}
        ids = {piece: FIRST_WORD + index for index, piece in enumerate(vocab)}
        ids[UNKNOWN] = PADDING  # dropped by encode
        self.pieces = FastTokenizer(models.WordPiece(ids, unk_token=UNKNOWN))
        self.pieces.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=True)
        self.pieces.pre_tokenizer = pre_tokenizers.BertPreTokenizer()

    def encode(self, prompt: str, style: str | None = None) -> list[int]:
        """`length` ids: the style's (or that of any style), word pieces, padding. Words that fit no piece are left out.

        Raises KeyError for a style that the vocabulary does not have.
        """
        first = ANY_STYLE if style is None else self.styles[style]
        pieces = self.pieces.encode(self._in_known_words(self._named(prompt))).ids
        words = [piece for piece in pieces if piece >= FIRST_WORD][: self.length - 1]
        return [first, *words] + [PADDING] * (self.length - 1 - len(words))

    def _in_known_words(self, prompt: str) -> str:
        """The prompt with the words of the lexicon, or their plurals, replaced by the things that they are read as."""
        if not self._things:
            return prompt
        normal = self.pieces.normalizer.normalize_str(prompt)
        words = [word for word, _ in self.pieces.pre_tokenizer.pre_tokenize_str(normal)]
        return " ".join(self._things.get(word) or self._things.get(word.removesuffix("s"), word) for word in words)

    def _named(self, prompt: str) -> str:
        """The prompt with each emoji replaced by its name, the longest sequence first."""
        if prompt.isascii():
            return prompt
        prompt = plain_emoji(prompt)
        out, at = [], 0
        while at < len(prompt):
            for size in range(min(self.longest_emoji, len(prompt) - at), 0, -1):
                name = self.emoji.get(prompt[at : at + size])
                if name is not None:
                    out.append(f" {name} ")
                    break
            else:
                size = 1
                out.append(prompt[at])
            at += size
        return "".join(out)


def plain_emoji(text: str) -> str:
    """The text without variation selectors and skin tones, which name no thing."""
    return text.translate(MODIFIERS)
