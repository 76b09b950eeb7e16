"""`gdm-studio train words|icons-vae|icons|icons-decoder`: train the built-in model, stage by stage."""

from __future__ import annotations

import argparse
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gdm_studio.atomic import check_writable, make_folder
from gdm_studio.engine import threads
from gdm_studio.errors import DeviceError
from gdm_studio.maths.knobs import check_number

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Recipe = TypeVar("Recipe", bound=DataclassInstance)

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
    "noise": (0, 10),
}


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the verb."""
    parser = verbs.add_parser("train", help="train the built-in model")
    stages = parser.add_subparsers(dest="stage", required=True)
    table = stages.add_parser("words", help="make the table of word vectors", description="First stage: word vectors.")
    _add_data(table)
    table.set_defaults(main=_words)

    vae = stages.add_parser(
        "icons-vae",
        help="train the autoencoder and encode the pictures",
        description="Second stage: the autoencoder. Started again with the same --out, it goes on from its checkpoint.",
    )
    _add_data(vae)
    _add_numbers(vae, samples=int, cooldown=int, batch=int, learning_rate=float, threads=int, seed=int)
    vae.add_argument("--device", choices=("cpu", "cuda"))
    vae.set_defaults(main=_icons_vae)

    icons = stages.add_parser(
        "icons",
        help="train the denoiser, or export it",
        description="Third stage: the denoiser and its text encoder. Started again with the same --out, it goes on "
        "from its checkpoint, with the options of the new start: a smaller --samples begins the cool-down early.",
    )
    _add_data(icons)
    icons.add_argument("--vae", type=Path, required=True, help="vae.safetensors of the second stage")
    icons.add_argument("--words", type=Path, required=True, help="the directory of the first stage")
    icons.add_argument("--subset", choices=("narrow", "emoji", "all"), help="which pictures to learn")
    icons.add_argument("--optimizer", choices=("adamw", "muon"))
    icons.add_argument("--device", choices=("cpu", "cuda"))
    icons.add_argument("--export", type=Path, metavar="DIR", help="write the model of the checkpoint there, and stop")
    _add_numbers(icons, samples=int, cooldown=int, warmup=int, batch=int, threads=int, seed=int)
    _add_numbers(icons, sketch=int, sketch_samples=int, sketch_weight=float, learning_rate=float, ema_halflife=float)
    _add_numbers(icons, log_sigma_mean=float, log_sigma_spread=float, drop_text=float, drop_style=float)
    _add_numbers(icons, sheet_minutes=float)
    icons.set_defaults(main=_icons)

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
    decoder.set_defaults(main=_icons_decoder, device="cpu")


def _words(args: argparse.Namespace) -> int:
    _writable(args.out)
    from gdm_studio.training.words import build

    print(build(args.data, args.out))
    return 0


def _icons_vae(args: argparse.Namespace) -> int:
    _prepare(args, writes=args.out)
    from gdm_studio.training.icons_vae import VaeRecipe, train

    print(train(args.data, args.out, _recipe(VaeRecipe(), args)))
    return 0


def _icons(args: argparse.Namespace) -> int:
    _prepare(args, writes=args.export or args.out)
    from gdm_studio.training.export import export
    from gdm_studio.training.icons import IconsRecipe, train

    if args.export:
        print(export(args.data, args.vae, args.words, args.out, to=args.export))
    else:
        train(args.data, args.vae, args.words, args.out, recipe=_recipe(IconsRecipe(), args))
    return 0


def _icons_decoder(args: argparse.Namespace) -> int:
    _prepare(args, writes=args.out)
    from gdm_studio.training.icons_decoder import DecoderRecipe, train

    print(train(args.data, args.vae, args.words, args.run, args.out, recipe=_recipe(DecoderRecipe(), args)))
    return 0


def _prepare(args: argparse.Namespace, *, writes: Path) -> None:
    """Everything that can be refused is refused here, before the minutes that reading the pictures takes."""
    for name, (low, high) in RANGES.items():
        if (value := getattr(args, name, None)) is not None:
            check_number(f"--{name.replace('_', '-')}", value, low, high)
    _writable(writes)
    threads.prepare()
    import torch

    if args.device == "cuda" and not torch.cuda.is_available():
        raise DeviceError("There is no CUDA device here; train with --device cpu.")

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
