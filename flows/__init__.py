"""Decides: menus, words, routes and dates as pure functions, without a clock, randomness, files or the network."""

# The folders in the order in which they may import: each from those above it, never from one below.
FOLDERS = (
    "text",
    "menu",
    "model",
    "understanding",
    "engine",
    "parsing",
    "delivery",
    "cases",
    "training",
    "diagrams",
    "analytics",
    "checks.analysis",
    "checks.dataflow",
    "checks.structure",
    "checks.texts",
    "checks.protection",
    "checks.languages",
    "checks.data_files",
    "editing",
    "translation",
    "preview",
    "checks.behaviour",
    "checks",
    "versions",
)
