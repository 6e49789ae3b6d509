"""Doors that a phone knocks at: they answer from a list, and keep what they were sent."""

from __future__ import annotations

from click.testing import CliRunner, Result
from flask import Flask, Response, jsonify, request

from gateway.development.processes.loopback_server import Server
from gateway.simulator.terminal import simulate

LANGUAGES = "CON Language / Zaban\n1 Roman Urdu\n2 اردو\n3 English"
TEXT = {"seq": 1, "id": "x", "to": "", "sender": "8484", "text": "Haal: mil gayi.", "parts": 1, "at": ""}


class Doors:
    """Answers each hop with the next body, and keeps every form."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.hops: list[dict[str, str]] = []
        self.others: list[tuple[str, dict[str, str]]] = []
        app = Flask("doors")

        @app.post("/hooks/africastalking/local/<door>")
        def door(door: str) -> Response:
            if door != "ussd":
                self.others.append((door, request.form.to_dict()))
                return Response("")
            self.hops.append(request.form.to_dict())
            return Response(self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0], mimetype="text/plain")

        @app.get("/simulator/messages")
        def messages() -> Response:
            arrived = any(name == "sms" for name, _ in self.others) and request.args["after"] == "0"
            return jsonify(messages=[TEXT] if arrived else [])

        self.server = Server(app, 0)

    def call(self, *lines: str, **options: str) -> Result:
        given = [word for name, value in options.items() for word in (f"--{name}", value)]
        typed = "".join(f"{line}\n" for line in (*lines, ":quit"))
        return CliRunner().invoke(simulate, ["--url", self.server.url, *given], input=typed)
