"""`python -m gateway`: the `sunwai` program where nothing is installed."""

from gateway.program import main

main()
