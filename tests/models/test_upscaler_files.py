"""Upscalers from files: parity with spandrel, recognition, refusals, and tiles."""

from __future__ import annotations

import json
import random
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError, StudioError
from gdm_studio.common.translation_markers import Sentence
from gdm_studio.models.model_library import Library
from gdm_studio.models.upscalers import overlapping_tiles
from gdm_studio.models.upscalers.architecture_detection import upscaler_layout, upscaler_name
from gdm_studio.models.upscalers.network import UpscalingNetwork, load_upscaler
from gdm_studio.models.upscalers.overlapping_tiles import TileGrid, enlarged_strips, tile_grid
from gdm_studio.models.upscalers.stepwise_upscaling import enlarge, enlarge_to
from gdm_studio.networks.upscalers.configurations import CompactConfig, RRDBConfig, UpscalerConfig
from tests.helpers.upscalers import CASES, photo, weights_of, write_upscaler
from tests.parity import by_spandrel

CPU = torch.device("cpu")
RECORDED = json.loads(by_spandrel.FILE.read_text(encoding="utf-8"))["cases"]
# Networks whose results depend on few pixels, with the factor.
EXACT: dict[str, UpscalerConfig] = {
    "RRDB 4x": RRDBConfig(width=8, blocks=1),
    "RRDB 2x": RRDBConfig(width=8, blocks=1, unshuffle=2),
    "Compact 3x": CompactConfig(width=8, depth=4, scale=3),
}


def result_of(path: Path, channels: int) -> torch.Tensor:
    with torch.no_grad():
        found: torch.Tensor = load_upscaler(path, CPU)(by_spandrel.image(channels))
    return found


@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
@pytest.mark.parametrize("name", CASES)
def test_results_equal_those_of_spandrel(name: str, suffix: str, tmp_path: Path) -> None:
    config, layout = CASES[name]
    found = result_of(write_upscaler(tmp_path / f"x{suffix}", config, layout), config.channels)
    assert found.shape[-1] == 13 * config.scale
    true = torch.tensor(RECORDED[name])
    assert (torch.tensor(by_spandrel.sample(found)) - true).abs().max() <= 1e-5 * true.abs().max()


@pytest.mark.parametrize("name", CASES)
def test_results_equal_those_of_the_installed_spandrel(name: str, tmp_path: Path) -> None:
    pytest.importorskip("spandrel")
    config, layout = CASES[name]
    found = result_of(write_upscaler(tmp_path / "x.safetensors", config, layout), config.channels)
    true = by_spandrel.result(name)
    assert (found - true).abs().max() <= 1e-5 * true.abs().max()


def test_other_architectures_are_loaded_by_spandrel(tmp_path: Path) -> None:
    pytest.importorskip("spandrel")
    from spandrel.architectures.DAT import DAT
    from spandrel.architectures.SPAN import SPAN
    from spandrel.architectures.SwinIR import SwinIR

    torch.manual_seed(0)
    made = {
        "SPAN": SPAN(num_in_ch=3, num_out_ch=3, feature_channels=8, upscale=2),
        "SwinIR": SwinIR(img_size=16, window_size=8, depths=[2], embed_dim=12, num_heads=[2], upscale=2,
                         upsampler="pixelshuffle", resi_connection="1conv"),
        "DAT": DAT(img_size=16, split_size=[8, 8], depth=[2], embed_dim=16, num_heads=[2], upscale=2,
                   upsampler="pixelshuffle", resi_connection="1conv"),
    }  # fmt: skip
    image = torch.rand(1, 3, 24, 20)
    for name, network in made.items():
        save_file(
            {each: tensor.contiguous() for each, tensor in network.state_dict().items()}, tmp_path / "x.safetensors"
        )
        assert upscaler_name({each: tuple(tensor.shape) for each, tensor in network.state_dict().items()}) == name
        found = load_upscaler(tmp_path / "x.safetensors", CPU)
        assert (found.scale, found.channels) == (2, 3)
        with torch.no_grad():
            descriptor = network.eval()
            assert torch.allclose(found(image), _as_used(descriptor, image), atol=1e-5), name


