import json
from urllib.parse import quote, quote_plus, urlencode

import pytest

from tests.vendors.spapi.conftest import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, make_credentials
from vendors.spapi.redaction import MARK, Redactor

# known to nobody: only its shape gives it away
STRANGER = "Atza|IwEBIKstranger/access+token=="
SECRETS = (CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, STRANGER)


@pytest.fixture
def redactor() -> Redactor:
    return Redactor(make_credentials().secrets)


def assert_clean(text: str) -> None:
    for secret in SECRETS:
        for spelling in (secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]):
            assert spelling.lower() not in text.lower()
        # nor a telling part of it
        assert secret[8:20] not in text


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "body",
    [
        '{{"access_token": "{json}", "x": 1}}',
        '{{"x": ["{json}", {{"y": "before {json} after"}}]}}',
        '{{"nested": "{{\\"deeper\\": \\"{nested}\\"}}"}}',
        '{{"escaped": "{escaped}"}}',
        '{{"{json}": 1}}',
        '{{"refresh_token": ["{json}"]}}',
        '[{{"clientSecret": "{json}"}}]',
        '{{"cut": 1, "access_token": "{json}',
        '{{"cut": 1, "other": "{json}", "and',
        "grant_type=refresh_token&refresh_token={form}&client_secret={form}&x=1",
        "x={form_lower}",
        "<html>Authorization: Bearer {raw}</html>",
        "<p>{html}</p>",
        "{raw}",
        '{{"twice": "{escaped}", "twice": 1}}',
        '{{"cut": "{escaped}", "and',
    ],
)
def test_no_spelling_gets_through_a_body(redactor: Redactor, secret: str, body: str):
    form = quote_plus(secret)
    text = body.format(
        raw=secret,
        json=json.dumps(secret)[1:-1],
        nested=json.dumps(json.dumps(secret)[1:-1])[1:-1],
        escaped=escaped(secret),
        form=form,
        form_lower="".join(part.lower() if part.startswith("%") else part for part in _percents(form)),
        html=secret.replace("&", "&amp;"),
    )

    hidden = redactor.body(text.encode())

    assert_clean(hidden.decode())
    assert MARK.encode() in hidden


def _percents(text: str) -> list[str]:
    parts, rest = [], text
    while "%" in rest:
        before, _, rest = rest.partition("%")
        parts += [before, f"%{rest[:2]}"]
        rest = rest[2:]
    return [*parts, rest]


def test_wide_encodings_hide_nothing(redactor: Redactor):
    hidden = redactor.body(json.dumps({"a": REFRESH_TOKEN}).encode("utf-16"))

    assert json.loads(hidden) == {"a": MARK}


def test_a_byte_order_mark_hides_nothing(redactor: Redactor):
    hidden = redactor.body(b"\xef\xbb\xbf" + json.dumps({"access_token": "anything"}).encode())

    assert json.loads(hidden.decode("utf-8-sig")) == {"access_token": MARK}


def test_nesting_too_deep_to_read_hides_nothing(redactor: Redactor):
    hidden = redactor.body(b"[" * 100_000 + json.dumps(REFRESH_TOKEN).encode())

    assert_clean(hidden.decode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"payload": {"pagination": {"nextToken": "abc"}, "orders": []}}',
        b'{ "name":"caf\\u00e9",  "amount": 1.10 }',
        '{"名": "值"}'.encode(),
        b"\xff\xfe\x00 not text",
        b'{"cut',
        b'{"token_type": "bearer", "a": "\\u0041"}',
        b"[1, 2.50, null, true]",
    ],
)
def test_what_holds_no_secret_stays_as_it_came(redactor: Redactor, body: bytes):
    assert redactor.body(body) == body


def test_the_rest_of_a_body_stays(redactor: Redactor):
    body = json.dumps({"access_token": "x", "expires_in": 3600, "list": [1, {"password": {"a": 1}}]}).encode()

    assert json.loads(redactor.body(body)) == {
        "access_token": MARK,
        "expires_in": 3600,
        "list": [1, {"password": MARK}],
    }


def test_a_form_keeps_its_shape(redactor: Redactor):
    form = urlencode({"grant_type": "refresh_token", "refresh_token": "r1", "client_id": "c1", "client_secret": "s1"})

    hidden = redactor.body(form.encode()).decode()

    assert hidden == f"grant_type=refresh_token&refresh_token={MARK}&client_id={MARK}&client_secret={MARK}"


def test_headers_keep_their_names(redactor: Redactor):
    headers = {
        "x-amz-access-token": "short",
        "Authorization": "Bearer abc",
        "Set-Cookie": "session=1",
        "X-Api-Key": "k",
        "Location": f"https://x.example/?refresh_token={quote(REFRESH_TOKEN)}",
        "x-amzn-RequestId": "r-1",
    }

    hidden = redactor.headers(headers)

    assert hidden == {
        "x-amz-access-token": MARK,
        "Authorization": MARK,
        "Set-Cookie": MARK,
        "X-Api-Key": MARK,
        "Location": f"https://x.example/?refresh_token={MARK}",
        "x-amzn-RequestId": "r-1",
    }


def test_addresses_lose_user_password_fragment_and_secrets(redactor: Redactor):
    url = f"https://user:pass@x.example:8/p?nextToken=keep&access_token=abc&q={quote_plus(CLIENT_SECRET)}#frag"

    assert redactor.url(url) == f"https://x.example:8/p?nextToken=keep&access_token={MARK}&q={MARK}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("client_secret: 'abc def' rest", f"client_secret: '{MARK}' rest"),
        ('client-secret="abc" rest', f'client-secret="{MARK}" rest'),
        ('"client_secret":"never closed', f'"client_secret":"{MARK}'),
        ('\\"access_token\\":\\"abc\\",', f'\\"access_token\\":\\"{MARK}\\",'),
        ("password=", "password="),
        ("nextToken=abc", "nextToken=abc"),
    ],
)
def test_loose_text(text: str, expected: str):
    assert Redactor().text(text) == expected


def test_short_values_do_not_blank_ordinary_words():
    redactor = Redactor(["id", ""])

    assert redactor.text("did the idea") == "did the idea"
    assert redactor.body(b"client_secret=id&a=idea") == b"client_secret=" + MARK.encode() + b"&a=idea"


def test_printing_shows_no_secret(redactor: Redactor):
    assert repr(redactor) == "Redactor()"
    assert_clean(repr(make_credentials()))
    assert_clean(make_credentials().application)


@pytest.mark.parametrize("secret", ["!!--!!--", "a-b-c-d-e", "密码密码密码"])
def test_values_without_a_plain_run_are_found(secret: str):
    redactor = Redactor([secret])

    assert redactor.body(f"a {secret} b".encode()) == f"a {MARK} b".encode()
    assert json.loads(redactor.body(json.dumps({"x": secret}).encode())) == {"x": MARK}
    assert redactor.body(f"x={quote(secret)}".encode()) == f"x={MARK}".encode()
