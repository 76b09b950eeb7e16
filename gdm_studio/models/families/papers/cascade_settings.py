"""Names of the settings that only cascades have, as they appear in requests. Does not import torch."""

from __future__ import annotations

# Factor: noise that is added to the smaller image before it is enlarged.
AUGMENTATION = "augmentation"
# Factor: weight of guidance by the contrastive model.
CLIP_GUIDANCE = "clip_guidance"
# Factor of a cascade with a prior: how far the image embedding moves by the difference between prompt and negative
# prompt.
TEXT_DIFFERENCE = "text_difference"
# Kind of a control image whose embedding is mixed with that of the prior.
MEANING = "meaning"
