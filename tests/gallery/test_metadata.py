"""Settings in image files: this program's are restored exactly, those of other tools as far as possible."""

from __future__ import annotations

import json
import random
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Metadata, Picture, read, save
from gdm_studio.gallery.image_encoding import FORMATS
from gdm_studio.gallery.metadata import a1111_parameters
from gdm_studio.gallery.saved_image import SaveSettings
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Branch, Interpolation, Request
from tests.helpers.library import result

DIFFICULT_TEXTS = [
    "",
    "a red fox",
    "a, b, c: d, (e:1.2), [f:g:0.5]",
    "line one\nline two\n\nline four",
    "Steps: 20, Sampler: Euler, Seed: 1",
    "ends in settings\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 8x8",
    'quotes " and \\" and \\\\ and \' and "a, b"',
    "Grüße, Café — naïve",
    "Ã© looks like UTF-8 in Latin-1",
    "🦊🏔️ 黒い猫, кошка, قطة",
    '{"json": [1, 2, {"a": "b"}]}',
    "[a|b] {c|d} <lora:x:0.8>",
    "tab\tand \u2028 and \x0b and \x1c inside",
    "Size: 1x1, Model: other: model, Version: v1",
    "colon:",
    "https://example.org/a?b=c,d",
]
SIGNATURE = b"\x89PNG\r\n\x1a\n"
REAL = (
    "cat, on a mat\nin the sun\nNegative prompt: dog,\nrain\nSteps: 25, Sampler: DPM++ 2M, Schedule type: Karras, "
    "CFG scale: 5.5, Seed: 3888671826, Size: 1024x512, Model hash: 45a21ea00a, Model: some_model, "
    'Denoising strength: 0.3, Lora hashes: "one: a1b2, two: c3d4", Hires upscaler: R-ESRGAN 4x+, '
    "Fancy setting: yes, Version: v1.10.1"
)


def infotext(request: Request) -> str:
    with Image.open(save_request(request).path) as image:
        return image.text["parameters"]


def stripped(request: Request) -> Request:
    """Return the request with every prompt line stripped, because A1111's readers strip them."""
    texts = [request.prompt, request.negative_prompt]
    prompt, negative = ("\n".join(line.strip() for line in text.split("\n")).strip() for text in texts)
    return replace(request, prompt=prompt, negative_prompt=negative)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def save_request(request: Request) -> Picture:
    return save(Result(0, request, result(side=8).rgba), Path.cwd())


def read_text(text: str, *, suffix: str = "png") -> Metadata:
    """Read a file that contains `text` as A1111 writes it."""
    path = Path(f"picture.{suffix}")
    image = Image.new("RGB", (24, 16))
    if suffix == "png":
        info = PngInfo()
        info.add_text("parameters", text)
        image.save(path, pnginfo=info)
    else:
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + text.encode("utf-16-be")
        image.save(path, exif=exif)
    return read(path)


@pytest.mark.parametrize(
    "prompt", [*DIFFICULT_TEXTS, "x\nNegative prompt: y", " spaces ", "lone \udc80", "\r\n", "a\0b"]
)
def test_our_own_files_give_back_every_prompt_exactly(prompt: str) -> None:
    for request in (Request(prompt=prompt), Request(negative_prompt=prompt), Request(prompt=prompt, style=prompt)):
        assert read(save_request(request).path).request == request.checked()


@pytest.mark.parametrize("form", FORMATS)
def test_our_own_files_of_every_format_contain_all_settings(form: str) -> None:
    parent = Request(prompt="an owl", size=(8, 8), seed=3)
    for prompt in (*DIFFICULT_TEXTS[:12], "lone \udc80"):
        request = Request(
            prompt=prompt, negative_prompt=DIFFICULT_TEXTS[9], sampler="ddim", knobs={"eta": 0.25}, seed=2**62,
            size=(8, 8), branch=Branch(parent, 8), toward=Interpolation("a hat", 7, 0.25),
        ).checked()  # fmt: skip
        kept = save(Result(0, request, result(side=8).rgba, 12), Path.cwd(), saving=SaveSettings(form=form))
        found = read(kept.path)
        assert (found.request, found.tool, found.size) == (request, "GDM Studio", (8, 8))
        assert (found.id, found.created, found.stopped_at) == (kept.id, kept.created, 12)
        assert found.made_with == kept.made_with and found.unknown == found.ignored == {}


