"""Adapters: small files that change what a model has learnt, without a copy of it."""
