"""`gdm-studio train STAGE`: train the built-in model, stage by stage."""

from __future__ import annotations

import argparse
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gdm_studio.atomic import check_writable, make_folder
from gdm_studio.cli.saying import say
from gdm_studio.engine import threads
from gdm_studio.errors import BadRequest, DeviceError
from gdm_studio.maths.knobs import check_number

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Recipe = TypeVar("Recipe", bound=DataclassInstance)
    Stages = argparse._SubParsersAction[argparse.ArgumentParser]

MANY = 1_000_000_000
RANGES: dict[str, tuple[float, float]] = {  # of the options below, both ends included
    "samples": (1, MANY),
    "cooldown": (0, MANY),
    "warmup": (0, MANY),
    "batch": (1, 65_536),
    "threads": (1, 1024),
    "seed": (0, 2**63 - 1),
    "sketch": (0, 4096),
    "sketch_samples": (0, MANY),
    "sketch_weight": (0, 1000),
    "learning_rate": (0, 10),
    "ema_halflife": (1, MANY),
    "log_sigma_mean": (-10, 10),
    "log_sigma_spread": (0, 10),
    "drop_text": (0, 1),
    "drop_style": (0, 1),
    "sheet_minutes": (0, MANY),
    "narrow_weight": (0, 1000),
    "tint_weight": (0, 1000),
    "paths": (1, MANY),
    "factor": (1e-6, 1000),
    "noise": (0, 10),
}


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the verb."""
    parser = verbs.add_parser("train", help="train the built-in model")
    stages = parser.add_subparsers(dest="stage", required=True)
    for add_stage in (
        _add_words, _add_lexicon, _add_vae, _add_icons, _add_decoder, _add_fast, _add_scorer, _add_upscaler,
        _add_vocabulary, _add_unpack, _add_all,
    ):  # fmt: skip
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


def _add_vae(stages: Stages) -> None:
    vae = stages.add_parser(
        "icons-vae",
        help="train the autoencoder and encode the pictures",
        description="Second stage: the autoencoder. Started again with the same --out, it goes on from its checkpoint.",
    )
    _add_data(vae)
    vae.add_argument("--init", type=Path, metavar="FILE", help="begin from this vae.safetensors")
    vae.add_argument("--encode-only", action="store_true", help="encode the pictures by that one as it is, and stop")
    _add_numbers(vae, samples=int, cooldown=int, batch=int, learning_rate=float, threads=int, seed=int)
    vae.add_argument("--device", choices=("cpu", "cuda"))
    vae.set_defaults(main=_icons_vae)


def _add_icons(stages: Stages) -> None:
    icons = stages.add_parser(
        "icons",
        help="train the denoiser, or export it",
        description="Third stage: the denoiser and its text encoder. Started again with the same --out, it goes on "
        "from its checkpoint, with the options of the new start: a smaller --samples begins the cool-down early.",
    )
    _add_data(icons)
    icons.add_argument("--vae", type=Path, required=True, help="vae.safetensors of the second stage")
    icons.add_argument("--words", type=Path, required=True, help="the directory of the first stage")
    icons.add_argument("--subset", choices=("narrow", "emoji", "best", "all"), help="which pictures to learn")
    icons.add_argument("--optimizer", choices=("adamw", "muon"))
    icons.add_argument("--device", choices=("cpu", "cuda"))
    icons.add_argument("--init", type=Path, metavar="DIR", help="begin from the averaged weights of the run there")
    icons.add_argument("--export", type=Path, metavar="DIR", help="write the model of the checkpoint there, and stop")
    icons.add_argument("--student", type=Path, metavar="DIR", help="export this folder of icons-fast beside it")
    _add_numbers(icons, samples=int, cooldown=int, warmup=int, batch=int, threads=int, seed=int)
    _add_numbers(icons, sketch=int, sketch_samples=int, sketch_weight=float, learning_rate=float, ema_halflife=float)
    _add_numbers(icons, log_sigma_mean=float, log_sigma_spread=float, drop_text=float, drop_style=float)
    _add_numbers(icons, narrow_weight=float, tint_weight=float)
    _add_numbers(icons, sheet_minutes=float)
    icons.set_defaults(main=_icons)


def _add_decoder(stages: Stages) -> None:
    decoder = stages.add_parser(
        "icons-decoder",
        help="make the decoder forgiving",
        description="Last stage: the decoder learns to clean up what the denoiser gets a little wrong. Export with it.",
    )
    _add_data(decoder)
    decoder.add_argument("--vae", type=Path, required=True, help="vae.safetensors of the second stage")
    decoder.add_argument("--words", type=Path, required=True, help="the directory of the first stage")
    decoder.add_argument("--run", type=Path, required=True, help="the directory of the third stage")
    _add_numbers(decoder, samples=int, batch=int, learning_rate=float, noise=float, threads=int, seed=int)
    decoder.add_argument("--device", choices=("cpu", "cuda"))
    decoder.set_defaults(main=_icons_decoder)


def _add_fast(stages: Stages) -> None:
    fast = stages.add_parser(
        "icons-fast",
        help="distil a variant that draws in four steps",
        description="Last but one: a student of the third stage's model. Started again with the same --out, it finds "
        "the paths that it drew.",
    )
    _add_data(fast)
    fast.add_argument("--words", type=Path, required=True, help="the directory of the first stage")
    fast.add_argument("--run", type=Path, required=True, help="the directory of the third stage")
    fast.add_argument("--device", choices=("cpu", "cuda"))
    _add_numbers(fast, paths=int, samples=int, batch=int, learning_rate=float, threads=int, seed=int)
    fast.set_defaults(main=_icons_fast)


def _add_scorer(stages: Stages) -> None:
    scorer = stages.add_parser(
        "scorer",
        help="train the judge of `gdm-studio evaluate`",
        description="A small network that compares pictures with captions. It judges the model and never teaches it.",
    )
    _add_data(scorer)
    _add_numbers(scorer, samples=int, cooldown=int, warmup=int, batch=int, learning_rate=float, threads=int, seed=int)
    scorer.set_defaults(main=_scorer, device="cpu")


def _add_upscaler(stages: Stages) -> None:
    upscaler = stages.add_parser(
        "upscaler",
        help="train the network that doubles pictures on export",
        description="By itself: needs pictures of 256 pixels, as `gdm-studio data icons --size 256` makes them.",
    )
    _add_data(upscaler)
    upscaler.add_argument("--vae", type=Path, metavar="FILE", help="vae.safetensors whose softness is to be undone")
    upscaler.add_argument("--source", type=Path, help="a folder with the npm archives, instead of fetching them")
    _add_numbers(upscaler, samples=int, cooldown=int, batch=int, learning_rate=float, threads=int, seed=int)
    upscaler.set_defaults(main=_upscaler, device="cpu")


def _add_vocabulary(stages: Stages) -> None:
    vocabulary = stages.add_parser(
        "vocabulary",
        help="write the words that a model met into its card",
        description="After an export: captions, keywords and colours of the pictures that the model learned from.",
    )
    vocabulary.add_argument("--data", type=Path, required=True, help="what `gdm-studio data icons` wrote")
    subsets = ("narrow", "emoji", "best", "all")
    vocabulary.add_argument("--subset", choices=subsets, default="best", help="what it learned (default: best)")
    vocabulary.add_argument("--model", default="icons", help="default: %(default)s")
    vocabulary.set_defaults(main=_vocabulary)


def _add_unpack(stages: Stages) -> None:
    unpack = stages.add_parser(
        "unpack",
        help="take a shipped model apart, to go on training it",
        description="Writes DIR/words, DIR/vae/vae.safetensors and DIR/run for --words, --vae and --init.",
    )
    unpack.add_argument("--model", default="icons", help="default: %(default)s")
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
    everything.set_defaults(main=_all, threads=None)


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


def _icons_vae(args: argparse.Namespace) -> int:
    _prepare(args, writes=args.out)
    from gdm_studio.training.icons_vae import VaeRecipe, train

    if args.encode_only and args.init is None:
        raise BadRequest("--encode-only encodes by the autoencoder that --init names; name one.")
    recipe = VaeRecipe(samples=0) if args.encode_only else _recipe(VaeRecipe(), args)
    say(train(args.data, args.out, recipe, init=args.init))
    return 0


def _icons(args: argparse.Namespace) -> int:
    _prepare(args, writes=args.export or args.out)
    from gdm_studio.training.export import export
    from gdm_studio.training.icons import IconsRecipe, train

    if args.export:
        say(export(args.data, args.vae, args.words, args.out, to=args.export, student=args.student))
    else:
        train(args.data, args.vae, args.words, args.out, recipe=_recipe(IconsRecipe(), args), init=args.init)
    return 0


def _icons_decoder(args: argparse.Namespace) -> int:
    _prepare(args, writes=args.out)
    from gdm_studio.training.icons_decoder import DecoderRecipe, train

    say(train(args.data, args.vae, args.words, args.run, args.out, recipe=_recipe(DecoderRecipe(), args)))
    return 0


def _icons_fast(args: argparse.Namespace) -> int:
    _prepare(args, writes=args.out)
    from gdm_studio.training.fast import FastRecipe, train

    say(train(args.data, args.words, args.run, args.out, recipe=_recipe(FastRecipe(), args)))
    return 0


def _scorer(args: argparse.Namespace) -> int:
    _prepare(args, writes=args.out)
    from gdm_studio.training.evaluation.scorer_recipe import ScorerRecipe, train

    say(train(args.data, args.out, _recipe(ScorerRecipe(), args)))
    return 0


def _upscaler(args: argparse.Namespace) -> int:
    _prepare(args, writes=args.out)
    from gdm_studio.training.upscaler import UpscalerRecipe, train

    say(train(args.data, args.out, vae=args.vae, source=args.source, recipe=_recipe(UpscalerRecipe(), args)))
    return 0


def _all(args: argparse.Namespace) -> int:
    args.device = "cuda" if args.plan == "gpu" else "cpu"
    _prepare(args, writes=args.out)
    from gdm_studio.training.pipeline import PLANS, run, shortened

    for stage in run(shortened(PLANS[args.plan], args.factor), args.out, source=args.source):
        say(f"== {stage}")
    return 0


def _vocabulary(args: argparse.Namespace) -> int:
    from gdm_studio.models.library import Library

    path = Library().card(args.model).path
    assert path is not None  # it was read from a folder
    _writable(path.parent)
    from gdm_studio.training.export import CARD
    from gdm_studio.training.vocabulary import build

    say(f"{build(args.data, path.with_name(CARD), subset=args.subset)} words")
    return 0


def _unpack(args: argparse.Namespace) -> int:
    from gdm_studio.models.library import Library

    card = Library().card(args.model)
    _writable(args.out)
    from gdm_studio.training.unpack import unpack

    say(unpack(card, args.out))
    return 0


def _prepare(args: argparse.Namespace, *, writes: Path) -> None:
    """Everything that can be refused is refused here, before the minutes that reading the pictures takes."""
    for name, (low, high) in RANGES.items():
        if (value := getattr(args, name, None)) is not None:
            check_number(f"--{name.replace('_', '-')}", value, low, high)
    threads.prepare()
    import torch

    if args.device == "cuda" and not torch.cuda.is_available():
        instead = "--plan laptop" if "plan" in args else "--device cpu"
        raise DeviceError(f"There is no CUDA device here; train with {instead}.")
    _writable(writes)
    torch.set_num_threads(args.threads or min(torch.get_num_threads(), 2))


def _writable(folder: Path) -> None:
    make_folder(folder)
    check_writable(folder)


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="what `gdm-studio data icons` wrote")
    parser.add_argument("--out", type=Path, required=True, help="the directory to write")


def _add_numbers(parser: argparse.ArgumentParser, **numbers: type) -> None:
    for name, kind in numbers.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar="N", help="default: the recipe's")


def _recipe(recipe: Recipe, args: argparse.Namespace) -> Recipe:
    """The recipe with those fields replaced that the command line names."""
    given = {f.name: getattr(args, f.name, None) for f in fields(recipe)}
    return replace(recipe, **{name: value for name, value in given.items() if value is not None})
