"""`gdm-studio train STAGE`: trains the built-in model stage by stage, or a system from the literature."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gdm_studio import papers
from gdm_studio.cli.output import print_lines, print_notice
from gdm_studio.common.atomic_files import check_writable, make_folder
from gdm_studio.common.errors import BadRequest, DeviceError
from gdm_studio.maths.numeric_parameters import check_number
from gdm_studio.request.generation_request import BUILT_IN

if TYPE_CHECKING:
    from gdm_studio.training.recipe import Progress, Recipe

    Stages = argparse._SubParsersAction[argparse.ArgumentParser]

PACKAGE = "gdm_studio.training"


class TrainingStage(NamedTuple):
    """Subcommand of `gdm-studio train` that trains one network. It contains the module and class of the training
    recipe, and the help texts.
    """

    module: str
    recipe: str
    help: str
    description: str


RESUMES = "Resumes from its checkpoint if started again with the same options; the length may change"
TRAINED = {
    "icons-vae": TrainingStage(
        f"{PACKAGE}.icons.autoencoder_recipe",
        "VaeRecipe",
        "train the autoencoder and encode the pictures",
        f"Second stage: the autoencoder. {RESUMES}.",
    ),
    "icons": TrainingStage(
        f"{PACKAGE}.icons.denoiser_recipe",
        "IconsRecipe",
        "train the denoiser, or export it",
        f"Third stage: the denoiser and its text encoder. {RESUMES}: a smaller --samples starts the cool-down early.",
    ),
    "icons-posed": TrainingStage(
        f"{PACKAGE}.icons.posed_drafts_recipe",
        "PosedRecipe",
        "train the denoiser on drawings in random poses",
        "After `recall`: the denoiser learns to complete the drafts that a seed chooses, in every pose. "
        f"Export its folder like that of the third stage. {RESUMES}.",
    ),
    "icons-text": TrainingStage(
        f"{PACKAGE}.icons.text_recipe",
        "TextRecipe",
        "train the denoiser to draw from the text alone",
        "By itself: the drawings in the model are the training images. Logs the errors with the right, another and no "
        f"text, and writes a sheet of sixty prompts at the end. {RESUMES}.",
    ),
    "icons-decoder": TrainingStage(
        f"{PACKAGE}.icons.decoder_recipe",
        "DecoderRecipe",
        "train the decoder on latents of the sampler",
        f"Last stage: the decoder learns to correct small errors of the sampler. Export with it. {RESUMES}.",
    ),
    "icons-fast": TrainingStage(
        f"{PACKAGE}.icons.distillation_recipe",
        "FastRecipe",
        "distil a variant for four steps",
        "Last stage but one: a student of the model of the third stage. Started again with the same --out, it reuses "
        "its sampled paths and resumes from its checkpoint.",
    ),
    "lora": TrainingStage(
        f"{PACKAGE}.lora.recipe",
        "LoraRecipe",
        "train a LoRA for Icons or Stable Diffusion",
        f"A LoRA by itself, from a folder of images. Put the result into the models folder. {RESUMES}.",
    ),
    "fine-tune": TrainingStage(
        f"{PACKAGE}.lora.fine_tune_recipe",
        "FineTuneRecipe",
        "fine-tune the whole network of Icons",
        f"Another model, from a folder of images. Put the resulting folder into the models folder. {RESUMES}.",
    ),
    "scorer": TrainingStage(
        f"{PACKAGE}.evaluation.scorer_training",
        "ScorerRecipe",
        "train the scorer of `gdm-studio evaluate`",
        f"A small network that compares images with captions. It scores the model and never trains it. {RESUMES}.",
    ),
    "systems-judge": TrainingStage(
        "gdm_studio.papers.training.quality_classifier",
        "JudgeRecipe",
        "train the judge of `gdm-studio verify --systems`",
        f"A small classifier of the classes of the images. {RESUMES}.",
    ),
    "upscaler": TrainingStage(
        f"{PACKAGE}.upscaler.recipe",
        "UpscalerRecipe",
        "train the network that doubles images on export",
        f"By itself: needs images of 256 pixels from `gdm-studio data icons --size 256`. {RESUMES}.",
    ),
}


TRAINED |= {
    name: TrainingStage(
        f"{papers.PACKAGE}.{row.module}", row.recipe, row.help, f"A system of the literature. {RESUMES}."
    )
    for name, row in papers.REGISTRY.items()
    if row.recipe
}


class TableStage(NamedTuple):
    """Subcommand of `gdm-studio train` that stores data about the training images in a run or in an exported model. It
    contains the name of its module, the unit in which its result is counted, and its help texts.
    """

    module: str
    unit: str
    help: str
    contents: str


# Stages that store training images in the draft network of a run.
MEMORY_STAGES = {
    "recall": TableStage(
        f"{PACKAGE}.table_builders.memorised_training_images",
        "drawings",
        "store the training images in the draft network of a denoiser",
        "Writes a run for `train icons --named`, whose draft network knows the named training images by their "
        "principal components.",
    ),
    "drafts": TableStage(
        f"{PACKAGE}.table_builders.transformed_drawings",
        "drawings",
        "store the training images more exactly, after `recall`",
        "Writes a run for `train icons-posed`, which stores all training images by a cosine transform.",
    ),
}
EXPORT_STAGES = {
    "vocabulary": TableStage(
        f"{PACKAGE}.table_builders.vocabulary",
        "words",
        "write the words that a model knows into its card",
        "captions, keywords and colours of the training images.",
    ),
    "names": TableStage(
        f"{PACKAGE}.table_builders.name_index",
        "shared names",
        "write the names of the training images into a model",
        "the names of the training images, and which of several images with the same name each of them stands for.",
    ),
    "rare": TableStage(
        f"{PACKAGE}.table_builders.rare_training_images",
        "drawings",
        "write the rarer drawings beside a model",
        "drawings that are not among the memorised ones, from which the seed may also start.",
    ),
    "origins": TableStage(
        f"{PACKAGE}.table_builders.attribution_index",
        "bytes",
        "write the index of training images beside a model",
        "short codes of the training images, to find the one that an image is close to.",
    ),
}


# Stages that read archives from npm instead of the training images.
WORD_STAGES = {
    "dictionary": TableStage(
        f"{PACKAGE}.table_builders.translation_dictionary",
        "bytes",
        "write the dictionary of other languages and rare words beside a model",
        "words of twelve languages from Unicode CLDR and rare English words from WordNet, with names that the model "
        "draws.",
    ),
    "compounds": TableStage(
        f"{PACKAGE}.table_builders.compounds",
        "bytes",
        "write the English compounds beside a model",
        "names of several words from WordNet that mean something else than their last word, such as “golf club”, with "
        "the drawings that come nearest.",
    ),
    "suggestions": TableStage(
        f"{PACKAGE}.table_builders.suggestions",
        "bytes",
        "write the drawings suggested for unknown nouns beside a model",
        "for nouns of WordNet that the model cannot draw, the drawings that are most similar in meaning.",
    ),
    "kinds": TableStage(
        f"{PACKAGE}.table_builders.object_kinds",
        "bytes",
        "write the sizes and roles of objects beside a model",
        "how large the objects are that the model draws, and which are alive, worn or contain others, from WordNet.",
    ),
    "silhouettes": TableStage(
        f"{PACKAGE}.table_builders.silhouettes",
        "bytes",
        "write one-colour drawings of further things beside a model",
        "icons of open sets, from which images of things start that no training drawing shows.",
    ),
}


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb `train` with a subcommand for each training stage to the command-line parser."""
    parser = verbs.add_parser("train", help="train a LoRA, the built-in model or a system of the literature")
    stages = parser.add_subparsers(dest="stage", required=True, metavar="STAGE")
    _add_words(stages)
    _add_lexicon(stages)
    for name, stage in TRAINED.items():
        options = partial(_add_options, name=name)
        trained = stages.add_parser(name, help=stage.help, description=stage.description, later=options)
        trained.set_defaults(main=_train)
    for add_stage in (_add_recall, _add_export_stages, _add_word_stages, _add_unpack, _add_all):
        add_stage(stages)


