"""The naive design's worker: RQ's own, on two queues, with a fork for each job."""

from __future__ import annotations

import logging
import os

from redis import Redis
from rq import Queue, Worker

from tests.faults.naive import jobs  # noqa: F401 - the fork inherits it

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    print("worker_started", flush=True)
    connection = Redis.from_url(os.environ["REDIS_URL"])
    Worker([Queue(name, connection=connection) for name in ("urgent", "texts")], connection=connection).work()
