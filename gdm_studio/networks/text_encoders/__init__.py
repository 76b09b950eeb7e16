"""Text encoders of flow models: T5, and language models whose hidden states are used."""
