"""What may leave the house: how closely a hidden number of answers can be known."""