@pytest.mark.parametrize("negative", DIFFICULT_TEXTS)
@pytest.mark.parametrize("prompt", DIFFICULT_TEXTS)
def test_the_parameters_text_alone_gives_back_the_settings(prompt: str, negative: str) -> None:
    request = Request(prompt=prompt, negative_prompt=negative, seed=5, size=(8, 8), model="a, b: c", style='"x"')
    assert read_text(infotext(request)).request == stripped(request)


def test_the_parameters_text_alone_carries_random_settings() -> None:
    rng = random.Random(0)
    letters = 'ab ,:"\\\n{}[]()<>|é🦊猫0.\t-_/'
    for _ in range(100):
        sampler = rng.choice(list(SAMPLERS))
        request = Request(
            prompt="".join(rng.choices(letters, k=rng.randrange(40))).strip(),
            negative_prompt="".join(rng.choices(letters, k=rng.randrange(40))).strip(),
            style="".join(rng.choices(letters, k=rng.randrange(8))),
            model="".join(rng.choices(letters, k=rng.randrange(1, 20))),
            sampler=sampler,
            spacing=rng.choice(list(SPACINGS)),
            steps=rng.randrange(1, 1001),
            seed=rng.randrange(2**63),
            guidance_scale=rng.choice((0.0, 4.0, 7.25, rng.uniform(0, 30))),
            temperature=rng.uniform(0.1, 2),
            knobs={"eta": rng.random()} if sampler == "ddim" else {},
            size=(8, 8),
        )
        assert read_text(infotext(request)).request == stripped(request.checked()), request


def test_a_real_a1111_file_is_used_ignored_and_unknown_field_by_field() -> None:
    found = read_text(REAL)
    assert found.request == Request(
        prompt="cat, on a mat\nin the sun", negative_prompt="dog,\nrain", steps=25, sampler="dpmpp_2m",
        spacing="karras", guidance_scale=5.5, seed=3888671826, size=(1024, 512), model="some_model",
    )  # fmt: skip
    assert (found.tool, found.size) == ("AUTOMATIC1111", (24, 16))
    assert found.fields == {
        "prompt": "cat, on a mat\nin the sun", "negative_prompt": "dog,\nrain", "steps": 25, "sampler": "DPM++ 2M",
        "scheduler": "Karras", "guidance_scale": 5.5, "seed": 3888671826, "size": "1024x512",
        "model_hash": "45a21ea00a", "model": "some_model", "version": "v1.10.1", "denoising_strength": 0.3,
        "hires_upscaler": "R-ESRGAN 4x+",
    }  # fmt: skip
    assert found.used == {
        "Prompt": "cat, on a mat\nin the sun", "Negative prompt": "dog,\nrain", "Steps": "25", "Sampler": "dpmpp_2m",
        "Schedule type": "karras", "CFG scale": "5.5", "Seed": "3888671826", "Size": "1024x512", "Model": "some_model",
    }  # fmt: skip
    assert set(found.ignored) == {"Model hash", "Denoising strength", "Lora hashes", "Hires upscaler", "Version"}
    assert found.ignored["Lora hashes"] == "one: a1b2, two: c3d4"
    assert found.unknown == {"Fancy setting": "yes"}


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
def test_jpeg_and_webp_give_the_same_settings_as_png(suffix: str) -> None:
    text = REAL.replace("cat", "猫")
    assert read_text(text, suffix=suffix) == read_text(text)


