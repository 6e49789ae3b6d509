"""Everything that recordings need of the four rooms. Nothing else in this package imports from them."""

from __future__ import annotations

from flows.checks.analysis.catalogue import CHECKS, LEFT_OUT
from flows.preview.transcripts import play as play_script
from gateway.aggregators import registry
from gateway.app import create_app
from gateway.delivery.worker_wakeup_queue import texts_queue, waker
from gateway.development.checks_page import page as checks_page
from gateway.development.processes.prepare_database import prepare
from gateway.development.scenes.scene_player import NUMBER, Player, read_script
from gateway.development.scenes.simulated_service import LOG as STORY_LOG
from gateway.development.scenes.simulated_service import open_service
from gateway.endpoints.application import Sunwai
from gateway.endpoints.callback_secrets import Secrets
from gateway.endpoints.ussd import HopDoor
from gateway.monitoring.logs import flush as flush_logs
from gateway.settings.config import Config
from gateway.settings.loader import load_config
from gateway.settings.loader import page as settings_page
from sessions.cases.access import acts_by_number
from sessions.cases.core.actors import operator
from sessions.messages.inbound_types import Sms
from sessions.messages.sms_context import SmsEnvironment
from sessions.operations import case_clock_sweep
from sessions.sms.inbound_handler import SmsReceiver
from sessions.ussd.action_transaction import CallSigns, perform_actions
from sessions.ussd.hop import HopActions, Hops
from sessions.ussd.last_input_joiner import LastInputs
from sessions.ussd.session_store import SessionStore
from storage.cases import contacts
from storage.connection.database import Database
from storage.migrations.runner import is_current, migrate
from storage.schema.sealed_columns import SealedRow, open_column
from storage.schema.tables import Base, Complaint, Contact, History, Inbound, OutboxMessage, Question, Revision
from tests.keys import open_database

__all__ = [
    "CHECKS",
    "LEFT_OUT",
    "NUMBER",
    "STORY_LOG",
    "Base",
    "CallSigns",
    "Complaint",
    "Config",
    "Contact",
    "Database",
    "History",
    "HopActions",
    "HopDoor",
    "Hops",
    "Inbound",
    "LastInputs",
    "OutboxMessage",
    "Player",
    "Question",
    "Revision",
    "SealedRow",
    "Secrets",
    "SessionStore",
    "Sms",
    "SmsEnvironment",
    "SmsReceiver",
    "Sunwai",
    "acts_by_number",
    "case_clock_sweep",
    "checks_page",
    "contacts",
    "create_app",
    "flush_logs",
    "is_current",
    "load_config",
    "migrate",
    "open_column",
    "open_database",
    "open_service",
    "operator",
    "perform_actions",
    "play_script",
    "prepare",
    "read_script",
    "registry",
    "settings_page",
    "texts_queue",
    "waker",
]
