"""Training of LoRA adapters for the models of the library."""
