"""`gdm-studio evaluate`: measures models on fixed prompts and seeds, and draws contact sheets."""

from __future__ import annotations

import argparse
import errno
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.cli.output import print_json, print_lines, print_notice
from gdm_studio.cli.progress_bar import ProgressBar
from gdm_studio.common.atomic_files import check_writable, make_folder, storage_error
from gdm_studio.common.errors import BadRequest

if TYPE_CHECKING:
    from gdm_studio.training.evaluation.cached_generator import CachedGenerator
    from gdm_studio.training.evaluation.metrics import EvaluationResult

# Measurements that need the scorer and the training images.
JUDGED = ("held-out", "words", "unstyled")
# Measurements that need only the training images.
BESIDE = ("seen", "repeats", "mixtures")
NAMES = (*JUDGED, *BESIDE, "colours", "time", "diversity", "seeds", "norms")
# Cell for a measurement that a model does not have.
NOTHING = "–"


def add(verbs: Any) -> None:
    """Add the verb `evaluate`, which measures models on fixed prompts, to the command-line parser."""
    parser = verbs.add_parser(
        "evaluate",
        help="measure models on fixed prompts and seeds",
        description="Measure models on fixed prompts and seeds. Images are cached, so a stopped evaluation resumes. "
        "Several models are compared in a table; each gets a sheet beside FILE, with its name.",
    )
    what = "names of models such as icons, or .safetensors files"
    parser.add_argument("models", nargs="+", metavar="MODEL", help=what)
    any_of = f"any of {', '.join(NAMES)} (default: all that are possible)"
    parser.add_argument("--only", nargs="+", default=[], choices=NAMES, metavar="FIGURE", help=any_of)
    parser.add_argument("--data", type=Path, metavar="DIR", help="training images, from gdm-studio data icons")
    parser.add_argument("--scorer", type=Path, metavar="DIR", help="the scorer, from gdm-studio train scorer")
    parser.add_argument("--source", type=Path, metavar="DIR", help="folder with the npm archives; otherwise downloaded")
    parser.add_argument("--quick", action="store_true", help="a quarter of everything, as a test")
    parser.add_argument("--sheet", type=Path, metavar="FILE", help="write the images of the fixed prompts, numbered")
    parser.add_argument(
        "--answers",
        type=Path,
        metavar="FILE",
        help="the same with prompts; with --data, also similar training images",
    )
    parser.add_argument(
        "--list", choices=("prompts", "prompts-2"), default="prompts", help="which fixed prompts (default: prompts)"
    )
    parser.add_argument(
        "--pairs",
        type=Path,
        metavar="FILE",
        help="write the images beside training images of the same (with --data)",
    )
    parser.add_argument("--named", type=int, metavar="N", help="how many images of the sheet a new viewer could name")
    parser.add_argument("--figures", action=argparse.BooleanOptionalAction, default=True, help="measure")
    parser.add_argument("--card", action="store_true", help="write the figures into the model cards")
    parser.add_argument("--json", action="store_true", help="print one JSON object per line")
    parser.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    """Generate the evaluation images of all models, draw their contact sheets, and print the measurements."""
    from gdm_studio.models.model_library import Library

    library = Library()
    cards = [library.card(model) for model in args.models]
    names = _select_names(args)
    from gdm_studio.training.evaluation.cached_generator import CachedGenerator
    from gdm_studio.training.evaluation.metrics import write_measurements

    bar = ProgressBar()
    for path in (args.sheet, args.answers, args.pairs, *(card.path for card in cards if args.card)):
        # Checked now, because the evaluation takes minutes.
        if path:
            _check_writable(path)
    found: dict[str, list[EvaluationResult]] = {}
    for model, card in zip(args.models, cards, strict=True):
        generator = CachedGenerator.of(library, model, bar.show)
        _write_sheets(args, bar, generator)
        figures = found.setdefault(card.name, [])
        for figure in _measure(args, names, generator):
            figures.append(figure)
            if args.json or len(cards) == 1:
                _print_result(args, bar, {"model": card.name} | _collect_facts(figure), _format_sentence(figure))
        if args.card:
            written = str(write_measurements(card, figures))
            _print_result(args, bar, {"card": written}, written)
    if len(cards) > 1 and not args.json:
        bar.end()
        print_lines(*format_table(found))
    return 0


