"""Builders of the tables beside a model: its vocabulary, dictionaries, memorised drawings and their authors."""
