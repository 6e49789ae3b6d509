"""Vendors: a built-in adapter each. Form in, noun out; noun in, request out; answer in, outcome out."""
