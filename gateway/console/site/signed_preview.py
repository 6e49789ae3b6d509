"""What the page of a preview carries, signed, until it is applied.

No file is stored for people who never come back, and nobody has to choose the file a second time.
"""

from hashlib import sha256
from typing import Any, TypeVar

import msgspec
from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

GOOD_FOR = 24 * 3600  # seconds for which a preview can be applied
T = TypeVar("T")


def pack_preview(salt: str, content: Any) -> str:
    """The content, signed for one purpose: `salt` names it, with the draft and, if necessary, the person."""
    return _signer(salt).dumps(msgspec.to_builtins(content))


def unpack_preview(salt: str, kind: type[T]) -> T | None:
    """The content in the form of this request; None if it is too old, not ours or for another purpose."""
    try:
        return msgspec.convert(_signer(salt).loads(request.form.get("packed", ""), max_age=GOOD_FOR), kind)
    except (BadData, msgspec.ValidationError):
        return None


def _signer(salt: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=salt, signer_kwargs={"digest_method": sha256})
