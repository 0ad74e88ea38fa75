"""What the addon notes while the walk goes on."""

import datetime

KINDS = {
    "crm.lead": "opportunity",
    "sale.order": "order",
    "helpdesk.ticket": "ticket",
}


class Timeline:
    """The history of journeys, read by somebody who may see all of them."""

    def __init__(self, staff):
        self.staff = staff
        self.journeys = []
        self._last_event = 0
        stages = staff.search_read(
            "customer.journey.stage", [], "code", "name", context={"lang": "en_US"}
        )
        self.stages = {stage["id"]: stage for stage in stages}

    def watch(self, journey_id):
        """Tell of this journey from now on."""
        self.journeys.append(journey_id)

    def events(self, journey_ids, after=0):
        return self.staff.search_read(
            "customer.journey.event",
            [("journey_id", "in", journey_ids), ("id", ">", after)],
            *("date", "event", "stage_id", "res_model", "document_name", "user_id"),
            order="id",
        )

    def news(self):
        """Return the events since the last call, the oldest first."""
        events = self.events(self.journeys, self._last_event)
        self._last_event = max(
            (event["id"] for event in events), default=self._last_event
        )
        return events

    def summary(self, event):
        """Return what a step expects of an event: document, event, stage reached."""
        stage = self.stages[event["stage_id"][0]]["code"]
        return (KINDS[event["res_model"]], event["event"], stage)

    def line(self, event):
        document = f"{KINDS[event['res_model']]} {event['document_name']}"
        return line(
            local_time(event["date"]),
            document,
            event["event"].replace("_", " "),
            self.stages[event["stage_id"][0]]["name"],
        )


def line(time, subject, happening, stage=""):
    """One line of the timeline, in columns."""
    subject = subject if len(subject) <= 44 else f"{subject[:43]}…"
    return f"{time:%H:%M:%S}  {subject:<44}  {happening:<20} {stage}".rstrip()


def local_time(value):
    """Odoo tells time in UTC."""
    time = datetime.datetime.fromisoformat(value).replace(tzinfo=datetime.UTC)
    return time.astimezone()
