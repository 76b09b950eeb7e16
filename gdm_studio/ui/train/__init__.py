"""Train page: training of LoRA adapters in a separate process."""
