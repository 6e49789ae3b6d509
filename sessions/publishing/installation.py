"""What the settings of an installation say that flows are checked against."""

from collections.abc import Hashable, Mapping

from msgspec import Struct

from sessions.cases.rules.case_policy import SHIPPED_POLICY, CasePolicy


class Installation(Struct, frozen=True):
    """The words of the service that callers read whatever a flow says, and the policy for complaints."""

    service: Mapping[str, str] = {}
    policy: CasePolicy = SHIPPED_POLICY

    @property
    def key(self) -> Hashable:
        """Equal for two that say the same."""
        return frozenset(self.service.items()), repr(self.policy.life)


AS_SHIPPED = Installation()
