"""Orientation, colour profiles and deep levels of image files, at every place that reads one."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from gdm_studio.common.errors import StorageError
from gdm_studio.common.image_file import read_rgba, read_rgba_array
from gdm_studio.engine import image_inputs
from gdm_studio.gallery import Picture, read
from gdm_studio.gallery.export import read_master, strip_metadata
from gdm_studio.gallery.thumbnails import Thumbnails
from gdm_studio.request.generation_request import Request
from gdm_studio.server.json_fields import decode_image
from gdm_studio.server.png_files import reduced_png

# How a camera's picture is stored for each EXIF orientation: the transposition that the orientation reverses.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
# Formats with options that hardly change the pixels.
FORMATS: dict[str, tuple[str, dict[str, object]]] = {
    "jpg": ("JPEG", {"quality": 100, "subsampling": 0}),
    "mpo.jpg": ("MPO", {"quality": 100, "subsampling": 0, "save_all": True}),
    "png": ("PNG", {}),
    "tif": ("TIFF", {}),
    "lzw.tif": ("TIFF", {"compression": "tiff_lzw"}),
    "webp": ("WEBP", {"lossless": True}),
    "avif": ("AVIF", {"quality": 100, "subsampling": "4:4:4", "speed": 10}),
}


def thumbnail(path: Path) -> np.ndarray:
    thumbnails = Thumbnails(path.with_suffix(".db"))
    found = thumbnails.get([Picture("1", path, 0.0, (80, 48), Request())], 128)["1"]
    thumbnails.close()
    assert found is not None
    return found


# Every function through which the program's parts read pixels.
READERS: dict[str, Callable[[Path], np.ndarray]] = {
    "file": read_rgba_array,
    "start image": lambda path: np.asarray(image_inputs.load(image_inputs.store(path))),
    "thumbnail": thumbnail,
    "export": lambda path: read_master(path).levels[0],
    "server": lambda path: decode_image(base64.b64encode(path.read_bytes()).decode(), "image", max_pixels=10**6),
    "other programs": lambda path: np.asarray(Image.open(io.BytesIO(reduced_png(path, 128)))),
}


def blocks() -> Image.Image:
    """Return an image of 5 × 3 different blocks, in which every turn is visible."""
    colours = np.random.default_rng(1).integers(20, 236, (3, 5, 3), dtype=np.uint8)
    return Image.fromarray(np.kron(colours, np.ones((16, 16, 1), np.uint8)))


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_orientation_is_applied_once_wherever_a_picture_is_read(suffix: str, tmp_path: Path) -> None:
    form, options = FORMATS[suffix]
    upright = blocks()
    for orientation, turn in STORED.items():
        stored = upright if turn is None else upright.transpose(turn)
        exif = Image.Exif()
        exif[274] = orientation
        path = tmp_path / f"{orientation}.{suffix}"
        more = {"append_images": [stored]} if form == "MPO" else {}
        stored.save(path, form, exif=exif, **options, **more)
        for name, reader in READERS.items():
            found = reader(path)
            assert found.shape[:2] == (48, 80), (orientation, name)
            assert np.abs(found[..., :3].astype(int) - np.asarray(upright)).mean() < 6, (orientation, name)


def icc(name: str) -> bytes:
    """Return an ICC profile of version 2 as cameras and phones write them: three columns and a gamma."""
    primaries, gamma = {
        "adobe": (((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)), 2.19921875),
        "p3": (((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)), 0.0),
        "srgb": (((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)), 0.0),
        "grey": ((), 1.0),
    }[name]

    def fixed(*values: float) -> bytes:
        return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    if not gamma:
        curve = b"para\0\0\0\0\0\3\0\0" + fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    tags = {b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1.0, 0.8249)}
    tags |= {
        tag: b"XYZ \0\0\0\0" + fixed(*xyz) for tag, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=False)
    }
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC") if primaries else (b"kTRC",), curve)
    table, body = struct.pack(">I", len(tags)), b""
    for tag, data in tags.items():
        table += struct.pack(">4sII", tag, 132 + 12 * len(tags) + len(body), len(data))
        body += data
    space = b"RGB " if primaries else b"GRAY"
    head = struct.pack(
        ">I4xI4s4s4s12x4s", 132 + 12 * len(tags) + len(body), 0x02400000, b"mntr", space, b"XYZ ", b"acsp"
    )
    return (head + bytes(28) + fixed(0.9642, 1.0, 0.8249)).ljust(128, b"\0") + table + body


@pytest.mark.parametrize("suffix", [suffix for suffix in FORMATS if suffix != "mpo.jpg"])
def test_colours_are_converted_to_srgb_once_wherever_a_picture_is_read(suffix: str, tmp_path: Path) -> None:
    form, options = FORMATS[suffix]
    for name, stored, shown in (
        ("adobe", (115, 199, 62), (30, 200, 40)),
        ("p3", (234, 51, 35), (255, 0, 0)),
        ("srgb", (115, 199, 62), (115, 199, 62)),
    ):
        path = tmp_path / f"{name}.{suffix}"
        Image.new("RGB", (80, 48), stored).save(path, form, icc_profile=icc(name), **options)
        for place, reader in READERS.items():
            found = reader(path)[24, 40]
            assert np.abs(found.astype(int) - (*shown, 255)).max() <= 12, (name, place, found)


def test_a_profile_of_srgb_changes_no_bit(tmp_path: Path) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (64, 64, 4), dtype=np.uint8)
    for profile in (icc("srgb"), ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()):
        Image.fromarray(pixels).save(tmp_path / "a.png", icc_profile=profile)
        assert np.array_equal(read_rgba(tmp_path / "a.png"), pixels)


def test_alpha_is_kept_and_greys_are_converted(tmp_path: Path) -> None:
    alpha = np.arange(256, dtype=np.uint8).reshape(16, 16)
    rgba = np.dstack([np.full((16, 16, 3), (115, 199, 62), np.uint8), alpha])
    Image.fromarray(rgba).save(tmp_path / "a.png", icc_profile=icc("adobe"))
    found = np.asarray(read_rgba(tmp_path / "a.png"))
    assert np.array_equal(found[..., 3], alpha) and np.abs(found[..., :3].astype(int) - (30, 200, 40)).max() <= 3
    # Linear greys: 21.4 % of the light is the middle of sRGB.
    for grey in (np.full((8, 8), 55, np.uint8), np.full((8, 8), 14_026, np.uint16)):
        Image.fromarray(grey).save(tmp_path / "b.png", icc_profile=icc("grey"))
        assert abs(np.asarray(read_rgba(tmp_path / "b.png")).astype(int)[0, 0, 0] - 128) <= 2
    # Dark levels of 16 bits are not merged into a few of 8 bits.
    Image.fromarray(np.arange(0, 2560, 10, dtype=np.uint16).reshape(16, 16)).save(
        tmp_path / "c.png", icc_profile=icc("grey")
    )
    assert len(np.unique(np.asarray(read_rgba(tmp_path / "c.png"))[..., 0])) > 40


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunk(picture: Image.Image, kind: bytes, data: bytes) -> bytes:
    """Return a PNG with a chunk behind its header."""
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()[:33] + chunk(kind, data) + file.getvalue()[33:]


def test_the_colour_chunks_of_png_are_used(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    red = Image.new("RGB", (8, 8), (234, 51, 35))
    for cicp, shown in ((bytes([12, 13, 0, 1]), (255, 0, 0)), (bytes([1, 13, 0, 1]), (234, 51, 35))):
        path.write_bytes(with_chunk(red, b"cICP", cicp))
        assert np.abs(np.asarray(read_rgba(path)).astype(int)[0, 0, :3] - shown).max() <= 2
    for gamma, level in ((100_000, 188), (45_455, 128)):
        path.write_bytes(with_chunk(Image.new("RGB", (8, 8), (128,) * 3), b"gAMA", struct.pack(">I", gamma)))
        assert abs(read_rgba(path).getpixel((0, 0))[0] - level) <= 1
    info = PngInfo()
    info.add(b"gAMA", struct.pack(">I", 100_000))
    info.add(b"sRGB", b"\0")
    red.save(path, pnginfo=info)
    assert read_rgba(path).getpixel((0, 0)) == (234, 51, 35, 255)


@pytest.mark.parametrize("kind", ["noise", "cut", "other", "large", "bomb", "method", "absurd"])
def test_a_profile_that_cannot_be_used_is_ignored_with_a_remark(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    red = Image.new("RGB", (8, 8), (234, 51, 35))
    match kind:
        case "method":
            path.write_bytes(with_chunk(red, b"iCCP", b"p\0\x07" + zlib.compress(icc("p3"))))
        case "bomb":
            path.write_bytes(with_chunk(red, b"iCCP", b"p\0\0" + zlib.compress(bytes(50_000_000))))
        case "absurd":
            path.write_bytes(with_chunk(red, b"gAMA", struct.pack(">I", 1)))
        case "large":
            path = tmp_path / "a.tif"
            red.save(path, icc_profile=icc("p3") + bytes(2**22))
        case _:
            profile = {"noise": b"noise" * 99, "cut": icc("p3")[:200], "other": icc("grey")}[kind]
            red.save(path, icc_profile=profile)
    remarks: list[str] = []
    assert image_inputs.load(image_inputs.store(path, remarks=remarks)).getpixel((0, 0)) == (234, 51, 35, 255)
    assert ["colour profile" in remark for remark in remarks] == [True]


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_a_profile_with_large_tables_is_used(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.new("RGB", (8, 8), (234, 51, 35)).save(path, icc_profile=icc("p3") + bytes(2_000_000))
    assert np.abs(np.asarray(read_rgba(path))[0, 0, :3].astype(int) - (255, 0, 0)).max() <= 2


def test_adobe_rgb_of_a_camera_is_known_by_its_exif(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA001] = 65535
    exif.get_ifd(0x8769)[0xA005] = {1: "R03"}
    Image.new("RGB", (8, 8), (115, 199, 62)).save(tmp_path / "a.jpg", exif=exif, quality=100)
    assert np.abs(np.asarray(read_rgba(tmp_path / "a.jpg"))[0, 0, :3].astype(int) - (30, 200, 40)).max() <= 5


RAMP = np.linspace(0, 1, 256, dtype=np.float32).reshape(16, 16)


@pytest.mark.parametrize(
    "levels",
    [
        RAMP,
        RAMP * 255,
        RAMP * 65535,
        (RAMP * 255).round().astype(np.int32),
        (RAMP * 65535).round().astype(np.int32),
        (RAMP * 65535).round().astype(np.uint16),
        (RAMP * 65535).round().astype(">u2"),
        np.where(RAMP > 0, RAMP, np.nan),
        RAMP * 1.06 - 0.03,
    ],
    ids=["unit", "byte", "word", "int8", "int16", "16", "16 big", "nan", "overshoot"],
)
def test_deep_levels_are_read_by_their_range(levels: np.ndarray, tmp_path: Path) -> None:
    Image.fromarray(levels).save(tmp_path / "a.tif")
    found = np.asarray(read_rgba(tmp_path / "a.tif"))
    assert np.abs(found[..., 0].ravel().astype(int) - np.arange(256)).max() <= 8
    assert (found[..., 3] == 255).all()


def tiff(bits: int, photometric: int, data: bytes, *, is_float: bool = False) -> bytes:
    """Return a little-endian grey TIFF of 2 × 1 pixels."""
    entries = [(256, 3, 2), (257, 3, 1), (258, 3, bits), (259, 3, 1), (262, 3, photometric), (273, 4, 200)]
    entries += [(277, 3, 1), (278, 3, 1), (279, 4, len(data)), (339, 3, 3 if is_float else 1)]
    head = b"II*\0" + struct.pack("<IH", 8, len(entries))
    head += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries) + bytes(4)
    return head.ljust(200, b"\0") + data


def test_rare_tiffs_keep_their_white(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    for data in (
        tiff(12, 1, bytes([0x00, 0x0F, 0xFF])),
        tiff(16, 0, struct.pack("<HH", 65535, 0)),
        tiff(32, 0, struct.pack("<ff", 1, 0), is_float=True),
    ):
        path.write_bytes(data)
        assert np.asarray(read_rgba(path))[0, :, 0].tolist() == [0, 255]


def test_floats_without_a_known_white_are_refused(tmp_path: Path) -> None:
    for low, high in ((-300, 2000), (0, 5.5), (0, 1e9)):
        Image.fromarray(np.array([[low, high]], np.float32)).save(tmp_path / "a.tif")
        with pytest.raises(StorageError, match=r"a.tif has levels from .* whose white is unknown; save it"):
            read_rgba(tmp_path / "a.tif")


def test_transparent_levels_and_inks_are_kept(tmp_path: Path) -> None:
    clear = PngInfo()
    Image.fromarray(np.array([[0, 40_000]], np.uint16)).save(tmp_path / "a.png", pnginfo=clear, transparency=40_000)
    assert np.asarray(read_rgba(tmp_path / "a.png"))[0, :, 3].tolist() == [255, 0]
    picture = blocks()
    palette = picture.quantize(15)
    palette.save(tmp_path / "b.png", transparency=bytes([0, 128, *[255] * 13]))
    indexed = np.asarray(palette)
    alpha = np.asarray(read_rgba(tmp_path / "b.png"))[..., 3]
    assert (alpha[indexed == 0] == 0).all() and (alpha[indexed == 1] == 128).all() and (alpha[indexed > 1] == 255).all()
    lab = ImageCms.profileToProfile(
        picture, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert lab is not None
    for name, each in (("lab", lab), ("ycc", picture.convert("YCbCr")), ("cmyk", picture.convert("CMYK"))):
        each.save(tmp_path / f"{name}.tif")
        found = np.asarray(read_rgba(tmp_path / f"{name}.tif"))[..., :3].astype(int)
        assert np.abs(found - np.asarray(picture)).mean() < 3, name


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "avif"])
def test_removing_metadata_keeps_colours_and_orientation(suffix: str, tmp_path: Path) -> None:
    form, options = FORMATS[suffix]
    exif = Image.Exif()
    exif[274] = 6
    exif[0x010E] = "a secret"
    path = tmp_path / f"a.{suffix}"
    blocks().save(path, form, exif=exif, icc_profile=icc("p3"), **options)
    stripped = strip_metadata(path.read_bytes(), path)
    assert b"a secret" not in stripped
    before, after = (np.asarray(each).astype(int) for each in (read_rgba(path), read_rgba(path, stripped)))
    assert after.shape == (80, 48, 4) and np.abs(before - after).mean() < 3
    assert read(path).size == (48, 80)


def test_exports_say_that_they_are_srgb(tmp_path: Path) -> None:
    from gdm_studio.gallery.export import FORMATS as EXPORTS
    from gdm_studio.gallery.export import Options

    blocks().save(tmp_path / "a.png", icc_profile=icc("p3"))
    master = read_master(tmp_path / "a.png")
    shown = read_rgba(tmp_path / "a.png").convert("RGB")
    for name in ("png", "jpeg", "webp"):
        ((_, data),) = EXPORTS[name].files(master, Options())
        with Image.open(io.BytesIO(data)) as exported:
            assert "srgb" in exported.info or b"s\0R\0G\0B" in exported.info["icc_profile"]
            assert np.abs(np.asarray(exported.convert("RGB")).astype(int) - np.asarray(shown)).mean() < 3
        assert np.abs(np.asarray(read_rgba(tmp_path / "x", data).convert("RGB")).astype(int) - shown).mean() < 3


def planes(levels: np.ndarray, order: str) -> bytes:
    """Return a TIFF of 16-bit colours whose channels are stored one after the other, as Photoshop's "per channel"."""
    height, width, _ = levels.shape
    end = "<" if order == "II" else ">"
    body = levels.transpose(2, 0, 1).astype(f"{end}u2").tobytes()
    size = len(body) // 3
    extra = struct.pack(f"{end}3H3I3I", *[16] * 3, *(300 + size * at for at in range(3)), *[size] * 3)
    entries = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 3, 200), (259, 3, 1, 1), (262, 3, 1, 2)]
    entries += [(273, 4, 3, 206), (277, 3, 1, 3), (278, 4, 1, height), (279, 4, 3, 218), (284, 3, 1, 2)]
    head = order.encode() + struct.pack(f"{end}HIH", 42, 8, len(entries))
    for tag, kind, count, value in entries:
        single = f"{end}HHIHH" if kind == 3 and count == 1 else f"{end}HHII"
        head += struct.pack(single, tag, kind, count, value, *([0] if kind == 3 and count == 1 else []))
    return ((head + bytes(4)).ljust(200, b"\0") + extra).ljust(300, b"\0") + body


