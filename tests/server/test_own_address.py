"""A class's address leads phones to the teacher's computer, not to themselves."""

import pytest

from playground.server import own_address
from playground.server.own_address import reachable


@pytest.fixture
def laptop(monkeypatch):
    monkeypatch.setattr(own_address, "own_address", lambda: "192.168.1.20")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "[::1]"])
def test_this_computers_name_for_itself_becomes_its_address_in_the_network(laptop, host):
    found = reachable(f"http://{host}:7860/base/class/QUEEN", "0.0.0.0")
    assert found == "http://192.168.1.20:7860/base/class/QUEEN"


def test_where_the_app_listens_to_itself_alone_no_address_is_promised(laptop):
    assert reachable("http://127.0.0.1:7860/class/QUEEN", "127.0.0.1") is None


def test_an_address_that_others_reach_stays(laptop):
    for address in ("https://school.example/class/QUEEN", "http://10.1.2.3:7860/class/QUEEN"):
        assert reachable(address, "127.0.0.1") == address


def test_without_a_network_there_is_none(monkeypatch):
    monkeypatch.setattr(own_address, "own_address", lambda: None)
    assert reachable("http://127.0.0.1:7860/class/QUEEN", "0.0.0.0") is None


@pytest.mark.parametrize("bad", [None, 7, "", "javascript:alert(1)", "http://[", "http://a:99999/"])
def test_what_is_no_web_address_gets_none(laptop, bad):
    assert reachable(bad, "0.0.0.0") is None


def test_a_space_tells_nobody_its_inner_address(laptop, monkeypatch):
    monkeypatch.setenv("SPACE_ID", "someone/playground")
    assert reachable("http://127.0.0.1:7860/class/QUEEN", "0.0.0.0") is None
