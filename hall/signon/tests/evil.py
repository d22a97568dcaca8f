"""A provider on loopback that does as it is told, also what no honest one does: CAS, OpenID, WeCom and DingTalk in one."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT, SECRET = "hall", "a secret of the client"
CAS = "http://www.yale.edu/tp/cas"


@cache
def key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Always the same key for a name."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def curve(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public(private: Any, kid: str | None, **more: Any) -> dict[str, Any]:
    """A key as it is published."""
    kind = (
        jwt.algorithms.ECAlgorithm if isinstance(private, ec.EllipticCurvePrivateKey) else jwt.algorithms.RSAAlgorithm
    )
    said = kind.to_jwk(private.public_key(), as_dict=True)
    said.pop("key_ops", None)
    return {**said, "use": "sig", **({"kid": kid} if kid else {}), **more}


def now(seconds: float) -> int:
    """So many seconds from now."""
    return int(time.time() + seconds)


def packed(value: Any) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def signed(claims: Any, header: dict[str, Any], private: Any) -> str:
    """A token, signed whatever the header says of it."""
    first = f"{packed(header)}.{packed(claims)}"
    algorithm = jwt.algorithms.get_default_algorithms()[
        "ES256" if isinstance(private, ec.EllipticCurvePrivateKey) else "RS256"
    ]
    return f"{first}.{packed(algorithm.sign(first.encode(), private))}"


def by_secret(claims: Any, header: dict[str, Any], secret: bytes) -> str:
    """A token with HMAC under a secret of one's choice, such as a public key."""
    first = f"{packed(header)}.{packed(claims)}"
    return f"{first}.{packed(hmac.digest(secret, first.encode(), 'sha256'))}"


def pem(private: Any) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return private.public_key().public_bytes(serialization.Encoding.PEM, form)


@dataclass
class Provider:
    """`said[path]` replaces an honest answer: bytes, a dict, (status, bytes, headers) or a function of the question."""

    url: str = ""
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)
    user: str = "T1003"
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    token: Callable[[dict[str, Any], dict[str, Any]], Any] | None = None
    keys: list[dict[str, Any]] = field(default_factory=lambda: [public(key("one"), "one")])
    shift: float = 0.0
    pending: dict[str, str] = field(default_factory=dict)
    once: bool = False  # codes and tickets count once; off: a sloppy provider, so that the hall's own guard shows
    spent: set[str] = field(default_factory=set)

    def answer(self, path: str, asked: dict[str, str], headers: dict[str, str]) -> Any:
        self.asked.append((path, asked, headers))
        if path in self.said:
            said = self.said[path]
            return said(asked) if callable(said) else said
        return getattr(
            self, "at_" + path.strip("/").replace("/", "_").replace(".", "_").replace("-", "_"), self._nothing
        )(asked)

    def _nothing(self, asked: dict[str, str]) -> Any:
        return 404, b"", {}

    def count(self, path: str) -> int:
        return sum(1 for each in self.asked if each[0] == path)

    # CAS
    def at_cas_p3_serviceValidate(self, asked: dict[str, str]) -> Any:
        if self.once and asked["ticket"] in self.spent:
            return cas_failure("INVALID_TICKET")
        self.spent.add(asked["ticket"])
        return cas_success(self.user)

    # OpenID
    def at__well_known_openid_configuration(self, asked: dict[str, str]) -> Any:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "end_session_endpoint": f"{self.url}/end",
        }

    def at_jwks(self, asked: dict[str, str]) -> Any:
        return {"keys": self.keys}

    def at_token(self, asked: dict[str, str]) -> Any:
        verifier = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        if self.pending.get("code_challenge") != base64.urlsafe_b64encode(verifier).rstrip(b"=").decode():
            return 400, b'{"error": "invalid_grant"}', {}
        claims, header = self.honest_claims(), {"alg": "RS256", "kid": "one", "typ": "JWT", **self.header}
        token = self.token(claims, header) if self.token else signed(claims, header, key("one"))
        return {"access_token": "opaque", "token_type": "Bearer", **({} if token is None else {"id_token": token})}

    def honest_claims(self) -> dict[str, Any]:
        now = int(time.time() + self.shift)
        said = {
            "iss": self.url, "sub": self.user, "aud": CLIENT, "iat": now, "exp": now + 300, "auth_time": now,
            "nonce": self.pending.get("nonce"), "number": self.user,
        }  # fmt: skip
        return {name: value for name, value in {**said, **self.claims}.items() if value is not ...}

    def at_userinfo(self, asked: dict[str, str]) -> Any:
        return {"sub": self.user, "number": self.user}

    def logout_token(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        now = int(time.time())
        event = {"http://schemas.openid.net/event/backchannel-logout": {}}
        said = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 120,
            "jti": f"j{time.time_ns()}",
            "events": event,
            **claims,
        }
        kept = {name: value for name, value in said.items() if value is not ...}
        return signed(kept, {"alg": "RS256", "kid": "one", "typ": "logout+jwt", **(header or {})}, key("one"))

    # WeCom
    def at_cgi_bin_gettoken(self, asked: dict[str, str]) -> Any:
        return {"errcode": 0, "errmsg": "ok", "access_token": "app-token", "expires_in": 7200}

    def at_cgi_bin_auth_getuserinfo(self, asked: dict[str, str]) -> Any:
        if self.once and asked["code"] in self.spent:
            return {"errcode": 40029, "errmsg": "invalid code"}
        self.spent.add(asked["code"])
        return {"errcode": 0, "errmsg": "ok", "userid": self.user}

    # DingTalk
    def at_v1_0_oauth2_userAccessToken(self, asked: dict[str, str]) -> Any:
        return {"accessToken": "user-token", "expireIn": 7200}

    def at_v1_0_contact_users_me(self, asked: dict[str, str]) -> Any:
        return {"unionId": "union-1", "nick": "何"}

    def at_v1_0_oauth2_accessToken(self, asked: dict[str, str]) -> Any:
        return {"accessToken": "app-token", "expireIn": 7200}

    def at_topapi_user_getbyunionid(self, asked: dict[str, str]) -> Any:
        return {"errcode": 0, "errmsg": "ok", "result": {"contact_type": 0, "userid": self.user}}


def cas_success(user: str, more: str = "") -> bytes:
    inside = f"<cas:authenticationSuccess><cas:user>{user}</cas:user>{more}</cas:authenticationSuccess>"
    return f"<cas:serviceResponse xmlns:cas='{CAS}'>{inside}</cas:serviceResponse>".encode()


def cas_failure(code: str) -> bytes:
    inside = f"<cas:authenticationFailure code='{code}'>no</cas:authenticationFailure>"
    return f"<cas:serviceResponse xmlns:cas='{CAS}'>{inside}</cas:serviceResponse>".encode()


def serve(provider: Provider, context: Any = None) -> ThreadingHTTPServer:
    """Serve it on a port of its own; `provider.url` names it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            asked = dict(parse_qsl(parts.query)) | (
                {n: v[0] for n, v in parse_qs(body).items()} if body[:1] != "{" else json.loads(body)
            )
            self._say(provider.answer(parts.path, asked, dict(self.headers)))

        do_POST = do_GET

        def _say(self, said: Any) -> None:
            status, body, headers = said if isinstance(said, tuple) else (200, said, {})
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    provider.url = f"{'https' if context else 'http'}://127.0.0.1:{server.server_address[1]}"
    return server