@pytest.mark.parametrize("order", ["II", "MM"])
def test_deep_colours_in_separate_planes_are_read(order: str, tmp_path: Path) -> None:
    expected = np.asarray(blocks())
    (tmp_path / "a.tif").write_bytes(planes(expected.astype(np.uint16) * 257, order))
    assert np.abs(read_rgba_array(tmp_path / "a.tif")[..., :3].astype(int) - expected).max() <= 1


def test_a_tiff_of_an_unsupported_kind_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(
        planes(np.zeros((8, 8, 3)), "II").replace(
            b"\x03\x01\x03\0\x01\0\0\0\x01\0", b"\x03\x01\x03\0\x01\0\0\0\x99\x99"
        )
    )
    with pytest.raises(
        StorageError, match=r"a.tif is a TIFF that is damaged or of an unsupported kind; save it as PNG"
    ):
        read_rgba(tmp_path / "a.tif")


@pytest.mark.parametrize(
    ("primaries", "curve", "shown"),
    [(12, 13, (255, 0, 0)), (12, 1, (255, 0, 0)), (1, 1, (234, 51, 35)), (2, 2, (234, 51, 35)), (9, 16, None)],
)
def test_the_colours_of_an_avif_without_a_profile_are_used(
    primaries: int, curve: int, shown: tuple[int, int, int] | None, tmp_path: Path
) -> None:
    file = io.BytesIO()
    form, options = FORMATS["avif"]
    Image.new("RGB", (16, 16), (234, 51, 35)).save(file, form, **options)
    before, mark, after = file.getvalue().partition(b"colrnclx")
    assert mark
    (tmp_path / "a.avif").write_bytes(before + mark + struct.pack(">HH", primaries, curve) + after[4:])
    remarks: list[str] = []
    found = read_rgba_array(tmp_path / "a.avif", remarks=remarks)[0, 0, :3].astype(int)
    assert np.abs(found - (shown or (234, 51, 35))).max() <= 4
    assert ["colour profile" in remark for remark in remarks] == ([] if shown else [True])


