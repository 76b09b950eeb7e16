"""What the gallery's page is put together from."""
