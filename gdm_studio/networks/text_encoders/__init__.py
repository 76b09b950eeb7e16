"""Text encoders of flow models: T5, and language models of which the hidden states are used."""
