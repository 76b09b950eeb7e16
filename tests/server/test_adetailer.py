"""Details that clients of A1111's interface request: ADetailer's units and SwarmUI's segments."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gdm_studio.common.errors import StorageError
from gdm_studio.engine.word_maps import WordNotFoundError
from gdm_studio.jobs.detail_redrawing import Detail, store_picture
from gdm_studio.request.generation_events import Result
from gdm_studio.server.adetailer import RequestedDetail, split_segments
from gdm_studio.server.client_requests import Client
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.http_client import PATIENCE, Answer, RunningServer, running_server

TXT2IMG = "/sdapi/v1/txt2img"
BODY = {"prompt": "a fox", "negative_prompt": "snow", "seed": 3, "steps": 2, "width": 128, "height": 128}


def select(rgba: np.ndarray, word: str, *_: Any, **more: Any) -> np.ndarray:
    if word not in ("face", "hand"):
        raise WordNotFoundError("")
    mask = np.zeros(rgba.shape[:2], np.uint8)
    mask[10:50, 10:60] = 255 if word == "face" else 0
    mask[80:110, 80:110] = 255 if word == "hand" else 0
    return mask


@pytest.fixture(autouse=True)
def _select(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.engine.word_maps.select_word", select)


def adetailer(*units: dict[str, Any]) -> dict[str, Any]:
    return {"alwayson_scripts": {"ADetailer": {"args": [True, False, *units]}}}


def images(answer: Answer) -> tuple[list[np.ndarray], list[str]]:
    """Return the images of an answer and the names of the ignored fields."""
    assert answer.status == 200, answer.body
    decoded = [Image.open(io.BytesIO(base64.b64decode(each))) for each in answer.json["images"]]
    return [np.asarray(each.convert("RGBA")) for each in decoded], json.loads(answer.json["info"])["ignored"]


def test_units_of_adetailer_become_details(server: RunningServer) -> None:
    plain, _ = images(server.post(TXT2IMG, BODY | {"batch_size": 2}))
    face = {
        "ad_model": "face_yolov8n.pt", "ad_model_classes": "", "ad_tab_enable": True, "ad_prompt": "[PROMPT], smiling",
        "ad_negative_prompt": "", "ad_confidence": 0.5, "ad_dilate_erode": 4, "ad_mask_blur": 4,
        "ad_denoising_strength": 0.55, "ad_inpaint_only_masked": True, "ad_inpaint_only_masked_padding": 16,
        "ad_use_steps": True, "ad_steps": 40, "ad_use_sampler": False, "ad_sampler": "Euler", "is_api": [],
        "ad_controlnet_model": "None", "ad_controlnet_weight": 0.5,
    }  # fmt: skip
    hand = {"ad_model": "hand_yolov8n.pt", "ad_negative_prompt": "fist"}
    units = adetailer(face, hand, {"ad_model": "person_yolov8n-seg.pt"}, {"ad_model": "lips.pt"})
    found, ignored = images(server.post(TXT2IMG, BODY | {"batch_size": 2} | units))
    named = ("args[2].ad_confidence", "args[2].ad_use_steps", "args[2].ad_steps", "args[5].ad_model", "args[4]")
    assert ignored == [f"alwayson_scripts.ADetailer.{name}" for name in named]
    for before, after in zip(plain, found, strict=True):
        changed = (before != after).any(axis=-1)
        assert changed[12:48, 12:58].any() and changed[82:108, 82:108].any()
        changed[8:52, 8:62] = changed[78:112, 78:112] = False
        assert not changed.any()
    pictures = server.service.search("", 9).result()
    assert len(pictures) == 6, "the images without details are saved too"
    last = pictures[0].request
    assert (last.prompt, last.negative_prompt, last.strength, last.inpaint_padding) == ("a fox", "fist", 0.4, 32)
    before_last = BODY | adetailer(face)
    images(server.post(TXT2IMG, before_last))
    (picture, *_) = server.service.search("", 1).result()
    request = picture.request
    assert (request.prompt, request.negative_prompt) == ("a fox, smiling", "snow")
    assert (request.strength, request.inpaint_padding, request.seed) == (0.55, 16, 3)


def test_segments_of_a_prompt_become_details(server: RunningServer) -> None:
    own, details = split_segments("a fox <segment:face,0.7,0.5> a smile <lora:x:1> <SEGMENT:yolo-hand_v8.pt-1>")
    assert own == "a fox" and [(each.detail.word, each.detail.prompt, each.detail.strength) for each in details] == [
        ("face", "a smile <lora:x:1>", 0.7),
        ("hand", "a fox", 0.6),
    ]
    answer = server.post(TXT2IMG, BODY | {"prompt": "a fox <segment:face> a smile <segment:owl>"})
    assert images(answer)[1] == ["prompt <segment:owl>"]
    pictures = server.service.search("", 9).result()
    assert [each.request.prompt for each in pictures] == ["a smile", "a fox"]


def test_hostile_details_are_refused(server: RunningServer) -> None:
    for body, problem in (
        (adetailer({"ad_model": "face.pt", "ad_denoising_strength": 2}), "ad_denoising_strength must be from 0 to 1"),
        (adetailer({"ad_model": "face.pt", "ad_prompt": 5}), "ad_prompt must be text"),
        (adetailer({"ad_model": 3}), "ad_model must be text"),
        (adetailer(*[{"ad_model": "face.pt"}] * 9), "at most 8 details"),
        (adetailer({"ad_model": "world.pt", "ad_model_classes": "x" * 300}), "at most 200 characters"),
        ({"prompt": "a <segment:>"}, "name what to detail"),
        ({"prompt": "a <segment:face,7>"}, "must be"),
    ):
        answer = server.post(TXT2IMG, BODY | body)
        assert answer.status == 422 or answer.status == 400, answer.body
        assert problem in answer.body.decode(), answer.body
    assert split_segments("<segment:" * 20_000)[1] == ()


def test_an_interrupted_request_keeps_the_details_so_far() -> None:
    details = tuple(RequestedDetail(Detail(word), word) for word in ("owl", "face", "hand"))
    library = GaussianLibrary(step_seconds=PATIENCE)
    with running_server(library) as server:
        service = server.service
        client = Client("a", "a", "Blender")

        class Interrupting(dict[int, Result]):
            def __setitem__(self, image: int, result: Result) -> None:
                super().__setitem__(image, result)
                service.interrupt(client)

        request, _ = service.models.create_request(service.models.card(), prompt="a fox", seed=3, steps=4)
        ticket = service.submit(request, client, details=details)
        assert ticket.details is not None
        ticket.details.results = Interrupting()
        library.hurry()
        (image,) = ticket.answer.result(PATIENCE)
        assert image.request.prompt == "face" and ticket.left_out == ["owl"] and not ticket.partial
        pictures = service.search("", 9).result()
        assert [each.request.prompt for each in pictures] == ["face", "a fox"]
        assert service.submit(replace(request, steps=2), client).answer.result(PATIENCE)
        assert not service._tickets


def test_a_detail_that_cannot_be_stored_is_left_out(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    stored: list[np.ndarray] = []

    def store(rgba: np.ndarray) -> str:
        if stored:
            raise StorageError("The disk is full.")
        stored.append(rgba)
        return store_picture(rgba)

    monkeypatch.setattr("gdm_studio.server.detail_chain.store_picture", store)
    units = adetailer({"ad_model": "face.pt"}, {"ad_model": "hand.pt"})
    (found,), ignored = images(server.post(TXT2IMG, BODY | units))
    assert ignored == ["alwayson_scripts.ADetailer.args[3]"]
    changed = (found != stored[0]).any(axis=-1)
    assert changed[12:48, 12:58].any(), "the first detail is kept"
    assert not changed[82:108, 82:108].any()
