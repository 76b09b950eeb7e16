"""Networks of the built-in model: text encoder, U-Net, autoencoder and upscaler."""