def format_table(found: Mapping[str, Sequence[EvaluationResult]]) -> list[str]:
    """Format measurements as the lines of a table with one column per model and one row per measurement. Remarks about
    the measurements follow the table.
    """
    firsts = {figure.key: figure for figures in found.values() for figure in reversed(figures)}
    keys = dict.fromkeys(figure.key for figures in found.values() for figure in figures)
    words = {model: {figure.key: figure.words for figure in figures} for model, figures in found.items()}
    rows = [["", *found, "goal"]]
    rows += [[firsts[k].title, *(words[model].get(k, NOTHING) for model in found), firsts[k].goal] for k in keys]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    remarks = [f"{model}: {f.remark}" for model, figures in found.items() for f in figures if f.remark]
    return [*lines, *remarks]


def _write_sheets(args: argparse.Namespace, bar: ProgressBar, generator: CachedGenerator) -> None:
    from gdm_studio.training.evaluation.human_evaluation import write_answers, write_pairs, write_sheet
    from gdm_studio.training.evaluation.training_images import open_training_images

    name = generator.library.card(generator.base.model).name

    def own(path: Path) -> Path:
        return path.with_name(f"{path.stem}-{name}{path.suffix}") if len(args.models) > 1 else path

    if args.sheet:
        write_sheet(own(args.sheet), generator, args.list)
        _print_result(args, bar, {"sheet": str(own(args.sheet))}, str(own(args.sheet)))
    if args.answers:
        write_answers(own(args.answers), generator, args.data, args.list)
        _print_result(args, bar, {"answers": str(own(args.answers))}, str(own(args.answers)))
    if args.pairs:
        training = open_training_images(args.data, generator.library.card(generator.base.model), generator.show)
        pairs = own(args.pairs)
        key = write_pairs(pairs, generator, training)
        _print_result(args, bar, {"pairs": str(pairs), "key": str(key)}, f"{pairs}\n{key}")


def _select_names(args: argparse.Namespace) -> tuple[str, ...]:
    """Return the names of the measurements that the command line selects. Raises BadRequest if options contradict each
    other or a selected measurement needs a missing option.
    """
    if args.quick and args.card:
        raise BadRequest("--quick measures too little for the card; leave out --quick or --card.")
    if args.named is not None and len(args.models) > 1:
        raise BadRequest("--named needs the sheet of one model; name one model.")
    if args.pairs and not args.data:
        raise BadRequest("--pairs needs training images; --data is missing.")
    if not args.figures:
        nothing = args.named is None and (args.card or not (args.sheet or args.answers or args.pairs))
        if args.only or nothing:
            raise BadRequest("There is nothing to do; leave out --no-figures.")
        return ()
    lacking = [name for name in NAMES if not _is_possible(name, args)]
    if not lacking:
        return tuple(args.only) or NAMES
    needs = f"{', '.join(BESIDE)} need --data; {', '.join(JUDGED)} need --data and --scorer"
    if wanted := [name for name in args.only if name in lacking]:
        missing = " and ".join(f"--{option}" for option in ("data", "scorer") if _lacks(option, wanted, args))
        raise BadRequest(f"{needs}: {missing} {'are' if ' and ' in missing else 'is'} missing.")
    if not args.only:
        print_notice(f"Left out: {needs}")
    return tuple(args.only) or tuple(name for name in NAMES if name not in lacking)


def _is_possible(name: str, args: argparse.Namespace) -> bool:
    return not any(_lacks(option, [name], args) for option in ("data", "scorer"))


