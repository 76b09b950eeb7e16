"""Settings page, and the controllers that apply and save its settings."""
