"""Train page: training of LoRAs and models in a separate process."""
