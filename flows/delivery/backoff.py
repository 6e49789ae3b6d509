"""Attempts made so far -> how long to wait before the next one."""

from datetime import timedelta

STEPS = (5, 15, 60, 300, 900)  # seconds; every attempt after the last step waits the last step
SPREAD = 0.25  # jitter adds up to this share, so that texts refused together are not retried together


def retry_delay(attempts: int, jitter: float) -> timedelta:
    """The wait after `attempts` (1 or more) have failed, at most 900 s and a quarter of it; `jitter` is in [0, 1)."""
    if not 0 <= jitter < 1:
        raise ValueError(f"jitter is in [0, 1), not {jitter}")
    step = STEPS[min(max(attempts, 1), len(STEPS)) - 1]
    return timedelta(seconds=step * (1 + SPREAD * jitter))
