"""Weights that stay compressed in memory and are expanded one layer at a time when used."""
