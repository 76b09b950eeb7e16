"""Adapters (LoRA and similar) and embeddings: small files that modify a model."""
