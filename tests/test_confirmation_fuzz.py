"""Whatever is sent to the customer's pages: no internal error, no change (T4)."""

import io
import random
from urllib.parse import quote, urlencode

from odoo import http
from odoo.tests import tagged
from odoo.tools import mute_logger

from .confirmation_web import ConfirmationWebCase, picture

REQUESTS = 3000
SEED = 20260101

METHODS = ("POST",) * 5 + ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
FIELDS = (
    "answer", "refusal_reason", "comment", "name", "score", "signature", "photos",
    "nonce", "csrf_token", "sure", "token", "self", "confirmation_id", "state",
    "answer[]", "lang", "debug", "ticket_id", "stage_id", "__class__", "",
)  # fmt: skip
TEXTS = (
    "", " ", "0", "1", "-1", "6", "2147483648", "9" * 400, "1e9", "NaN", "0x10", "٣",
    "accepted", "refused", "ACCEPTED", "pending", "still_fails", "other", "true",
    "None", "null", "[]", "{}", '{"a": 1}', "a,b", "\x00", "a\x00b", "\r\n\r\n",
    "\ud7ff", "\ufffe", "\u202e", "💩" * 50, "ñ" * 5000, "<script>alert(1)</script>",
    "' OR 1=1 --", "${7*7}", "{{7*7}}", "%s%n%d", "../../etc/passwd", "\\", "\t",
    "data:image/png;base64,AAAA", "AAAA", "====", "iVBORw0KGgo=",
)  # fmt: skip
HEADERS = {
    "Accept-Language": ("es", "xx-YY;q=9", "*", "\x7f", "," * 50),
    "Cookie": ("session_id=; frontend_lang=xx_XX", "frontend_lang=es_ES", "=;=;"),
    "Content-Type": (
        "application/json", "text/plain", "multipart/form-data", "a/b; charset=utf-16",
        "multipart/form-data; boundary=x", "application/x-www-form-urlencoded",
    ),
    "Referer": ("javascript:1", "http://[::1", ""),
    "User-Agent": ("", "Mozilla/5.0", "x" * 900),
    "X-Forwarded-For": ("192.0.2.1", "nonsense", "::1, ,"),
    "Range": ("bytes=0-1", "lines=9-"),
    "X-HTTP-Method-Override": ("DELETE", "POST"),
}  # fmt: skip

PICTURE, JPEG = picture(), picture("JPEG")


@tagged("post_install", "-at_install")
class TestFuzz(ConfirmationWebCase):
    @mute_logger(
        "odoo.http",
        "odoo.addons.base.models.ir_attachment",
        "odoo.addons.http_routing.models.ir_http",
        "werkzeug",
    )
    def test_nonsense(self):
        chance = random.Random(SEED)
        documents = (self.asked_ticket(), self.asked_order())
        done = self.asked_ticket()
        done.confirmation_id._answer("accepted", answer_origin="link")
        paths = [self.path(document) for document in (*documents, done)]
        nonces = [document.confirmation_id._nonce() for document in (*documents, done)]
        self.flush_tracking()
        statuses = set()
        with self.assertNothingChanges():
            for login, share in ((None, 0.9), ("bar_portal", 0.1)):
                self.authenticate(login, login)
                csrf = http.Request.csrf_token(self)
                for _i in range(int(REQUESTS * share)):
                    request = self._request(chance, paths, nonces, csrf)
                    response = self.opener.request(
                        timeout=20, allow_redirects=False, **request
                    )
                    statuses.add(response.status_code)
                    if response.status_code >= 500:
                        self.fail(f"{response.status_code}: {request}"[:2000])
        self.assertLessEqual({200, 302, 303, 400, 404}, statuses)

    def _request(self, chance, paths, nonces, csrf):
        """Return one request; none of them is a whole answer."""
        path, form = self._path(chance, paths), self._form(chance)
        request = {
            "method": chance.choice(METHODS),
            "url": self.base_url() + path,
            "headers": self._headers(chance),
        }
        if chance.random() < 0.9:
            form["csrf_token"] = csrf
        if chance.random() < 0.5:
            # With the right nonce, something else is missing
            form["nonce"] = nonces[paths.index(path)] if path in paths else nonces[0]
            form["answer"] = chance.choice(("accepted", "refused", "x", ""))
            if form["answer"] == "accepted":
                form["comment"] = chance.choice(("ñ" * 5001, "todavía gotea"))
            form.pop("sure", None)
            form["refusal_reason"] = chance.choice(("", "x", "0", "\x00"))
        else:
            form["nonce"] = chance.choice(("", "x", "ñ", "\x00", "0" * 64, "f" * 900))
        if chance.random() < 0.1:
            request["data"] = chance.randbytes(chance.randrange(200))
        elif request["method"] == "GET":
            form.pop("csrf_token", None)
            # Servers refuse longer addresses before anybody reads them
            query = urlencode(form, doseq=True)[:8000]
            request["url"] += "?" + query
        else:
            request["data"] = form
            if chance.random() < 0.4:
                request["files"] = self._files(chance)
                request["headers"].pop("Content-Type", None)
        return request

    def _path(self, chance, paths):
        if chance.random() < 0.75:
            return chance.choice(paths)
        token = chance.choice(
            (
                chance.choice(paths)[-10:],
                # With a slash it is no address of ours
                quote(chance.choice(TEXTS).replace("/", "")[:2000], safe=""),
                "%ff%fe",
                "%00" * chance.randrange(1, 9),
                chance.randbytes(8).hex(),
            )
        )
        return chance.choice(
            (
                f"/my/confirmation/{token}",
                f"/my/confirmation/{token}",
                "/my/confirmations",
                "/service",
                "/ticket/close",
            )
        )

    def _form(self, chance):
        return {
            chance.choice(FIELDS): chance.choice(
                (chance.choice(TEXTS), [chance.choice(TEXTS) for _i in range(3)])
            )
            for _i in range(chance.randrange(6))
        }

    def _headers(self, chance):
        names = chance.sample(sorted(HEADERS), chance.randrange(3))
        return {name: chance.choice(HEADERS[name]) for name in names}

    def _files(self, chance):
        contents = (
            b"",
            chance.randbytes(300),
            PICTURE[: chance.randrange(60)],
            b"GIF89a" + chance.randbytes(40),
            b"RIFF\x00\x00\x00\x00WEBPVP8 ",
            b"\xff\xd8\xff\xe1" + chance.randbytes(80),
            JPEG,
        )
        names = ("", "a.png", "\x00.jpg", "x" * 400, "../a", "ñ💩.gif", "a.html")
        fields = ("photos", "photos", "comment", "csrf_token", "signature", "answer")
        return [
            (
                chance.choice(fields[1:3] if chance.random() < 0.8 else fields),
                (chance.choice(names), io.BytesIO(chance.choice(contents))),
            )
            for _i in range(chance.randrange(1, 8))
        ]
