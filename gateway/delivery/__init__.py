"""Delivery: the queue that wakes workers, the dispatcher, its pool of senders and its policy."""
