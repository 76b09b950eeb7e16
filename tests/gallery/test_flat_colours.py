"""Flat colours, clean transparency and icon sets: what a designer gets from an export."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from gdm_studio.common.connected_areas import find_largest_areas, label_areas, remove_islands
from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.gallery.export import (
    FORMATS,
    ExportSource,
    FlatStyle,
    Options,
    export,
    flat_colours,
    preview_icon_set,
    write_icon_set,
)
from gdm_studio.gallery.export.flat_colours import Outline, flatten, flatten_set, render, with_shared_palette
from gdm_studio.gallery.export.icon_set_export import icon_names, icon_set_files
from gdm_studio.gallery.export.masks import clean_alpha, largest
from gdm_studio.gallery.export.oklab import squared_tint_distances, to_oklab
from gdm_studio.gallery.export.outlines import trace_shapes

YELLOW, RED, BLACK = (250, 190, 40), (230, 40, 60), (40, 40, 40)


def icon(side: int = 256) -> Image.Image:
    """A yellow disc with a red bar and two small black eyes, with soft edges and a little noise, as a network draws."""
    big = Image.new("RGBA", (4 * side, 4 * side))
    pen = ImageDraw.Draw(big)
    unit = side / 64
    pen.ellipse([round(each * unit) for each in (24, 24, 232, 232)], fill=(*YELLOW, 255))
    pen.rectangle([round(each * unit) for each in (80, 160, 176, 180)], fill=(*RED, 255))
    for x in (88, 148):
        pen.ellipse([round(each * unit) for each in (x, 90, x + 20, 110)], fill=(*BLACK, 255))
    small = np.array(big.convert("RGBa").resize((side, side), Image.Resampling.BOX).convert("RGBA"))
    noise = np.random.default_rng(0).integers(-5, 6, small[..., :3].shape)
    small[..., :3] = np.clip(small[..., :3] + noise, 0, 255)
    return Image.fromarray(small)


def shapes_of(svg: bytes) -> list[tuple[str, str]]:
    return re.findall(r'<path fill="(#[0-9a-f]{6})" d="([^"]*)"/>', svg.decode())


def svg_of(picture: Image.Image, **options: object) -> bytes:
    ((_, data),) = FORMATS["svg"].files(ExportSource("icon", (np.asarray(picture),)), Options(**options))
    return data


@pytest.mark.slow
def test_an_icon_needs_as_many_colours_as_it_shows() -> None:
    flat = flatten(icon(), FlatStyle())
    assert len(flat.palette) == 3
    for colour in (YELLOW, RED, BLACK):
        assert np.sqrt(((to_oklab(flat.palette) - to_oklab(np.array(colour))) ** 2).sum(-1)).min() < 0.02
    svg = svg_of(icon())
    # The eyes and their disc are one path each: equal fills are merged.
    assert len(shapes_of(svg)) == 3 and len(svg) < 4000


def test_soft_edges_bring_no_colours_between() -> None:
    areas = flatten(icon(), FlatStyle())
    red = to_oklab(np.array(RED))
    index = int(((to_oklab(areas.palette) - red) ** 2).sum(-1).argmin())
    # A bar of 24 by 5 pixels of 64.
    assert abs((areas.areas == index).mean() - (96 * 20) / 256**2) < 0.006


@pytest.mark.slow
def test_the_number_of_colours_is_kept() -> None:
    for colours in (2, 3):
        assert len({fill for fill, _ in shapes_of(svg_of(icon(), flat=FlatStyle(colours=colours)))}) == colours
    many = Image.fromarray(np.random.default_rng(1).integers(0, 256, (8, 8, 3), np.uint8)).resize((256, 256), 0)
    many.putalpha(255)
    assert len(flatten(many, FlatStyle()).palette) == 16
    assert len(flatten(many, FlatStyle(colours=5)).palette) == 5


def test_a_small_part_keeps_its_own_colour() -> None:
    picture = icon()
    ImageDraw.Draw(picture).ellipse((120, 120, 136, 136), fill=(30, 90, 220, 255))
    palette = to_oklab(flatten(picture, FlatStyle(colours=4)).palette)
    assert np.sqrt(((palette - to_oklab(np.array((30, 90, 220)))) ** 2).sum(-1)).min() < 0.03


def test_small_areas_are_removed_and_the_subject_stays() -> None:
    pixels = np.array(icon())
    pixels[3:5, 3:5] = (0, 0, 255, 255)
    pixels[140:143, 125:128] = (0, 0, 255, 255)
    flat = flatten(Image.fromarray(pixels), FlatStyle())
    assert flat.areas[4, 4] == len(flat.palette)
    assert flat.areas[141, 126] == flat.areas[141, 110]
    tiny = np.zeros((256, 256, 4), np.uint8)
    tiny[100:102, 100:102] = 255
    assert (flatten(Image.fromarray(tiny), FlatStyle(smoothing=0)).areas == 0).sum() == 4


def test_an_almost_symmetric_image_becomes_symmetric_and_another_does_not() -> None:
    pixels = np.array(icon())
    pixels[110:150, 1:] = pixels[110:150, :-1]
    areas = flatten(Image.fromarray(pixels), FlatStyle()).areas
    columns = np.flatnonzero((areas != areas.max()).any(0))
    own = areas[:, columns[0] : columns[-1] + 1]
    assert np.array_equal(own, own[:, ::-1])
    ImageDraw.Draw(picture := icon()).rectangle((150, 60, 190, 80), fill=(*RED, 255))
    other = flatten(picture, FlatStyle()).areas
    assert not np.array_equal(other, other[:, ::-1])


def test_an_almost_symmetric_part_of_an_asymmetric_image_becomes_symmetric() -> None:
    picture = icon()
    pen = ImageDraw.Draw(picture)
    pen.rectangle((150, 60, 190, 80), fill=(*RED, 255))
    blue = (30, 90, 220)
    pen.polygon([(60, 150), (100, 110), (140, 150)], fill=(*blue, 255))
    pixels = np.array(picture)
    pixels[130:140, 1:110] = pixels[130:140, :109]
    flat = flatten(Image.fromarray(pixels), FlatStyle())
    index = int(((to_oklab(flat.palette) - to_oklab(np.array(blue))) ** 2).sum(-1).argmin())
    part = flat.areas == index
    columns = np.flatnonzero(part.any(0))
    own = part[:, columns[0] : columns[-1] + 1]
    assert own.sum() > 1000 and np.array_equal(own, own[:, ::-1])
    red = flat.areas == int(((to_oklab(flat.palette) - to_oklab(np.array(RED))) ** 2).sum(-1).argmin())
    assert red[60:81, 150:191].mean() > 0.95


@pytest.mark.slow
def test_borders_are_curves_with_few_points_that_leave_no_gap() -> None:
    flat = flatten(icon().resize((768, 768), Image.Resampling.BICUBIC), FlatStyle())
    shapes = list(trace_shapes(flat.areas, len(flat.palette)))
    # A disc with a bar and two eyes on it: the disc is whole below them.
    assert [len(shape.outlines) for shape in shapes] == [1, 1, 1, 1]
    segments = [len(shape.outlines[0]) // 3 for shape in shapes]
    assert max(segments) <= 12 and sum(segments) <= 30
    radii = np.hypot(*(shapes[0].outlines[0][::3] - 384).T)
    assert np.abs(radii - 312).max() < 4


def bands(radii: tuple[int, ...], colours: tuple[tuple[int, int, int], ...]) -> Image.Image:
    """Rings of these radii in pixels of 256, with soft edges and noise, enlarged to 768 pixels as for tracing."""
    y, x = np.mgrid[:1024, :1024] / 4 - 127.875
    radius = np.hypot(x, y)
    big = np.zeros((1024, 1024, 4), np.uint8)
    for colour, inner, outer in zip(colours, radii, radii[1:], strict=False):
        big[(radius >= inner) & (radius < outer)] = (*colour, 255)
    small = np.array(Image.fromarray(big).convert("RGBa").resize((256, 256), Image.Resampling.BOX).convert("RGBA"))
    noise = np.random.default_rng(3).integers(-4, 5, (256, 256, 3))
    small[..., :3] = np.clip(small[..., :3] + noise, 0, 255)
    return Image.fromarray(small).convert("RGBa").resize((768, 768), Image.Resampling.BICUBIC).convert("RGBA")


def points_of(curve: np.ndarray) -> np.ndarray:
    """Return the points (n, 2) along a curve of cubic segments."""
    share = np.linspace(0, 1, 20)[:, None]
    weights = ((1 - share) ** 3, 3 * (1 - share) ** 2 * share, 3 * (1 - share) * share**2, share**3)
    starts = range(0, len(curve) - 1, 3)
    return np.concatenate([sum(weights[place] * curve[start + place] for place in range(4)) for start in starts])


@pytest.mark.slow
def test_bands_are_traced_at_their_radius_and_round() -> None:
    radii = (0, 50, 66, 82, 98, 112)
    colours = ((130, 90, 200), (30, 100, 170), (60, 160, 70), (255, 215, 70), (255, 150, 40))
    flat = flatten(bands(radii, colours), FlatStyle())
    found = set()
    for shape in trace_shapes(flat.areas, len(flat.palette)):
        for outline in shape.outlines:
            points = points_of(outline) - 384
            distances = np.hypot(*points.T) / 3
            radius = min(radii, key=lambda each: abs(each - distances.mean()))
            found.add(radius)
            assert np.abs(distances - radius).mean() < 0.2 and np.abs(distances - radius).max() < 0.4
            # No facets: the direction changes little where two segments meet.
            steps = np.diff(points, axis=0)
            along = steps[np.hypot(*steps.T) > 1e-6]
            turns = np.angle(np.exp(1j * np.diff(np.arctan2(along[:, 1], along[:, 0]))))
            assert np.abs(turns).max() < np.radians(9)
    assert found == set(radii[1:])


def foggy_tile() -> Image.Image:
    """A pale tile with two wide bands in slightly darker shades, whose borders are soft."""
    rows = np.arange(256)
    levels = np.interp(rows, (0, 80, 96, 160, 176, 255), (248, 248, 206, 206, 232, 232))
    pixels = np.zeros((256, 256, 4), np.uint8)
    pixels[16:240, 16:240, :3] = levels[16:240, None, None].round()
    pixels[16:240, 16:240, 3] = 255
    return Image.fromarray(pixels)


def test_large_areas_of_low_contrast_are_kept() -> None:
    flat = flatten(foggy_tile(), FlatStyle())
    column = flat.areas[[50, 128, 220], 128]
    assert len(set(column.tolist())) == 3
    # A small spot of the same contrast is noise.
    spotted = np.array(foggy_tile())
    spotted[120:136, 120:136, :3] = 230
    soft = Image.fromarray(spotted).filter(ImageFilter.GaussianBlur(3))
    assert flatten(soft, FlatStyle()).areas[128, 128] == flatten(soft, FlatStyle()).areas[128, 60]


def test_a_shared_palette_does_not_make_different_areas_equal() -> None:
    style = FlatStyle(palette=((226, 226, 228), (250, 190, 40)))
    flat = flatten(foggy_tile(), style)
    column = flat.areas[[50, 128, 220], 128]
    assert len(set(column.tolist())) == 3
    assert [226, 226, 228] in flat.palette.tolist()


@pytest.mark.slow
@pytest.mark.parametrize("colours", [None, 4])
def test_greys_of_a_set_stay_grey_beside_tinted_members(colours: int | None) -> None:
    # The violet greys are within the distance at which vivid colours are one, and have the larger share.
    tones = [(150, 150, 150), (158, 146, 168), (157, 145, 167), (205, 204, 205), (212, 200, 220), (150, 40, 160)]
    members = [bands((0, 100), (tone,)).resize((192, 192)) for tone in tones]
    style = with_shared_palette(FlatStyle(colours=colours), members)
    for tone, member in zip(tones, members, strict=True):
        [shown] = flatten(member, style).palette.tolist()
        assert (max(shown) - min(shown) <= 3) == (max(tone) - min(tone) <= 3), (tone, shown)
    assert flatten(members[1], style).palette.tolist() == flatten(members[2], style).palette.tolist()


@pytest.mark.slow
def test_work_for_the_palette_of_a_large_set_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    computed: list[int] = []

    def recorded(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        computed.append(len(first) * len(second))
        return squared_tint_distances(first, second)

    monkeypatch.setattr(flat_colours, "squared_tint_distances", recorded)
    monkeypatch.setattr(flat_colours, "_MOST_CELLS", most := 50)
    tiles = np.random.default_rng(0).integers(0, 256, (24, 4, 4, 3)).astype(np.uint8)
    grey = bands((0, 100), ((128, 128, 128),))
    members = [Image.fromarray(tile).resize((48, 48), Image.Resampling.NEAREST).convert("RGBA") for tile in tiles]
    palette = with_shared_palette(FlatStyle(), [grey, *members]).palette
    assert len(palette) <= flat_colours.MOST_SHARED and any(max(each) - min(each) <= 3 for each in palette)
    assert sum(computed) < most * 16 * 24 + 3 * most**2


def test_shapes_beside_each_other_overlap_and_are_not_painted_below_each_other() -> None:
    areas = np.full((100, 200), 2, np.uint8)
    areas[20:80, 20:100] = 0
    areas[20:80, 100:180] = 1
    first, second = trace_shapes(areas, 2)
    (left,), (right,) = first.outlines, second.outlines
    # The one below reaches a little beyond the border at x = 100, not below all of the other.
    assert 100 < left[:, 0].max() < 102 and right[:, 0].min() >= 99.5
    assert left[:, 0].min() == pytest.approx(20, abs=0.6) and right[:, 0].max() == pytest.approx(180, abs=0.6)
    corners = np.array([[180, 20], [180, 80]])
    assert np.hypot(*(right[:, None] - corners).transpose(2, 0, 1)).min(0).max() < 0.7, "corners stay sharp"


def test_a_gradient_is_one_colour_and_an_edge_is_two() -> None:
    ramp = np.linspace(0, 1, 200)[None, :, None] * (np.array([250, 210, 60]) - [235, 170, 40]) + [235, 170, 40]
    pixels = np.zeros((256, 256, 4), np.uint8)
    pixels[28:228, 28:228, :3] = ramp.round()
    pixels[28:228, 28:228, 3] = 255
    assert len(np.unique(flatten(Image.fromarray(pixels), FlatStyle()).areas)) == 2
    pixels[28:228, 128:228, :3] = (250, 210, 60)
    pixels[28:228, 28:128, :3] = (235, 150, 30)
    assert len(np.unique(flatten(Image.fromarray(pixels), FlatStyle()).areas)) == 3


def test_a_thin_stroke_at_the_edge_keeps_its_colour() -> None:
    picture = Image.new("RGBA", (256, 256))
    ImageDraw.Draw(picture).rounded_rectangle((60, 30, 196, 226), 20, (250, 250, 252, 255), (30, 30, 34, 255), 3)
    soft = picture.convert("RGBa").filter(ImageFilter.GaussianBlur(0.8)).convert("RGBA")
    flat = flatten(soft, FlatStyle(smoothing=0.5))
    dark = to_oklab(flat.palette)[:, 0].argmin()
    edge = (flat.areas != len(flat.palette)) & (largest(flat.areas == len(flat.palette), 1) > 0)
    assert len(flat.palette) == 2 and (flat.areas[edge] == dark).mean() > 0.98


def test_an_outline_surrounds_the_subject() -> None:
    plain, lined = flatten(icon(), FlatStyle()), flatten(icon(), FlatStyle(outline=Outline.ALL))
    line = len(plain.palette)
    is_line = lined.areas == line
    was_outside = plain.areas == len(plain.palette)
    assert is_line.any() and not (is_line & ~was_outside).any()
    assert to_oklab(lined.palette[line])[0] < to_oklab(plain.palette)[:, 0].min()
    # No transparent pixel touches the subject.
    assert not (remove_islands(lined.areas > line, 0) & (largest(~was_outside, 1) > 0)).any()


@pytest.mark.slow
def test_flat_areas_are_flat_at_every_size(tmp_path: Path) -> None:
    master = ExportSource("icon", (np.asarray(icon()),))
    for size in (64, 256, 600):
        path = export(master, FORMATS["png"], Options(size=size, flat=FlatStyle()), tmp_path)
        pixels = np.asarray(Image.open(path))
        colours, counts = np.unique(pixels[pixels[..., 3] == 255][:, :3], axis=0, return_counts=True)
        assert counts[np.argsort(-counts)[:3]].sum() > 0.85 * counts.sum()


def test_dust_is_removed_and_edges_stay() -> None:
    clean = np.array(icon())
    dusty = clean.copy()
    noise = np.random.default_rng(2).integers(1, 24, clean.shape[:2])
    is_far = largest(clean[..., 3], 3) == 0
    dusty[..., 3] = np.where(is_far, noise, dusty[..., 3])
    dusty[128, 100:120, 3] = 240
    found = clean_alpha(dusty)
    assert np.array_equal(found[..., 3], clean[..., 3])
    assert np.array_equal(clean_alpha(clean), clean)


def test_a_shadow_is_no_dust(tmp_path: Path) -> None:
    picture = icon()
    shadow = picture.getchannel("A").filter(ImageFilter.GaussianBlur(12)).point(lambda alpha: alpha // 3)
    whole = Image.new("RGBA", picture.size)
    whole.putalpha(shadow)
    whole.alpha_composite(picture)
    pixels = np.asarray(whole)
    assert np.array_equal(clean_alpha(pixels), pixels)
    photo = np.full((20, 20, 4), 255, np.uint8)
    assert clean_alpha(photo) is photo


def test_dust_can_be_kept(tmp_path: Path) -> None:
    pixels = np.array(icon())
    pixels[2, 2] = (9, 9, 9, 3)
    master = ExportSource("icon", (pixels,))
    kept, cleaned = (export(master, FORMATS["png"], Options(clean=clean), tmp_path) for clean in (False, True))
    assert Image.open(kept).getpixel((2, 2))[3] == 3 and Image.open(cleaned).getpixel((2, 2))[3] == 0


@pytest.mark.parametrize("seed", range(40))
def test_islands_are_those_of_a_flood_fill(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mask = rng.random(rng.integers(1, 24, 2)) < rng.random()
    expected = mask.copy()
    areas: list[list[tuple[int, int]]] = []
    left = {(int(y), int(x)) for y, x in np.argwhere(mask)}
    while left:
        area = [left.pop()]
        for y, x in area:
            for near in ((y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)):
                if near in left:
                    left.remove(near)
                    area.append(near)
        areas.append(area)
    for area in areas:
        if len(area) < 5 and len(area) < max(map(len, areas)):
            expected[tuple(np.array(area).T)] = False
    assert np.array_equal(remove_islands(mask, 5), expected)


@pytest.mark.slow
def test_an_icon_set_shares_its_palette_and_size(tmp_path: Path) -> None:
    small = icon().resize((160, 160))
    moved = Image.new("RGBA", (256, 256))
    moved.paste(small, (10, 80))
    tinted = np.array(moved)
    tinted[..., :3] = np.clip(tinted[..., :3].astype(int) + 4, 0, 255)
    masters = [("A sun!", ExportSource("a", (np.asarray(icon()),))), ("a sun", ExportSource("b", (tinted,)))]
    steps = write_icon_set(masters, FlatStyle(), tmp_path, title="Sun: two")
    done = []
    while True:
        try:
            done.append(next(steps))
        except StopIteration as end:
            folder = end.value
            break
    assert done[:2] == [1, 2] and folder.name == "Sun two"
    assert (folder / "README.txt").read_text().startswith("Sun: two\n========\n")
    fills = {name: {fill for fill, _ in shapes_of((folder / "svg" / f"{name}.svg").read_bytes())} for name in
             ("sun", "sun-2")}  # fmt: skip
    assert fills["sun"] == fills["sun-2"] and len(fills["sun"]) == 3
    assert set(re.findall("#[0-9a-f]{6}", (folder / "README.txt").read_text())) == fills["sun"]
    boxes = [Image.open(folder / "png" / f"{name}@3x.png").getbbox() for name in ("sun", "sun-2")]
    assert np.abs(np.subtract(*boxes)).max() <= 2
    # Both are in the middle, wherever the model drew them.
    assert all(abs(box[0] + box[2] - 192) <= 2 and abs(box[1] + box[3] - 192) <= 2 for box in boxes)
    assert Image.open(folder / "png" / "sun.png").size == (64, 64)
    assert Image.open(folder / "ico" / "sun.ico").info["sizes"] and (folder / "icns" / "sun-2.icns").is_file()
    names = {each.attrib["id"] for each in ElementTree.parse(folder / "sprite.svg").getroot()}
    assert names == {"sun", "sun-2"}


@pytest.mark.slow
def test_the_preview_of_an_icon_set_shows_what_is_written(tmp_path: Path) -> None:
    masters = [ExportSource(name, (np.asarray(icon()),)) for name in "abc"]
    pages = list(preview_icon_set(masters, FlatStyle(), 100))
    assert [page.shape for page, _, _ in pages] == [(100, 100, 4)] * 4
    # The icons not drawn yet show their pictures.
    page = pages[-1][0]
    assert (
        all(page[box].any() for box in (np.s_[:50, :50], np.s_[:50, 50:], np.s_[50:, :50])) and not page[50:, 50:].any()
    )
    list(write_icon_set([(each.name, each) for each in masters], FlatStyle(), tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["A, b, c"]
    files = [path.read_bytes() for path in sorted(tmp_path.rglob("svg/*.svg"))]
    assert pages[-1][2] == sum(data.count(b"<path") for data in files) > 0
    # Only the titles are missing.
    assert pages[-1][1] == sum(map(len, files)) - 3 * len("<title>a</title>\n")


def test_icon_names_are_plain_and_unique() -> None:
    assert icon_names(["a Sun", "the Sun", "Crème brûlée", "???", "a/b..c", "月"]) == [
        "sun", "sun-2", "creme-brulee", "icon", "a-b-c", "月"]  # fmt: skip
    assert icon_names(["x 2", "x", "x", "CON"]) == ["x-2", "x", "x-3", "_con"]
    assert len(icon_names(["long " * 100])[0]) <= 60


def test_an_empty_icon_set_writes_nothing(tmp_path: Path) -> None:
    empty = ExportSource("empty", (np.zeros((32, 32, 4), np.uint8),))
    with pytest.raises(StudioError, match="nothing opaque"):
        list(write_icon_set([("x", empty)], FlatStyle(), tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("style", [{"colours": 1}, {"colours": 17}, {"smoothing": 5}, {"smallest_area": -1}])
def test_a_style_out_of_range_is_refused(style: dict[str, int], tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="must be from"):
        export(
            ExportSource("icon", (np.asarray(icon(32)),)), FORMATS["png"], Options(flat=FlatStyle(**style)), tmp_path
        )


def test_a_flat_image_is_rendered_with_its_colours_only_inside() -> None:
    flat = flatten(icon(), FlatStyle())
    pixels = render(flat, 128)
    assert pixels.shape == (128, 128, 4)
    assert {tuple(pixel) for pixel in pixels[60:68, 30:36, :3].reshape(-1, 3)} == {
        tuple(flat.palette[flat.areas[128, 66]])
    }
    ((_, data),) = FORMATS["webp"].files(
        ExportSource("icon", (np.asarray(icon()),)), Options(flat=FlatStyle(colours=2))
    )
    assert Image.open(io.BytesIO(data)).size == (256, 256)


WHITE, DARK = (255, 255, 255), (20, 22, 26)
GREY, INK = (222, 230, 234), (60, 60, 64)


def cloud(colour: tuple[int, int, int] = GREY, side: int = 256) -> Image.Image:
    """Return a picture of a cloud with blue drops below it, with soft edges."""
    big = Image.new("RGBA", (4 * side, 4 * side))
    pen = ImageDraw.Draw(big)
    unit = side / 64
    pen.rounded_rectangle([round(each * unit) for each in (24, 60, 232, 150)], 44 * unit, fill=(*colour, 255))
    for x in (60, 120, 180):
        pen.rounded_rectangle(
            [round(each * unit) for each in (x, 170, x + 20, 220)], 8 * unit, fill=(30, 120, 230, 255)
        )
    return big.convert("RGBa").resize((side, side), Image.Resampling.BOX).convert("RGBA")


def colours_along_the_edge(flat: np.ndarray, rows: slice) -> set[tuple[int, ...]]:
    """Return the colours (red, green, blue) of the first opaque pixel of each of some rows."""
    found = set()
    for row in flat[rows]:
        opaque = np.flatnonzero(row[:, 3])
        found.add(tuple(row[opaque[1], :3].tolist()))
    return found


def contrast(colour: tuple[int, ...], ground: tuple[int, ...]) -> float:
    """Return the contrast of two colours by the formula of the Web Content Accessibility Guidelines 2.1."""

    def luminance(levels: tuple[int, ...]) -> float:
        linear = [(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4) for c in (v / 255 for v in levels)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(colour), luminance(ground)))
    return (light + 0.05) / (dark + 0.05)


def test_pale_parts_get_a_line_if_they_need_one_and_the_size_stays() -> None:
    plain, lined = (flatten(cloud(), FlatStyle(outline=each)).to_rgba() for each in (Outline.NONE, Outline.AS_NEEDED))
    assert np.array_equal(plain[..., 3], lined[..., 3])
    (edge,) = colours_along_the_edge(lined, slice(90, 120))
    assert 3 <= contrast(edge, WHITE) < 4
    # The inside and the drops stay.
    assert (lined[105, 128, :3] == plain[105, 128, :3]).all() and np.array_equal(plain[160:], lined[160:])


def test_strong_colours_need_no_line_and_a_yellow_is_strong() -> None:
    for colour in ((60, 140, 240), (255, 217, 131)):
        plain, lined = (
            flatten(cloud(colour), FlatStyle(outline=each)).to_rgba() for each in (Outline.NONE, Outline.AS_NEEDED)
        )
        assert np.array_equal(plain, lined)


@pytest.mark.slow
def test_dark_parts_get_a_line_on_a_dark_background() -> None:
    dark = cloud(DARK)
    assert len(colours_along_the_edge(flatten(dark, FlatStyle()).to_rgba(), slice(90, 120))) == 1
    (edge,) = colours_along_the_edge(flatten(dark, FlatStyle(ground=DARK)).to_rgba(), slice(90, 120))
    assert contrast(edge, DARK) >= 3
    # An exported image is seen on its own background.
    on_dark, on_white = (svg_of(dark, background=each) for each in (DARK, WHITE))
    assert len(shapes_of(on_dark)) > len(shapes_of(on_white))


def test_an_image_without_transparency_gets_no_frame() -> None:
    page = Image.new("RGBA", (256, 256), (255, 255, 255, 255))
    page.alpha_composite(icon())
    assert not (flatten(page, FlatStyle()).to_rgba()[0, :, :3] < 250).any()


def test_a_line_in_pieces_is_joined_and_what_stands_out_stays() -> None:
    picture = cloud((240, 242, 246))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((24, 60, 232, 150), 44, outline=(*INK, 255), width=8)
    # Gaps in the line, and a piece in another tone.
    for box in ((70, 58, 76, 68), (120, 58, 126, 68), (150, 142, 156, 152), (90, 142, 96, 152), (224, 96, 234, 104)):
        pen.rectangle(box, fill=(240, 242, 246, 255))
    pen.rectangle((24, 98, 31, 112), fill=(96, 96, 104, 255))
    pen.rectangle((115, 146, 126, 190), fill=(30, 120, 230, 255))
    flat = flatten(picture, FlatStyle(outline=Outline.NONE)).to_rgba()
    line = np.abs(flat[..., :3].astype(int) - INK).max(-1) < 12
    for row, column in ((62, 73), (62, 123), (148, 153), (148, 93), (100, 229), (105, 27)):
        assert line[row, column], (row, column)
    assert line[105, 24:40].sum() == pytest.approx(8, abs=2)
    assert (np.abs(flat[180, 117:125, :3].astype(int) - (30, 120, 230)) < 12).all()


def test_lines_inside_a_shape_do_not_widen_the_one_along_its_edge() -> None:
    picture = Image.new("RGBA", (256, 256))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((28, 28, 228, 228), fill=(250, 210, 60, 255), outline=(*INK, 255), width=8)
    for place in range(56, 220, 28):
        pen.line((44, place, 212, place), fill=(*INK, 255), width=6)
    # Gaps, so that the line is joined.
    for box in ((26, 100, 40, 106), (216, 150, 230, 156), (120, 26, 126, 40), (150, 216, 156, 230)):
        pen.rectangle(box, fill=(250, 210, 60, 255))
    flat = flatten(picture, FlatStyle()).to_rgba()
    edge = flat[103, 29:44, :3].max(1) < 120
    assert edge[1:4].all() and not edge[10:].any(), "the line is whole, and the area beside it stays"


@pytest.mark.slow
def test_stripes_at_the_edge_are_no_line_in_pieces() -> None:
    radii = (40, 56, 72, 88, 104)
    flat = flatten(bands(radii, ((130, 90, 200), (60, 160, 70), (255, 215, 70), (226, 40, 50))), FlatStyle())
    rgba = flat.to_rgba()
    assert abs(int(rgba[384, 384 + 3 * 46, 0]) - 130) < 12 and abs(int(rgba[384, 384 + 3 * 96, 0]) - 226) < 12


def test_a_set_with_pale_icons_keeps_its_colours_and_gets_no_lines() -> None:
    fog = Image.new("RGBA", (256, 256))
    for top in (60, 120, 180):
        ImageDraw.Draw(fog).rounded_rectangle((30, top, 226, top + 20), 10, fill=(*GREY, 255))
    drawn = {"cloud": cloud(), "strong": cloud((60, 140, 240)), "fog": fog, "icon": icon()}
    sources = [(name, ExportSource(name, (np.asarray(picture),))) for name, picture in drawn.items()]
    files = dict(file for _, group in icon_set_files(sources, FlatStyle()) for file in group)
    *_, (page, _, _) = preview_icon_set([source for _, source in sources], FlatStyle(), 384)
    for number, (name, picture) in enumerate(drawn.items()):
        written = np.asarray(Image.open(io.BytesIO(files[f"png/{name}@3x.png"])).convert("RGBA"))
        row, column = (192 * place for place in divmod(number, 2))
        pixels = np.asarray(picture)
        colours = to_oklab(np.unique(pixels[pixels[..., 3] == 255][:, :3], axis=0))
        fills = np.array([tuple(bytes.fromhex(fill[1:])) for fill, _ in shapes_of(files[f"svg/{name}.svg"])])
        assert len(fills)
        for found in (written, page[row : row + 192, column : column + 192], fills):
            found = found.reshape(-1, found.shape[-1])
            opaque = to_oklab(found[found[:, -1] == 255, :3] if found.shape[-1] == 4 else found)
            # No part has another colour than in the picture.
            nearest = np.sqrt(((opaque[:, None] - colours) ** 2).sum(-1)).min(1)
            assert np.quantile(nearest, 0.95) < 0.05 and (nearest < 0.1).mean() > 0.98, name


def test_a_pale_part_that_hardly_touches_the_edge_gets_no_line() -> None:
    picture = Image.new("RGBA", (256, 256))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((40, 40, 216, 216), fill=(30, 90, 200, 255))
    # Open below, as between the stripes of an arch.
    pen.rectangle((80, 80, 176, 216), fill=(*GREY, 255))
    plain, lined = (flatten(picture, FlatStyle(outline=each)) for each in (Outline.NONE, Outline.PALE_PARTS))
    assert np.array_equal(plain.to_rgba(), lined.to_rgba())


def test_every_one_of_many_pale_shapes_gets_a_line() -> None:
    drawing = Image.new("RGBA", (512, 512))
    pen = ImageDraw.Draw(drawing)
    corners = [(left, top) for left in range(4, 480, 40) for top in range(4, 480, 40)]
    for left, top in corners:
        pen.rectangle((left, top, left + 31, top + 31), fill=(*GREY, 255))
    flat = np.asarray(flatten(drawing, FlatStyle(outline=Outline.PALE_PARTS)).to_rgba())
    lines = np.array([contrast(tuple(flat[top + 2, left + 10, :3].tolist()), (255, 255, 255)) for left, top in corners])
    assert len(corners) > 100 and (lines >= 3).all()


def test_the_largest_areas_are_found_with_their_boxes() -> None:
    mask = np.zeros((40, 600), np.uint8)
    for place in range(120):
        mask[3 : 5 + place // 4, 5 * place : 5 * place + 3] = 1
    numbers = label_areas(mask)
    found = list(find_largest_areas(numbers, 2, among=np.unique(numbers[mask > 0])))
    assert len(found) == 100
    for number, (rows, columns) in found:
        ys, xs = np.nonzero(numbers == number)
        assert (rows.start, rows.stop) == (ys.min() - 2, ys.max() + 3)
        assert (columns.start, columns.stop) == (max(0, xs.min() - 2), xs.max() + 3)
    sizes = [int((numbers == number).sum()) for number, _ in found]
    assert sizes == sorted(sizes, reverse=True) and sizes[0] == 3 * (2 + 119 // 4)


def nearest_pair(fills: Iterable[str]) -> float:
    """Return the smallest distance between two of some colours, with the light that a screen reflects."""
    lab = to_oklab(np.array([tuple(bytes.fromhex(fill[1:])) for fill in fills]))
    distances = np.hypot.reduce(lab[:, None] - lab, axis=-1)
    return float(distances[~np.eye(len(lab), dtype=bool)].min(initial=9))


@pytest.mark.slow
@pytest.mark.parametrize("outline", [Outline.AS_NEEDED, Outline.ALL])
def test_colours_that_nobody_can_tell_apart_are_one_in_a_set(outline: Outline, tmp_path: Path) -> None:
    blacks = [(0, 0, 0), (2, 4, 5), (0, 1, 0), (3, 4, 3), (1, 0, 0), (2, 2, 2)]
    white, orange = (254, 255, 254), (233, 135, 19)
    masters = []
    for number, black in enumerate(blacks):
        inside = (white, orange, orange, (2, 6, 4), orange, orange)[number]
        picture = bands((0, 40, 100), (inside, black)).resize((192, 192))
        masters.append((str(number), ExportSource(str(number), (np.asarray(picture),))))
        single = {fill for fill, _ in shapes_of(svg_of(picture, flat=FlatStyle(outline=outline)))}
        assert "#000000" in single and nearest_pair(single) > 0.05, single
    *_, (_, files) = icon_set_files(masters, FlatStyle(outline=outline))
    listed = re.findall("#[0-9a-f]{6}", dict(files)["README.txt"].decode())
    assert len(listed) == 3 and {"#000000", "#ffffff"} < {*listed}, listed


def test_a_colour_that_one_icon_of_a_set_adds_is_shared_by_the_following_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    # Neither tile has a colour of the palette from which the set starts.
    monkeypatch.setattr(flat_colours, "with_shared_palette", lambda style, _: replace(style, palette=(YELLOW,)))
    pixels = np.array(foggy_tile())
    pixels[..., :3][pixels[..., 3] > 0] -= 2
    first, second = flatten_set([foggy_tile(), Image.fromarray(pixels)], FlatStyle())
    assert len(first.palette) > 2 and {*map(tuple, second.palette.tolist())} <= {*map(tuple, first.palette.tolist())}
