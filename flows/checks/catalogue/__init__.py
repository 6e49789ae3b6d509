"""Catalogue: what each code of a finding means, by subject; `flows/checks/analysis/catalogue.py` joins them."""
