"""Shards: files of many generated images for training sets, written exactly once to a folder or an object store."""
