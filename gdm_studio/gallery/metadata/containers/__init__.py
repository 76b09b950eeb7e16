"""Picture files taken apart as far as their texts go, without touching a pixel: `carry` is the one way in."""

from gdm_studio.gallery.metadata.containers.carried import Carried, carry

__all__ = ["Carried", "carry"]
