"""Endpoints: hops, callbacks, health and metrics over HTTP, and the application that holds them."""
