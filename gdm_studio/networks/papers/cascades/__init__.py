"""Networks of the cascades: models that draw a small image from a caption and enlarge it in stages."""
