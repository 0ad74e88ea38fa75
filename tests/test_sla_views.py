"""What people see of service levels: badge, lists, searches and dialogs."""

from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo.tests import Form, tagged, users

from .test_sla_status import MONDAY, SlaCase


def seconds(moment):
    """Return a moment as the badge gives it: seconds since 1970."""
    return int((moment - moment.fromtimestamp(0)).total_seconds())


@tagged("post_install", "-at_install")
class TestSlaBadge(SlaCase):
    """What the server tells the countdown in the browser."""

    def test_running(self):
        policy = self.policy(commitment="contractual")
        with self.at(2):
            ticket = self.ticket(user_id=self.agent.id)
        with self.at(4):
            badge = ticket.with_user(self.agent).sla_badge
        self.assertEqual(badge["now"], seconds(MONDAY + timedelta(hours=4)))
        [status] = badge["statuses"]
        self.assertEqual(
            status,
            {
                "metric": "Resolution",
                "policy": policy.name,
                "commitment": "contractual",
                "commitment_name": "Contractual",
                "state": "running",
                "result": "on_time",
                "is_unexplained": False,
                "deadline": seconds(MONDAY + timedelta(hours=26)),
                "risk": seconds(MONDAY + timedelta(hours=8)),
                "remaining": 6 * 3600,
                "day": 8 * 3600,
                "calendar": self.calendar.id,
            },
        )

    def test_windows(self):
        """The hours of work ahead, in which the browser counts."""
        self.policy()
        with self.at(4):
            windows = self.ticket().sla_badge["windows"][str(self.calendar.id)]
        self.assertEqual(
            windows[:2],
            [
                [
                    seconds(MONDAY + timedelta(hours=begin)),
                    seconds(MONDAY + timedelta(hours=end)),
                ]
                for begin, end in ((4, 8), (24, 32))
            ],
        )

    def test_around_the_clock(self):
        self.policy(time_basis="calendar")
        with self.at(0):
            badge = self.ticket().sla_badge
        self.assertFalse(badge["windows"])
        self.assertEqual(badge["statuses"][0]["day"], 24 * 3600)

    def test_most_urgent_first(self):
        """Late before paused before ended; of what is repeated, the last cycle."""
        self.policy("assignment", 1)
        self.policy("resolution", 4)
        self.policy("first_response", 2, pauses_by_hand=False)
        with self.at(0):
            ticket = self.ticket(user_id=self.agent.id)
        with self.at(1):
            ticket._sla_pause("Está fuera")
        with self.at(5):
            ticket.invalidate_recordset()
            self.assertEqual(
                [
                    (status["metric"], status["state"], status["result"])
                    for status in ticket.sla_badge["statuses"]
                ],
                [
                    ("First Response", "running", "late"),
                    ("Resolution", "paused", "on_time"),
                    ("Assignment", "reached", "met"),
                ],
            )
            self.assertEqual(ticket.sla_badge["statuses"][0]["remaining"], -3 * 3600)
            self.assertTrue(ticket.sla_is_unexplained)
            self.assertEqual(ticket.sla_status_count, 3)

    def test_last_cycle(self):
        self.policy()
        with self.at(0):
            ticket = self.ticket()
        with self.at(1):
            ticket.stage_id = self.ticket_completed
        with self.at(2):
            ticket.stage_id = self.ticket_doing
            self.assertEqual(len(ticket.sla_status_ids), 2)
            [status] = ticket.sla_badge["statuses"]
            self.assertEqual(status["state"], "running")

    def test_nothing_promised(self):
        ticket = self.ticket()
        self.assertFalse(ticket.sla_badge)
        self.assertFalse(ticket.sla_is_unexplained)
        self.assertFalse(ticket.sla_status_count)

    def test_queries(self):
        """Fifty documents cost as many queries as one."""
        self.policy()
        self.policy("first_response", 2)
        with self.at(0):
            tickets = self.env["helpdesk.ticket"].create(
                [
                    {
                        "name": f"Avería {number}",
                        "description": "-",
                        "partner_id": self.customer.id,
                        "user_id": self.agent.id,
                    }
                    for number in range(50)
                ]
            )
            self.env.flush_all()
            names = ["sla_badge", "sla_late", "sla_deadline", "sla_is_unexplained"]
            counts = []
            for some in (tickets[:1], tickets[:1], tickets):
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                some.with_user(self.agent).read(names)
                counts.append(self.cr.sql_log_count - before)
            self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
