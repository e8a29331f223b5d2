"""The teacher's phone: the offer is good once and for a while, and nothing is open before the panel
has allowed it."""

import pytest

from playground.classroom.refusal import Refused
from playground.classroom.second_key import OFFERED, SecondKey


def test_a_phone_takes_the_offer_is_allowed_and_teaches():
    phone = SecondKey()
    assert phone.stage(0) == "none"
    token = phone.offer(0)
    assert phone.stage(1) == "offered"
    key, check = phone.take(token, 2)
    assert phone.stage(3) == "asks" and phone.asks(key, 3) and not phone.opens(key)
    phone.allow(check, 4)
    assert phone.opens(key) and phone.stage(1e6) == "here"
    phone.forget()
    assert not phone.opens(key) and phone.stage(5) == "none"


def test_an_offer_is_good_once_and_for_a_while():
    phone = SecondKey()
    token = phone.offer(0)
    phone.take(token, 1)
    with pytest.raises(Refused):
        phone.take(token, 1)  # a student scanned it, too
    late = phone.offer(10)
    assert phone.stage(11) == "offered", "another offer puts the first phone out"
    with pytest.raises(Refused):
        phone.take(late, 11 + OFFERED)
    assert phone.stage(11 + OFFERED) == "none"


@pytest.mark.parametrize("token", ["", "0" * 32, "ü", "\ud800", "none"])
def test_what_was_not_offered_takes_nothing(token):
    phone = SecondKey()
    for _ in range(2):  # before an offer, and beside one
        with pytest.raises(Refused):
            phone.take(token, 1)
        assert not phone.opens(token) and not phone.asks(token, 1)
        phone.offer(0)


def test_other_figures_or_a_late_yes_allow_nobody():
    phone = SecondKey()
    key, check = phone.take(phone.offer(0), 1)
    for figures, now in (("7" + check, 2), ("", 2), (check, 2 + OFFERED)):
        with pytest.raises(Refused):
            phone.allow(figures, now)
    assert not phone.opens(key)
