"""Downloads from a server on this computer that speaks the hub's API: whole files or none, resumed and verified."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import close_session, constants

from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, ModelError, StudioError
from gdm_studio.downloads import catalogue, file_transfer
from gdm_studio.downloads.catalogue import CatalogueModel, RepositoryFile
from gdm_studio.downloads.file_transfer import DownloadError
from gdm_studio.downloads.hub import HubPath, parse_hub_path
from gdm_studio.downloads.model_download import Added, Plan, Progress, download
from gdm_studio.models.model_library import Library
from gdm_studio.models.required_parts import FLUX_2_VAE, RequiredPart
from tests.helpers import tiny_transformers
from tests.helpers.hub_server import COMMIT, HubServer, hub_server

REPOSITORY = "someone/klein"
FILE = f"{REPOSITORY}/split/klein.safetensors"


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the files of a small model: transformer, text encoder and VAE."""
    folder = tmp_path_factory.mktemp("contents")
    tiny_transformers.write_files(folder, "klein", file="klein.safetensors")
    return {each.name: each.read_bytes() for each in folder.rglob("*.safetensors")}


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, contents: dict[str, bytes]) -> Iterator[HubServer]:
    with hub_server() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
        monkeypatch.setenv("HF_TOKEN", "secret")
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
        server.files = {f"{REPOSITORY}/split/{name}": data for name, data in contents.items()}
        preferences.change({"downloads": True})
        yield server


def get(name: str, library: Library | None = None) -> tuple[list[Plan | Progress | Added], Library]:
    library = library or Library()
    return list(download(name, library)), library


def added_names(events: list[Plan | Progress | Added]) -> list[str]:
    assert isinstance(events[-1], Added)
    return [row.name for row in events[-1].rows]


def files_below(folder: Path) -> list[Path]:
    return sorted(each for each in folder.rglob("*") if each.is_file())


def test_downloads_are_off_until_the_user_allows_them(hub: HubServer) -> None:
    preferences.change({"downloads": False})
    with pytest.raises(DownloadError, match="Settings under Permissions"):
        get(FILE)
    assert hub.requests == []


@pytest.mark.slow
def test_a_cut_download_resumes_and_appears_only_when_whole(hub: HubServer, tmp_path: Path) -> None:
    data = hub.files[FILE]
    third = len(data) // 3
    hub.cuts = [third, *[0] * file_transfer.ATTEMPTS]
    with pytest.raises(DownloadError, match="was lost .*; start the download again to resume it"):
        get(FILE)
    unfinished = files_below(tmp_path / "hub" / "models--someone--klein")
    assert [each.name.endswith((".incomplete", ".state")) for each in unfinished] == [True, True]
    # No list of models contains it, even if the whole cache is a models folder.
    preferences.change({"model_folders": (str(tmp_path / "hub"),)})
    library = Library()
    assert not any(row.path.is_relative_to(tmp_path) for row in library.model_table())
    preferences.change({"model_folders": ()})
    events, library = get(FILE)
    # The last request, also of the next call, asks for the rest only.
    assert hub.transfers()[-1][1] == f"bytes={third}-" and isinstance(events[0], Plan)
    assert events[0].missing_bytes == len(data) - third
    path = tmp_path / "hub" / "models--someone--klein" / "snapshots" / COMMIT / "split" / "klein.safetensors"
    assert path.read_bytes() == data and path.resolve().name == hashlib.sha256(data).hexdigest()
    assert str(path) in preferences.load().model_folders and not list(tmp_path.rglob("*.incomplete"))
    # The token is for the hub and not for the host of the contents.
    assert {authority for method, *_, authority in hub.requests if method == "HEAD"} == {"Bearer secret"}
    assert {authority for method, *_, authority in hub.requests if method == "GET"} == {""}
    # The cache is used, not downloaded again.
    before = len(hub.transfers())
    get(FILE, library)
    assert len(hub.transfers()) == before