def _as_used(network: torch.nn.Module, image: torch.Tensor) -> torch.Tensor:
    import spandrel

    found: torch.Tensor = spandrel.ModelLoader("cpu").load_from_state_dict(network.state_dict())(image)
    return found


def test_published_sizes() -> None:
    """Parameters of RealESRGAN_x4plus, its anime version, realesr-animevideov3 and realesr-general-x4v3."""
    made: dict[UpscalerConfig, int] = {
        RRDBConfig(): 16_697_987,
        RRDBConfig(blocks=6): 4_467_779,
        CompactConfig(): 621_424,
        CompactConfig(depth=32): 1_213_296,
    }
    assert {config: sum(map(np.prod, config.shapes().values())) for config in made} == made


@pytest.mark.slow
@pytest.mark.parametrize("name", EXACT)
def test_tiles_with_margins_give_the_result_of_the_whole_image(name: str, tmp_path: Path) -> None:
    config = EXACT[name]
    layout = "compact" if isinstance(config, CompactConfig) else "Real-ESRGAN"
    network = load_upscaler(write_upscaler(tmp_path / "x.safetensors", config, layout), CPU)
    image = torch.rand(3, 97, 75)
    with torch.no_grad():
        whole = network(image[None])[0]
        found = tile_grid(network.reach, network.multiple, network.bytes_per_pixel)
        assert not found.is_blended and found.margin >= config.reach
        for grid in (TileGrid(16, found.margin), TileGrid(32, found.margin, is_blended=True)):
            # Blended zones lie within the margin, which must be wider then.
            grid = grid if not grid.is_blended else TileGrid(32, 2 * found.margin, is_blended=True)
            strips = [strip.rows for strip in enlarged_strips(network, image, network.scale, grid)]
            rows = torch.cat([strip for strip in strips if strip is not None], dim=1)
            assert len(strips) > 4 and rows.shape == whole.shape
            assert (rows - whole).abs().max() <= 1e-5
        # Too narrow a margin shows: the test measures something.
        rest = [strip.rows for strip in enlarged_strips(network, image, network.scale, TileGrid(16, 2))]
        assert (torch.cat([strip for strip in rest if strip is not None], dim=1) - whole).abs().max() > 1e-4


def test_tiles_begin_at_multiples() -> None:
    for multiple in (1, 16, 48, 64, 256, 1024):
        grid = tile_grid(None, multiple, 2**15)
        assert grid.side % multiple == grid.margin % multiple == 0 and grid.side >= multiple


def test_the_tiles_of_a_large_network_are_blended_and_bounded() -> None:
    full = RRDBConfig()
    grid = tile_grid(full.reach, 1, full.bytes_per_pixel)
    assert grid.is_blended and grid.fade > 0
    assert (grid.side + 2 * grid.margin) ** 2 * full.bytes_per_pixel <= overlapping_tiles.TILE_BYTES
    smaller = grid.halved(1)
    assert smaller is not None and smaller.side < grid.side and TileGrid(33, 4).halved(1) is None
    flat = [
        strip.rows for strip in enlarged_strips(_nearest, torch.full((3, 500, 300), 0.25), 2, TileGrid(64, 16, True))
    ]
    rows = torch.cat([strip for strip in flat if strip is not None], dim=1)
    assert rows.shape == (3, 1000, 600) and (rows - 0.25).abs().max() <= 1e-6


