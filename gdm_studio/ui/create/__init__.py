"""The Create page, where images are generated, and its controllers."""
