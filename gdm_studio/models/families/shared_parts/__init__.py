"""Parts shared by several families: text encoders, autoencoders and tokenizers, each in a separate file."""
