"""Networks that enlarge images."""
