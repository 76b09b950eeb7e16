"""The middle of the page: the canvas, its bars, the steps below it."""
