"""Weight files on disk: formats, headers, tensors and hashes. Code in these files is never executed."""
