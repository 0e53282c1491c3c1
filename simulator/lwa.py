"""Login with Amazon: ``POST /auth/o2/token``."""

from __future__ import annotations

from simulator import times
from simulator.amazon import Amazon, new_token
from simulator.faults import LWA_ERRORS
from simulator.http import Request, Response, json_response
from simulator.worlds import World

SCOPES = ("sellingpartnerapi::notifications", "sellingpartnerapi::client_credential:rotation")
CODE_LIFE = 5 * times.MINUTE
# Stands for all agreed refresh tokens that nobody has used yet, so that they can be revoked too.
_UNUSED = "*"

_SENTENCES = {
    "invalid_client": "Client authentication failed",
    "invalid_grant": "The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission.",
    "invalid_scope": "The requested scope is invalid, unknown, malformed, or exceeds the scope granted.",
    "unauthorized_client": "Not authorized for requested operation",
    "unsupported_grant_type": "The authorization grant type is not supported by the authorization server",
    "access_denied": "The resource owner or authorization server denied the request",
    "server_error": "The server encountered an unexpected condition",
    "temporarily_unavailable": "The server is currently unable to handle the request due to a temporary overloading",
    "invalid_request": "The request is missing a required parameter",
}


class RefusedError(Exception):
    """LWA says no; `error` is one of its words."""

    def __init__(self, error: str, description: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.description = description or _SENTENCES[error]

    def response(self) -> Response:
        return json_response({"error": self.error, "error_description": self.description}, LWA_ERRORS[self.error])


def client_world(amazon: Amazon, request: Request) -> World | None:
    """The world of the client id in the form, made on first use; None where no client id can be read."""
    if request.content_type != "application/x-www-form-urlencoded":
        return None
    client_id = request.form().get("client_id", "").strip()
    return amazon.world_for_client(client_id) if client_id else None


def issue_token(amazon: Amazon, world: World | None, request: Request) -> Response:
    """The answer of the token operation."""
    try:
        return _grant(amazon, world, request)
    except RefusedError as refused:
        return refused.response()


def _grant(amazon: Amazon, world: World | None, request: Request) -> Response:
    if request.method != "POST":
        raise RefusedError("invalid_request", "Only POST is supported")
    if request.content_type != "application/x-www-form-urlencoded":
        raise RefusedError("invalid_request", "The Content-Type must be application/x-www-form-urlencoded")
    form = request.form()
    grant = form.get("grant_type", "")
    if not grant:
        raise RefusedError("invalid_request", "The request is missing a required parameter : grant_type")
    if grant not in ("refresh_token", "authorization_code", "client_credentials"):
        raise RefusedError("unsupported_grant_type")
    if world is None:
        raise RefusedError("invalid_request", "The request is missing a required parameter : client_id")
    if not form.get("client_secret"):
        raise RefusedError("invalid_request", "The request is missing a required parameter : client_secret")
    if not world.takes_secret(form["client_secret"]):
        raise RefusedError("invalid_client")
    if grant not in world.settings.grants:
        raise RefusedError("unauthorized_client")
    if grant == "refresh_token":
        return _issue(amazon, world, refresh_token=_known_refresh_token(amazon, world, form))
    if grant == "authorization_code":
        return _issue(amazon, world, refresh_token=_redeem_code(amazon, world, form))
    scope = form.get("scope", "")
    if scope not in SCOPES:
        raise RefusedError("invalid_scope")
    return _issue(amazon, world, scope=scope)


def _known_refresh_token(amazon: Amazon, world: World, form: dict[str, str]) -> str:
    token = form.get("refresh_token", "")
    if not token:
        raise RefusedError("invalid_request", "The request is missing a required parameter : refresh_token")
    with amazon.store.read() as connection:
        rows = connection.execute(
            "SELECT token, is_revoked FROM refresh_token WHERE world = ? AND token IN (?, ?)",
            (world.name, token, _UNUSED),
        ).fetchall()
    is_revoked = {row["token"]: bool(row["is_revoked"]) for row in rows}
    # A token we issued counts; so does one that was agreed beforehand, until somebody revokes it.
    if token in is_revoked:
        is_good = not is_revoked[token]
    else:
        is_good = world.takes_refresh_token(token) and not is_revoked.get(_UNUSED, False)
    if not is_good:
        raise RefusedError("invalid_grant")
    return token


def _redeem_code(amazon: Amazon, world: World, form: dict[str, str]) -> str:
    code = form.get("code", "")
    if not code:
        raise RefusedError("invalid_request", "The request is missing a required parameter : code")
    sentence = "The request has an invalid grant parameter : code"
    with amazon.store.write() as connection:
        row = connection.execute(
            "SELECT * FROM authorization_code WHERE code = ? AND world = ?", (code, world.name)
        ).fetchone()
        if row is None or row["expires_at"] < amazon.real_now():
            raise RefusedError("invalid_grant", sentence)
        if row["redirect_uri"] and row["redirect_uri"] != form.get("redirect_uri"):
            raise RefusedError("invalid_grant", "The request has an invalid grant parameter : redirect_uri")
        connection.execute("DELETE FROM authorization_code WHERE code = ?", (code,))
        token = new_token("Atzr|")
        connection.execute("INSERT INTO refresh_token VALUES (?, ?, 0)", (token, world.name))
    return token


def _issue(amazon: Amazon, world: World, *, refresh_token: str = "", scope: str = "") -> Response:
    token = new_token("Atza|")
    seconds = world.settings.token_seconds
    now = amazon.real_now()
    with amazon.store.write() as connection:
        connection.execute("DELETE FROM access_token WHERE world = ? AND expires_at < ?", (world.name, now - times.DAY))
        connection.execute(
            "INSERT INTO access_token (token, world, scope, refresh_token, expires_at) VALUES (?, ?, ?, ?, ?)",
            (token, world.name, scope, refresh_token, now + seconds * 1000),
        )
        if refresh_token:
            connection.execute("INSERT OR IGNORE INTO refresh_token VALUES (?, ?, 0)", (refresh_token, world.name))
    answer: dict[str, object] = {"access_token": token, "token_type": "bearer", "expires_in": seconds}
    if refresh_token:
        answer["refresh_token"] = refresh_token
    response = json_response(answer)
    response.headers += [("Cache-Control", "no-store"), ("Pragma", "no-cache")]
    return response


# -- what the control API does to sign-in ------------------------------------------------------------------------------


def revoke(amazon: Amazon, world: World, refresh_token: str = "") -> int:
    """Revoke one refresh token, or all of them; the access tokens made from them end too. Returns how many of those."""
    with amazon.store.write() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO refresh_token VALUES (?, ?, 1)", (refresh_token or _UNUSED, world.name)
        )
        if refresh_token:
            condition, values = "world = ? AND refresh_token = ?", [world.name, refresh_token]
        else:
            connection.execute("UPDATE refresh_token SET is_revoked = 1 WHERE world = ?", (world.name,))
            condition, values = "world = ? AND refresh_token <> ''", [world.name]
        return connection.execute(f"DELETE FROM access_token WHERE {condition}", values).rowcount


def restore_grants(amazon: Amazon, world: World) -> None:
    """The user authorises again: revoked refresh tokens work once more."""
    with amazon.store.write() as connection:
        connection.execute("UPDATE refresh_token SET is_revoked = 0 WHERE world = ?", (world.name,))


def expire_tokens(amazon: Amazon, world: World) -> int:
    """All access tokens end this moment; returns how many were alive."""
    now = amazon.real_now()
    with amazon.store.write() as connection:
        return connection.execute(
            "UPDATE access_token SET expires_at = ? WHERE world = ? AND expires_at > ?", (now - 1, world.name, now)
        ).rowcount


def issue_code(amazon: Amazon, world: World, redirect_uri: str = "") -> str:
    """An authorisation code as the consent page would return it: good once, for five minutes."""
    code = new_token("AN")[:26]
    with amazon.store.write() as connection:
        connection.execute(
            "INSERT INTO authorization_code VALUES (?, ?, ?, ?)",
            (code, world.name, redirect_uri, amazon.real_now() + CODE_LIFE),
        )
    return code
