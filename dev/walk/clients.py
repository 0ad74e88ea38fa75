"""Who comes from outside: staff, a visitor of the website, and two mail servers.

None of them imports Odoo: each speaks the protocol that it speaks in the real world.
"""

import base64
import email
import email.policy
import json
import re
import subprocess
import sys
import threading
import urllib.parse

import requests
from aiosmtpd.controller import Controller
from lxml import html

from .. import odoo, server
from ..console import Problem

TIMEOUT = 60
MAIL_TIMEOUT = 20


class Refused(Exception):
    """The server has answered that it will not; the text is the server's."""


class Staff:
    """A member of staff at the web client: calls what its views and buttons call."""

    def __init__(self, address, database, login, password):
        self.address = address
        self.session = requests.Session()
        session = self._post(
            "/web/session/authenticate",
            {"db": database, "login": login, "password": password},
        )
        self.uid = session["uid"]
        self.context = session["user_context"]

    def call(self, model, method, *args, context=None, **kwargs):
        params = {
            "model": model,
            "method": method,
            "args": args,
            "kwargs": {**kwargs, "context": {**self.context, **(context or {})}},
        }
        return self._post(f"/web/dataset/call_kw/{model}/{method}", params)

    def search_read(self, model, domain, *names, **options):
        return self.call(model, "search_read", domain, list(names), **options)

    def read(self, model, record_id, *names):
        return self.call(model, "read", [record_id], list(names))[0]

    def create(self, model, values, context=None):
        return self.call(model, "create", [values], context=context)[0]

    def write(self, model, record_id, **values):
        return self.call(model, "write", [record_id], values)

    def reference(self, xmlid):
        """Return the id of a record that the addon or its demonstration data brings."""
        module, name = xmlid.split(".")
        rows = self.search_read(
            "ir.model.data", [("module", "=", module), ("name", "=", name)], "res_id"
        )
        if not rows:
            raise Problem(
                f"The database has no {xmlid}.",
                "It needs the demonstration data. Make it afresh: make demo",
            )
        return rows[0]["res_id"]

    def _post(self, path, params):
        return post_json(self.session, self.address + path, params)


class Visitor:
    """Somebody with a browser who has not signed in."""

    def __init__(self, address):
        self.address = address
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = "es-ES,es;q=0.9"
        # As a visitor's browser says it; Odoo keeps no visits of what looks like a bot.
        self.session.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64)"

    def open(self, path):
        """Follow a link; return the page where it leads to."""
        address = urllib.parse.urljoin(self.address, path)
        page = self.session.get(address, timeout=TIMEOUT)
        if page.status_code != requests.codes.ok:
            raise Refused(f"{page.url} answers {page.status_code}")
        return page

    def submit(self, path, fields):
        """Send a form; return the server's answer."""
        reply = self.session.post(self.address + path, data=fields, timeout=TIMEOUT)
        reply.raise_for_status()
        return reply.json()

    def call(self, path, **params):
        return post_json(self.session, self.address + path, params)


def post_json(session, address, params):
    """Call a JSON-RPC route; return the result."""
    request = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
    reply = session.post(address, json=request, timeout=TIMEOUT)
    reply.raise_for_status()
    answer = reply.json()
    if "error" in answer:
        data = answer["error"].get("data", {})
        raise Refused(f"{data.get('name')}: {data.get('message')}")
    return answer.get("result")


def csrf_token(page):
    """Return the token that the page's forms send along."""
    found = re.search(r"csrf_token:\s*['\"]([^'\"]+)", page.text)
    if not found:
        raise Refused(f"{page.url} has no token for its forms")
    return found[1]


def component(page, name):
    """Return the settings of an interactive part of a page, such as a signature pad."""
    found = html.fromstring(page.content).xpath(
        f'//owl-component[@name="{name}"]/@props'
    )
    return json.loads(found[0]) if found else None


class IncomingMail:
    """The mail server that hands customers' e-mails on, by the script Odoo ships."""

    def __init__(self, address, database, uid, password):
        place = urllib.parse.urlsplit(address)
        self.command = [sys.executable, str(_mail_script())]
        self.command += ["-d", database, "-u", str(uid), "-p", password]
        self.command += ["--host", place.hostname, "--port", str(place.port)]

    def deliver(self, raw):
        done = subprocess.run(self.command, input=raw, capture_output=True, check=False)
        if done.returncode:
            output = (done.stderr + done.stdout).decode(errors="replace").strip()
            raise Refused(f"exit code {done.returncode}: {output}")


def _mail_script():
    place = "addons/mail/static/scripts/odoo-mailgate.py"
    candidates = (odoo.home() / place, odoo.home() / "odoo" / place)
    return next(path for path in candidates if path.exists())


class OutgoingMail:
    """The mail server that Odoo sends through: it keeps what customers would get."""

    def __init__(self):
        self._messages = []
        self._received = {}
        self._arrival = threading.Condition()
        self._controller = Controller(
            self, hostname="127.0.0.1", port=server.free_port()
        )
        self.port = self._controller.port

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_):
        self._controller.stop()

    async def handle_DATA(self, _server, _session, envelope):
        message = email.message_from_bytes(
            envelope.content, policy=email.policy.default
        )
        with self._arrival:
            self._messages.append((set(envelope.rcpt_tos), message))
            for recipient in envelope.rcpt_tos:
                subjects = self._received.setdefault(recipient, [])
                subjects.append(" ".join(str(message["Subject"]).split()))
            self._arrival.notify_all()
        return "250 OK"

    def wait(self, recipient, word):
        """Return the first unread mail to somebody with that word in its subject."""

        with self._arrival:
            found = self._arrival.wait_for(
                lambda: next(self._matching(recipient, word), None), MAIL_TIMEOUT
            )
            if not found:
                subjects = [str(message["Subject"]) for _, message in self._messages]
                raise Refused(
                    f"no mail to {recipient} about {word!r} within {MAIL_TIMEOUT} s; "
                    f"sent meanwhile: {subjects}"
                )
            self._messages.remove(found)
        return found[1]

    def received(self):
        """Return the subjects of all mails, by who received them."""
        with self._arrival:
            return {who: list(subjects) for who, subjects in self._received.items()}

    def unread(self, recipient, word):
        """Return the subjects of unread mails to somebody with that word in them."""
        with self._arrival:
            return [
                str(message["Subject"])
                for _, message in self._matching(recipient, word)
            ]

    def _matching(self, recipient, word):
        for recipients, message in self._messages:
            if recipient in recipients and word in message["Subject"]:
                yield recipients, message


def text_of(message):
    """Return what somebody reads in a mail: its text without the markup."""
    content = message.get_body(("html", "plain")).get_content()
    return " ".join(html.fromstring(content).text_content().split())


def text_of_page(page):
    """Return what somebody reads on a page, whether or not it can be seen at once."""
    return " ".join(html.fromstring(page.content).text_content().split())


def links_of(message):
    content = message.get_body(("html",)).get_content()
    return html.fromstring(content).xpath("//a/@href")


def base64_text(data):
    """Return data as text, in lines as mails have it."""
    return base64.encodebytes(data).decode("ascii")
