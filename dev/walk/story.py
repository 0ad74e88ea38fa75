"""The story so far: who acts in it, and what the steps have brought about."""

import datetime
import email.utils
import textwrap
from pathlib import Path
from typing import NamedTuple

from .. import databases
from ..console import Problem
from . import clients
from .timeline import Timeline, line

ADDON = "customer_service_stages"
DOMAIN = "fontaneria-ruiz.example"
MAILS = Path(__file__).parent / "mail"


class Step(NamedTuple):
    """Somebody acts; the events are those that the journeys note meanwhile."""

    title: str
    play: callable
    events: tuple


def step(title, *events):
    return lambda play: Step(title, play, events)


class Wrong(Exception):
    """What a step brought about is not what it should be."""


class Story:
    """What the steps share.

    Names, addresses and subjects carry the moment of the run, so that the same database
    can be walked through again and again.
    """

    def __init__(self, address, database, outgoing):
        self.address = address
        self.database = database
        self.run = f"{datetime.datetime.now():%y%m%d-%H%M%S}"
        self.customer_name = "Rosa Núñez Ibáñez"
        self.customer_email = f"rosa.nunez.{self.run}@correo.example"
        self.admin = self.sign_in("admin")
        self.manager = self.sign_in("marta")
        self.salesman = self.sign_in("jordi")
        self.agent = self.sign_in("lucia")
        self.visitor = clients.Visitor(address)
        self.outgoing = outgoing
        self.incoming = clients.IncomingMail(
            address, database, self.admin.uid, password="admin"
        )
        self.timeline = Timeline(self.manager)
        self._events = []
        # Set by the steps
        self.help_address = None
        self.customer = None
        self.ticket = None
        self.ticket_number = None
        self.agent_message_id = None
        self.reply_address = None
        self.lead = None
        self.order = None
        self.order_link = None
        self.question_id = None
        self.answer_links = {}
        self.policies = {}
        self.extra_link = None
        self.score_links = {}
        self.opt_out_link = None

    def sign_in(self, login):
        """Sign in as a user of the demonstration data: the password is the login."""
        try:
            return clients.Staff(self.address, self.database, login, login)
        except clients.Refused as refused:
            raise Problem(
                f"{login} cannot sign in to the database {self.database}: {refused}",
                "The walk needs the demonstration data, with its passwords as they "
                "were. Make it afresh: make demo",
            ) from refused

    def raw_mail(self, name, **values):
        """Return the bytes of an e-mail of the folder `mail`, filled in."""
        text = (MAILS / f"{name}.eml").read_text(encoding="ascii")
        filled = text.format(
            run=self.run,
            date=email.utils.format_datetime(datetime.datetime.now(datetime.UTC)),
            customer=self.customer_email,
            **values,
        )
        return filled.encode("ascii")

    def tell_mails(self):
        """Tell who has received which mails, in their order."""
        print("\nWhat everybody received")
        for recipient, subjects in self.outgoing.received().items():
            print(f"\n{recipient}")
            for subject in subjects:
                print(f"  {subject}")

    def let_days_pass(self, days):
        databases.let_days_pass(self.database, days)
        self.tell("the clock", f"{days} days later")

    def run_scheduled(self, *names):
        """Run scheduled actions, then the one that sends what they have queued."""
        for name in (*names, "mail.ir_cron_mail_scheduler_action"):
            cron = self.admin.reference(name)
            self.admin.call("ir.cron", "method_direct_trigger", [cron])
        self.tell("scheduled actions", "ran")

    def follow_journey(self, model, record_id):
        """Tell of the journey of a document from now on."""
        journey = self.manager.read(model, record_id, "journey_id")["journey_id"]
        expect(bool(journey), True, f"{model} {record_id} has a journey")
        self.timeline.watch(journey[0])

    def tell(self, subject, happening, remark=""):
        """Tell something that is no event of a journey."""
        self._tell_events()
        print(line(datetime.datetime.now(), subject, happening, remark), flush=True)

    def check_events(self, expected):
        """The events since the last step must be the expected ones."""
        self._tell_events()
        found, self._events = self._events, []
        expect(found, list(expected), "the events of the journeys")

    def _tell_events(self):
        for event in self.timeline.news():
            print(self.timeline.line(event), flush=True)
            self._events.append(self.timeline.summary(event))

    def tell_journeys(self):
        """Tell the whole of each journey, as its history has it."""
        for journey in self.manager.search_read(
            "customer.journey",
            [("id", "in", self.timeline.journeys)],
            *("name", "customer_name", "stage_id", "state"),
            order="id",
        ):
            customer = journey["customer_name"]
            stage = self.timeline.stages[journey["stage_id"][0]]["name"]
            print(f"\nJourney {journey['id']}: {journey['name']}")
            print(f"{customer}, {journey['state']}, in {stage}")
            for event in self.timeline.events([journey["id"]]):
                print(self.timeline.line(event))


def expect(found, expected, what):
    if found != expected:
        raise Wrong(f"{what}: expected {expected!r}, found {found!r}")


def expect_words(text, words, what):
    missing = [word for word in words if word not in text]
    if missing:
        raise Wrong(f"{what}: {missing} not found in {textwrap.shorten(text, 500)!r}")
