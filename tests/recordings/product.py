"""Everything that recordings need of the four rooms. Nothing else in this package imports from them."""

from __future__ import annotations

from flows.checks import CHECKS
from flows.checks.catalogue import LEFT_OUT
from flows.transcripts import play as play_script
from gateway.aggregators import catalogue
from gateway.app import Sunwai, create_app
from gateway.calls import HopDoor, Secrets
from gateway.config import Config
from gateway.config import page as settings_page
from gateway.development.checks_page import page as checks_page
from gateway.development.prepare import prepare
from gateway.development.story.play import NUMBER, Play
from gateway.development.story.script import play_all
from gateway.development.story.stage import LOG as STORY_LOG
from gateway.development.story.stage import staged
from gateway.jobs import texts_queue, waker
from gateway.logs import flush as flush_logs
from sessions import clockwork, moves
from sessions.hop import Hops
from sessions.inbox import Sms
from sessions.lastinput import LastInputs
from sessions.store import Store
from sessions.texting import Texting
from storage.database import Database, is_current, migrate, open_database
from storage.tables import Base, Complaint, History, Inbound, OutboxText, Question, Revision

__all__ = [
    "CHECKS",
    "LEFT_OUT",
    "NUMBER",
    "STORY_LOG",
    "Base",
    "Complaint",
    "Config",
    "Database",
    "History",
    "HopDoor",
    "Hops",
    "Inbound",
    "LastInputs",
    "OutboxText",
    "Play",
    "Question",
    "Revision",
    "Secrets",
    "Sms",
    "Store",
    "Sunwai",
    "Texting",
    "catalogue",
    "checks_page",
    "clockwork",
    "create_app",
    "flush_logs",
    "is_current",
    "migrate",
    "moves",
    "open_database",
    "play_all",
    "play_script",
    "prepare",
    "settings_page",
    "staged",
    "texts_queue",
    "waker",
]
