"""The addresses for delivery reports that we send with our texts: each holds a proof for this one text, and no secret.

Such an address is stored by gateways and written to their logs. Whoever reads it can report about this text alone.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from gateway.aggregators.contract.protocol import Request

# Stands for the proof in an address until the text is known. No URL encoding changes it, and nobody can write it into a
# text, which stands in the same request.
MARK = f"~{secrets.token_hex(16)}~"

_TOKEN = re.compile(r"([0-9]{1,18})\.([0-9a-f]{32})", re.ASCII)
_PURPOSE = b"report address"


class ReportAddresses:
    """Makes proofs for texts and checks them. The first key makes them, each proves them."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = [hashlib.blake2b(each.encode(), digest_size=32, person=_PURPOSE).digest() for each in keys]

    def with_proof(self, request: Request, aggregator: str, text_id: int) -> Request:
        """The request that sends a text, with the proof for it in its address for reports."""
        if not self._keys:
            return request
        proof = self.proof(aggregator, text_id)
        data = request.data
        if isinstance(data, bytes):
            data = data.replace(MARK.encode(), proof.encode())
        elif data is not None:
            data = _filled(data, proof)
        params = request.params and {name: each.replace(MARK, proof) for name, each in request.params.items()}
        return replace(request, url=request.url.replace(MARK, proof), params=params, data=data)

    def proof(self, aggregator: str, text_id: int) -> str:
        """What stands in the address of a text instead of a secret."""
        return f"{text_id}.{_mac(self._keys[0], aggregator, text_id)}"

    def find_text(self, aggregator: str, given: str) -> int | None:
        """The id of the text that a part of an address proves; None if it proves none."""
        read = _TOKEN.fullmatch(given)
        if read is None:
            return None
        text_id, proven = int(read[1]), False
        for key in self._keys:
            proven |= hmac.compare_digest(_mac(key, aggregator, text_id), read[2])
        return text_id if proven else None


NO_REPORTS = ReportAddresses(())


def _filled(data: Mapping[str, str | int], proof: str) -> dict[str, str | int]:
    return {name: each.replace(MARK, proof) if isinstance(each, str) else each for name, each in data.items()}


def _mac(key: bytes, aggregator: str, text_id: int) -> str:
    return hmac.digest(key, f"{aggregator}:{text_id}".encode(), "sha256").hex()[:32]
