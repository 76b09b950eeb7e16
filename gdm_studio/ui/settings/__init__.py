"""Settings page of the program, and the controllers that apply and save its settings."""
