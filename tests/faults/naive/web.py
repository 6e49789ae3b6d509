"""The naive design's USSD door: the step is a counter in Redis, the answers lie beside it, and filing is
commit-then-enqueue, with one more try when the database stumbles. It is how such a service is usually written.
"""

from __future__ import annotations

import logging
import os
import random
import sys

from flask import Flask, request
from redis import Redis
from rq import Queue, Retry
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from gateway.server.command import open_listener
from gateway.server.http_server import HttpServer
from gateway.server.limits import HOOKS
from tests.faults.naive.jobs import send

SCREENS = (
    "CON Complaint line\n1. New complaint",
    "CON What is it about?\n1. Water",
    "CON Type your district",
    "CON Say it in a few words",
    "CON Water, Multan. Answer by soon\n1. Send",
)
INSERT = text(
    "INSERT INTO naive_complaints (phone, number, details, texted) VALUES (:phone, :number, :details, 0) RETURNING id"
)

log = logging.getLogger("naive")
app = Flask(__name__)
engine = create_engine(os.environ.get("DATABASE_URL", "sqlite://"), pool_pre_ping=True)
redis = Redis.from_url(os.environ.get("REDIS_URL", "redis://127.0.0.1"))
queue = Queue("texts", connection=redis)


@app.post("/hooks/africastalking/<secret>/ussd")
def ussd(secret: str) -> str:
    """One hop."""
    session, phone = request.form["sessionId"], request.form["phoneNumber"]
    typed = request.form["text"].rpartition("*")[2]
    step = int(redis.get(f"step:{session}") or 0)
    redis.set(f"step:{session}", step + 1, ex=300)
    redis.rpush(f"answers:{session}", typed)
    if step < len(SCREENS):
        return SCREENS[step]
    answers = [each.decode() for each in redis.lrange(f"answers:{session}", 0, -1)]
    number = f"{random.randrange(100_000_000, 999_999_999)}"
    complaint = _file(phone, number, " ".join(answers))
    log.warning("filed %s for %s", number, phone)
    queue.enqueue(send, complaint, retry=Retry(max=2))
    return f"END Filed. Your number:\n{number}"


@app.post("/hooks/africastalking/<secret>/delivery")
def delivery(secret: str) -> str:
    """A report. It is not looked at."""
    return "ok"


def _file(phone: str, number: str, details: str) -> int:
    for last in (False, True):
        try:
            with engine.begin() as db:
                complaint = int(db.execute(INSERT, {"phone": phone, "number": number, "details": details}).scalar_one())
        except DBAPIError:
            if last:
                raise
        else:
            return complaint
    raise AssertionError("the last try returns or raises")


if __name__ == "__main__":  # on the server that ours has
    HttpServer(app, open_listener("127.0.0.1", int(sys.argv[1])), HOOKS).run()