def _add_words(stages: Stages) -> None:
    table = stages.add_parser("words", help="make the table of word vectors", description="First stage: word vectors.")
    _add_data(table)
    table.set_defaults(main=_run_words)


def _add_lexicon(stages: Stages) -> None:
    lexicon = stages.add_parser(
        "lexicon",
        help="make the lexicon of words that no caption contains",
        description="Writes a lexicon from WordNet beside the word table. It replaces unknown words.",
    )
    _add_data(lexicon)
    lexicon.add_argument("--source", type=Path, help="folder with the npm archive, instead of downloading it")
    lexicon.set_defaults(main=_run_lexicon)


def _add_options(parser: argparse.ArgumentParser, *, name: str) -> None:
    """Add an option for each field of a training recipe, and the other options of its stage, to the command-line
    parser.
    """
    from gdm_studio.training.options import options_of

    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    for offered in options_of(_load_recipe(name)):
        text = f"{offered.option.title}: {offered.option.help}"
        text += "" if offered.default in (None, "") else f" (default: {offered.default})"
        kind = offered.kind
        choices = offered.option.choices or None
        metavar = "N" if kind in (int, float) else None
        parser.add_argument(
            offered.flag, type=kind, required=offered.required, choices=choices, metavar=metavar, help=text
        )
    if name == "icons-vae":
        parser.add_argument("--encode-only", action="store_true", help="encode the images with --init, and stop")
    if name == "icons":
        parser.add_argument("--export", type=Path, metavar="DIR", help="export the model of the checkpoint, and stop")
        parser.add_argument("--student", type=Path, metavar="DIR", help="also export this folder of icons-fast")