@pytest.mark.parametrize(
    ("sampler", "scheduler", "ours"),
    [
        ("Euler a", "Automatic", ("euler_a", "normal")),
        ("DPM++ 2M Karras", "", ("dpmpp_2m", "karras")),
        # Before version 1.9 of the web UI, this was a sampler beside "DPM++ 2M Karras".
        ("DPM++ 2M", "", ("dpmpp_2m", "normal")),
        ("DPM++ 2M", "Automatic", ("dpmpp_2m", "karras")),
        ("DPM++ 2M SDE", "Automatic", ("dpmpp_2m_sde", "exponential")),
        ("DPM++ SDE", "Automatic", ("dpmpp_sde", "karras")),
        ("DPM2 a", "Automatic", ("dpm2_a", "karras")),
        ("DPM++ 2M", "SGM Uniform", ("dpmpp_2m", "sgm_uniform")),
        ("euler_a karras", "", ("euler_a", "karras")),
        ("Euler Ancestral Karras", "", ("euler_a", "karras")),
        ("euler_ancestral_karras", "", ("euler_a", "karras")),
        ("k_heun", "exponential", ("heun", "exponential")),
        ("DDIM", "", ("ddim", "leading_1")),
        ("UniPC", "Karras", ("unipc", "karras")),
        ("DPM++ 2M SDE Karras", "", ("dpmpp_2m_sde", "karras")),
        ("dpmpp_2m_sde_gpu", "karras", ("dpmpp_2m_sde", "karras")),
        ("dpm_2_ancestral", "normal", ("dpm2_a", "normal")),
        ("Euler", "Beta", ("euler", "beta_sigmas")),
        ("DPM++ 2M Beta", "", ("dpmpp_2m", "beta_sigmas")),
        ("euler", "beta57", ("euler", "beta57")),
        ("euler", "betas", ("euler", "beta_sigmas")),
        ("Euler", "KL Optimal", ("euler", "kl_optimal")),
        ("PLMS", "", ("plms", "leading_1")),
        ("LCM", "", ("lcm", "lcm_50")),
        # This program has no such sampler, so the default stays.
        ("DPM adaptive", "Karras", ("dpmpp_2m", "karras")),
        ("Euler", "Align Your Steps", ("euler", "karras")),
        ("k_euler_ancestral", "native", ("euler_a", "normal")),
        ("dpmpp_2m_sde_gpu", "sgm_uniform", ("dpmpp_2m_sde", "sgm_uniform")),
        ("ddim", "ddim_uniform", ("ddim", "leading_1")),
        ("euler", "simple", ("euler", "simple")),
        ("uni_pc_bh2", "beta", ("unipc", "beta")),
        ("dpmpp_2m", "polyexponential", ("dpmpp_2m", "polyexponential")),
        ("DPM++ 2M SDE Exponential", "", ("dpmpp_2m_sde", "exponential")),
        ("DPM2 a Karras", "", ("dpm2_a", "karras")),
        ("DPM++ 2S a Karras", "", ("dpmpp_2s_a", "karras")),
        ("DPM++ SDE", "Karras", ("dpmpp_sde", "karras")),
        ("DPM++ 3M SDE", "Exponential", ("dpmpp_3m_sde", "exponential")),
        ("Euler A Trailing", "", ("euler_a", "trailing")),
        ("dpmpp_2m_sde_k", "", ("dpmpp_2m_sde", "karras")),
        ("kdpm_2_a", "", ("dpm2_a", "normal")),
        ("Euler - euler_a", "normal", ("euler_a", "normal")),
        ("DPM++ 2M SGM Uniform", "", ("dpmpp_2m", "sgm_uniform")),
        ("LMS Karras", "", ("lms", "karras")),
        ("LCM", "SGM Uniform", ("lcm", "sgm_uniform")),
    ],
)
def test_sampler_names_of_other_tools_are_recognised(sampler: str, scheduler: str, ours: tuple[str, str]) -> None:
    schedule = f", Schedule type: {scheduler}" if scheduler else ""
    found = read_text(f"cat\nSteps: 9, Sampler: {sampler}{schedule}, Seed: 1, Size: 64x64")
    assert (found.request.sampler, found.request.spacing) == ours
    assert ("Sampler" in found.used) == (sampler != "DPM adaptive")
    assert found.used.get("Schedule type", ours[1]) == ours[1] and not found.unknown
    assert ("Schedule type" in found.ignored) == (scheduler == "Align Your Steps")


@pytest.mark.parametrize(
    ("writer", "spacing"),
    [
        ("Version: v1.10.1", "beta_sigmas"),
        ("Version: f2.0.1v1.10.1-previous-669-gdfdcbab6", "beta_sigmas"),
        ("Version: neo", "beta"),
        ("App: SD.Next, Version: 1234567", "beta"),
        ("Version: ComfyUI", "beta"),
        ("Version: GDM Studio 0.2.0", "beta"),
    ],
)
def test_beta_means_the_spacing_of_the_writing_tool(writer: str, spacing: str) -> None:
    found = read_text(f"cat\nSteps: 9, Sampler: Euler, Schedule type: Beta, Seed: 1, Size: 64x64, {writer}")
    assert found.request.spacing == spacing


def test_unstated_sampler_parameters_are_set_and_reported() -> None:
    text = "cat\nSteps: 9, Sampler: DPM++ 3M SDE, Schedule type: Karras, Seed: 1, Size: 64x64"
    found = read_text(text)
    assert found.request.knobs == {"curvature": 0.5, "eta": 1.0}
    assert found.used["Sampler"] == "dpmpp_3m_sde, curvature 0.5" and found.used["Schedule type"] == "karras"
    with_eta = read_text(f"{text}, Eta: 0.6")
    assert with_eta.request.knobs == {"curvature": 0.5, "eta": 0.6} and with_eta.used["Eta"] == "0.6"
    of_none = read_text("cat\nSteps: 9, Sampler: DPM++ 2M, Seed: 1, Size: 64x64, Eta: 0.6")
    assert of_none.request.knobs == {} and of_none.ignored["Eta"] == "0.6"
    ours = read_text(f"{text}, Version: GDM Studio 0.2.0")
    assert ours.request.knobs == {"curvature": 1.0, "eta": 1.0} and ours.used["Sampler"] == "dpmpp_3m_sde"


