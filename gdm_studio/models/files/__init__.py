"""Weight files on disk: formats, headers, tensors and hashes. Code in a file is never executed."""
