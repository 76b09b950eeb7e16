"""Messages for the diagnosis of a training run, which the window shows in its language."""

from __future__ import annotations

from collections.abc import Mapping

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP

# Texts by name. `ratio` and `spread` are numbers, `percent` is a whole number and `layer` the name of a weight.
MESSAGES = {
    "overflow": QT_TRANSLATE_NOOP("Diagnosis", "Broken: numbers overflow. Train in fp32, or at a lower rate."),
    "scale": QT_TRANSLATE_NOOP("Diagnosis", "Broken: the data has {spread} times the spread that the model expects."),
    "frozen": QT_TRANSLATE_NOOP("Diagnosis", "Broken: {layer} has not changed since the start."),
    "rate": QT_TRANSLATE_NOOP("Diagnosis", "Broken: the loss jumps or does not fall. Lower the learning rate."),
    "growth": QT_TRANSLATE_NOOP("Diagnosis", "Broken: the weights grow too fast. Lower the learning rate."),
    "stuck": QT_TRANSLATE_NOOP(
        "Diagnosis",
        "Broken: the network is no better than an untrained one. Check its targets, or raise the learning rate.",
    ),
    "target": QT_TRANSLATE_NOOP("Diagnosis", "Broken: the network learns another target than the sampler uses."),
    "noise": QT_TRANSLATE_NOOP("Diagnosis", "Broken: the images have more noise than the network is told."),
    "range": QT_TRANSLATE_NOOP(
        "Diagnosis", "Broken: predicted images are too bright or too dark. Check the range of the data."
    ),
    "average": QT_TRANSLATE_NOOP("Diagnosis", "The weights are not averaged: images will vary from step to step."),
    "copying": QT_TRANSLATE_NOOP("Diagnosis", "It is copying: stop, or add images."),
    "captions": QT_TRANSLATE_NOOP(
        "Diagnosis", "Broken: captions have no effect. Check that they belong to their images."
    ),
    "details": QT_TRANSLATE_NOOP("Diagnosis", "Broken: the error rises below σ = {ratio}."),
    "early": QT_TRANSLATE_NOOP("Diagnosis", "It is too early to tell what is learned."),
    "short": QT_TRANSLATE_NOOP("Diagnosis", "The training was too short to tell what was learned."),
    "nothing learned": QT_TRANSLATE_NOOP(
        "Diagnosis", "Layout is not learned yet; {percent} % of what this data allows."
    ),
    "all learned": QT_TRANSLATE_NOOP(
        "Diagnosis", "Layout and details are learned; {percent} % of what this data allows."
    ),
    "layout learned": QT_TRANSLATE_NOOP(
        "Diagnosis",
        "Layout is learned down to σ = {ratio}; details are not; {percent} % of what this data allows.",
    ),
}


def sentence_of(message: str, values: Mapping[str, str]) -> str:
    """Return a diagnosis message in English, given its key in MESSAGES and the values of its placeholders."""
    return MESSAGES[message].format(**values)