def test_settings_of_an_earlier_version_are_migrated_although_one_is_invalid(tmp_path: Path) -> None:
    old = json.loads(Request(spacing="karras", steps=12).to_json()) | {"version": 1, "spacing": "beta", "strength": 7}
    record = {"version": 1, "id": "a" * 12, "created": 1.0, "app": "0.1.0", "request": old}
    chunks = PngInfo()
    chunks.add_text("gdm_studio", json.dumps(record))
    Image.new("RGB", (8, 8)).save(tmp_path / "old.png", pnginfo=chunks)
    found = read(tmp_path / "old.png").request
    assert (found.spacing, found.steps, found.strength) == ("beta_0_1", 12, 0.6)


@pytest.mark.parametrize("name", [name for name, spec in SPACINGS.items() if spec.group and not spec.needs_table])
def test_our_own_text_restores_every_spacing(name: str) -> None:
    text = a1111_parameters.write_text(Request(prompt="cat", spacing=name), size=(128, 128), version="GDM Studio 0.2.0")
    assert read_text(text).request.spacing == name


def test_our_own_text_restores_the_class() -> None:
    text = a1111_parameters.write_text(Request(label="red apple"), size=(128, 128), version="GDM Studio 0.2.0")
    found = read_text(text)
    assert (found.request.label, found.fields["class"], found.request_fields["Class"]) == (
        "red apple",
        "red apple",
        "label",
    )


def test_invalid_values_are_ignored_and_the_rest_is_used() -> None:
    found = read_text("cat\nSteps: 5000, Sampler: Euler, CFG scale: many, Seed: -1, Size: 2x90000, Temperature: nan")
    assert found.request == Request(prompt="cat", sampler="euler", spacing="normal")
    assert set(found.ignored) == {"Steps", "CFG scale", "Seed", "Size", "Temperature"}


def test_unquoted_json_of_other_tools_is_read_as_one_value() -> None:
    found = read_text(
        "cat\nSteps: 9, Sampler: euler_a karras, Seed: 7, Size: 64x64, Skip layers: [7, 8, 9, ], Civitai resources: "
        '[{"type": "checkpoint", "modelName": "a, b: c"}], Version: stable-diffusion.cpp, SDCPP: {"steps": 3, "x": [1]}'
    )
    assert found.tool == "stable-diffusion.cpp"
    assert (found.request.steps, found.request.seed, found.request.sampler) == (9, 7, "euler_a")
    assert found.unknown == {} and found.ignored["SDCPP"] == '{"steps": 3, "x": [1]}'


@pytest.mark.parametrize(
    "text",
    ["", '{"note": {"prompt": "cat", "steps": 20}}', "\n", "," * 9999],
)
def test_text_without_a_prompt_or_settings_restores_nothing(text: str) -> None:
    found = read_text(text)
    assert (found.request, found.tool, found.fields) == (None, "", {})


@pytest.mark.parametrize(
    ("text", "prompt", "negative", "given"),
    [
        ("a cat", "a cat", "", {}),
        ("a: b, c: d, e: f", "a: b, c: d, e: f", "", {}),
        ("a cat,\non a mat\nNegative prompt: dog", "a cat,\non a mat", "dog", {}),
        ("a cat\nNegative prompt: dog\nSteps: 9, Seed: 5", "a cat", "dog", {"steps": 9, "seed": 5}),
        ("a cat\nSteps: 9", "a cat", "", {"steps": 9}),
        ("a cat\nSize: of a house, Colour: red", "a cat\nSize: of a house, Colour: red", "", {}),
        ("Steps: 9, Seed: 5", "", "", {"steps": 9, "seed": 5}),
    ],
)
def test_a_prompt_with_fewer_than_three_settings_is_read(
    text: str, prompt: str, negative: str, given: dict[str, int]
) -> None:
    found = read_text(text)
    assert found.request == Request(prompt=prompt, negative_prompt=negative, **given) and found.tool == "AUTOMATIC1111"


def test_a_comment_of_a_camera_is_no_prompt() -> None:
    assert read_text("OLYMPUS DIGITAL CAMERA", suffix="jpg").request is None
    assert read_text("a cat\nSteps: 9, Seed: 5", suffix="jpg").request == Request(prompt="a cat", steps=9, seed=5)


