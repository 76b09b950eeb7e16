import pytest
import torch

from gdm_studio.models.prompts.word_tokenizer import Tokenizer
from gdm_studio.networks.icons.special_tokens import ANY_STYLE, FIRST_STYLE, FIRST_WORD, PADDING
from gdm_studio.networks.icons.text_encoder import TextConfig, TextEncoder

VOCAB = ["a", "cat", "dog", "##s", "red"]
EMOJI = {"🐱": "cat", "🐱‍🐶": "cat dog"}


@pytest.fixture
def tokenizer() -> Tokenizer:
    return Tokenizer(VOCAB, ["flat", "noto-v1"], 6, EMOJI)


def _word(piece: str) -> int:
    return FIRST_WORD + VOCAB.index(piece)


def test_style_comes_first_then_pieces_then_padding(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode("Red CATS!", "noto-v1")
    assert ids == [FIRST_STYLE + 1, _word("red"), _word("cat"), _word("##s"), PADDING, PADDING]


def test_an_empty_prompt_is_padding(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("") == [ANY_STYLE] + [PADDING] * 5


def test_long_prompts_are_truncated(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("cat " * 20) == [ANY_STYLE] + [_word("cat")] * 5


def test_unknown_words_are_dropped(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("zebra cat") == tokenizer.encode("cat")


@pytest.mark.parametrize("prompt", ["🐱", "🐱\N{VARIATION SELECTOR-16}", "🐱🏽", " 🐱 "])
def test_emoji_are_read_as_their_names(tokenizer: Tokenizer, prompt: str) -> None:
    assert tokenizer.encode(prompt) == tokenizer.encode("cat")


def test_the_longest_emoji_sequence_wins(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("a 🐱‍🐶🐱") == tokenizer.encode("a cat dog cat")


def test_accents_are_removed(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("Cät") == tokenizer.encode("cat")


@pytest.mark.parametrize("prompt", ["a pooch", "A Pooch!", "a hound"])
def test_lexicon_words_are_read_as_their_subjects(prompt: str) -> None:
    tokenizer = Tokenizer(VOCAB, [], 6, {}, {"red dog": ["pooch"], "dog": ["hound"]})
    assert tokenizer.encode(prompt) == tokenizer.encode("a red dog" if "ooch" in prompt else "a dog")
    assert tokenizer.encode(f"{prompt}s") == tokenizer.encode(prompt)


def test_unknown_style_is_refused(tokenizer: Tokenizer) -> None:
    with pytest.raises(KeyError):
        tokenizer.encode("cat", "baroque")


@torch.no_grad()
def test_padding_changes_nothing(tokenizer: Tokenizer) -> None:
    text = _encoder()
    ids = tokenizer.encode("red cat", "flat")
    long, _, pooled_long = text(torch.tensor([ids]))
    short, _, pooled_short = text(torch.tensor([ids[:3]]))
    torch.testing.assert_close(long[:, :3], short)
    torch.testing.assert_close(pooled_long, pooled_short)


@torch.no_grad()
def test_words_order_and_style_all_matter(tokenizer: Tokenizer) -> None:
    text = _encoder()
    prompts = [("cat", "flat"), ("dog", "flat"), ("cat", None), ("red cat", "flat"), ("", None)]
    _, mask, pooled = text(torch.tensor([tokenizer.encode(*prompt) for prompt in prompts]))
    assert mask.sum(1).tolist() == [2, 2, 1 + 1, 3, 1]
    assert torch.pdist(pooled).min() > 0.1
    text.correction.weight.fill_(1.0)
    for block in text.blocks:
        torch.nn.init.normal_(block.out.weight)
    tokens, _, _ = text(torch.tensor([tokenizer.encode("cat red"), tokenizer.encode("red cat")]))
    assert (tokens[0, 1:3].flip(0) - tokens[1, 1:3]).abs().max() > 1e-3


def _encoder() -> TextEncoder:
    torch.manual_seed(0)
    text = TextEncoder(TextConfig(words=len(VOCAB), word_width=8, width=24, heads=2, length=6))
    text.table.copy_(torch.randint(-127, 127, text.table.shape))
    text.table_scale.fill_(1 / 64)
    return text.eval()


@torch.no_grad()
def test_shared_components_do_not_dominate_the_words(tokenizer: Tokenizer) -> None:
    text = _encoder()
    text.correction.weight.fill_(1.0)
    for block in text.blocks:
        block.contract.bias.copy_(30 * torch.randn(24))
    tokens, _, pooled = text(torch.tensor([tokenizer.encode("cat"), tokenizer.encode("dog")]))
    assert (pooled[0] - pooled[1]).std() > 0.5
    assert (tokens[0, 1] - tokens[1, 1]).std() > 0.5