def test_the_colours_of_an_avif_are_found_behind_other_boxes(tmp_path: Path) -> None:
    file = io.BytesIO()
    form, options = FORMATS["avif"]
    Image.new("RGB", (16, 16), (234, 51, 35)).save(file, form, **options)
    data = file.getvalue().replace(b"colrnclx" + struct.pack(">HH", 1, 13), b"colrnclx" + struct.pack(">HH", 12, 13))
    first, locations = int.from_bytes(data[:4]), data.index(b"iloc")
    padding = struct.pack(">I4s", 70_000, b"free") + bytes(70_000 - 8)
    # The pixels move by the length of the new box.
    at = data.index(b"mdat") + 4
    assert data.count(struct.pack(">I", at), locations) == 1
    moved = data[first:].replace(struct.pack(">I", at), struct.pack(">I", at + len(padding)), 1)
    (tmp_path / "a.avif").write_bytes(data[:first] + padding + moved)
    found = read_rgba_array(tmp_path / "a.avif")[0, 0, :3].astype(int)
    assert np.abs(found - (255, 0, 0)).max() <= 4


def write_float_tiff(path: Path, levels: np.ndarray, order: str, *, alpha: int = 2, orientation: int = 1) -> None:
    """Write interleaved float colours (height, width, 3 or 4) as a TIFF without compression."""
    height, width, channels = levels.shape
    end = "<" if order == "II" else ">"
    body = levels.astype(f"{end}f4").tobytes()
    entries = [(256, width), (257, height), (258, 300), (259, 1), (262, 2), (273, 400), (274, orientation)]
    entries += [(277, channels), (278, height), (279, len(body)), (284, 1), (339, 320)]
    entries += [(338, alpha)] if channels == 4 else []
    head = order.encode() + struct.pack(f"{end}HIH", 42, 8, len(entries))
    for tag, value in sorted(entries):
        count = channels if tag in (258, 339) else 1
        kind = 3 if tag in (258, 339) else 4
        head += struct.pack(f"{end}HHII", tag, kind, count, value)
    bits, formats = (struct.pack(f"{end}{channels}H", *[each] * channels) for each in (32, 3))
    path.write_bytes(((head + bytes(4)).ljust(300, b"\0") + bits).ljust(320, b"\0") + formats.ljust(80, b"\0") + body)


