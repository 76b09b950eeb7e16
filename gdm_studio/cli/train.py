"""`gdm-studio train STAGE`: train the built-in model, stage by stage, or a system of the literature."""

from __future__ import annotations

import argparse
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gdm_studio import systems
from gdm_studio.atomic import check_writable, make_folder
from gdm_studio.cli.saying import say
from gdm_studio.errors import BadRequest, DeviceError
from gdm_studio.maths.knobs import check_number
from gdm_studio.request import BUILT_IN

if TYPE_CHECKING:
    from gdm_studio.training.recipe import Recipe

    Stages = argparse._SubParsersAction[argparse.ArgumentParser]

ROOM = "gdm_studio.training"


class Trained(NamedTuple):
    """A stage that a recipe trains: the module and the class of that, and what is said of it."""

    module: str
    recipe: str
    help: str
    description: str


GOES_ON = "Started again with the same --out, it goes on from its checkpoint"
TRAINED = {
    "icons-vae": Trained(
        f"{ROOM}.icons_vae_recipe",
        "VaeRecipe",
        "train the autoencoder and encode the pictures",
        f"Second stage: the autoencoder. {GOES_ON}.",
    ),
    "icons": Trained(
        f"{ROOM}.icons",
        "IconsRecipe",
        "train the denoiser, or export it",
        f"Third stage: the denoiser and its text encoder. {GOES_ON}, "
        "with the options of the new start: a smaller --samples begins the cool-down early.",
    ),
    "icons-decoder": Trained(
        f"{ROOM}.icons_decoder",
        "DecoderRecipe",
        "make the decoder forgiving",
        f"Last stage: the decoder learns to clean up what the sampler gets a little wrong. Export with it. {GOES_ON}.",
    ),
    "icons-fast": Trained(
        f"{ROOM}.fast",
        "FastRecipe",
        "distil a variant that draws in four steps",
        "Last but one: a student of the third stage's model. Started again with the same --out, it finds the paths "
        "that it drew, and goes on from its checkpoint.",
    ),
    "scorer": Trained(
        f"{ROOM}.evaluation.scorer_recipe",
        "ScorerRecipe",
        "train the judge of `gdm-studio evaluate`",
        f"A small network that compares pictures with captions. It judges the model and never teaches it. {GOES_ON}.",
    ),
    "systems-judge": Trained(
        f"{systems.ROOM}.judge",
        "JudgeRecipe",
        "train the judge of `gdm-studio verify --systems`",
        f"A small classifier of the pictures' classes. {GOES_ON}.",
    ),
    "upscaler": Trained(
        f"{ROOM}.upscaler",
        "UpscalerRecipe",
        "train the network that doubles pictures on export",
        f"By itself: needs pictures of 256 pixels, as `gdm-studio data icons --size 256` makes them. {GOES_ON}.",
    ),
}


TRAINED |= {
    name: Trained(f"{systems.ROOM}.{row.module}", row.recipe, row.help, f"A system of the literature. {GOES_ON}.")
    for name, row in systems.ROWS.items()
    if row.recipe
}

