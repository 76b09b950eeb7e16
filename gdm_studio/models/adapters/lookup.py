"""Lookup of the adapters and embeddings named in prompts."""

from __future__ import annotations

import filecmp
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import suppress
from functools import cached_property, lru_cache
from itertools import chain, islice
from pathlib import Path

from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, translatable
from gdm_studio.common.unicode_names import comparable_name
from gdm_studio.models.adapters.adapter_detection import is_adapter
from gdm_studio.models.adapters.embedding import is_embedding
from gdm_studio.models.files.checkpoints import SUFFIX, Stamp, find_entries, is_gguf_name, read_header, stamp_of
from gdm_studio.models.files.civitai_info import find_note, read_note
from gdm_studio.models.files.header import Header
from gdm_studio.models.files.weight_file_names import answers_to, distinct_name, name_of, names_of, split_folders
from gdm_studio.models.installed.description import titles, training_texts
from gdm_studio.models.prompts.a1111_syntax import (
    Mention,
    adapter_tags,
    adapters_mentioned,
    embeddings_mentioned,
    joining_words,
    unusable_parameters,
)
from gdm_studio.models.prompts.translation_dictionary import units_of
from gdm_studio.request.generation_request import Request
from gdm_studio.request.setting import join_alternatives, similar_names

JOINING_NOTE = 'AND is read as "and" in a negative prompt, and by models without guidance.'
# Test of a weight file's header for one kind of add-on.
_Kind = Callable[[Header], bool]
_KINDS: tuple[_Kind, ...] = (is_adapter, is_embedding)
# Brackets that a prompt escapes because they are part of a name.
_ESCAPED_BRACKET = re.compile(r"\\([()\[\]\\])")


def find_adapter(name: str) -> Path:
    """Return the file of the LoRA or other adapter that a prompt names, by file name with or without suffix, or by
    title. The file name may follow folders, as in "pose/ink".

    Case matters only if names differ in nothing else. Raises BadRequest if there is no such adapter, and ModelError if
    its file is damaged.
    """
    there = [*user_weight_files()]
    if (found := _InstalledFiles(there).find_adapter(name)) is not None:
        return found
    plain = name.removesuffix(SUFFIX)[:80]
    for path in there:
        if path.is_file() and answers_to(path, name.removesuffix(SUFFIX)):
            read_header(path)  # raises ModelError for a damaged file
    if near := [*islice(similar_adapters(name, there), 3)]:
        template = QT_TRANSLATE_NOOP("Errors", "There is no LoRA called {name!r}; did you mean {names}?")
        raise BadRequest(translatable(template, name=plain, names=join_alternatives(near)))
    template = QT_TRANSLATE_NOOP("Errors", "There is no LoRA called {name!r} in the models folder; put its file there.")
    raise BadRequest(translatable(template, name=plain))


def similar_adapters(name: str, adapter_files: Iterable[Path]) -> Iterator[str]:
    """Yield the names of those LoRAs and other adapters in `adapter_files` whose names are similar to a misspelt name,
    most similar first.
    """
    files = {name_of(path): path for path in adapter_files}
    # Only the headers of files with similar names are read.
    return (near for near in similar_names(name.removesuffix(SUFFIX), files) if _has_content(files[near], is_adapter))


def adapters_of_prompts(prompts: Iterable[str]) -> dict[Path, Mention]:
    """Return the files of all LoRAs and other adapters that prompts name, each with the strengths from its last
    mention.

    Each file occurs once, even if it is named in several ways. Raises BadRequest for an unknown name.
    """
    named = {each.name: each for prompt in prompts for each in adapters_mentioned(prompt)}
    return {find_adapter(name): each for name, each in named.items()}


def adapters_named_in(texts: Iterable[str], adapter_files: Iterable[Path] | None = None) -> Iterator[tuple[str, Path]]:
    """Yield the name and the file of each installed LoRA or other adapter that the prompts name. Unknown names are
    skipped. `adapter_files` contains the installed files, if the folders have been searched already.
    """
    names = dict.fromkeys(each.name for each in chain.from_iterable(map(adapters_mentioned, texts)))
    there = _InstalledFiles((user_weight_files() if adapter_files is None else adapter_files) if names else ())
    for name in names:
        if (path := there.find_adapter(name)) is not None:
            yield name, path


def tags_without_adapter(request: Request) -> list[str]:
    """Return the tags of a request's prompts that apply no LoRA: those whose name no installed file has, and those of
    the negative prompt. Each has at most 80 characters.
    """
    tags = [tag for prompt in request.positive_prompts() for tag in adapter_tags(prompt)]
    installed = dict(adapters_named_in(request.positive_prompts())) if tags else {}
    unused = [tag for tag in tags if tag.name.strip() not in installed]
    unused += [tag for prompt in request.negative_prompts() for tag in adapter_tags(prompt)]
    return list(dict.fromkeys(tag.text[:80] for tag in unused))


