"""What a request in the quarantine is known by when it comes again."""

from storage.encryption.data_keys import DataKeys


def digests_of(keys: DataKeys, aggregator: str, door: str, method: str, raw: bytes | None) -> tuple[str, ...]:
    """An HMAC of a request with each index key that a row may have, the active one first; hexadecimal."""
    parts = b"\0".join((aggregator.encode(), door.encode(), method.encode(), raw or b""))
    return tuple(each.hex() for each in keys.ring.digests("unreadable", parts))