OF_DRAWINGS = {  # what the module of that name counts, and what it writes
    "vocabulary": (
        "words",
        "write the words that a model met into its card",
        "captions, keywords and colours of the pictures that the model learned from.",
    ),
    "names": (
        "shared names",
        "write what the drawings are called into a model",
        "the names of the pictures that the model learned from, and which of the many that share a name it stands for.",
    ),
    "origins": (
        "bytes",
        "write the index of training drawings beside a model",
        "small codes of the drawings that the model learned from, to tell which of them a picture is close to.",
    ),
}


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the verb."""
    parser = verbs.add_parser("train", help="train the built-in model, or a system of the literature")
    stages = parser.add_subparsers(dest="stage", required=True)
    _add_words(stages)
    _add_lexicon(stages)
    for name, stage in TRAINED.items():
        options = partial(_add_options, name=name)
        trained = stages.add_parser(name, help=stage.help, description=stage.description, later=options)
        trained.set_defaults(main=_train)
    for add_stage in (_add_recall, _add_of_drawings, _add_unpack, _add_all):
        add_stage(stages)


def _add_words(stages: Stages) -> None:
    table = stages.add_parser("words", help="make the table of word vectors", description="First stage: word vectors.")
    _add_data(table)
    table.set_defaults(main=_words)


def _add_lexicon(stages: Stages) -> None:
    lexicon = stages.add_parser(
        "lexicon",
        help="find out what words that no caption has may be read as",
        description="Beside the word table: a lexicon from WordNet, by which such words are read as the nearest thing.",
    )
    _add_data(lexicon)
    lexicon.add_argument("--source", type=Path, help="a folder with the npm archive, instead of fetching it")
    lexicon.set_defaults(main=_lexicon)


def _add_options(parser: argparse.ArgumentParser, *, name: str) -> None:
    """The options of a recipe's fields, and what else its stage can be asked for."""
    from gdm_studio.training.options import options_of

    parser.add_argument("--out", type=Path, required=True, help="the directory to write")
    for offered in options_of(_recipe(name)):
        told = f"{offered.option.title}: {offered.option.help}"
        told += "" if offered.default is None else f" (default: {offered.default})"
        kind, choices = offered.kind, offered.option.choices or None
        metavar = "N" if kind in (int, float) else None
        parser.add_argument(
            offered.flag, type=kind, required=offered.required, choices=choices, metavar=metavar, help=told
        )
    if name == "icons-vae":
        parser.add_argument("--encode-only", action="store_true", help="encode the pictures by --init, and stop")
    if name == "icons":
        parser.add_argument("--export", type=Path, metavar="DIR", help="write the checkpoint's model there, and stop")
        parser.add_argument("--student", type=Path, metavar="DIR", help="export this folder of icons-fast beside it")


def _add_recall(stages: Stages) -> None:
    recall = stages.add_parser(
        "recall",
        help="have the sketch of a denoiser know its drawings by heart",
        description="Writes a run to begin `train icons --named` from, whose sketch need not guess the drawings that "
        "people ask for: their principal components are solved for.",
    )
    _add_data(recall)
    recall.add_argument("--vae", type=Path, required=True, help="vae.safetensors of the second stage")
    recall.add_argument("--words", type=Path, required=True, help="the directory of the first stage")
    recall.add_argument("--run", type=Path, required=True, help="the third stage's directory, which stays as it is")
    _add_subset(recall)
    recall.set_defaults(main=_recall)


def _add_of_drawings(stages: Stages) -> None:
    """What an export is completed with from the drawings that its model learned from."""
    for name, (_, help_, what) in OF_DRAWINGS.items():
        stage = stages.add_parser(name, help=help_, description=f"After an export: {what}")
        stage.add_argument("--data", type=Path, required=True, help="what `gdm-studio data icons` wrote")
        _add_subset(stage)
        stage.add_argument("--model", default=BUILT_IN, help="default: %(default)s")
        if name == "names":
            stage.add_argument("--source", type=Path, help="a folder with the npm archive, instead of fetching it")
        stage.set_defaults(main=_of_drawings)


def _add_unpack(stages: Stages) -> None:
    unpack = stages.add_parser(
        "unpack",
        help="take a shipped model apart, to go on training it",
        description="Writes DIR/words, DIR/vae/vae.safetensors and DIR/run for --words, --vae and --init.",
    )
    unpack.add_argument("--model", default=BUILT_IN, help="default: %(default)s")
    unpack.add_argument("--out", type=Path, required=True, metavar="DIR", help="the directory to write")
    unpack.set_defaults(main=_unpack)


def _add_all(stages: Stages) -> None:
    everything = stages.add_parser(
        "all",
        help="every stage, one after the other",
        description="Pictures, words, autoencoder, denoiser, decoder, quick variant, export: the model ends up in "
        "DIR/icons. Run it again after a stop to go on.",
    )
    everything.add_argument("--out", type=Path, required=True, metavar="DIR", help="the directory to write")
    everything.add_argument("--plan", choices=("laptop", "gpu"), default="gpu", help="default: %(default)s")
    everything.add_argument("--source", type=Path, help="a folder with the npm archives, instead of fetching them")
    everything.add_argument("--factor", type=float, default=1.0, metavar="N", help="of the plan's samples (default: 1)")
    everything.set_defaults(main=_all)


