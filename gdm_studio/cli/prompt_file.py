"""Reader of prompt files: one request per line, as a JSON object of options of `gdm-studio generate`."""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from gdm_studio.cli.options import add_options, card_for, request_from, with_input_images
from gdm_studio.common import atomic_files
from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.common.json_reader import parse_json
from gdm_studio.common.text_safety import to_ascii_json
from gdm_studio.request.generation_request import SETTINGS

if TYPE_CHECKING:
    from gdm_studio.jobs.finished_log import RequestClaims
    from gdm_studio.models.model_library import Library
    from gdm_studio.request.generation_request import Request

# The maximum length of a line in bytes.
MAX_LINE = 2**20
# A file is refused if this many lines at its start are all unusable.
MAX_UNUSABLE = 100
# Options that may occur several times, such as `"factor": {"clip_skip": 2}` in a line.
_REPEATABLE_OPTIONS = ("set", "factor", "hint")
# Options that may occur several times, and are a text or a list of texts in a line.
_REPEATABLE_TEXTS = ("region", "preprocessor", "hint_start", "hint_end")
_PATH_OPTIONS = ("image", "mask")
# Options with a number that are no settings.
_NUMBER_OPTIONS = ("eta", "enlarge", "toward", "toward_seed")
# Options of the whole run, which a line cannot change.
_OF_RUN = ("device",)


class PromptFile:
    """Prompt file for batch generation, read one request per line.

    Options that a line lacks come from the parsed command line `args`, and a missing seed from `log`.
    """

    def __init__(self, path: Path, args: argparse.Namespace, library: Library, log: RequestClaims) -> None:
        self._path = path
        self._args = args
        self._library = library
        self._log = log
        self._options = _options()

    def requests(self) -> Iterator[tuple[int, Request | StudioError]]:
        """Yield (line number from 1, request or error) for each line of the prompt file that is not empty.

        Raises StorageError if the file cannot be read, and BadRequest if its first lines are all unusable.
        """
        unusable = 0
        found = False
        for number, line in read_lines(self._path):
            request: Request | StudioError
            try:
                request = self._parse_line(line)
                found = True
            except StudioError as error:
                request = error
                unusable += 1
            yield number, request
            if unusable >= MAX_UNUSABLE and not found:
                raise BadRequest(f"The first {unusable} lines of {self._path} are unusable; name another file.")

    def _parse_line(self, line: bytes | None) -> Request:
        """Convert a line of the prompt file to a request. Raises StudioError if the line is unusable."""
        values = _parse_line(line)
        args = argparse.Namespace(**vars(self._args))
        for name, value in values.items():
            option = self._options.get(name)
            if option is None:
                raise BadRequest(_describe_unknown_option(name))
            if value is not None:
                setattr(args, option, _convert_argument(name, option, value))
        card = card_for(args, self._library)
        if args.seed is None:
            args.seed = str(self._log.seed_of(to_ascii_json(dict(sorted(values.items())))))
        request = card.checked(request_from(args, card))
        whole = with_input_images(args, request, card, self._library)
        return request if whole == request else card.checked(whole)


def read_lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Yield (line number from 1, content) for each line of a prompt file that is not empty.

    The content is None if it is too long. Raises StorageError if the file cannot be read.
    """
    with atomic_files.open_file(path) as raw, io.BufferedReader(raw) as file:
        number = 0
        try:
            while line := file.readline(MAX_LINE):
                number += 1
                if len(line) == MAX_LINE and not line.endswith(b"\n"):
                    _skip_line(file)
                    yield number, None
                elif line.strip():
                    yield number, line
        except OSError as error:
            raise atomic_files.storage_error(path, error) from error


def _skip_line(file: IO[bytes]) -> None:
    while (rest := file.readline(MAX_LINE)) and not rest.endswith(b"\n"):
        pass


def _parse_line(line: bytes | None) -> dict[str, Any]:
    """Parse the JSON object in a line of a prompt file. A JSON string is taken as the prompt. Raises BadRequest for
    anything else.
    """
    if line is None:
        raise BadRequest(f"The line has more than {MAX_LINE:,} bytes; shorten it.")
    try:
        values = parse_json(line.lstrip(b"\xef\xbb\xbf"))
    except ValueError as error:
        raise BadRequest('The line is no JSON object, such as {"prompt": "a red fox", "seed": 5}.') from error
    if isinstance(values, str):
        return {"prompt": values}
    if not isinstance(values, dict):
        raise BadRequest('The line is no JSON object, such as {"prompt": "a red fox", "seed": 5}.')
    return values


def _describe_unknown_option(name: str) -> str:
    if name in _OF_RUN:
        return f"A line cannot choose its {name}; use --{name}, which applies to the whole file."
    return f"A line has no option {name!r}; `gdm-studio generate --help` lists them."


def _convert_argument(name: str, option: str, value: Any) -> Any:
    """Convert a JSON value in a prompt file as argparse would convert the same option on the command line.

    Raises BadRequest if its type is wrong, with the message of the same setting in a script.
    """
    if option in _REPEATABLE_OPTIONS:
        entries = [f"{key}={each}" for key, each in value.items()] if isinstance(value, dict) else value
        if isinstance(entries, list) and all(isinstance(each, str) for each in entries):
            return entries
        raise BadRequest(f'{name} must be an object such as {{"clip": 2}}, or a list of texts, not {value!r}.')
    if option in _REPEATABLE_TEXTS:
        entries = value if isinstance(value, list) else [value]
        if any(isinstance(each, bool) or not isinstance(each, str | int | float) for each in entries):
            raise BadRequest(f"{name} must be a text or a list of texts, not {value!r}.")
        return list(map(str, entries))
    setting = SETTINGS.get(option)
    if (setting is not None and setting.kind is bool) or option == "fast":
        if isinstance(value, bool):
            return value
        raise BadRequest(f"{name} must be true or false, not {value!r}.")
    if option in _PATH_OPTIONS:
        if not isinstance(value, str) or "\0" in value:
            raise BadRequest(f"{name} must be the name of a file, not {value!r}.")
        return Path(value)
    if option == "size" and isinstance(value, list):
        value = "x".join(map(str, value))
    if setting is not None and setting.is_number:
        if setting.kind is int and isinstance(value, float) and value.is_integer():
            value = int(value)
        replace(setting, word=name).check(value)
    elif option in _NUMBER_OPTIONS:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadRequest(f"{name} must be a number, not {value!r}.")
    elif not isinstance(value, str):
        if setting is not None:
            replace(setting, word=name).typed(value)
        raise BadRequest(f"{name} must be text, not {value!r}.")
    return str(value)


def _options() -> dict[str, str]:
    """Return the options that a line of a prompt file may contain, as {name: attribute of the parsed command line}.

    A name is a long option of `generate`, with "-" or "_", or the setting's name in the metadata of an image.
    """
    parser = argparse.ArgumentParser(add_help=False)
    add_options(parser)
    found = {"prompt": "prompt"}
    for action in parser._actions:
        names = [option.removeprefix("--") for option in action.option_strings]
        found |= dict.fromkeys([*names, action.dest], action.dest)
    found = {name.replace("-", "_"): option for name, option in found.items() if option not in _OF_RUN}
    return found | {name.replace("_", "-"): option for name, option in found.items()}
