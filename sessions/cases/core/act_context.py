"""What every act on a case is given: its transaction, the time, who acts, the words to use and the rules that hold."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from flows.cases.lifecycle_rules import IllegalMove, Kind, Transition, TransitionInput
from flows.menu.model import Flow
from sessions.cases.core.actors import CITIZEN, Actor
from sessions.cases.rules.case_policy import CasePolicy
from sessions.messages.sms_context import SmsContext
from storage.schema.tables import Complaint


class ActContext(Struct, frozen=True):
    """One act, or several of one transaction: `flow` has the lists and the words, `policy` the rules."""

    db: Session
    now: dt.datetime
    actor: Actor
    flow: Flow
    policy: CasePolicy

    @property
    def today(self) -> dt.date:
        """The day it is where the service is."""
        return self.now.astimezone(self.policy.zone).date()

    def by(self, actor: Actor) -> ActContext:
        """The same for another actor."""
        return replace(self, actor=actor)

    def find_transition(
        self, complaint: Complaint, target: str, given: TransitionInput | None = None
    ) -> Transition | IllegalMove:
        """This actor's move of a complaint to `target`; what is illegal about it where there is none.

        To its citizen a coerced complaint is withdrawn, and stays so.
        """
        status = complaint.shown_status if self.actor == CITIZEN else complaint.status
        try:
            return self.policy.lifecycle.find_transition(status, target, self.actor.role, kind_of(complaint), given)
        except IllegalMove as illegal:
            return illegal


def kind_of(complaint: Complaint) -> Kind:
    """Which life cycle it follows."""
    return "suggestion" if complaint.kind == "suggestion" else "complaint"


def context_of_sms(inbound: SmsContext, case: Complaint | None = None, actor: Actor = CITIZEN) -> ActContext:
    """An act that an SMS asks for, on a `case` with the lists and the words of the flow that filed it."""
    return ActContext(inbound.db, inbound.now, actor, inbound.flow_of(case), inbound.environment.policy)
