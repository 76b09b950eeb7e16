"""Builder of a model card's vocabulary, the words of the training captions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gdm_studio.common.atomic_files import storage_error, write
from gdm_studio.common.errors import ModelError
from gdm_studio.models.prompts.vocabulary import compact
from gdm_studio.training.data.dataset import FILLERS, FRAMES, Pictures, Row, in_subset, open_pictures

ARTICLES = ("a", "an", "the")


def build(data: Path, card: Path, *, subset: str) -> int:
    """Add a model's vocabulary, the words of its training captions, to its card. Returns the number of words. Raises
    StudioError if a file cannot be read.
    """
    facts, _, rows = training_rows(data, card, subset=subset)
    facts["vocabulary"] = compact(caption_texts(rows))
    write(card, json.dumps(facts, ensure_ascii=False, indent=1).encode())
    return len(facts["vocabulary"].split())


def training_rows(data: Path, card: Path, *, subset: str) -> tuple[dict[str, Any], Pictures, list[Row]]:
    """Load the content of a model's card, the training dataset, and the dataset rows that the model was trained on.

    The rows come from a subset in the model's styles. Raises StudioError if anything cannot be read, or if there are no
    such rows.
    """
    try:
        facts = json.loads(card.read_text(encoding="utf-8"))
        styles = {style["id"] for style in facts["styles"]}
    except OSError as error:
        raise storage_error(card, error) from error
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{card} is damaged ({error}); export the model again.") from error
    pictures = open_pictures(data)
    rows = [row for row in pictures.rows if in_subset(row, subset) and row["style"] in styles]
    if not rows:
        raise ModelError(f"{data} has no images in the styles of {facts['name']}; choose its training images.")
    return facts, pictures, rows


def caption_texts(rows: Iterable[Row]) -> Iterator[str]:
    """Yield all texts that can occur in training captions, such as names, colours and articles, so that their words can
    be collected.
    """
    for row in rows:
        yield from (row["caption"], row["colour"], *row["words"])
    yield from (*ARTICLES, *FILLERS, *(frame.replace("{}", " ") for frame in FRAMES))