def blank_adapters(prompt: str, names: Container[str] | None = None) -> tuple[str, str]:
    """Replace the tags of installed adapters in a prompt with spaces of the same length. Returns the new prompt and the
    removed tags.

    All other words keep their positions. Tags with unknown names are unchanged. `names` contains the names of the
    installed adapters, by default those that are found now.
    """
    tags = adapter_tags(prompt)
    if names is None:
        names = dict(adapters_named_in([prompt]))
    found = []
    for tag in tags:
        if tag.name.strip() in names:
            prompt = prompt[: tag.start] + " " * (tag.end - tag.start) + prompt[tag.end :]
            found.append(tag.text)
    return prompt, "".join(found)


def trained_words(files: Iterable[Path]) -> frozenset[str] | None:
    """Return the words (lower case, without accents) with which these LoRAs were trained, according to their metadata.
    Returns None if one of them does not state any.
    """
    found = [
        _read_trained_words(path, note, stamp_of(path), stamp_of(note)) for path in files for note in [_note_path(path)]
    ]
    return frozenset(chain.from_iterable(found)) if all(found) else None


def _note_path(path: Path) -> str:
    return find_note(str(path), stamp_of)


@lru_cache(maxsize=256)
def _read_trained_words(path: Path, note: str, *stamps: Stamp | None) -> frozenset[str]:
    """Read the words with which a LoRA was trained. The files' `stamps` are part of the cache key."""
    try:
        metadata = read_header(path).metadata
    except ModelError:
        return frozenset()
    return frozenset(unit.text for text in training_texts(metadata, read_note(note)) for unit in units_of(text))


def embeddings_named_in(texts: Iterable[str]) -> dict[str, Path]:
    """Return the files of the installed textual inversion embeddings whose names occur in the prompts, by name in lower
    case.
    """
    text = comparable_name(_ESCAPED_BRACKET.sub(r"\1", "\n".join(texts)))
    named: dict[str, list[Path]] = {}
    for path in user_weight_files():
        for name in {comparable_name(each) for each in names_of(path)}:
            if name and name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
                named.setdefault(name, []).append(path)
    found: dict[str, Path] = {}
    for name, files in named.items():
        # Earlier versions used the last of several files with the same stem.
        for path in sorted(reversed(files), key=_stem_sort_key(name)):
            if name not in found and _has_content(path, is_embedding):
                found[name] = path
    return found


def files_named(texts: Iterable[str], *, plain: bool = False) -> list[Path]:
    """Return the files of all installed adapters and embeddings that the prompts name.

    With `plain`, the prompts have no syntax and can only name embeddings.
    """
    texts = list(texts)
    return [*embeddings_named_in(texts).values(), *(path for _, path in adapters_named_in([] if plain else texts))]


def notes_on_embeddings(prompt: str) -> list[str]:
    """Return a sentence for the user about each embedding that a prompt marks as such, but that is not installed."""
    names = embeddings_mentioned(prompt)
    there = embeddings_named_in(names) if names else {}
    sentence = "There is no embedding called {!r} in the models folder; its name is read as words."
    return [sentence.format(name[:80]) for name in names if comparable_name(name) not in there]


def notes_on_joining(prompt: str) -> list[str]:
    """Return a sentence for the user if a prompt has parts that A1111's composable diffusion denoises separately."""
    return [JOINING_NOTE] if joining_words(prompt) else []


def notes_on_negative(request: Request) -> list[str]:
    """Return a sentence for the user if the negative prompt of a request names LoRAs.

    As in A1111's web UI, only those in the prompt are applied.
    """
    names = [each.name for each in adapters_mentioned(request.negative_prompt)]
    return [f"LoRAs in the negative prompt have no effect: {', '.join(names[:8])[:200]}."] if names else []


def notes_on_adapters(prompts: Iterable[str]) -> list[str]:
    """Return a sentence for the user about each LoRA that a prompt names more than once, about parameters of tags that
    have no effect, and about each name that several different files have.
    """
    prompts = list(dict.fromkeys(prompts))
    if not any(map(adapter_tags, prompts)):
        return []
    there = [*user_weight_files()]
    files = dict(adapters_named_in(prompts, there))
    found: dict[str, None] = {}
    for prompt in prompts:
        named = [tag.name.strip() for tag in adapter_tags(prompt) if tag.name.strip() in files]
        counts = Counter(files[name] for name in named)
        for tag in adapter_tags(prompt):
            ignored = unusable_parameters(tag) if tag.name.strip() in files else []
            found |= {f"{part[:80]!r} of <lora:{tag.name.strip()[:80]}> has no effect.": None for part in ignored}
        for mention in adapters_mentioned(prompt):
            if counts.get(files.get(mention.name, Path()), 0) > 1:
                sentence = (
                    f"{mention.name[:80]} is named more than once; only its last weight, {mention.unet:g}, counts."
                )
                found[sentence] = None
    for name, path in files.items():
        rivals = [each for each in there if each != path and answers_to(each, name.removesuffix(SUFFIX))]
        other = next((each for each in rivals if _has_content(each, is_adapter) and not _is_copy(each, path)), None)
        if other is not None:
            used, unused = (distinct_name(each, [*rivals, path])[:80] for each in (path, other))
            sentence = (
                f"Several LoRAs are called {name[:80]}: this is <lora:{used}:1>, and another is <lora:{unused}:1>."
            )
            found[sentence] = None
    return list(found)