@pytest.mark.slow
def test_a_listed_model_comes_with_all_parts_and_shares_them(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch, contents: dict[str, bytes]
) -> None:
    width = 2560
    others = sorted(contents.keys() - {"klein.safetensors"})
    encoder, vae = sorted(others, key=lambda name: "vae" in name)
    files = (
        RepositoryFile(REPOSITORY, "split/klein.safetensors", 1),
        RepositoryFile(REPOSITORY, f"split/{encoder}", 1, RequiredPart("qwen3", width)),
        RepositoryFile(REPOSITORY, f"split/{vae}", 1, FLUX_2_VAE),
    )
    model = CatalogueModel("small", "Small", "Klein", "", "", "yes", files, 1.0, 1)
    monkeypatch.setattr(catalogue, "CATALOGUE", (model,))
    events, library = get("SMALL")
    assert len(added_names(events)) == 3
    card = library.card("klein")
    assert card.beside and card.path is not None
    # A model with the same encoder in another repository needs its own file only.
    other = "someone/other/other.safetensors"
    hub.files[other] = hub.files[FILE]
    hub.files[f"someone/other/{vae}"] = contents[vae]
    shared = (RepositoryFile("someone/other", "other.safetensors", 1), files[1], files[2])
    monkeypatch.setattr(catalogue, "CATALOGUE", (CatalogueModel("other", "O", "K", "", "", "yes", shared, 1.0, 1),))
    hub.requests.clear()
    events, _ = get("other", library)
    # The transformer has the hash of the installed one.
    assert isinstance(events[0], Plan) and events[0].files == () and hub.transfers() == []


@pytest.mark.parametrize("lie", ["hash", "longer", "shorter", "size"])
def test_another_file_than_the_announced_one_is_deleted(hub: HubServer, tmp_path: Path, lie: str) -> None:
    data = hub.files[FILE]
    if lie == "size":
        hub.stated_sizes[FILE] = len(data) - 5
    else:
        hub.lies[FILE] = {"hash": data[:-1] + b"x", "longer": data + b"x", "shorter": data[:-1]}[lie]
    with pytest.raises(DownloadError, match="sent another file than the klein.safetensors"):
        get(FILE)
    assert sum(each.stat().st_size for each in files_below(tmp_path / "hub") if each.suffix != ".state") == 0
    assert preferences.load().model_folders == ()
    hub.lies.clear()
    hub.stated_sizes.clear()
    assert added_names(get(FILE)[0]) == ["klein"]


@pytest.mark.parametrize(
    ("status", "headers", "sentence"),
    [
        (403, {"X-Error-Code": "GatedRepo"}, "accept its licence: open https://huggingface.co/someone/klein"),
        (401, {"X-Error-Code": "GatedRepo"}, "accept its licence"),
        (401, {"X-Error-Message": "Invalid credentials in Authorization header"}, "does not accept your access token"),
        (401, {"X-Error-Code": "RepoNotFound"}, "has no public model someone/klein"),
        (403, {}, "forbids the download"),
        (404, {"X-Error-Code": "EntryNotFound"}, "has no split/klein.safetensors"),
        (429, {"Retry-After": "60"}, "refuses more requests for 60 seconds"),
        (500, {}, "has a problem .status 500.; try again later"),
    ],
)
def test_a_refusal_is_one_sentence(hub: HubServer, status: int, headers: dict[str, str], sentence: str) -> None:
    hub.answers[FILE] = (status, headers)
    with pytest.raises(DownloadError, match=sentence) as raised:
        get(FILE)
    assert "\n" not in str(raised.value)
    hub.answers.clear()
    assert added_names(get(FILE)[0]) == ["klein"]


