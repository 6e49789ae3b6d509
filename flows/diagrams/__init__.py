"""Diagrams: a flow as a graph of screens, drawn for Graphviz, as an outline and as a map."""