def _add_recall(stages: Stages) -> None:
    for name, builder in MEMORY_STAGES.items():
        recall = stages.add_parser(name, help=builder.help, description=builder.contents)
        _add_data(recall)
        recall.add_argument("--vae", type=Path, required=True, help="vae.safetensors of the second stage")
        recall.add_argument("--words", type=Path, required=True, help="folder of the first stage")
        recall.add_argument("--run", type=Path, required=True, help="folder of the earlier stage, which is not changed")
        _add_subset(recall)
        recall.set_defaults(main=_run_recall)


def _add_export_stages(stages: Stages) -> None:
    """Add the subcommands of `gdm-studio train` that run after an export and store data about the training images in
    the model.
    """
    for name, export_stage in EXPORT_STAGES.items():
        description = f"After an export: {export_stage.contents}"
        stage = stages.add_parser(name, help=export_stage.help, description=description)
        stage.add_argument("--data", type=Path, required=True, help="folder written by `gdm-studio data icons`")
        _add_subset(stage)
        stage.add_argument("--model", default=BUILT_IN, help="default: %(default)s")
        if name == "names":
            stage.add_argument("--source", type=Path, help="folder with the npm archive, instead of downloading it")
        stage.set_defaults(main=_complete_export)


def _add_word_stages(stages: Stages) -> None:
    for name, word_stage in WORD_STAGES.items():
        stage = stages.add_parser(name, help=word_stage.help, description=f"After an export: {word_stage.contents}")
        stage.add_argument("--model", default=BUILT_IN, help="default: %(default)s")
        stage.add_argument("--source", type=Path, help="folder with the npm archives, instead of downloading them")
        stage.set_defaults(main=_write_words)


def _add_unpack(stages: Stages) -> None:
    unpack = stages.add_parser(
        "unpack",
        help="unpack a shipped model, to continue its training",
        description="Writes DIR/words, DIR/vae/vae.safetensors and DIR/run for --words, --vae and --init.",
    )
    unpack.add_argument("--model", default=BUILT_IN, help="default: %(default)s")
    unpack.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write")
    unpack.set_defaults(main=_unpack)


def _add_all(stages: Stages) -> None:
    everything = stages.add_parser(
        "all",
        help="run all stages",
        description="Images, words, autoencoder, denoiser, decoder, fast variant and export: the model is written to "
        "DIR/icons. Run it again to resume.",
    )
    everything.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write")
    everything.add_argument("--plan", choices=("laptop", "gpu"), default="gpu", help="default: %(default)s")
    everything.add_argument("--source", type=Path, help="folder with the npm archives, instead of downloading them")
    everything.add_argument("--factor", type=float, default=1.0, metavar="N", help="factor of the samples (default: 1)")
    everything.set_defaults(main=_run_all)


def _run_words(args: argparse.Namespace) -> int:
    with _open_output(args.out):
        from gdm_studio.training.table_builders.word_table import build

        print_lines(build(args.data, args.out))
    return 0


def _run_lexicon(args: argparse.Namespace) -> int:
    with _open_output(args.out):
        from gdm_studio.training.table_builders.lexicon import build

        print_lines(f"{build(args.data, args.out, source=args.source)} words")
    return 0


def _run_recall(args: argparse.Namespace) -> int:
    stage = MEMORY_STAGES[args.stage]
    with _open_output(args.out):
        build = import_module(stage.module).build
        count = build(args.data, args.vae, args.words, args.run, args.out, subset=args.subset)
        print_lines(f"{count} {stage.unit}")
    return 0


def _train(args: argparse.Namespace) -> int:
    """Run a training recipe with the options on the command line. All options are checked before the images are read,
    because reading takes minutes.
    """
    from gdm_studio.studio.training import read_prompt
    from gdm_studio.training import distributed
    from gdm_studio.training.loop import FinishedRun, train
    from gdm_studio.training.options import checked_options
    from gdm_studio.training.stop_signals import stop_signals

    kind = _load_recipe(args.stage)
    recipe = kind(**checked_options(kind, vars(args)), read_prompt=read_prompt)
    export_to: Path | None = getattr(args, "export", None)
    _prepare(recipe.device, "--device cpu", cores=args.threads)
    if export_to:
        from gdm_studio.training.icons.export import export

        with _open_output(export_to):
            print_lines(export(args.data, args.vae, args.words, args.out, to=export_to, student=args.student))
        return 0
    if getattr(args, "encode_only", False):
        if args.init is None:
            raise BadRequest("--encode-only needs an autoencoder; name it with --init.")
        recipe = replace(recipe, samples=0)
    last: Progress | None = None
    with distributed.process_group(recipe.device), stop_signals() as signals:
        # Under `torchrun`, the first process alone writes files.
        with _open_output(args.out) if distributed.is_first() else nullcontext():
            try:
                for progress in train(recipe, args.out, should_stop=signals.should_stop, on_log=print_lines):
                    last = progress
            except FinishedRun as finished:
                print_notice(f"gdm-studio: {finished}")
        is_finished = last is not None and last.phase == recipe.name and last.seen >= last.samples
        is_stopped = signals.received is not None and not is_finished
        if distributed.is_first():
            _report_end(recipe, args.out, last, is_stopped=is_stopped)
    return 128 + signals.received if is_stopped and signals.received is not None else 0


