"""Params and codebook: a person's file to one frozen object, and back."""
