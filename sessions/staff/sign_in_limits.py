"""How long somebody who tries to sign in must wait: longer after each failure, by account, network and browser.

Whoever fails makes only those wait who are no better known than they are. A browser in which the user has signed in
before is counted by itself, so nobody can keep its user out by failing elsewhere, not even from the same network
(OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). All other browsers share the count of the account and
that of their network. The counts are in the database: a restart, or an empty Redis, resets nothing.
"""

import datetime as dt
import hashlib
import ipaddress
from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy.orm import Session

from storage.people import sign_ins


class Limit(Struct, frozen=True):
    """`free` failures cost nothing; each later one doubles the wait, from `first` to `most`. They count `within` it."""

    free: int
    first: dt.timedelta
    most: dt.timedelta
    within: dt.timedelta

    def wait_after(self, failures: int) -> dt.timedelta:
        """How long after the last of so many failures the next attempt is allowed."""
        if failures < self.free:
            return dt.timedelta()
        return min(self.most, self.first * (1 << min(failures - self.free, 20)))


# Nine real checks of one account in the first quarter of an hour, then four in an hour.
ACCOUNT = Limit(5, dt.timedelta(seconds=30), dt.timedelta(minutes=15), dt.timedelta(hours=24))
# Many people share a network, so it waits less: 20 attempts at once, then one a minute.
NETWORK = Limit(20, dt.timedelta(seconds=5), dt.timedelta(minutes=1), dt.timedelta(hours=1))
REMEMBERED = max(ACCOUNT.within, NETWORK.within)


class SignInSource(Struct, frozen=True):
    """Where an attempt comes from: its network, and which browser it is to each user who signed in there before."""

    network: str
    devices: Mapping[int, str] = {}  # Login.id -> the random id that this browser has for that user


class TooManyAttempts(Struct, frozen=True):
    """Too many attempts failed: another one is allowed after these seconds."""

    seconds: int
    status: int = 429


class Count(Struct, frozen=True):
    """One count that an attempt belongs to: its key in the database, and its limit."""

    key: str
    limit: Limit


def counts_of_attempt(source: SignInSource, name: str, login_id: int | None) -> Sequence[Count]:
    """The counts for a password: the browser's own if its user is known here, else the account's and the network's."""
    device = source.devices.get(login_id) if login_id is not None else None
    if device is not None:
        return (Count(hash_name(f"device\n{device}"), ACCOUNT),)
    return Count(hash_name(name), ACCOUNT), Count(source.network or "unknown", NETWORK)


def counts_of_code(source: SignInSource, login_id: int) -> Sequence[Count]:
    """The counts for a code after the right password: nobody without the password can make its owner wait here."""
    device = source.devices.get(login_id)
    return (Count(hash_name(f"code\n{device or login_id}"), ACCOUNT),)


def counts_of_proof(login_id: int) -> Sequence[Count]:
    """The counts for a repeated proof of identity by somebody who is signed in."""
    return (Count(hash_name(f"proof\n{login_id}"), ACCOUNT),)


def counts_of_return(source: SignInSource) -> Sequence[Count]:
    """The counts for a return from the OpenID provider, whoever's it is: a known browser's own, else the network's."""
    if source.devices:
        return (Count(hash_name("\n".join(["return", *sorted(source.devices.values())])), ACCOUNT),)
    return (Count(source.network or "unknown", NETWORK),)


def count_attempt(db: Session, now: dt.datetime, counts: Sequence[Count]) -> int | TooManyAttempts:
    """Count an attempt before it is checked, so that parallel attempts are limited like consecutive ones.

    Returns its id, for deleting it. An attempt that must wait is not counted.
    """
    sign_ins.serialize_attempts(db)
    if waits := find_wait(db, now, counts):
        return waits
    names = [each.key for each in counts if each.limit is not NETWORK]
    networks = [each.key for each in counts if each.limit is NETWORK]
    return sign_ins.add_attempt(db, now, "".join(names[:1]), "".join(networks[:1]))


def find_wait(db: Session, now: dt.datetime, counts: Sequence[Count]) -> TooManyAttempts | None:
    """How long an attempt must wait, None if it need not."""
    free = max(_free_at(db, now, each) for each in counts)
    if free <= now:
        return None
    return TooManyAttempts(max(1, -(-int((free - now).total_seconds() * 1000) // 1000)))


def forget_attempts(db: Session, counts: Sequence[Count]) -> None:
    """Forget the failures of an account, or of a browser, after a success. Those of its network stay."""
    sign_ins.clear_attempts(db, counts[0].key)


def _free_at(db: Session, now: dt.datetime, count: Count) -> dt.datetime:
    since = now - count.limit.within
    if count.limit is NETWORK:
        failures, last = sign_ins.count_failed_attempts(db, since, address=count.key)
    else:
        failures, last = sign_ins.count_failed_attempts(db, since, name=count.key)
    wait = count.limit.wait_after(failures)
    # An attempt at the same moment may have taken its time a little later: by itself that is no reason to wait.
    return last + wait if last is not None and wait else now


def hash_name(name: str) -> str:
    """The key of a name that was typed; it ignores case."""
    return hashlib.sha256(name.casefold().encode()).hexdigest()


def network_of(address: str) -> str:
    """The network that attempts are counted by, and that audit entries name: a /24, or for IPv6 a /64."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network((found, 64 if found.version == 6 else 24), strict=False))