def test_blank_lines_before_the_settings_are_skipped() -> None:
    found = read_text("cat\r\n\r\nNegative prompt: dog\r\n\r\nSteps: 9, Sampler: Euler, Seed: 1, Size: 64x64\r\n")
    assert (found.request.prompt, found.request.negative_prompt) == ("cat", "dog")


def test_utf8_in_a_latin1_chunk_is_decoded() -> None:
    text = "猫\nSteps: 9, Sampler: Euler, Seed: 1, Size: 64x64"
    info = PngInfo()
    info.add(b"tEXt", b"parameters\0" + text.encode())
    Image.new("RGB", (8, 8)).save("utf8.png", pnginfo=info)
    assert read(Path("utf8.png")).request.prompt == "猫"


def test_a_record_of_a_later_version_restores_what_is_still_valid() -> None:
    record = {"version": 9, "id": "0123456789abcdef", "created": 1.5e9, "app": "9.0.0", "mood": "sunny"}
    values = {"version": 9, "prompt": "cat", "sampler": "teleport", "knobs": {"warp": 9}, "steps": 12, "size": [8, 8],
              "style": 5, "flavour": "mint"}  # fmt: skip
    info = PngInfo()
    info.add_text("gdm_studio", json.dumps(record | {"request": values}))
    Image.new("RGB", (8, 8)).save("later.png", pnginfo=info)
    found = read(Path("later.png"))
    assert found.request == Request(prompt="cat", steps=12, size=(8, 8))
    assert found.id == record["id"] and found.fields["version"] == "GDM Studio 9.0.0"
    assert set(found.used) == {"prompt", "steps", "size"}
    assert set(found.ignored) == {"sampler", "knobs", "style"} and found.unknown == {"flavour": "mint"}


@pytest.mark.parametrize(
    "chunk",
    [
        "",
        "{",
        "[]",
        "null",
        '{"id": 5}',
        '{"id": "../../etc", "created": 1, "request": {}}',
        '{"id": "0123456789", "created": NaN, "request": {}}',
        "[" * 100_000,
    ],
)
def test_the_parameters_text_replaces_a_damaged_record(chunk: str) -> None:
    info = PngInfo()
    info.add_text("gdm_studio", chunk)
    info.add_text("parameters", "cat\nSteps: 9, Sampler: Euler, Seed: 1, Size: 64x64, Version: GDM Studio 0.1.0")
    Image.new("RGB", (8, 8)).save("damaged.png", pnginfo=info)
    found = read(Path("damaged.png"))
    assert (found.tool, found.id, found.request.prompt) == ("GDM Studio", "", "cat")


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "gif"])
def test_an_image_without_settings_has_only_a_size(suffix: str) -> None:
    path = Path(f"plain.{suffix}")
    Image.new("RGB", (24, 16)).save(path)
    assert read(path) == Metadata(size=(24, 16))


@pytest.mark.parametrize("content", [b"", b"junk", SIGNATURE, SIGNATURE + b"x" * 100, b"RIFF....WEBP"])
def test_a_file_that_is_no_image_is_refused(content: bytes) -> None:
    Path("junk.png").write_bytes(content)
    with pytest.raises(StorageError, match=r"junk\.png is not a picture, or it is damaged; choose a PNG"):
        read(Path("junk.png"))


def test_missing_files_and_folders_are_named(folder: Path) -> None:
    with pytest.raises(StorageError, match=r"no\.png is not there"):
        read(Path("no.png"))
    with pytest.raises(StorageError, match="is a folder, not a file"):
        read(folder)


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_damaged_files_are_read_or_refused_but_never_crash(suffix: str) -> None:
    read_text(REAL, suffix=suffix)
    path, rng = Path(f"picture.{suffix}"), random.Random(1)
    whole = path.read_bytes()
    for _ in range(100):
        content = bytearray(whole[: rng.randrange(len(whole))] if rng.random() < 0.3 else whole)
        for _ in range(rng.randrange(1, 8)):
            if content:
                content[rng.randrange(len(content))] = rng.randrange(256)
        path.write_bytes(content)
        try:
            assert isinstance(read(path), Metadata)
        except StorageError as error:
            assert str(path) in str(error)


def test_texts_that_decompress_to_gigabytes_are_skipped() -> None:
    info = PngInfo()
    info.add(b"zTXt", b"parameters\0\0" + zlib.compress(b"a" * 50_000_000))
    Image.new("RGB", (8, 8)).save("bomb.png", pnginfo=info)
    assert read(Path("bomb.png")).request is None