def _words(args: argparse.Namespace) -> int:
    _writable(args.out)
    from gdm_studio.training.words import build

    say(build(args.data, args.out))
    return 0


def _lexicon(args: argparse.Namespace) -> int:
    _writable(args.out)
    from gdm_studio.training.lexicon import build

    say(f"{build(args.data, args.out, source=args.source)} words")
    return 0


def _recall(args: argparse.Namespace) -> int:
    _writable(args.out)
    from gdm_studio.training.recall import build

    say(f"{build(args.data, args.vae, args.words, args.run, args.out, subset=args.subset)} drawings")
    return 0


def _train(args: argparse.Namespace) -> int:
    """Everything that can be refused is refused before the minutes that reading the pictures takes."""
    from gdm_studio.training.loop import train
    from gdm_studio.training.options import checked_options
    from gdm_studio.training.stopping import stop_signals

    kind = _recipe(args.stage)
    recipe = kind(**checked_options(kind, vars(args)))
    _prepare(recipe.device, "--device cpu", writes=getattr(args, "export", None) or args.out, cores=args.threads)
    if getattr(args, "export", None):
        from gdm_studio.training.export import export

        say(export(args.data, args.vae, args.words, args.out, to=args.export, student=args.student))
        return 0
    if getattr(args, "encode_only", False):
        if args.init is None:
            raise BadRequest("--encode-only encodes by the autoencoder that --init names; name one.")
        recipe = replace(recipe, samples=0)
    with stop_signals() as stopped:
        for _ in train(recipe, args.out, stopped=stopped, say=say):
            pass
    say(args.out / recipe.product)
    return 0


def _all(args: argparse.Namespace) -> int:
    check_number("--factor", args.factor, 1e-6, 1000)
    from gdm_studio.training.pipeline import PLANS, Folders, run, shortened
    from gdm_studio.training.stopping import stop_signals

    _prepare("cuda" if args.plan == "gpu" else "cpu", "--plan laptop", writes=args.out, cores=None)
    plan = shortened(PLANS[args.plan](Folders(args.out)), args.factor)
    with stop_signals() as stopped:
        for stage in run(plan, args.out, source=args.source, stopped=stopped, say=say):
            say(f"== {stage}")
    return 0


def _of_drawings(args: argparse.Namespace) -> int:
    card, told = _card(args.model), {"source": args.source} if args.stage == "names" else {}
    build = import_module(f"{ROOM}.{args.stage}").build
    say(f"{build(args.data, card, subset=args.subset, **told)} {OF_DRAWINGS[args.stage][0]}")
    return 0


def _card(model: str) -> Path:
    """The card of a model, in a folder that can be written to. Raises StudioError."""
    from gdm_studio.models.library import Library

    path = Library().card(model).path
    assert path is not None  # it was read from a folder
    _writable(path.parent)
    from gdm_studio.training.export import CARD

    return path.with_name(CARD)


def _unpack(args: argparse.Namespace) -> int:
    from gdm_studio.models.library import Library

    card = Library().card(args.model)
    _writable(args.out)
    from gdm_studio.training.unpack import unpack

    say(unpack(card, args.out))
    return 0


def _recipe(name: str) -> type[Recipe[Any]]:
    stage = TRAINED[name]
    kind: type[Recipe[Any]] = getattr(import_module(stage.module), stage.recipe)
    return kind


def _prepare(device: str, instead: str, *, writes: Path, cores: int | None) -> None:
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise DeviceError(f"There is no CUDA device here; train with {instead}.")
    _writable(writes)
    torch.set_num_threads(cores or min(torch.get_num_threads(), 2))


def _writable(folder: Path) -> None:
    make_folder(folder)
    check_writable(folder)


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="what `gdm-studio data icons` wrote")
    parser.add_argument("--out", type=Path, required=True, help="the directory to write")


def _add_subset(parser: argparse.ArgumentParser) -> None:
    subsets = ("few", "narrow", "emoji", "best", "all")
    parser.add_argument("--subset", choices=subsets, default="best", help="what it learned (default: best)")
