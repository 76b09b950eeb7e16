"""Command that composes the second list of evaluation prompts, and estimates how often each subject is requested.

It is run by `python -m gdm_studio.training.evaluation.prompt_list_builder`.

48 prompts are names of single things, sampled with weights by word frequency from the names that a model knows and that
are in a dictionary ("watermelon", not "mobile phone with arrow"). Dictionary and frequencies come from WordNet. The
frequency is the count of the word as a noun in WordNet's sense-tagged texts (SemCor: news, fiction and essays in
everyday English). Emoji statistics are no substitute: CLDR and emojilib order emoji by kind, and emoji in messages are
mostly faces and hearts.

The weight is the square root of one more than the count. With the count itself, "house", "man" and "door" would be half
of the list, and "pizza", "robot" and "panda", which are not in these texts, would not occur. People have the same
weight as in training.

16 more prompts have a colour or a mood, or combine two things, sampled in the same way. Prompts have no articles, like
prompts typed by users. Hashes decide which prompts have which style. Nothing was chosen by hand or by looking at
generated images.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import re
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path

from gdm_studio.common.archive_errors import ARCHIVE_ERRORS
from gdm_studio.common.atomic_files import write
from gdm_studio.common.errors import StudioError
from gdm_studio.models.prompts.word_classes import COLOUR_WORDS
from gdm_studio.training.data import dataset
from gdm_studio.training.data.catalogue import DEMAND, KIND_WEIGHTS, captions_of, catalogue, kind
from gdm_studio.training.data.dataset import EMOJI_SETS
from gdm_studio.training.data.heldout_icons import is_heldout
from gdm_studio.training.data.package_downloads import WORDNET, archive
from gdm_studio.training.evaluation.statistics import HUES
from gdm_studio.training.table_builders.lexicon import WordNet

# The number of prompts of each kind.
PLAIN = 48
COLOURED = 6
MOODY = 5
DOUBLE = 5
MOODS = ("happy", "sad", "angry", "sleepy", "scared", "surprised", "proud", "shy")
# An object counts as known to a model if at least this number of emoji-like sets draw it.
LEAST_SETS = 4
# The flat styles.
STYLES = tuple(style for style in EMOJI_SETS if style != "fluent-emoji")
# The kinds of icons that may be requested.
KINDS = frozenset({"thing", "face", "person"})
# WordNet categories of objects that can have a mood.
ALIVE = frozenset({"animal", "person"})

_NOUN = re.compile(r"^(?P<word>[^%]+)%1:\S+ \d{8} \d+ (?P<count>\d+)$")


def weights(counts: Mapping[str, int]) -> dict[str, float]:
    """Return the sampling weights of captions for composing evaluation prompts. A weight depends on the caption's word
    frequency in `counts`.

    Only objects that at least LEAST_SETS emoji-like sets draw are included.
    """
    sets: dict[str, set[str]] = defaultdict(set)
    kinds: dict[str, str] = {}
    for entry in catalogue():
        if entry.set in EMOJI_SETS and not entry.tone and not is_heldout(entry) and kind(entry) in KINDS:
            sets[entry.concept].add(entry.set)
            kinds[entry.concept] = kind(entry)
    known = {concept: captions_of(concept)[0] for concept, icon_sets in sets.items() if len(icon_sets) >= LEAST_SETS}
    return {
        name: KIND_WEIGHTS[kinds[concept]] * math.sqrt(1 + counts[name])
        for concept, name in known.items()
        if name in counts
    }


def sample_names(chances: Mapping[str, float], count: int, purpose: str) -> list[str]:
    """Choose `count` names at random by weight, without replacement (Efraimidis & Spirakis 2006).

    Hashes serve as random numbers, so the choice is reproducible.
    """
    return sorted(chances, key=lambda name: _draw_uniform(purpose, name) ** (1 / chances[name]), reverse=True)[:count]


def prompts(counts: Mapping[str, int], net: WordNet) -> list[dict[str, object]]:
    """Compose the prompts of the second evaluation list, and return them as the rows of its JSON file."""
    chances = weights(counts)
    colourless = {name: chance for name, chance in chances.items() if COLOUR_WORDS.isdisjoint(name.split())}
    living = {name: chance for name, chance in chances.items() if _is_alive(name, net)}
    coloured = zip(_shuffle(HUES, "colour"), sample_names(colourless, COLOURED, "coloured"), strict=False)
    moody = zip(_shuffle(MOODS, "mood"), sample_names(living, MOODY, "moody"), strict=False)
    twice = sample_names(chances, 2 * DOUBLE, "double")
    double = zip(twice[::2], twice[1::2], strict=True)
    texts = sample_names(chances, PLAIN, "plain") + [" ".join(pair) for pair in (*coloured, *moody)]
    texts += [" and ".join(pair) for pair in double]
    styles = dict(zip(_shuffle(texts, "style"), _assign_styles(len(texts)), strict=True))
    return [
        {"prompt": text, "answer": text, "novel": text not in chances, "style": styles[text]}
        for text in _shuffle(texts, "order")
    ]


def read_counts(packed: Path) -> Counter[str]:
    """Count how often each noun occurs in WordNet's sense-tagged texts, as an estimate of how often users request it.

    Raises StudioError if the archive cannot be read.
    """
    try:
        with tarfile.open(packed) as tar:
            member = tar.extractfile("package/dict/index.sense")
            lines = member.read().decode("utf-8").splitlines() if member else []
    except ARCHIVE_ERRORS as error:
        raise StudioError(f"{packed} cannot be read ({error}); delete it and run again.") from error
    counts: Counter[str] = Counter()
    for sense in filter(None, map(_NOUN.match, lines)):
        counts[sense["word"].replace("_", " ")] += int(sense["count"])
    return counts


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Write the second prompt list.")
    parser.add_argument("--source", type=Path, help="folder with the npm archive (default: download it)")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("prompts-2.json"))
    parser.add_argument("--asked", type=Path, default=Path(dataset.__file__).with_name(DEMAND))
    args = parser.parse_args(arguments)
    packed = archive(WORDNET, args.source)
    counts = read_counts(packed)
    lines = ",\n".join(f" {json.dumps(row, ensure_ascii=False)}" for row in prompts(counts, WordNet.read(packed)))
    write(args.out, f"[\n{lines}\n]\n".encode())
    chances = {name: round(chance, 2) for name, chance in sorted(weights(counts).items())}
    write(args.asked, json.dumps(chances, ensure_ascii=False, indent=0).encode())
    print(args.out, args.asked)


def _assign_styles(count: int) -> Iterator[str]:
    """Yield a style for each of `count` prompts: "" for the first half, then each trained style in turn."""
    turn = cycle(STYLES)
    for at in range(count):
        yield "" if at < count // 2 else next(turn)


def _shuffle(words: Sequence[str], purpose: str) -> list[str]:
    return sorted(words, key=lambda word: _draw_uniform(purpose, word))


def _is_alive(name: str, net: WordNet) -> bool:
    """Return True if a name usually denotes an animal or a person, according to WordNet."""
    level = list(net.keys_of[name][:1])
    while level:
        senses = [net.senses[key] for key in level]
        if any(not ALIVE.isdisjoint(sense.names) for sense in senses):
            return True
        level = [above for sense in senses for above in sense.above]
    return False


def _draw_uniform(purpose: str, name: str) -> float:
    """Return a reproducible random number in (0, 1), computed by hashing `purpose` and a name."""
    return (int.from_bytes(hashlib.sha256(f"prompts-2/{purpose}/{name}".encode()).digest()[:6], "big") + 0.5) / 2**48


if __name__ == "__main__":
    main()
