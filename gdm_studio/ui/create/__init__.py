"""The Create page, on which images are generated, and its controllers."""
