"""Vendors: a built-in adapter each: form in, noun out; noun in, request out; answer in, outcome out."""
