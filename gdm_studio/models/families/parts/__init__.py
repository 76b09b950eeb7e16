"""Parts that several families share: text encoders, autoencoders and tokenizers, each in a file of its own."""