class TestSlaViews(SlaCase):
    """Lists, searches, forms and dialogs, as agents and managers see them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy()
        cls.policy("quote_sent", 3, "day", document="opportunity")
        cls.policy("delivery", 2, "day", document="order")

    def documents(self):
        """Return one document of each kind, with a clock that runs."""
        ticket = self.ticket(user_id=self.agent.id)
        lead = self.lead(user_id=self.salesman.id)
        order = self.order(user_id=self.salesman.id)
        order.action_confirm()
        for document in (ticket, lead, order):
            self.assertTrue(document.sla_status_ids)
        return (
            ticket.with_user(self.agent),
            lead.with_user(self.salesman),
            order.with_user(self.salesman),
        )

    def read_as_web(self, model, view_type, view_id=False, domain=()):
        """Return what a view of a model shows, read as the browser does."""
        arch = etree.fromstring(model.get_view(view_id, view_type)["arch"])
        names = [
            field.get("name") for field in arch.xpath("//field[not(ancestor::field)]")
        ]
        specification = {
            name: {} for name in names if model._fields[name].type != "properties"
        }
        return model.web_search_read(list(domain), specification)["records"]

    def test_documents(self):
        """Badge, buttons and the line that asks why, on each kind of document."""
        with self.at(0):
            for document in self.documents():
                with self.subTest(document._name):
                    form = etree.fromstring(document.get_view(view_type="form")["arch"])
                    self.assertTrue(form.xpath("//field[@widget='sla_badge']"))
                    for name in ("pause", "resume", "explain"):
                        self.assertTrue(
                            form.xpath(f"//button[@name='action_sla_{name}']")
                        )
                    self.assertTrue(
                        form.xpath("//button[@name='action_view_sla_statuses']")
                    )
                    for view_type in ("list", "kanban"):
                        [values] = self.read_as_web(
                            document,
                            view_type,
                            domain=[("id", "=", document.id)],
                        )
                        self.assertEqual(values["sla_badge"], document.sla_badge)

    def test_form_of_new_documents(self):
        """Nothing is promised about what is not there yet."""
        for model, user in (
            ("helpdesk.ticket", self.agent),
            ("crm.lead", self.salesman),
            ("sale.order", self.salesman),
        ):
            with self.subTest(model):
                self.assertFalse(Form(self.env[model].with_user(user)).sla_badge)

    def test_sort_and_group_by_deadline(self):
        with self.at(0):
            documents = self.documents()
        with self.at(3):
            others = (
                self.ticket(priority="3"),
                self.lead(),
                self.order(),
            )
            others[2].action_confirm()
            for document, other in zip(documents, others, strict=True):
                with self.subTest(document._name):
                    Model = self.env[document._name]
                    domain = [("id", "in", (document + other).ids)]
                    for direction, expected in (
                        ("asc", [document.id, other.id]),
                        ("desc", [other.id, document.id]),
                    ):
                        found = Model.search(domain, order=f"sla_deadline {direction}")
                        self.assertEqual(found.ids, expected)
                    groups = Model.web_read_group(
                        domain, ["sla_deadline:day"], ["__count"], auto_unfold=True
                    )["groups"]
                    self.assertEqual(sum(group["__count"] for group in groups), 2)
                    attributes = Model.fields_get(
                        ["sla_deadline"], ["groupable", "sortable"]
                    )["sla_deadline"]
                    self.assertEqual(attributes, {"groupable": True, "sortable": True})

    def test_group_opens(self):
        """A group of a day has the documents that are due on it, and they alone."""
        with self.at(0):
            for document in self.documents():
                with self.subTest(document._name):
                    Model = document.sudo(False)
                    domain = [("id", "=", document.id)]
                    [group] = Model.web_read_group(
                        domain, ["sla_deadline:day"], ["__count"]
                    )["groups"]
                    inside = domain + list(group["__extra_domain"])
                    self.assertEqual(Model.search(inside), document)

    def filters(self, model, view=None):
        """Return the domains of the filters of a model's search view, by name."""
        view_id = self.env.ref(view).id if view else False
        arch = etree.fromstring(self.env[model].get_view(view_id, "search")["arch"])
        return {
            node.get("name"): literal_eval(node.get("domain"))
            for node in arch.xpath("//filter[@domain]")
            if node.get("name").startswith("sla_") or model == "customer.sla.status"
            if "uid" not in node.get("domain")
        }

    def test_filters_of_documents(self):
        """Late, due today, due this week, and those about which nothing is promised."""
        with self.at(0):
            documents = self.documents()
        for document, view in zip(
            documents,
            (
                "helpdesk_mgmt.helpdesk_ticket_view_search",
                "crm.view_crm_case_opportunities_filter",
                "sale.view_sales_order_filter",
            ),
            strict=True,
        ):
            filters = self.filters(document._name, view)
            deadline = document.sla_deadline
            for name, hours, is_found in (
                ("sla_late", -1, False),
                ("sla_late", 1, True),
                ("sla_today", -2, True),
                ("sla_today", -30, False),
                ("sla_week", -30, True),
                ("sla_week", -24 * 8, False),
                ("sla_none", 0, False),
            ):
                moment = deadline + timedelta(hours=hours)
                with (
                    self.subTest(document._name, name=name, hours=hours),
                    self.at(moment),
                ):
                    found = document.search([("id", "=", document.id), *filters[name]])
                    self.assertEqual(bool(found), is_found)

    def test_my_deadlines(self):
        with self.at(0):
            for user in (self.agent, self.manager):
                self.ticket(name=user.login, user_id=user.id)
        filters = self.filters("customer.sla.status")
        with self.at(9):
            for user in (self.agent, self.manager):
                Status = self.env["customer.sla.status"].with_user(user)
                mine = [("user_id", "=", user.id)]
                for view_type in ("list", "kanban"):
                    [values] = self.read_as_web(Status, view_type, domain=mine)
                    self.assertIn(user.login, values["document_name"])
                    named = [("document_name", "ilike", user.login)]
                    self.assertEqual(Status.search(named).id, values["id"])
                    self.assertEqual(values["badge"]["statuses"][0]["result"], "late")
                for name, is_found in (
                    ("open", True),
                    ("late", True),
                    ("today", True),
                    ("week", True),
                    ("unexplained", True),
                    ("at_risk", False),
                    ("paused", False),
                    ("failing", False),
                ):
                    with self.subTest(name, user=user.login):
                        found = Status.search(mine + filters[name])
                        self.assertEqual(bool(found), is_found)

    @users("journey_manager")
    def test_policy_form(self):
        with Form(self.env["customer.sla.policy"]) as form:
            form.name = "Averías urgentes"
            form.document = "opportunity"
            self.assertEqual(form.metric, "quote_sent")
            form.document = "ticket"
            form.metric = "resolution"
            with form.target_ids.new() as target:
                target.amount = 4
            with form.escalation_ids.new() as escalation:
                escalation.timing = "after"
                escalation.amount = 1
        policy = form.save()
        self.assertIn("4 working hours", policy.summary)
        for view_type in ("list", "kanban", "form"):
            self.assertTrue(self.read_as_web(policy, view_type))

    def test_dialogs(self):
        """An agent pauses, resumes and says why."""
        with self.at(0):
            ticket = self.ticket(user_id=self.agent.id).with_user(self.agent)
        with self.at(1):
            context = ticket.action_sla_pause()["context"]
            wizard = Form(ticket.env["customer.sla.hold"].with_context(**context))
            wizard.reason = "Está fuera"
            wizard.save().action_pause()
            ticket.invalidate_recordset()
            self.assertTrue(ticket.sla_is_paused)
            self.assertFalse(ticket.sla_deadline)
            ticket.action_sla_resume()
            ticket.invalidate_recordset()
            self.assertFalse(ticket.sla_is_paused)
        with self.at(40):
            ticket.invalidate_recordset()
            self.assertTrue(ticket.sla_is_unexplained)
            context = ticket.action_sla_explain()["context"]
            wizard = Form(ticket.env["customer.sla.explain"].with_context(**context))
            wizard.reason_id = self.env.ref("customer_service_stages.sla_reason_part")
            self.assertEqual(wizard.cause, "supply")
            wizard.save().action_explain()
            ticket.invalidate_recordset()
            self.assertFalse(ticket.sla_is_unexplained)
