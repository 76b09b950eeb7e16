"""Sketch: drawing on the canvas, after each stroke of which the image is generated again."""
