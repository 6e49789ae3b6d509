"""Redis holds no number: a phone is encrypted for its session, and opens with each secret that is valid."""

from sessions.ussd.session_record import PhoneSeal, session_key
from storage.connection.database import Database
from tests.servers import Valkey
from tests.sessions.calls import Line, Phone

SECRET = "a secret of the callback address"
PHONE = "+923001234567"
ONE, OTHER = session_key("at", "1", PHONE, "*8484#"), session_key("at", "2", PHONE, "*8484#")


def test_a_sealed_phone_opens_with_its_secret_for_its_session_and_never_otherwise() -> None:
    seal = PhoneSeal([SECRET])
    sealed = seal.close(PHONE, ONE)
    assert seal.open(sealed, ONE) == PhoneSeal(["a newer one", SECRET]).open(sealed, ONE) == PHONE
    assert seal.open(sealed, OTHER) == PhoneSeal(["another"]).open(sealed, ONE) == PhoneSeal(()).open(sealed, ONE) == ""
    assert seal.open(sealed[:-1], ONE) == seal.open(b"", ONE) == seal.open(PHONE.encode(), ONE) == ""
    assert seal.close(PHONE, OTHER) != sealed and PHONE.encode() not in sealed


def test_redis_holds_no_number_of_a_call_that_may_be_continued(database: Database, valkey: Valkey) -> None:
    phone = Phone(Line(database, valkey.url), PHONE)
    phone.dial()
    for key in ("3", "1", "1", "1"):
        phone.type(key)
    redis = valkey.client()
    held = b"".join(redis.dump(key) or b"" for key in redis.keys("*"))
    assert held and PHONE[1:].encode() not in held
