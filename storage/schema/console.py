"""Tables of the operators' console: who gets in, what they work on, and what callers did on each screen."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.columns import Base, where


class Login(Base):
    """How one of the staff gets into the console. No password is kept, and no second factor that can be read.

    `password` is its argon2 hash, None until they have set one; `second` the sealed TOTP secret and `second_step` the
    last time step that was used of it: a code works once. `invited` is the SHA-256 of an invitation, good `until`.
    """

    __tablename__ = "logins"
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), unique=True)
    password: Mapped[str | None] = mapped_column(String(200))
    second: Mapped[str | None] = mapped_column(String(400))
    second_step: Mapped[int] = mapped_column(default=0)
    subject: Mapped[str | None] = mapped_column(String(255), unique=True)  # who they are at the OpenID provider
    invited: Mapped[str | None] = mapped_column(String(64), unique=True)
    invited_until: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    signed_in_at: Mapped[dt.datetime | None]  # when they last signed in


class Passkey(Base):
    """A passkey (WebAuthn) with which one of the staff signs in: the public key, never anything secret.

    `credential` is its id in base64url. `sign_count` is what the authenticator counted last, 0 if it does not count: it
    only grows, so a smaller one is a copy's.
    """

    __tablename__ = "passkeys"
    __table_args__ = (Index("passkeys_login", "login_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    login_id: Mapped[int] = mapped_column(ForeignKey("logins.id"))
    credential: Mapped[str] = mapped_column(String(1400), unique=True)  # WebAuthn: at most 1,023 bytes
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class ConsoleSession(Base):
    """A browser that is signed in, or about to be. `key` is the SHA-256 of what its cookie holds."""

    __tablename__ = "console_sessions"
    __table_args__ = (Index("console_sessions_until", "until"), Index("console_sessions_login", "login_id"))
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    login_id: Mapped[int | None] = mapped_column(ForeignKey("logins.id"))
    data: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    until: Mapped[dt.datetime]
    proved_at: Mapped[dt.datetime | None]  # when they last gave their password or second factor


class Attempt(Base):
    """A sign-in that failed, by the name that was tried (its SHA-256) and the address it came from."""

    __tablename__ = "attempts"
    __table_args__ = (Index("attempts_name", "name", "at"), Index("attempts_address", "address", "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime]


class Draft(Base):
    """Files of a flow that somebody works on. `version` grows with every save: who saves over another is told.

    `state`: open, review (its author wants it looked at), published, dropped. `base` is the number of the revision it
    was made from, 0 for none. A draft that is over keeps its files until the sweep forgets them; `main` is "" then.

    With `publish_at` its publication is scheduled: the sweep publishes it then in the name of `publish_by`, unless it
    is changed before. `missed` is why its last schedule came to nothing, None where none did
    (sessions/drafts/scheduled_publishing.py).
    """

    __tablename__ = "drafts"
    __table_args__ = (
        Index("drafts_flow", "flow", "state"),
        Index("drafts_kept", "changed_at", **where(text("main <> ''"))),  # the sweep forgets the files of old ones
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    flow: Mapped[str] = mapped_column(String(64))
    base: Mapped[int]
    main: Mapped[str] = mapped_column(String(200))
    files: Mapped[dict[str, Any]]  # file name -> text
    state: Mapped[str] = mapped_column(String(12), default="open")
    version: Mapped[int] = mapped_column(default=1)
    started_by: Mapped[str] = mapped_column(String(64))
    changed_by: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    message: Mapped[str] = mapped_column(default="", server_default="")  # what they say it changes
    asked_by: Mapped[str | None] = mapped_column(String(64))  # who wants it looked at
    asked_at: Mapped[dt.datetime | None]
    published: Mapped[int | None]  # the number of the revision it became
    publish_at: Mapped[dt.datetime | None]
    publish_by: Mapped[str | None] = mapped_column(String(64))
    publish_reason: Mapped[str] = mapped_column(default="", server_default="")  # why callers can live with its warnings
    missed: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class DraftEdit(Base):
    """Who did what in a draft, one row for each save and for what else was done with it (`what`, at that version)."""

    __tablename__ = "draft_edits"
    __table_args__ = (Index("draft_edits_draft", "draft_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id"))
    version: Mapped[int]
    who: Mapped[str] = mapped_column(String(64))
    what: Mapped[str]
    at: Mapped[dt.datetime]


class DraftComment(Base):
    """What a reviewer says about a draft or about one change in it, or an answer to that (`answers` is its id).

    `place` names the change as the overview does (`screen:menu`, `list:category`); "" is the whole draft. `version` is
    the draft's when it was said. Only what is no answer is settled. Comments stay with the draft, and so with the
    revision that it became.
    """

    __tablename__ = "draft_comments"
    __table_args__ = (Index("draft_comments_draft", "draft_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id"))
    version: Mapped[int]
    place: Mapped[str] = mapped_column(String(200), default="")
    answers: Mapped[int | None] = mapped_column(ForeignKey("draft_comments.id"))
    who: Mapped[str] = mapped_column(String(64))
    said: Mapped[str]
    at: Mapped[dt.datetime]
    settled_by: Mapped[str | None] = mapped_column(String(64))
    settled_at: Mapped[dt.datetime | None]
    read_by: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")  # names; of its author: none


class ScreenCount(Base):
    """What callers did on one screen in one day, in one language, on one network; times each.

    Whoever saw a screen and neither answered nor mistyped nor ended there left it; of these `timed_out` are those of
    whom the network told that they waited too long.
    """

    __tablename__ = "footfall"
    day: Mapped[dt.date] = mapped_column(primary_key=True)  # where the callers are, not in UTC
    flow: Mapped[str] = mapped_column(String(64), primary_key=True)
    screen: Mapped[str] = mapped_column(String(64), primary_key=True)
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    network: Mapped[str] = mapped_column(String(12), primary_key=True)  # "" where it was not told
    saw: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    mistyped: Mapped[int] = mapped_column(default=0)
    ended: Mapped[int] = mapped_column(default=0)
    timed_out: Mapped[int] = mapped_column(default=0)


class MonthlyScreenCount(Base):
    """The sums of ScreenCount over the days of a month, so that a year is few rows."""

    __tablename__ = "footfall_months"
    month: Mapped[dt.date] = mapped_column(primary_key=True)  # its first day
    flow: Mapped[str] = mapped_column(String(64), primary_key=True)
    screen: Mapped[str] = mapped_column(String(64), primary_key=True)
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    network: Mapped[str] = mapped_column(String(12), primary_key=True)
    saw: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    mistyped: Mapped[int] = mapped_column(default=0)
    ended: Mapped[int] = mapped_column(default=0)
    timed_out: Mapped[int] = mapped_column(default=0)


class DailyScreenCount(Base):
    """The sums of ScreenCount over all languages and networks, by day."""

    __tablename__ = "footfall_days"
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    flow: Mapped[str] = mapped_column(String(64), primary_key=True)
    screen: Mapped[str] = mapped_column(String(64), primary_key=True)
    saw: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    mistyped: Mapped[int] = mapped_column(default=0)
    ended: Mapped[int] = mapped_column(default=0)
    timed_out: Mapped[int] = mapped_column(default=0)


class WrongEntry(Base):
    """What callers typed on a screen that took nothing like it, and how often, by month. Digits are masked."""

    __tablename__ = "mistyped"
    month: Mapped[dt.date] = mapped_column(primary_key=True)  # its first day
    flow: Mapped[str] = mapped_column(String(64), primary_key=True)
    screen: Mapped[str] = mapped_column(String(64), primary_key=True)
    typed: Mapped[str] = mapped_column(String(40), primary_key=True)
    times: Mapped[int] = mapped_column(default=0)


class CallStep(Base):
    """One hop of a call whose path is kept: the screen that was shown, and the key that led to it.

    Nothing says whose call it was, nor when on its day. `path` is drawn for the call and stands nowhere else. `entry`
    is a key, or "~" for anything else that was typed; `events` are those of flows/analytics/screen_events.py.
    """

    __tablename__ = "call_steps"
    __table_args__ = (UniqueConstraint("path", "number"), Index("call_steps_screen", "flow", "screen", "id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(12))
    number: Mapped[int]  # of the hop in its call, growing
    day: Mapped[dt.date]  # on which the call began, where the caller is
    flow: Mapped[str] = mapped_column(String(64))
    screen: Mapped[str] = mapped_column(String(64))
    revision_id: Mapped[int]
    language: Mapped[str] = mapped_column(String(12))
    seconds: Mapped[int]  # since the call began
    entry: Mapped[str] = mapped_column(String(4))
    events: Mapped[str] = mapped_column(String(4))


class CountedBatch(Base):
    """A batch of counts taken from Redis and added here, so that no crash adds it twice."""

    __tablename__ = "counted"
    batch: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[dt.datetime]