def test_a_full_disk_is_reported_before_and_during_the_download(
    hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gdm_studio.downloads import model_download as module

    monkeypatch.setattr(module, "SPARE_BYTES", 10**18)
    with pytest.raises(DownloadError, match="GB are needed; free some space"):
        get(FILE)
    assert hub.transfers() == []


def test_only_https_is_used_except_on_this_computer(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.redirects[FILE] = "http://example.org/klein.safetensors"
    with pytest.raises(DownloadError, match="example.org.* is not an https address"):
        get(FILE)
    address = f"{hub.contents}/{FILE}"
    hub.redirects[f"/content/{FILE}"] = "http://example.org/klein.safetensors"
    for bad in (address, "http://example.org/a.safetensors", "ftp://localhost/a.safetensors"):
        with pytest.raises(DownloadError, match="is not an https address"):
            get(bad)
    monkeypatch.setenv("HF_ENDPOINT", "http://mirror.example.org")
    with pytest.raises(DownloadError, match="is not an https address"):
        get(FILE)


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "ftp://127.0.0.1:9"])
def test_a_proxy_that_cannot_be_used_is_named(hub: HubServer, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    close_session()
    with monkeypatch.context() as patch:
        patch.setenv("ALL_PROXY", proxy)
        patch.setitem(sys.modules, "socksio", None)
        for name in (FILE, f"{hub.contents}/{FILE}"):
            with pytest.raises(DownloadError, match="The proxy in ALL_PROXY, .* name an HTTP proxy there"):
                get(name)
    assert hub.requests == []
    get(FILE)


def test_a_file_at_any_address_comes_into_the_models_folder(hub: HubServer) -> None:
    address = f"{hub.contents}/{FILE}?download=true"
    data = hub.files[FILE]
    hub.cuts = [len(data) // 2, *[0] * file_transfer.ATTEMPTS]
    with pytest.raises(DownloadError, match="was lost"):
        get(address)
    assert not any(row.path.is_relative_to(paths.models_dir()) for row in Library().model_table())
    events, _ = get(address)
    assert hub.transfers()[-1][1] == f"bytes={len(data) // 2}-"
    (kept,) = files_below(paths.models_dir())
    assert kept == paths.models_dir() / "klein.safetensors" and kept.read_bytes() == data
    assert isinstance(events[-1], Added) and events[-1].rows[0].path == kept
    # A file that changed on the server in the meantime is not put together from two halves.
    hub.files[f"{REPOSITORY}/b.safetensors"] = data
    address = f"{hub.contents}/{REPOSITORY}/b.safetensors"
    hub.cuts = [len(data) // 2, *[0] * file_transfer.ATTEMPTS]
    with pytest.raises(DownloadError):
        get(address)
    changed = data[:-4] + b"\0\0\0\0"
    hub.files[f"{REPOSITORY}/b.safetensors"] = changed
    get(address)
    assert (paths.models_dir() / "b.safetensors").read_bytes() == changed


def test_a_page_instead_of_a_model_is_refused(hub: HubServer) -> None:
    hub.files["login.safetensors"] = b"<!doctype html><html>please log in</html>"
    with pytest.raises(ModelError):
        get(f"{hub.contents}/login.safetensors")
    assert files_below(paths.models_dir()) == []
    for bad in (f"{hub.contents}/page", "nothing"):
        with pytest.raises(BadRequest):
            get(bad)


@pytest.mark.parametrize("index", ["model_index.json", "modular_model_index.json"])
def test_the_files_of_a_repository_are_chosen(index: str, hub: HubServer) -> None:
    from gdm_studio.downloads.hub import choose_files

    with pytest.raises(BadRequest, match="has 3 weight files"):
        get(REPOSITORY)
    component = ("config.json", "model.safetensors", "model.fp16.safetensors", "model.bin")
    names = [index, "README.md", "big.safetensors", "vae/config.json", "vae/model.safetensors"]
    names += [f"unet/{name}" for name in component]
    names += [f"text/{name}" for name in ("m-00001-of-00002.safetensors", "m-00002-of-00002.safetensors")]
    names += ["text/m.safetensors.index.json", "text/tokenizer.json", "../../etc/x.json"]
    hub.files = {f"{REPOSITORY}/{name}": b"" for name in names}
    chosen = [each.path for each in choose_files(HubPath(REPOSITORY))]
    left_out = {"README.md", "big.safetensors", "unet/model.fp16.safetensors", "unet/model.bin", "../../etc/x.json"}
    assert sorted(chosen) == sorted(set(names) - left_out)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a/b", HubPath("a/b")),
        ("a/b/c/d.gguf", HubPath("a/b", "c/d.gguf")),
        ("https://huggingface.co/a/b", HubPath("a/b")),
        ("https://huggingface.co/a/b/tree/main", HubPath("a/b")),
        ("https://huggingface.co/a/b/blob/v1/c/d%20e.gguf?x=1", HubPath("a/b", "c/d e.gguf", "v1")),
        ("https://huggingface.co/a/b/resolve/main/d.gguf", HubPath("a/b", "d.gguf")),
        ("https://example.org/a/b", None),
        ("a/b/../c", None),
        ("word", None),
    ],
)
def test_names_and_addresses_of_the_hub_are_read(text: str, expected: HubPath | None) -> None:
    assert parse_hub_path(text) == expected


def test_a_listed_model_without_its_files_is_reported(hub: HubServer) -> None:
    """Without its files on the server, each download ends with one sentence that names what is missing."""
    for each in catalogue.CATALOGUE:
        with pytest.raises(StudioError):
            get(each.name)
    asked = {path for method, path, *_ in hub.requests if method == "HEAD"}
    assert len(asked) == len({(each.files[0].repository, each.files[0].path) for each in catalogue.CATALOGUE})
