"""The page of models, and the small pictures and cards of them."""
