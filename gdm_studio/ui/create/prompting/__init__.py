"""Writing a prompt: how often words count, what is wrong, how long it is, how it could go on."""
