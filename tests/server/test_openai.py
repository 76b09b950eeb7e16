"""OpenAI's images API, as the package openai 3.57 sends and reads it."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gdm_studio.server import signed_links
from gdm_studio.server.limits import Limits
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.http_client import Answer, RunningServer, running_server, until
from tests.server.test_queue import following, start_request, until_event

GENERATIONS, EDITS = "/v1/images/generations", "/v1/images/edits"
BODY: dict[str, Any] = {"prompt": "a red disc", "steps": 4, "seed": 7}


def image_in(entry: dict[str, Any]) -> Image.Image:
    image = Image.open(io.BytesIO(base64.b64decode(entry["b64_json"])))
    image.load()
    return image


def png(rgba: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(rgba).save(buffer, "PNG")
    return buffer.getvalue()


def post_form(
    server: RunningServer,
    texts: Mapping[str, object],
    files: list[tuple[str, bytes]],
    *,
    boundary: str = "0123456789abcdef",
    **given: str,
) -> Answer:
    """Send a form as httpx writes it, with the headers `given`."""
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}'.encode() for name, text in texts.items()]
    parts += [
        f'Content-Disposition: form-data; name="{name}"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'.encode()
        + data
        for name, data in files
    ]
    body = b"".join(f"--{boundary}\r\n".encode() + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
    headers = given | {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return server.request("POST", EDITS, body, server._headers(headers))


def events_in(body: bytes) -> list[tuple[str, dict[str, Any]]]:
    found = re.findall(r"^event: (\S+)\ndata: (.*)$", body.decode(), re.MULTILINE)
    return [(name, json.loads(data)) for name, data in found]


def test_seeds_formats_and_ignored_fields(server: RunningServer) -> None:
    one, two = (server.post(GENERATIONS, BODY) for _ in range(2))
    assert np.array_equal(*(np.asarray(image_in(each.json["data"][0])) for each in (one, two)))
    assert one.json["ignored"] == [] and one.json["data"][0]["seed"] == 7
    assert server.service.search("", 1).result()[0].request.steps == 4
    more = {"quality": "high", "user": "u", "style": "vivid", "moderation": "low", "size": "auto", "made_up": 1}
    sizes = {}
    for name, compression in (("jpeg", 95), ("webp", 95), ("webp", 5), ("jpeg", 5), ("png", None)):
        body = BODY | more | {"output_format": name, "output_compression": compression, "background": "auto"}
        answer = server.post(GENERATIONS, body)
        image = image_in(answer.json["data"][0])
        assert (image.format or "").lower() == name == answer.json["output_format"]
        assert answer.json["ignored"] == ["quality", "user", "style", "moderation", "made_up"]
        sizes[name, compression] = len(answer.json["data"][0]["b64_json"])
    assert sizes["jpeg", 5] < sizes["jpeg", 95] and sizes["webp", 5] < sizes["webp", 95]
    neutral = {"quality": "auto", "moderation": "auto", "background": "auto", "output_format": "png"}
    assert server.post(GENERATIONS, BODY | neutral).json["ignored"] == []
    answer = server.post(GENERATIONS, BODY | {"output_compression": 50, "partial_images": 2})
    assert answer.json["ignored"] == ["output_compression", "partial_images"]


def test_backgrounds(server: RunningServer) -> None:
    """The model draws transparent discs."""
    clear, opaque = (server.post(GENERATIONS, BODY | {"background": name}) for name in ("transparent", "opaque"))
    assert image_in(clear.json["data"][0]).mode == "RGBA" and image_in(opaque.json["data"][0]).mode == "RGB"
    assert clear.json["ignored"] == opaque.json["ignored"] == []
    assert np.asarray(image_in(opaque.json["data"][0]))[0, 0].min() > 200


def test_errors_name_the_clients_field(server: RunningServer) -> None:
    for name, value in (("n", 0), ("n", 17), ("seed", 2**63), ("steps", 0), ("output_compression", 101)):
        answer = server.post(GENERATIONS, BODY | {name: value})
        message = answer.json["error"]["message"]
        assert answer.status == 400 and message.startswith(f"{name} must be "), message


def test_models_are_retrieved(server: RunningServer) -> None:
    assert server.get("/v1/models/gaussian").json["id"] == "gaussian"
    for name in ("none", "a/b", "..%2f..%2fetc"):
        answer = server.get(f"/v1/models/{name}")
        assert answer.status == 404 and "There is no model of that name" in answer.json["error"]["message"]


def test_an_address_of_an_image_needs_no_token_but_its_signature(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = BODY | {"response_format": "url", "output_format": "webp", "n": 2}
    first, second = (each["url"] for each in server.post(GENERATIONS, body, Host="localhost").json["data"])
    assert first.startswith("http://localhost/v1/files/")
    path = first.removeprefix("http://localhost")
    answer = server.request("GET", path)
    assert answer.status == 200 and answer.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(answer.body)).format == "WEBP"
    one, other = (re.search("files/([0-9a-f]+)", each)[1] for each in (first, second))  # type: ignore[index]
    expires = re.search(r"expires=(\d+)", path)[1]  # type: ignore[index]
    forged = [
        path.replace(one, other),
        path.replace("webp", "png"),
        path.replace("quality=100", "quality=99"),
        path.replace("opaque=0", "opaque=1"),
        path.replace(expires, str(int(expires) + 1)),
        path[:-1],
        path.partition("&signature")[0],
        path.replace("signature=", "signature=%ff"),
    ]
    assert [server.request("GET", each).status for each in forged] == [404] * len(forged)
    assert server.request("GET", path, headers={"Origin": "http://evil.example"}).status == 403
    assert server.request("GET", path, headers={"Host": "evil.example"}).status == 403
    assert server.request("GET", f"/v1/images/{one}").status == 401
    now = signed_links.time.time()
    monkeypatch.setattr(signed_links.time, "time", lambda: now + 3700)
    expired = server.request("GET", path)
    assert expired.status == 404 and "expired" in expired.json["error"]["message"]


def test_a_stream_has_partial_images_and_the_finished_ones(server: RunningServer) -> None:
    body = BODY | {"stream": True, "partial_images": 3, "steps": 8, "n": 2, "output_format": "webp", "made_up": 1}
    answer = server.post(GENERATIONS, body)
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = events_in(answer.body)
    partial = [facts for name, facts in found if name == "image_generation.partial_image"]
    completed = [facts for name, facts in found if name == "image_generation.completed"]
    assert [facts["partial_image_index"] for facts in partial] == [0, 1, 2] and len(completed) == 2
    assert len(found) == 5 and all(facts["type"] == name for name, facts in found)
    assert {image_in(facts).format for _, facts in found} == {"WEBP"}
    assert {(facts["size"], facts["output_format"]) for _, facts in found} == {("128x128", "webp")}
    assert [facts["seed"] for facts in completed] == [7, 8] and completed[0]["ignored"] == ["made_up"]
    whole = server.post(GENERATIONS, BODY | {"steps": 8, "output_format": "webp"})
    assert completed[0]["b64_json"] == whole.json["data"][0]["b64_json"]
    assert [name for name, _ in events_in(server.post(GENERATIONS, BODY | {"stream": True}).body)] == [
        "image_generation.completed"
    ]
    until(lambda: len(server.service.events) == 0)


def test_a_stream_that_fails_ends_with_an_error(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert server.post(GENERATIONS, BODY | {"stream": True, "n": 0}).status == 400

    def fail(*args: object, **named: object) -> None:
        raise ValueError("secret")

    monkeypatch.setattr(server.service.library, "load", fail)
    ((name, facts),) = events_in(server.post(GENERATIONS, BODY | {"stream": True}).body)
    assert name == "error" and "unforeseen" in facts["error"]["message"] and "secret" not in str(facts)


@pytest.fixture
def slow_server() -> Iterator[RunningServer]:
    with running_server(GaussianLibrary(step_seconds=0.2)) as running:
        yield running


@pytest.mark.parametrize("more", [{}, {"stream": True, "partial_images": 1}])
def test_a_request_whose_client_hangs_up_is_cancelled(slow_server: RunningServer, more: dict[str, Any]) -> None:
    with following(slow_server) as events:
        connection = start_request(slow_server, BODY | {"steps": 150} | more, path=GENERATIONS)
        with closing(connection):
            until_event(events, "step")
        until_event(events, "stopped")
    until(lambda: len(slow_server.service.events) == 0)
    assert slow_server.get("/v1/images").json["data"] == []


@pytest.mark.slow
def test_an_interrupted_request_is_an_error_that_is_not_repeated(slow_server: RunningServer) -> None:
    for more in ({}, {"stream": True}):
        with following(slow_server) as events, ThreadPoolExecutor(1) as pool:
            answer = pool.submit(slow_server.post, GENERATIONS, BODY | {"steps": 150} | more)
            until_event(events, "step")
            slow_server.post("/sdapi/v1/interrupt")
            status, body = answer.result().status, answer.result().body
        assert status == (200 if more else 400) and b"interrupted" in body


START = np.full((128, 128, 4), 255, np.uint8)


def with_hole() -> np.ndarray:
    mask = START.copy()
    mask[:, :40] = 0
    return mask


def test_an_edit_draws_in_the_transparent_part_of_the_mask(server: RunningServer) -> None:
    files = [("image", png(START)), ("mask", png(with_hole()))]
    answer = post_form(server, {"prompt": "a red disc", "n": "1", "seed": "7", "size": "auto", "steps": "4"}, files)
    assert answer.status == 200, answer.body
    assert answer.json["ignored"] == [] and answer.json["data"][0]["seed"] == 7
    pixels = np.asarray(image_in(answer.json["data"][0]).convert("RGBA"))
    assert (pixels[:, 64:] == 255).all() and not (pixels[:, :16] == 255).all()
    (picture,) = server.service.search("", 1).result()
    assert picture.request.strength == 1 and picture.request.steps == 4


def test_an_edit_without_a_mask_starts_from_the_image(server: RunningServer) -> None:
    files = [("image[]", png(START)), ("image[]", png(with_hole())), ("markup", png(START))]
    texts = {"prompt": "x", "steps": 2, "input_fidelity": "high", "output_format": "jpeg", "background": "opaque"}
    answer = post_form(server, texts, files)
    assert answer.json["ignored"] == ["input_fidelity", "markup", "image[1]"]
    assert image_in(answer.json["data"][0]).format == "JPEG"
    (picture,) = server.service.search("", 1).result()
    assert picture.request.strength == 0.75 and picture.request.image and not picture.request.mask
    stream = post_form(server, {"prompt": "x", "steps": 4, "stream": "true", "partial_images": "1"}, files[:1])
    assert [name for name, _ in events_in(stream.body)] == ["image_edit.partial_image", "image_edit.completed"]
    url = post_form(server, {"prompt": "x", "steps": 1, "response_format": "url"}, files[:1]).json["data"][0]["url"]
    assert server.request("GET", re.sub("^http://[^/]*", "", url)).status == 200


def test_an_empty_prompt_is_refused_with_its_field(server: RunningServer) -> None:
    for body in ({}, {"prompt": ""}, {"prompt": " \n"}):
        answer = server.post(GENERATIONS, {**body, "steps": 1})
        assert answer.status == 400 and answer.json["error"]["param"] == "prompt", (body, answer.body)


def test_hostile_edits_are_refused(server: RunningServer) -> None:
    image = ("image", png(START))
    small = np.zeros((64, 64, 4), np.uint8)
    for texts, files, words in (
        ({"prompt": "x"}, [], "image must be an image file"),
        ({}, [image], "prompt is missing"),
        ({"prompt": " "}, [image], "prompt is empty"),
        ({"prompt": "x"}, [("image", b"x")], "image"),
        ({"prompt": "x"}, [image, ("mask", png(START))], "no transparent part"),
        ({"prompt": "x"}, [image, ("mask", png(small))], "size of the image"),
        ({"prompt": "x", "n": "two"}, [image], "n must be a number"),
        ({"prompt": "x", "n": "1.5"}, [image], "n must be a whole number"),
        ({"prompt": "x", "n": "nan"}, [image], "n must be a finite number"),
        ({"prompt": "x", "stream": "maybe"}, [image], "stream must be true or false"),
        ({"prompt": "x", "strength": "1.5"}, [image], "strength must be from 0 to 1"),
        ({"prompt": "x\0"}, [image], "prompt contains"),
        ({f"f{number}": "x" for number in range(70)}, [image], "64 parts"),
    ):
        answer = post_form(server, texts, files)
        assert answer.status == 400 and words in answer.json["error"]["message"], (texts, answer.body)
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    for body in (b"", b"--b", b"--b--", b"--b\r\nx\r\n--b--\r\n", b"--b\r\n\r\n\r\n\xff\r\n--b--", b"\r\n--b\r\n" * 99):
        answer = server.request("POST", EDITS, body, server._headers(form))
        assert answer.status in (400, 415), (body, answer.body)
    bare = {"Content-Type": "multipart/form-data"}
    assert server.request("POST", EDITS, b"x", server._headers(bare)).status == 400
    assert server.request("POST", GENERATIONS, b"x", server._headers(form)).status == 415
    assert server.post(EDITS, {"prompt": "x"}).status == 415
    # No type of a body helps where nothing is: the address of `images.create_variation` is that of an image, too.
    answer = server.request("POST", "/v1/images/variations", b"x", server._headers(form))
    assert answer.status == 404 and "There are no variations" in answer.json["error"]["message"]
    assert server.request("POST", "/v1/audio/speech", b"x", server._headers(form)).status == 404
    assert server.request("POST", EDITS, b"x", form).status == 401
    assert server.service.events.counts["queued"] == 0


def test_a_page_of_another_site_cannot_send_a_form_without_a_token() -> None:
    from gdm_studio.server.access_control import Access

    with running_server(access=Access(None), limits=Limits()) as server:
        for header in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            headers = {"Content-Type": "multipart/form-data; boundary=b"} | header
            assert server.request("POST", EDITS, b"--b--", headers).status == 403
