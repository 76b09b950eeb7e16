"""Training of LoRA adapters, and fine-tuning of whole models."""
