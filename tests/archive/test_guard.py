"""The guard of the reading room: which requests are allowed, without a server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramaturg.archive.room.guard import Admission, Guard, Headers, Refusal, make_guard, split_host

HERE = Guard(8765, frozenset({"127.0.0.1", "::1", "localhost"}), secret="s3cret")
OWN = ("host", "127.0.0.1:8765")
SENT = (("origin", "http://127.0.0.1:8765"), ("x-dramaturg", "s3cret"))


def status(guard: Guard, method: str, *headers: tuple[str, str], query: str = "", path: str = "/") -> int:
    """The status of a refused request; 0 if it is allowed, 303 if it is redirected."""
    decision = guard.check(method, path, query, headers)
    return decision.status if isinstance(decision, Refusal) else 303 if isinstance(decision, Admission) else 0


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "LOCALHOST:8765", "[::1]:8765"])
def test_its_own_host_names_are_allowed(host: str) -> None:
    assert status(HERE, "GET", ("host", host)) == 0


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8765", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8765.evil.example",
     "127.0.0.1:8765@evil", "localhost.evil.example:8765", "", ":8765", "[::1]", "0.0.0.0:8765", "192.168.1.2:8765",
     "127.0.0.1:8765, evil", "2130706433:8765", "localhost:٨٧٦٥"],
)  # fmt: skip
def test_dns_rebinding_is_refused(host: str) -> None:
    assert status(HERE, "GET", ("host", host)) == 421
    assert status(HERE, "POST", ("host", host), *SENT) == 421


def test_a_request_needs_exactly_one_host() -> None:
    assert status(HERE, "GET") == 421
    assert status(HERE, "GET", OWN, OWN) == 421


def test_changes_are_allowed_from_its_own_pages() -> None:
    assert status(HERE, "POST", OWN, *SENT) == 0
    assert status(HERE, "POST", OWN, ("x-dramaturg", "s3cret")) == 0  # a script of the user


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "post", "X"])
@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("origin", "http://127.0.0.1:8765"),),
        (("origin", "http://127.0.0.1:8765"), ("x-dramaturg", "wrong")),
        (("origin", "http://127.0.0.1:8765"), ("x-dramaturg", "")),
        (("origin", "http://evil.example"), ("x-dramaturg", "s3cret")),
        (("origin", "https://127.0.0.1:8765"), ("x-dramaturg", "s3cret")),
        (("origin", "http://127.0.0.1:3000"), ("x-dramaturg", "s3cret")),
        (("origin", "http://localhost:8765"), ("x-dramaturg", "s3cret")),
        (("origin", "null"), ("x-dramaturg", "s3cret")),
        (("origin", ""), ("x-dramaturg", "s3cret")),
        (*SENT, ("origin", "http://evil.example")),
        (*SENT, ("sec-fetch-site", "cross-site")),
        (*SENT, ("sec-fetch-site", "same-site")),
        (*SENT, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")),
        (("x-dramaturg", "s3cret"), ("x-dramaturg", "s3cret")),
    ],
)
def test_cross_site_requests_are_refused(method: str, headers: Headers) -> None:
    assert status(HERE, method, OWN, *headers) == 403


@pytest.mark.parametrize(
    ("site", "mode", "dest", "expected"),
    [
        ("none", "navigate", "document", 0),  # typed, or a bookmark
        ("same-origin", "cors", "empty", 0),
        ("cross-site", "navigate", "document", 0),  # a link to here
        ("cross-site", "navigate", "iframe", 403),
        ("same-site", "navigate", "iframe", 403),
        ("cross-site", "no-cors", "script", 403),
        ("cross-site", "no-cors", "image", 403),
        ("cross-site", "cors", "empty", 403),
        ("same-site", "cors", "empty", 403),  # another port of this machine
        ("cross-site", "websocket", "websocket", 403),
    ],
)
def test_cross_site_reading_is_refused(site: str, mode: str, dest: str, expected: int) -> None:
    told = (("sec-fetch-site", site), ("sec-fetch-mode", mode), ("sec-fetch-dest", dest))

    assert status(HERE, "GET", OWN, *told) == expected


# ---- the token

OPEN = make_guard("0.0.0.0", 8765, ["books.example"], "t0ken")
THERE = ("host", "192.168.1.2:8765")


def test_a_token_is_created_unless_on_the_loopback() -> None:
    assert all(make_guard(host, 1).token is None for host in ("127.0.0.1", "localhost", "::1", "127.8.8.8"))
    assert all(len(make_guard(host, 1).token or "") >= 40 for host in ("0.0.0.0", "::", "192.168.1.2", "books.example"))
    assert make_guard("0.0.0.0", 1).token != make_guard("0.0.0.0", 1).token
    assert make_guard("127.0.0.1", 1, token="mine").token == "mine"


@pytest.mark.parametrize(
    "shown",
    [(), (("cookie", "dramaturg-token=wrong"),), (("cookie", "dramaturg-token="),), (("cookie", "t0ken"),),
     (("authorization", "Bearer wrong"),), (("authorization", "Basic t0ken"),), (("cookie", "x; dramaturg-token"),),
     (("cookie", "other=t0ken"),), (("cookie", "dramaturg-token=t0ken2"),), (("cookie", "dramaturg-token=t0ké"),)],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_requests_without_the_token_are_refused(shown: Headers, method: str) -> None:
    secret = (("x-dramaturg", OPEN.secret), ("origin", "http://192.168.1.2:8765"))

    assert status(OPEN, method, THERE, *shown, *secret) == 401
    assert status(OPEN, method, THERE, *shown, *secret, query="token=wrong") == 401


def test_requests_with_the_token_are_allowed() -> None:
    assert status(OPEN, "GET", THERE, ("cookie", "a=b; dramaturg-token=t0ken")) == 0
    assert status(OPEN, "GET", THERE, ("authorization", "Bearer t0ken")) == 0
    assert status(OPEN, "GET", ("host", "books.example:8765"), ("authorization", "Bearer t0ken")) == 0
    assert (
        status(OPEN, "POST", THERE, ("cookie", "dramaturg-token=t0ken")) == 403
    )  # the secret of its pages is not shown


def test_an_unknown_host_is_refused_even_with_the_token() -> None:
    assert status(OPEN, "GET", ("host", "evil.example:8765"), ("cookie", "dramaturg-token=t0ken")) == 421


def test_an_address_with_the_token_sets_a_cookie_and_redirects() -> None:
    decision = OPEN.check("GET", "/search", "q=a+b&token=t0ken", [THERE])

    assert isinstance(decision, Admission)
    assert decision.location == "/search?q=a+b"
    assert "HttpOnly" in decision.cookie and "SameSite=Strict" in decision.cookie
    away = OPEN.check("GET", "//evil.example/x", "token=t0ken", [THERE])
    assert isinstance(away, Admission) and away.location == "/evil.example/x"
    assert status(OPEN, "POST", THERE, query="token=t0ken") == 401


@given(st.text())
def test_any_host_is_split(host: str) -> None:
    split_host(host)