def _report_end(recipe: Recipe[Any], out: Path, last: Progress | None, *, is_stopped: bool) -> None:
    """Print the path of the trained file, and say how far a stopped training is.

    `last` is the progress of its last step or preparation, if any.
    """
    from gdm_studio.training.recipe import CHECKPOINT

    product = out / recipe.product
    has_begun = (out / CHECKPOINT).exists()
    # A sheet before the first step writes a file in which nothing is trained yet.
    if not is_stopped or (has_begun and product.exists()):
        print_lines(product)
    if not is_stopped:
        return
    where = "before the next sample" if has_begun else "before the first sample"
    if has_begun and last is not None:
        where = f"after {last.seen} of {last.samples} samples ({last.phase})"
    print_notice(f"gdm-studio: stopped {where}; the same command resumes")


def _run_all(args: argparse.Namespace) -> int:
    check_number("--factor", args.factor, 1e-6, 1000)
    from gdm_studio.training.icons.pipeline import PLANS, Folders, run, shorten
    from gdm_studio.training.stop_signals import stop_signals

    _prepare("cuda" if args.plan == "gpu" else "cpu", "--plan laptop", cores=None)
    plan = shorten(PLANS[args.plan](Folders(args.out)), args.factor)
    stage = ""
    with _open_output(args.out), stop_signals() as signals:
        for stage in run(plan, args.out, source=args.source, should_stop=signals.should_stop, on_log=print_lines):
            print_lines(f"== {stage}")
    if signals.received is None or not stage:
        return 0
    print_notice(f"gdm-studio: stopped in the stage {stage}; the same command resumes")
    return 128 + signals.received


def _complete_export(args: argparse.Namespace) -> int:
    card = _find_card(args.model)
    source = {"source": args.source} if args.stage == "names" else {}
    stage = EXPORT_STAGES[args.stage]
    with _open_output(card.parent):
        build = import_module(stage.module).build
        print_lines(f"{build(args.data, card, subset=args.subset, **source)} {stage.unit}")
    return 0


def _write_words(args: argparse.Namespace) -> int:
    card = _find_card(args.model)
    stage = WORD_STAGES[args.stage]
    with _open_output(card.parent):
        print_lines(f"{import_module(stage.module).build(card, source=args.source)} {stage.unit}")
    return 0


def _find_card(model: str) -> Path:
    """Return the path of the model card file that a training command will change. Raises StudioError if the model is
    not installed.
    """
    from gdm_studio.models.model_library import Library

    path = Library().card(model).path
    # Every card is read from a folder.
    assert path is not None
    from gdm_studio.training.icons.export import CARD

    return path.with_name(CARD)


def _unpack(args: argparse.Namespace) -> int:
    from gdm_studio.models.model_library import Library

    card = Library().card(args.model)
    with _open_output(args.out):
        from gdm_studio.training.icons.run_from_export import unpack

        print_lines(unpack(card, args.out))
    return 0


def _load_recipe(name: str) -> type[Recipe[Any]]:
    stage = TRAINED[name]
    kind: type[Recipe[Any]] = getattr(import_module(stage.module), stage.recipe)
    return kind


def _prepare(device: str, instead: str, *, cores: int | None) -> None:
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise DeviceError(f"There is no CUDA device; train with {instead}.")
    torch.set_num_threads(cores or min(torch.get_num_threads(), 2))


@contextmanager
def _open_output(folder: Path) -> Iterator[None]:
    """Context manager that creates the output folder of a training and locks it. Raises StudioError if the folder is
    read-only, or if another training is writing into it.
    """
    from gdm_studio.training.output_lock import output_lock

    make_folder(folder)
    check_writable(folder)
    with output_lock(folder):
        yield


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder written by `gdm-studio data icons`")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")


def _add_subset(parser: argparse.ArgumentParser) -> None:
    subsets = ("few", "narrow", "emoji", "best", "all")
    parser.add_argument("--subset", choices=subsets, default="best", help="training images (default: best)")
