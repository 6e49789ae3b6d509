"""Delivery: the queue that wakes workers, the dispatcher, its sender pool and its policy."""
