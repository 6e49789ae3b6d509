"""Passkeys in a real browser, with its own virtual authenticator."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import update

from sessions.staff.sign_in_limits import hash_name
from storage.schema.tables import Attempt, AuditRow, ConsoleSession, Passkey
from tests.browser.conftest import PASSWORD, Console
from tests.gateway.outside import rows


def authenticator(page: Any) -> tuple[Any, str]:
    """A device with a user who is always verified, in this page's browser: its session and its id."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def test_a_passkey_is_made_named_used_while_others_guess_and_removed(console: Console) -> None:
    console.url = console.url.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, never to an address
    page = console.page("admin", name="Rehana")
    session, device = authenticator(page)
    page.goto("/console/account")
    page.click("text=Add a passkey")
    page.fill("#proof_password", PASSWORD)
    page.click("main .button.primary")
    page.fill("#passkey_name", "office <b>computer</b>")
    page.click("text=Make a passkey")
    page.wait_for_selector("text=You can now sign in with this passkey.")
    page.fill("main input[name=passkey_name]", "my computer")
    page.click("main button:text('Rename')")
    page.wait_for_selector("text=The passkey has a new name.")
    assert page.input_value("main input[name=passkey_name]") == "my computer"

    app = console.app
    with app.database.write.begin() as db:  # by now nobody gets in with this name and a password
        for _ in range(30):
            db.add(Attempt(name=hash_name("Rehana"), address="127.0.0.0/24", at=app.clock()))
    page.context.clear_cookies()
    page.goto("/console/sign-in")
    page.click("text=Sign in with a passkey")
    page.wait_for_url(re.compile("/console/$"))
    signed_in = [each.detail["how"] for each in rows(app, AuditRow) if each.event == "sign_in"]
    assert signed_in[-1] == "passkey"

    # Whoever copied the device counts on from where it was copied.
    stored = session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"][0]
    assert stored["signCount"] == rows(app, Passkey)[0].sign_count > 0
    session.send("WebAuthn.removeCredential", {"authenticatorId": device, "credentialId": stored["credentialId"]})
    copy = stored | {"signCount": 0}
    session.send("WebAuthn.addCredential", {"authenticatorId": device, "credential": copy})
    page.context.clear_cookies()
    page.goto("/console/sign-in")
    page.click("text=Sign in with a passkey")
    page.wait_for_selector("text=may have been copied")
    failed = [each.detail["how"] for each in rows(app, AuditRow) if each.event == "sign_in_failed"]
    assert failed == ["passkey_counter"]
    session.send("WebAuthn.removeCredential", {"authenticatorId": device, "credentialId": stored["credentialId"]})
    ahead = stored | {"signCount": 1000}
    session.send("WebAuthn.addCredential", {"authenticatorId": device, "credential": ahead})
    page.click("text=Sign in with a passkey")
    page.wait_for_url(re.compile("/console/$"))

    # It proves again who one is, and the form that was sent goes on: also one that holds another passkey.
    page.goto("/console/account")
    page.click("main button:text('Add a passkey')")
    page.wait_for_selector("#passkey_name")
    with app.database.write.begin() as db:
        db.execute(update(ConsoleSession).values(proved_at=None))
    page.evaluate("document.querySelector('form[data-passkey=create]').submit()")
    page.click("text=Use a passkey")
    page.wait_for_selector("text=That passkey was not accepted")  # nothing had been made: this form was read
    with app.database.write.begin() as db:
        db.execute(update(ConsoleSession).values(proved_at=None))
    page.goto("/console/account")
    page.click("main .button.danger:text('Remove')")
    page.wait_for_selector("h1:text('Remove the passkey')")  # its own page asks, and has removed nothing
    assert len(rows(app, Passkey)) == 1
    page.click("#question .button.danger")
    page.click("text=Use a passkey")
    page.wait_for_selector("text=The passkey has been removed.")
    assert rows(app, Passkey) == []
    page.context.clear_cookies()
    page.goto("/console/sign-in")
    page.click("text=Sign in with a passkey")
    page.wait_for_selector("text=That passkey was not accepted")
    console.problems[:] = [each for each in console.problems if "401" not in each and "422" not in each]
