"""Editing of folders: names, order, masks, metadata, and continuing after an interruption."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio.cli.main import run
from gdm_studio.common import colour_profiles, paths
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.image_file import read_rgba_array
from gdm_studio.gallery import read
from gdm_studio.jobs.folder_edit import (
    LOG,
    FolderEdit,
    FolderPicture,
    PreparedPicture,
    Upscaling,
    default_output,
    list_pictures,
)
from gdm_studio.studio.studio import Studio
from tests.helpers import tiny_model

_MAKE, _ORIENTATION, _EXIF_IFD, _LENS = 0x010F, 0x0112, 0x8769, 0xA434


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def photo(seed: int = 0, size: tuple[int, int] = (48, 40)) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def exif(orientation: int = 1) -> Image.Exif:
    found = Image.Exif()
    found[_MAKE] = "Camera"
    found[_ORIENTATION] = orientation
    found.get_ifd(_EXIF_IFD)[_LENS] = "50 mm"
    return found


def wide_profile() -> bytes:
    return colour_profiles.matrix_profile((0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.3290), (2.2,))


def names(listed: list) -> list[str]:
    return [picture.name for picture in listed]


def test_pictures_are_listed_in_natural_order_with_their_masks(folder: Path, tmp_path: Path) -> None:
    for name in ("10.png", "2.png", "1.jpg", "sub/3.webp", "2.mask.png", "1_MASK.png", "lonely-mask.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        photo().save(folder / name)
    for name in (".hidden.png", "notes.txt"):
        (folder / name).write_bytes(b"x")
    (folder / "out").mkdir()
    photo().save(folder / "out" / "old.png")
    found = list_pictures(folder, out=folder / "out")
    assert names(found) == ["1.jpg", "2.png", "10.png", "lonely-mask.png", "sub/3.webp"]
    masks = {picture.name: picture.mask and picture.mask.name for picture in found}
    assert (masks["1.jpg"], masks["2.png"], masks["10.png"]) == ("1_MASK.png", "2.mask.png", None)
    (tmp_path / "masks" / "sub").mkdir(parents=True)
    photo().save(tmp_path / "masks" / "sub" / "3.png")
    found = list_pictures(folder, out=folder / "out", masks=tmp_path / "masks")
    assert [(each.name, each.mask) for each in found if each.mask] == [("sub/3.webp", tmp_path / "masks/sub/3.png")]
    with pytest.raises(StorageError, match="is not a folder"):
        list_pictures(folder / "2.png", out=folder / "out")
    assert default_output(folder).name == "in edited"


def test_pictures_and_masks_of_other_formats_are_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo().save(folder / "1.png")
    photo().save(folder / "2.tga")
    photo().save(folder / "3.png")
    photo().save(folder / "3.mask.tga")
    (_, _, third) = list_pictures(folder, out=folder / "out")
    assert third.mask == folder / "3.mask.tga", "the whole picture would be edited"
    assert run(["edit", str(folder), "--upscale", "2", "--out", str(folder / "out")]) == 2
    told = capsys.readouterr().err
    assert "2.tga is a TGA picture, which is not supported" in told and "1 picture was not edited: 2.tga" in told
    assert (folder / "out" / "1.png").is_file()


def test_edited_pictures_never_come_among_those_to_edit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "in").mkdir()
    photo().save(folder / "1.png")
    photo().save(folder / "in" / "2.png")
    photo().save(folder / "in" / "in.png")
    (folder.parent / "link").symlink_to(folder)
    for out in (folder, folder / "in" / "..", folder.parent / "link", folder.parent):
        before = sorted(folder.rglob("*"))
        assert run(["edit", str(folder), "--upscale", "2", "--out", str(out)]) == 2
        assert "choose another folder" in capsys.readouterr().err and sorted(folder.rglob("*")) == before
    for _ in range(2):
        assert run(["edit", str(folder), "--upscale", "2", "--out", str(folder / "out")]) == 0
        assert len(list(folder.rglob("*.png"))) == 6
    # A picture is "in/2.png" only in a folder that has a subfolder "in".
    assert run(["edit", str(folder / "in"), "--upscale", "2", "--out", str(folder)]) == 0
    assert names(list_pictures(folder / "in", out=folder)) == ["2.png", "in.png"]


def test_copies_keep_names_exif_and_profiles(folder: Path, tmp_path: Path) -> None:
    # The colours are in sRGB too.
    picture = photo().point(lambda level: 90 + level // 4)
    wide = wide_profile()
    picture.save(folder / "a.jpg", exif=exif(6), icc_profile=wide, quality=95)
    picture.save(folder / "b.webp", exif=exif(), lossless=True)
    picture.save(folder / "c.png", icc_profile=wide)
    picture.save(folder / "d.bmp")
    picture.save(folder / "d.PNG")
    picture.save(folder / "e.gif")
    out = tmp_path / "out"
    with FolderEdit(list_pictures(folder, out=out), out, Upscaling(factor=1.5)) as edit:
        for each in edit.pictures:
            prepared = edit.prepare(each)
            assert prepared is not None
            edit.write(prepared, edit.read_pixels(prepared))
    made = sorted(path.name for path in out.iterdir() if not path.name.startswith(".") and path.name != LOG)
    assert made == ["a.jpg", "b.webp", "c.png", "d.PNG", "d.bmp.png", "e.png"]
    for name in ("a.jpg", "b.webp", "c.png"):
        assert np.abs(read_rgba_array(out / name).astype(int) - read_rgba_array(folder / name)).mean() < 2, name
    with Image.open(out / "a.jpg") as turned:
        assert turned.size == (40, 48) and turned.info["icc_profile"] == wide
        found = turned.getexif()
        assert _ORIENTATION not in found and found[_MAKE] == "Camera"
        assert found.get_ifd(_EXIF_IFD)[_LENS] == "50 mm"
    with Image.open(out / "c.png") as converted:
        assert converted.info["icc_profile"] == wide
        # The pixels are stored in the colours of the profile.
        assert np.abs(np.asarray(converted.convert("RGB")).astype(int) - np.asarray(picture)).max() <= 3
    with Image.open(out / "b.webp") as plain:
        assert "icc_profile" not in plain.info and plain.getexif()[_MAKE] == "Camera"


def test_an_edit_continues_where_it_was_interrupted(folder: Path, tmp_path: Path) -> None:
    for number in range(5):
        photo(number).save(folder / f"{number}.png")
    out = tmp_path / "out"

    def edit(limit: int, factor: float = 2) -> list[str]:
        done = []
        with FolderEdit(list_pictures(folder, out=out), out, Upscaling(factor=factor)) as work:
            for each in work.pictures[:limit]:
                if (prepared := work.prepare(each)) is not None:
                    done.append(work.write(prepared, work.read_pixels(prepared)).name)
        return done

    assert edit(3) == ["0.png", "1.png", "2.png"]
    # The process ended after it had written 2.png, and while it was logging it.
    lines = (out / LOG).read_bytes().splitlines(keepends=True)
    (out / LOG).write_bytes(b"".join(lines[:-1]) + lines[-1][:9])
    assert edit(5) == ["2.png", "3.png", "4.png"] and edit(5) == []
    assert len([path for path in out.iterdir() if path.suffix == ".png"]) == 5
    # A changed picture and other settings are edited again, and nothing is overwritten.
    before = (out / "1.png").read_bytes()
    photo(9).save(folder / "1.png")
    assert edit(5) == ["1 (2).png"] and (out / "1.png").read_bytes() == before
    assert edit(1, 3) == ["0.png"], "the same file as before"
    with FolderEdit([], out, Upscaling()), pytest.raises(BadRequest, match="Another GDM Studio"):
        FolderEdit([], out, Upscaling())


def test_a_folder_is_edited_on_the_command_line(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    for number in (1, 2, 10):
        photo(number, (96, 64)).save(folder / f"{number}.png", exif=exif())
        mask = Image.new("L", (96, 64))
        mask.paste(255, (40, 20, 70, 50))
        mask.save(folder / f"{number}.mask.png")
    photo(3, (96, 64)).save(folder / "sole.jpg")
    (folder / "broken.png").write_bytes(b"not a picture")
    out = tmp_path / "in edited"
    begun = ["edit", str(folder), "--model", tiny_model.NAME, "--steps", "2", "--json"]
    begun += ["--prompt", "a red disc", "--inpaint-area", "masked", "--strength", "0.8"]
    assert run(begun) == 2
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["picture"] for each in events if each["event"] == "saved"] == ["1.png", "2.png", "10.png"]
    failed = {each["picture"]: each["message"] for each in events if each["event"] == "failed"}
    assert failed.keys() == {"broken.png", "sole.jpg"} and "has no mask" in failed["sole.jpg"]
    made = read_rgba_array(out / "10.png")
    outside = np.asarray(Image.open(folder / "10.mask.png")) == 0
    assert (made[outside] == read_rgba_array(folder / "10.png")[outside]).all()
    found = read(out / "10.png")
    assert found.request is not None and found.request.inpaint_area == "masked" and found.request.strength == 0.8
    assert found.request.seed != read(out / "2.png").request.seed  # type: ignore[union-attr]
    assert Image.open(out / "10.png").getexif()[_MAKE] == "Camera"
    assert run(["reproduce", str(out / "10.png")]) == 0
    capsys.readouterr()
    # A picture that was written but not logged is found by its id. Those that failed are tried again.
    lines = (out / LOG).read_bytes().splitlines(keepends=True)
    (out / LOG).write_bytes(b"".join(lines[:-1]))
    (folder / "broken.png").unlink()
    assert run(begun) == 2
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["event"] for each in events] == ["failed", "done"] and events[-1]["finished_before"] == 3
    assert len(list(out.glob("*.png"))) == 3
    assert run(["edit", str(folder), "a", "--image", "x.png"]) == 2
    assert "leave out --image" in capsys.readouterr().err
    assert run(["edit", str(folder), "--upscale", "9"]) == 2
    assert "--upscale must be a number above 1, at most 8" in capsys.readouterr().err
    assert run(["edit", str(folder), "--upscale", "2", "--out", str(tmp_path / "large")]) == 0
    assert Image.open(tmp_path / "large" / "sole.jpg").size == (192, 128)


def test_a_script_edits_a_folder(folder: Path, tmp_path: Path) -> None:
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    for number in (1, 2):
        photo(number).save(folder / f"{number}.png")
    (folder / "3.png").write_bytes(b"no picture")
    settings = {"model": tiny_model.NAME, "steps": 1, "strength": 0.5, "seed": 7}
    with Studio() as studio:
        made = dict(studio.edit_folder(folder, "a disc", **settings))
        assert made[folder / "1.png"] == tmp_path / "in edited" / "1.png"
        assert isinstance(made[folder / "3.png"], StorageError)
        found = read(tmp_path / "in edited" / "2.png").request
        assert found is not None and (found.seed, found.strength, found.prompt) == (7, 0.5, "a disc")
        again = dict(studio.edit_folder(folder, "a disc", **settings))
        assert again[folder / "1.png"] is None and again[folder / "2.png"] is None
        larger = dict(studio.edit_folder(folder, upscale=2, out=tmp_path / "large"))
        assert Image.open(tmp_path / "large" / "1.png").size == (96, 80)
        assert isinstance(larger[folder / "3.png"], StorageError)


def test_a_picture_whose_start_picture_vanishes_fails_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    for number in (1, 2):
        photo(number, (tiny_model.SIDE, tiny_model.SIDE)).save(folder / f"{number}.png")
    prepare = FolderEdit.prepare

    def prepare_and_lose(edit: FolderEdit, picture: FolderPicture) -> PreparedPicture | None:
        prepared = prepare(edit, picture)
        if picture.name == "1.png" and prepared is not None and prepared.request is not None:
            for file in paths.data_dir().rglob(f"{prepared.request.image}*"):
                file.unlink()
        return prepared

    monkeypatch.setattr(FolderEdit, "prepare", prepare_and_lose)
    assert run(["edit", str(folder), "--model", tiny_model.NAME, "--steps", "1", "--prompt", "a disc"]) == 2
    assert "1.png: The start picture is no longer on this machine" in capsys.readouterr().err
    assert [path.name for path in default_output(folder).glob("*.png")] == ["2.png"]


def test_other_proportions_and_sizes_are_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    side = tiny_model.SIDE
    photo(1, (side, side)).save(folder / "same.png")
    begun = ["edit", str(folder), "--model", tiny_model.NAME, "--steps", "1", "--prompt", "a disc"]
    assert run(begun) == 0
    assert "becomes" not in capsys.readouterr().err
    photo(2, (2 * side, side)).save(folder / "wide.png")
    photo(3, (2 * side, 2 * side)).save(folder / "large.png")
    photo(4, (side, 3 * side)).save(folder / "tall.png")
    photo(5, (3 * side, side)).save(folder / "long.jpg")
    assert run(begun) == 0
    lines = capsys.readouterr().err.splitlines()
    borders = "2 pictures have other proportions than the model makes, and got transparent borders: "
    assert f"{borders}tall.png, {side}x{3 * side}, becomes {side}x{side}." in lines
    borders = "1 picture has other proportions than the model makes, and got white borders: "
    assert f"{borders}long.jpg, {3 * side}x{side}, becomes {side}x{side}." in lines
    another = "1 edited picture has another size than the original: "
    assert f"{another}large.png, {2 * side}x{2 * side}, becomes {side}x{side}." in lines