def _lacks(option: str, names: Sequence[str], args: argparse.Namespace) -> bool:
    """Return True if any of the measurements `names` needs the option `--data` or `--scorer`, and the command line
    lacks that option.
    """
    needing = JUDGED if option == "scorer" else (*JUDGED, *BESIDE)
    return not getattr(args, option) and any(name in needing for name in names)


def _check_writable(path: Path) -> None:
    if path.is_dir():
        raise storage_error(path, IsADirectoryError(errno.EISDIR, ""))
    make_folder(path.parent)
    check_writable(path.parent)


def _measure(
    args: argparse.Namespace, names: tuple[str, ...], generator: CachedGenerator
) -> Iterator[EvaluationResult]:
    from gdm_studio.training.evaluation import diversity, metrics, score_norm_measurement
    from gdm_studio.training.evaluation.human_evaluation import named_by_person

    if args.named is not None:
        yield named_by_person(args.named, args.list)
    yield from _measure_against_references(args, names, generator)
    if "colours" in names:
        yield from metrics.measure_colour_accuracy(generator, quick=args.quick)
    if "time" in names:
        yield from metrics.speed(generator)
    if "diversity" in names:
        yield from diversity.diversity_by_temperature(generator, quick=args.quick)
    if "seeds" in names:
        yield from diversity.measure_seed_distances(generator, quick=args.quick)
        yield from diversity.measure_seed_repeats(generator, quick=args.quick)
    if "norms" in names:
        yield from score_norm_measurement.measure_norms_for_card(generator, args.data, quick=args.quick)


def _measure_against_references(
    args: argparse.Namespace, names: tuple[str, ...], generator: CachedGenerator
) -> Iterator[EvaluationResult]:
    """Yield the measurements that compare a model's generated images with training images."""
    from gdm_studio.training.evaluation import memorisation, metrics, unseen_combinations
    from gdm_studio.training.evaluation.training_images import open_training_images

    card = generator.library.card(generator.base.model)
    references = None
    if any(name in JUDGED for name in names) or ("mixtures" in names and args.scorer):
        about: dict[str, Any] = {"source": args.source, "quick": args.quick, "show": generator.show}
        references = metrics.load_references(args.data, args.scorer, card, **about)
        if "held-out" in names:
            yield from metrics.measure_heldout_images(generator, references)
        if "words" in names:
            yield from metrics.measure_novel_word_accuracy(generator, references, quick=args.quick)
        if "unstyled" in names:
            yield from unseen_combinations.measure_unstyled_retrieval(generator, references)
    if any(name in BESIDE for name in names):
        training = open_training_images(args.data, card, generator.show)
        if "seen" in names:
            yield from memorisation.measure_memorised_images(generator, training, quick=args.quick)
        if "repeats" in names:
            yield from memorisation.measure_repetition(generator, training, quick=args.quick)
        if "mixtures" in names:
            yield from unseen_combinations.measure_mixture_accuracy(generator, training, references, quick=args.quick)


def _collect_facts(figure: EvaluationResult) -> dict[str, Any]:
    facts = {"figure": figure.key, "title": figure.title, "value": figure.value, "goal": figure.goal}
    return facts | ({"of": figure.of} if figure.of else {}) | figure.details | figure.card


def _format_sentence(figure: EvaluationResult) -> str:
    details = ", ".join(f"{name.replace('_', ' ')} {value:.3g}" for name, value in figure.details.items())
    goal = f"   goal {figure.goal}" if figure.goal else ""
    below = "".join(f"\n    {line}" for line in (details, figure.remark) if line)
    return f"{figure.title:48} {figure.words}{goal}{below}"


def _print_result(args: argparse.Namespace, bar: ProgressBar, facts: dict[str, Any], sentence: str) -> None:
    bar.end()
    print_json(facts) if args.json else print_lines(*sentence.split("\n"))
