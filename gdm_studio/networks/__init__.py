"""Neural networks as plain torch modules. Each file has one architecture, built from a frozen configuration."""
