"""Which requests are allowed: every request is checked here before anything else happens.

Any web page that your browser shows can send requests to a server on your own machine. The threats:

- DNS rebinding: another domain that resolves to this machine. The Host header must be a name of this server.
- Cross-site requests: another page that submits a form or an upload. A request that changes something must come from
  this server's own origin and carry a secret that only its pages know.
- Cross-site reading: another page that embeds or loads something from here. A request that Sec-Fetch-Site marks as
  cross-site is refused; every response forbids being framed or included.
- Other machines, unless the server listens on a loopback address only: they need the token.
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
SAFE_METHODS = ("GET", "HEAD")
EMBEDDED = ("iframe", "frame", "object", "embed")  # values of Sec-Fetch-Dest for a page inside another

# For every response. Scripts and styles are our own files; a story's page has its own policy.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A story is someone else's text: its page runs in an opaque origin of its own and cannot reach this server.
STORY_POLICY = (
    "sandbox allow-scripts allow-forms allow-downloads allow-popups; "  # its script handles its forms
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
    """Why a request is refused. `status`: the HTTP status code."""

    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Admission:
    """The response to a request with the token in its URL: a redirect without the token, and a cookie."""

    location: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules of one server. `token`: None where none is required; `secret`: what its own pages send."""

    port: int
    names: frozenset[str]
    any_address: bool = False  # whether any IP address is a valid name: addresses cannot be rebound
    token: str | None = None
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def check(self, method: str, path: str, query: str, headers: Headers) -> Refusal | Admission | None:
        """None for an allowed request. Header names are in lower case."""
        host = _only(headers, "host")
        if host is None or not self.is_own(host):
            return Refusal(
                421, "Unknown host name. Use the address that the server printed, or allow this one with --name."
            )
        if self.token is not None and not self._has_token(headers):
            return self._ask_for_token(method, path, query)
        site, mode = _only(headers, "sec-fetch-site"), _only(headers, "sec-fetch-mode")
        if site not in (None, "same-origin", "none") and (
            mode != "navigate" or method not in SAFE_METHODS or _only(headers, "sec-fetch-dest") in EMBEDDED
        ):
            return Refusal(403, "Requests from other sites are not allowed.")
        if method in SAFE_METHODS:
            return None
        if any(name == "origin" for name, _ in headers) and _only(headers, "origin") != f"http://{host.lower()}":
            return Refusal(403, "Requests from other sites are not allowed.")
        if not hmac.compare_digest((_only(headers, HEADER) or "").encode(), self.secret.encode()):
            return Refusal(403, "This request must come from a page of this server. Reload the page.")
        return None

    def is_own(self, host: str) -> bool:
        """Whether a Host header names this server."""
        name, port = split_host(host)
        if port != self.port:
            return False
        return name in self.names or (self.any_address and is_address(name))

    def _has_token(self, headers: Headers) -> bool:
        cookies = [value for name, value in headers if name == "cookie"]
        given = [morsel.value for line in cookies if (morsel := _cookies(line).get(COOKIE)) is not None]
        given += [value[7:] for name, value in headers if name == "authorization" and value.startswith("Bearer ")]
        return any(self._is_token(value) for value in given)

    def _is_token(self, value: str) -> bool:
        return self.token is not None and hmac.compare_digest(value.encode(), self.token.encode())

    def _ask_for_token(self, method: str, path: str, query: str) -> Refusal | Admission:
        fields = parse_qsl(query, keep_blank_values=True)
        given = [value for name, value in fields if name == "token"]
        if method in SAFE_METHODS and len(given) == 1 and self._is_token(given[0]):
            rest = urlencode([(name, value) for name, value in fields if name != "token"])
            # Never //other.example, which a browser would treat as another server.
            location = "/" + quote(path.lstrip("/")) + (f"?{rest}" if rest else "")
            return Admission(location, f"{COOKIE}={self.token}; Path=/; HttpOnly; SameSite=Strict")
        return Refusal(401, "Open the address that `dramaturg serve` printed: it contains the token.")


def _only(headers: Headers, wanted: str) -> str | None:
    """The value of a header that occurs exactly once, else None."""
    values = [value for name, value in headers if name == wanted]
    return values[0] if len(values) == 1 else None


def _cookies(line: str) -> "SimpleCookie":
    try:
        return SimpleCookie(line)
    except CookieError:
        return SimpleCookie()


def split_host(host: str) -> tuple[str, int]:
    """The name, in lower case, and the port of a Host header; port -1 where it is invalid.

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
    """Whether an address to listen on can only be reached from this machine."""
    if host == "localhost":
        return True
    return is_address(host) and ipaddress.ip_address(host).is_loopback


def make_guard(host: str, port: int, names: Sequence[str] = (), token: str | None = None) -> Guard:
    """The rules for a server that listens on `host`. Creates a token where one is required and none is given."""
    known = {name.lower() for name in names}
    if is_loopback(host):
        return Guard(port, frozenset({"127.0.0.1", "::1", "localhost", host} | known), token=token)
    own = {host.lower(), socket.gethostname().lower()}
    return Guard(port, frozenset(own | known), any_address=True, token=token or secrets.token_urlsafe(32))