def _nearest(x: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.interpolate(x, scale_factor=2.0)


class Repeat(torch.nn.Module):
    """Network that repeats pixels. Its one parameter gives it a device."""

    def __init__(self, scale: int) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.scale = scale

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.interpolate(x, scale_factor=float(self.scale))


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_alpha_is_enlarged_with_the_colours(channels: int) -> None:
    network = UpscalingNetwork(Repeat(2), 2, channels, reach=1)
    rgba = photo(24, 17)
    opaque = _end(enlarge(network, rgba))
    assert np.array_equal(opaque, rgba.repeat(2, axis=0).repeat(2, axis=1))
    rgba[:, :9, 3] = 0
    rgba[:, 9, 3] = 100
    found = _end(enlarge(network, rgba))
    assert np.array_equal(found[..., 3], rgba[..., 3].repeat(2, axis=0).repeat(2, axis=1))
    assert not found[:, :18, :3].any() and np.array_equal(found[:, 18:, :3], opaque[:, 18:, :3])


@pytest.mark.parametrize("channels", [1, 3])
def test_transparent_and_opaque_areas_stay_so(channels: int) -> None:
    class Texture(Repeat):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return 0.8 * super().forward(x) + 0.1

    rgba = photo(24, 17)
    rgba[:, :9, 3] = 0
    found = _end(enlarge(UpscalingNetwork(Texture(2), 2, channels, reach=1), rgba))
    assert not found[:, :16].any() and (found[:, 20:, 3] == 255).all()


def test_transparent_pixels_do_not_colour_the_edges(tmp_path: Path) -> None:
    config = CompactConfig(width=8, depth=1, scale=2)
    network = load_upscaler(write_upscaler(tmp_path / "x.safetensors", config, "compact"), CPU)
    orange = np.full((32, 32, 4), (250, 150, 30, 255), np.uint8)
    whole = _end(enlarge(network, orange))
    orange[:16] = 0
    half = _end(enlarge(network, orange))
    seen = half[..., 3] > 0
    assert seen[32:].mean() > 0.9
    assert abs(half.astype(int) - whole)[..., :3][seen].max() <= 1


def test_an_image_is_enlarged_to_any_size_step_by_step() -> None:
    network = UpscalingNetwork(Repeat(2), 2, 3, reach=1)
    shares = []
    work = enlarge_to((60, 50), photo(20, 24), 2, lambda rgba: enlarge(network, rgba, TileGrid(8, 1)))
    while True:
        try:
            shares.append(next(work))
        except StopIteration as end:
            assert end.value.shape == (50, 60, 4)
            break
    assert len(shares) > 20 and 0 < shares[0] < 1 and shares[-1] == 1


def test_upscalers_of_the_models_folder(_own_home: Path) -> None:
    folder = paths.models_dir()
    write_upscaler(folder / "4x_Foo.pth", RRDBConfig(width=8, blocks=1), "old")
    write_upscaler(folder / "2x_Bar.safetensors", CompactConfig(width=8, depth=1, scale=2), "compact")
    torn = weights_of(RRDBConfig(width=8, blocks=1), "Real-ESRGAN")
    torn.pop("conv_hr.bias")
    save_file(torn, folder / "torn.safetensors")
    save_file(
        {"conv_1.sk.weight": torch.zeros(1), "block_1.c1_r.sk.weight": torch.zeros(1)}, folder / "span.safetensors"
    )
    library = Library()
    rows = {row.name: row for row in library.model_table()}
    assert rows["4x_Foo"].family == "Upscaler · ESRGAN" and rows["4x_Foo"].summary == "4×, RGB"
    assert rows["2x_Bar"].family == "Upscaler · Real-ESRGAN Compact" and not rows["2x_Bar"].unusable
    assert "damaged or not whole" in rows["torn"].unusable and isinstance(rows["torn"].unusable, Sentence)
    assert list(library.upscalers()) == ["2x_Bar", "4x_Foo", *(["span"] if not rows["span"].unusable else [])]
    assert library.upscaler("4x_foo") == folder / "4x_Foo.pth"
    if rows["span"].unusable:
        assert "This needs spandrel; run `" in rows["span"].unusable
        with pytest.raises(ModelError, match="SPAN.*needs spandrel"):
            library.upscaler("span")
    with pytest.raises(ModelError, match="4x_Foo is an upscaler, and no model by itself"):
        library.card("4x_Foo")
    with pytest.raises(ModelError, match="no upscaler called 'none'; there are: 2x_Bar, 4x_Foo"):
        library.upscaler("none")


def test_only_tensors_reach_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package gets a dictionary of tensors, and whatever it raises becomes a sentence."""
    code = "class ImageModelDescriptor: pass\nclass ModelLoader:\n def __init__(self, device): pass\n"
    code += " def load_from_state_dict(self, state):\n"
    code += "  raise KeyError(sorted((type(v).__name__, k) for k, v in state.items()))"
    (tmp_path / "spandrel.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "spandrel", raising=False)
    save_file(
        {"conv_1.sk.weight": torch.ones(1), "block_1.c1_r.sk.weight": torch.ones(1)}, tmp_path / "span.safetensors"
    )
    with pytest.raises(ModelError, match="span.safetensors is SPAN") as caught:
        load_upscaler(tmp_path / "span.safetensors", CPU)
    assert caught.value.__cause__ is not None
    assert caught.value.__cause__.args == ([("Tensor", "block_1.c1_r.sk.weight"), ("Tensor", "conv_1.sk.weight")],)
    sys.modules.pop("spandrel", None)


def test_a_package_that_cannot_be_loaded_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package imports torchvision, which raises a RuntimeError beside another build of torch."""
    (tmp_path / "spandrel.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "spandrel", raising=False)
    file = tmp_path / "span.safetensors"
    save_file({"conv_1.sk.weight": torch.ones(1), "block_1.c1_r.sk.weight": torch.ones(1)}, file)
    with pytest.raises(ModelError, match="span.safetensors needs spandrel, which cannot be loaded"):
        load_upscaler(file, CPU)


@pytest.mark.slow
def test_damaged_files_end_in_a_sentence(tmp_path: Path) -> None:
    """500 files whose names, shapes, types or bytes were changed at random."""
    rng = random.Random(5)
    cases = [(RRDBConfig(width=2, growth=2, blocks=1), layout) for layout in ("Real-ESRGAN", "ESRGAN", "old")]
    whole = [weights_of(config, layout) for config, layout in cases]
    whole.append(weights_of(CompactConfig(width=2, depth=1), "compact"))
    file = tmp_path / "x.safetensors"
    refused = 0
    for number in range(500):
        save_file(_changed(rng, rng.choice(whole)), file)
        if number % 4 == 0:
            _damage(rng, file)
        try:
            load_upscaler(file, CPU)
        except StudioError as error:
            refused += 1
            assert str(error).startswith("x.safetensors") and str(error).endswith(".") and len(str(error)) < 300
    assert refused > 400


def _changed(rng: random.Random, weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    found = dict(weights)
    for _ in range(rng.randint(1, 3)):
        name = rng.choice(list(found))
        tensor = found.pop(name)
        kind = rng.randrange(6)
        if kind == 0:
            found[name.replace("0", str(rng.randrange(10**6)), 1)] = tensor
        elif kind == 1:
            found[name] = torch.zeros([rng.choice([0, 1, 3, 300]) for _ in range(rng.randrange(5))])
        elif kind == 2:
            found[name] = torch.full_like(tensor, rng.choice([float("nan"), float("inf")]))
        elif kind == 3:
            found[name] = tensor.to(torch.int64) if rng.random() < 0.5 else tensor[None].clone()
        elif kind == 4:
            found[rng.choice(["model.99.weight", "body.9.weight", "conv_up4.weight", "other", "."])] = tensor
    return found


def _damage(rng: random.Random, file: Path) -> None:
    data = bytearray(file.read_bytes())
    (length,) = struct.unpack_from("<Q", data)
    for _ in range(rng.randint(1, 4)):
        data[rng.randrange(8 + length)] = rng.randrange(256)
    file.write_bytes(data if rng.random() < 0.5 else data[: rng.randrange(len(data))])


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="a.safetensors is not an upscaler"):
        upscaler_layout({"x": (1,)}, "a.safetensors")
    with pytest.raises(ModelError):
        load_upscaler(tmp_path / "missing.safetensors", CPU)


def _end(work: object) -> np.ndarray:
    from gdm_studio.engine.upscale import finish_upscaling

    return finish_upscaling(work)  # type: ignore[arg-type]