@pytest.mark.parametrize("order", ["II", "MM"])
@pytest.mark.parametrize("white", [1.0, 255.0, 65535.0])
def test_float_colours_of_a_tiff_are_read(order: str, white: float, tmp_path: Path) -> None:
    expected = np.asarray(blocks())
    write_float_tiff(tmp_path / "a.tif", expected / 255 * white, order)
    assert np.abs(read_rgba_array(tmp_path / "a.tif")[..., :3].astype(int) - expected).max() <= 1
    write_float_tiff(tmp_path / "a.tif", expected / 255 * white, order, orientation=6)
    assert np.abs(read_rgba_array(tmp_path / "a.tif")[..., :3].astype(int) - np.rot90(expected, -1)).max() <= 1


def test_the_alpha_of_float_colours_is_kept(tmp_path: Path) -> None:
    levels = np.full((4, 4, 4), 0.5)
    levels[..., 0] = 0.25
    for alpha, red in ((2, 64), (1, 128)):
        write_float_tiff(tmp_path / "a.tif", levels, "II", alpha=alpha)
        assert np.abs(read_rgba_array(tmp_path / "a.tif")[0, 0].astype(int)[[0, 3]] - (red, 128)).max() <= 1
    levels[0, 0, 0] = 9.0
    write_float_tiff(tmp_path / "a.tif", levels, "II")
    with pytest.raises(StorageError, match=r"whose white is unknown"):
        read_rgba_array(tmp_path / "a.tif")


def test_damaged_float_colours_are_an_error(tmp_path: Path) -> None:
    write_float_tiff(tmp_path / "a.tif", np.full((8, 8, 3), 0.5), "II")
    data = (tmp_path / "a.tif").read_bytes()
    for cut in (9, 40, 200, 310, 330, 500):
        (tmp_path / "a.tif").write_bytes(data[:cut])
        with pytest.raises(StorageError):
            read_rgba_array(tmp_path / "a.tif")
