"""Who may come in: every request is looked at before anything is done for it.

A server on one's own machine is within reach of every page that one's browser shows. What is defended against:

- DNS rebinding: a foreign name that is made to lead here. The Host must be a name this server is called by.
- Cross-site requests: a foreign page that sends a form or an upload. What changes anything must come from this server's
  own origin, and carry a secret that only its pages know.
- Cross-site reading: a foreign page that shows or loads something from here. Browsers that say where a request comes
  from (Sec-Fetch-Site) are believed when they say it is not from here; every answer forbids to be framed or included.
- On other than the loopback addresses: everyone without the token.
"""

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, quote, urlencode

Headers = Sequence[tuple[str, str]]

COOKIE = "dramaturg-token"
HEADER = "x-dramaturg"  # carries the secret of this server's own pages
SAFE = ("GET", "HEAD")
SHOWN_IN = ("iframe", "frame", "object", "embed")  # ways of showing a page inside another

# On every answer. Scripts and styles are files of ours; a story's page has a policy of its own.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A story is somebody else's text: whatever its page does, it does it in an origin of its own, and reaches nothing here.
STORY_POLICY = (
    "sandbox allow-scripts allow-forms allow-downloads allow-popups; "  # its forms are its script's: none is sent
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not let in. `status`: of HTTP."""

    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Admission:
    """What becomes of a request that shows the token in its address: it is sent on without, with a cookie."""

    location: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules of one server. `token` is None where none is asked for; `secret` is what its own pages carry."""

    port: int
    names: frozenset[str]
    any_address: bool = False  # whether any IP address is a name of it: an address cannot be made to lead elsewhere
    token: str | None = None
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def check(self, method: str, path: str, query: str, headers: Headers) -> Refusal | Admission | None:
        """None for a request that may come in. Names of headers are in lower case."""
        host = _only(headers, "host")
        if host is None or not self.is_own(host):
            return Refusal(421, "This server is not called by that name. Use the address it printed, or give --name.")
        if self.token is not None and not self._shows_token(headers):
            return self._ask_for_token(method, path, query)
        site, mode = _only(headers, "sec-fetch-site"), _only(headers, "sec-fetch-mode")
        if site not in (None, "same-origin", "none") and (
            mode != "navigate" or method not in SAFE or _only(headers, "sec-fetch-dest") in SHOWN_IN
        ):
            return Refusal(403, "Another site asked for this.")
        if method in SAFE:
            return None
        if any(name == "origin" for name, _ in headers) and _only(headers, "origin") != f"http://{host.lower()}":
            return Refusal(403, "Another site asked for this.")
        if not hmac.compare_digest((_only(headers, HEADER) or "").encode(), self.secret.encode()):
            return Refusal(403, "This must be asked from a page of this server. Load the page again.")
        return None

    def is_own(self, host: str) -> bool:
        """Whether a Host header names this server."""
        name, port = split_host(host)
        if port != self.port:
            return False
        return name in self.names or (self.any_address and is_address(name))

    def _shows_token(self, headers: Headers) -> bool:
        shown = [value for name, value in headers if name == "cookie"]
        given = [morsel.value for line in shown if (morsel := _cookies(line).get(COOKIE)) is not None]
        given += [value[7:] for name, value in headers if name == "authorization" and value.startswith("Bearer ")]
        return any(self._is_token(value) for value in given)

    def _is_token(self, value: str) -> bool:
        return self.token is not None and hmac.compare_digest(value.encode(), self.token.encode())

    def _ask_for_token(self, method: str, path: str, query: str) -> Refusal | Admission:
        fields = parse_qsl(query, keep_blank_values=True)
        given = [value for name, value in fields if name == "token"]
        if method in SAFE and len(given) == 1 and self._is_token(given[0]):
            rest = urlencode([(name, value) for name, value in fields if name != "token"])
            # Not //other.example, which a browser would take for another server's address.
            location = "/" + quote(path.lstrip("/")) + (f"?{rest}" if rest else "")
            return Admission(location, f"{COOKIE}={self.token}; Path=/; HttpOnly; SameSite=Strict")
        return Refusal(401, "Open the address that `dramaturg serve` printed: it holds the token.")


def _only(headers: Headers, wanted: str) -> str | None:
    """The value of a header that stands there once."""
    values = [value for name, value in headers if name == wanted]
    return values[0] if len(values) == 1 else None


def _cookies(line: str) -> "SimpleCookie":
    try:
        return SimpleCookie(line)
    except CookieError:
        return SimpleCookie()


def split_host(host: str) -> tuple[str, int]:
    """The name, in lower case, and the port of a Host header; port -1 where it makes no sense.

    >>> split_host("LocalHost:8765"), split_host("[::1]:80"), split_host("a.example")
    (('localhost', 8765), ('::1', 80), ('a.example', 80))
    """
    host = host.strip().lower()
    if host.startswith("["):
        name, _, rest = host[1:].partition("]")
    else:
        name, colon, port = host.partition(":")
        rest = colon + port
    if not rest:
        return name, 80
    return name, int(rest[1:]) if rest[0] == ":" and rest[1:].isascii() and rest[1:].isdigit() and len(rest) < 7 else -1


def is_address(name: str) -> bool:
    """Whether a name is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether an address to listen on can be reached from this machine alone."""
    if host == "localhost":
        return True
    return is_address(host) and ipaddress.ip_address(host).is_loopback


def make_guard(host: str, port: int, names: Sequence[str] = (), token: str | None = None) -> Guard:
    """The rules for a server that listens on an address. A token is made where it needs one and none is given."""
    known = {name.lower() for name in names}
    if is_loopback(host):
        return Guard(port, frozenset({"127.0.0.1", "::1", "localhost", host} | known), token=token)
    own = {host.lower(), socket.gethostname().lower()}
    return Guard(port, frozenset(own | known), any_address=True, token=token or secrets.token_urlsafe(32))
