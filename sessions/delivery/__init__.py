"""Delivery: due messages claimed, dispatched and recorded, delivery reports matched, and routes rested."""