def notes_on_embedding_names(prompts: Iterable[str]) -> list[str]:
    """Return a sentence for the user about each embedding named in the prompts that shares its name with a different
    installed embedding.
    """
    found = []
    for name, path in embeddings_named_in(prompts).items():
        rivals = [each for each in user_weight_files() if each != path and answers_to(each, name)]
        if any(_has_content(each, is_embedding) and not _is_copy(each, path) for each in rivals):
            used = distinct_name(path, rivals)[:80]
            found.append(f"Several embeddings are called {name[:80]}: this is {used}; rename one to use another.")
    return found


def user_weight_files() -> Iterator[Path]:
    """Yield all possible weight files and model folders in the user's model folders."""
    return map(Path, find_entries([paths.models_dir(), *map(Path, preferences.load().model_folders)]))


class _InstalledFiles:
    """Weight files by the names and titles under which prompts may refer to adapters among them.

    A prompt may name thousands of adapters, so that each file is read once for all of them.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = list(files)
        self._files_by_name: dict[str, list[Path]] = defaultdict(list)
        for path in self._files:
            for name in set(map(comparable_name, names_of(path))):
                self._files_by_name[name].append(path)

    def find_adapter(self, name: str) -> Path | None:
        """Return the file of the adapter with a name or title, or None if there is none."""
        wanted = name.strip().removesuffix(SUFFIX)
        _, last = split_folders(wanted)
        files = [path for path in self._files_by_name.get(comparable_name(last), ()) if answers_to(path, wanted)]
        # Earlier versions could not read files in GGUF format, and images were made with the files beside them.
        files.sort(key=lambda path: (_stem_sort_key(last)(path), last not in names_of(path), is_gguf_name(path.name)))
        named = (path for path in files if _has_content(path, is_adapter))
        return next(named, None) or self._files_by_title.get(comparable_name(wanted))

    @cached_property
    def _files_by_title(self) -> dict[str, Path]:
        return {title: path for path in reversed(self._files) for title in _load_titles(path)}


def _stem_sort_key(name: str) -> Callable[[Path], bool]:
    """Return a sort key that prefers files whose own name matches over files in a folder with that name.

    Images saved by versions that ignored folder names thus still refer to the same files.
    """
    return lambda path: comparable_name(path.stem) != comparable_name(name)


def _is_copy(path: Path, other: Path) -> bool:
    """Return True if two weight files or model folders have the same content, as far as it can be read."""
    stamps = stamp_of(path), stamp_of(other)
    return None not in stamps and path.is_file() and other.is_file() and _are_equal(path, other, *stamps)


@lru_cache(maxsize=256)
def _are_equal(path: Path, other: Path, *_stamps: Stamp | None) -> bool:
    """Compare the contents of two files. Their stamps are part of the cache key, so that modified files are compared
    again.
    """
    with suppress(OSError):
        return filecmp.cmp(path, other, shallow=False)
    return False


def _load_titles(path: Path) -> frozenset[str]:
    """Return the titles of an adapter in lower case, from its metadata and its .civitai.info file. The result is empty
    for other files.
    """
    note = _note_path(path)
    return _read_titles(path, note, stamp_of(path), stamp_of(note))


@lru_cache(maxsize=4096)
def _read_titles(path: Path, note: str, *stamps: Stamp | None) -> frozenset[str]:
    """Read the titles of an adapter from its files. The files' `stamps` are part of the cache key, so that a modified
    file is read again.
    """
    try:
        header = read_header(path) if any(stamps) else None
    except ModelError:
        return frozenset()
    if header is None or not is_adapter(header):
        return frozenset()
    return frozenset(map(comparable_name, titles(header.metadata, read_note(note))))


def _has_content(path: Path, kind: _Kind) -> bool:
    """Return True if a file is readable and its header satisfies `kind`, for example `is_adapter`."""
    return path.is_file() and kind in _kinds_of(path, stamp_of(path))


@lru_cache(maxsize=4096)
def _kinds_of(path: Path, _stamp: Stamp | None) -> frozenset[_Kind]:
    """Return which of _KINDS the header of a file satisfies. The file's stamp is part of the cache key, so that a
    modified file is read again.
    """
    try:
        header = read_header(path)
    except ModelError:
        return frozenset()
    return frozenset(kind for kind in _KINDS if kind(header))
