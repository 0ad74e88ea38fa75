"""Who sees clocks, and who does something about them (S1 to S6, T10)."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .test_sla_status import SlaCase

#: All that service levels are kept in.
MODELS = (
    "customer.sla.status",
    "customer.sla.pause",
    "customer.sla.alert",
    "customer.sla.policy",
    "customer.sla.target",
    "customer.sla.escalation",
    "customer.sla.reason",
    "customer.sla.report",
    "customer.sla.sweep",
    "customer.sla.hold",
    "customer.sla.explain",
    "customer.sla.dry.run",
    "customer.sla.dry.run.line",
    "customer.sla.doctor",
    "customer.sla.doctor.line",
    "customer.sla.import",
)

#: What only the module itself writes.
KEPT = ("customer.sla.status", "customer.sla.pause", "customer.sla.alert")

#: What asks about clocks by way of their documents.
PROBES = (
    [("sla_late", "=", True)],
    [("sla_late", "!=", True)],
    [("sla_deadline", "<", "2100-01-01")],
    [("sla_deadline", "=", False)],
    [("sla_status_ids", "!=", False)],
    [("sla_status_ids.deadline", "<", "2100-01-01")],
    [("sla_status_ids", "any", [("result", "=", "late")])],
    [("sla_status_ids.policy_id.name", "ilike", "contrato")],
    [("sla_status_ids.alert_ids", "!=", False)],
    [("sla_pause_ids", "!=", False)],
    [("sla_pause_ids.reason", "ilike", "pieza")],
)


class ClockSecurityCase(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls._create_portal_user()
        cls.contract = cls.policy(
            commitment="contractual",
            escalation_ids=[
                Command.create(
                    {
                        "timing": "after",
                        "amount": 0,
                        "act": "notify",
                        "recipient": "users",
                        "user_ids": [Command.set((cls.agent + cls.manager).ids)],
                    }
                )
            ],
        )
        cls.contract.action_switch_on()
        cls.promise = cls.policy("delivery", document="order")
        cls.answer = cls.policy("first_response", document="opportunity")
        cls.contract.escalating_since = fields.Datetime.to_datetime("2026-01-01")

    def late_ticket(self, **values):
        """Return a ticket that has been paused, was warned of, and is late now."""
        with self.at(-72):
            ticket = self.ticket(**values)
        with self.at(-71):
            ticket._sla_pause("Falta una pieza")
        with self.at(-70):
            ticket.action_sla_resume()
        with self.at(5), self.mock_mail_gateway():
            ticket.sla_status_ids._do_due()
        self.assertEqual(ticket.sla_status_ids.alert_ids.state, "done")
        return ticket

    def told(self, user):
        """Return what a person has been notified of."""
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("notified_partner_ids", "in", user.partner_id.ids),
            ]
        )


@tagged("post_install", "-at_install")
class TestSlaSecurity(ClockSecurityCase):
    def counts(self, user, **context):
        """Return how many clocks, pauses and alerts a user sees, whichever way."""
        seen = {}
        for name in KEPT:
            Model = self.env[name].with_user(user).with_context(**context)
            found = Model.search([])
            [group] = Model._read_group([], [], ["__count"])
            self.assertEqual(group, (len(found),), name)
            self.assertEqual(Model.search_count([]), len(found), name)
            seen[name] = found.sudo()
        return seen

    def test_every_model_is_looked_at(self):
        models = self.env["ir.model"].search([("model", "=like", "customer.sla.%")])
        concrete = models.filtered(lambda model: not self.env[model.model]._abstract)
        self.assertEqual(set(concrete.mapped("model")), set(MODELS))
        self.assertEqual(concrete, concrete.access_ids.model_id)

    def test_strangers_see_nothing(self):
        """No row, no count, no group: neither portal nor public (pitfall 10)."""
        self.late_ticket(partner_id=self.portal.partner_id.id)
        for user in (self.portal, self.env.ref("base.public_user")):
            for name in MODELS:
                Model = self.env[name].with_user(user)
                for probe in (
                    lambda Model=Model: Model.search([]),
                    lambda Model=Model: Model.search_count([]),
                    lambda Model=Model: Model.name_search(""),
                    lambda Model=Model: Model.web_search_read([], {"id": {}}),
                    lambda Model=Model: Model.formatted_read_group(
                        [], ["id"], ["__count"]
                    ),
                    lambda Model=Model: Model.create({}),
                ):
                    with (
                        self.subTest(name, user=user.login),
                        self.assertRaises(AccessError),
                    ):
                        probe()

    def test_strangers_learn_nothing_by_their_documents(self):
        ticket = self.late_ticket(partner_id=self.portal.partner_id.id)
        order = self.order(partner_id=self.portal.partner_id.id)
        order.action_confirm()
        # Tickets have those of another module too
        names = [name for name in order._fields if name.startswith("sla_")]
        self.assertIn("sla_badge", names)
        for document in (ticket, order):
            own = document.with_user(self.portal)
            self.assertTrue(own.read(["name"]))
            for name in names:
                with self.subTest(document._name, field=name):
                    self.assertFalse(name in own.fields_get(), "it is offered")
                    with self.assertRaises(AccessError):
                        own.read([name])
                    with self.assertRaises(AccessError):
                        own.web_search_read([], {name: {}})
                    with self.assertRaises(AccessError):
                        day = ":day" if name == "sla_deadline" else ""
                        own.formatted_read_group([], [name + day], ["__count"])
                    with self.assertRaises(UserError):
                        own.export_data([name])
            with (
                self.subTest(document._name, order="sla_deadline"),
                self.assertRaises(AccessError),
            ):
                own.search([], order="sla_deadline")
            for domain in PROBES:
                for method in ("search", "search_count", "search_read"):
                    with (
                        self.subTest(document._name, domain=domain, method=method),
                        self.assertRaises(AccessError),
                    ):
                        getattr(own, method)(domain)

    def test_strangers_learn_nothing_by_others_records(self):
        self.late_ticket(partner_id=self.portal.partner_id.id)
        for name, field in (
            ("res.partner", "helpdesk_ticket_ids"),
            ("sale.order", "ticket_ids"),
        ):
            for clocks in ("sla_late", "sla_status_ids.state", "sla_pause_ids.reason"):
                with self.subTest(name, field=clocks), self.assertRaises(AccessError):
                    self.env[name].with_user(self.portal).search_count(
                        [(f"{field}.{clocks}", "!=", False)]
                    )

    def test_strangers_do_nothing(self):
        ticket = self.late_ticket(partner_id=self.portal.partner_id.id)
        for method in ("action_sla_pause", "action_sla_resume", "action_sla_explain"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(ticket.with_user(self.portal), method)()

    def test_clocks_of_own_documents(self):
        """An agent sees those of the tickets, not of the pipeline, and so on."""
        own = self.late_ticket(user_id=self.agent.id)
        others = self.late_ticket(user_id=self.manager.id)
        lead = self.lead(user_id=self.salesman.id)
        for user, mine, foreign in (
            (self.agent, own, others + own.browse()),
            (self.salesman, lead, own.browse()),
            (self.everyone, own + others, own.browse()),
        ):
            seen = self.counts(user)
            with self.subTest(user.login):
                statuses = seen["customer.sla.status"]
                self.assertLessEqual(mine.sla_status_ids, statuses)
                self.assertFalse(foreign.sla_status_ids & statuses)
        seen = self.counts(self.agent)
        self.assertEqual(seen["customer.sla.pause"], own.sla_pause_ids)
        self.assertEqual(seen["customer.sla.alert"], own.sla_status_ids.alert_ids)
        self.assertFalse(lead.sla_status_ids & seen["customer.sla.status"])
        for name in ("sla_status_ids", "sla_pause_ids"):
            with self.subTest(name), self.assertRaises(AccessError):
                others[name].with_user(self.agent).read(["display_name"])

    def test_internal_user_without_a_role(self):
        ticket = self.late_ticket()
        internal = self._new_user("internal")
        for name in MODELS:
            with self.subTest(name), self.assertRaises(AccessError):
                self.env[name].with_user(internal).search_count([])
        with self.assertRaises(AccessError):
            ticket.sla_status_ids.with_user(internal).read(["deadline"])

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Climatización"})
        # What one company promises is no promise of another (pitfall 8)
        foreign_policy = self.policy(amount=2, company_id=other.id, sequence=0)
        shared_policy = self.policy("assignment", company_id=False)
        ticket = self.late_ticket()
        with self.at(0):
            foreign = self.ticket(company_id=other.id)
        self.assertEqual(
            foreign.sla_status_ids.policy_id, foreign_policy + shared_policy
        )
        self.assertEqual(ticket.sla_status_ids.policy_id, self.contract + shared_policy)
        for user in (self.everyone, self.manager):
            statuses = self.counts(user)["customer.sla.status"]
            self.assertLessEqual(ticket.sla_status_ids, statuses)
            self.assertFalse(foreign.sla_status_ids & statuses)
            policies = self.env["customer.sla.policy"].with_user(user).search([])
            self.assertIn(shared_policy, policies)
            self.assertNotIn(foreign_policy, policies)
            targets = self.env["customer.sla.target"].with_user(user).search([])
            self.assertNotIn(foreign_policy.target_ids, targets)
        self.manager.company_ids = [Command.link(other.id)]
        seen = self.counts(self.manager, allowed_company_ids=other.ids)
        self.assertLessEqual(foreign.sla_status_ids, seen["customer.sla.status"])
        self.assertFalse(ticket.sla_status_ids & seen["customer.sla.status"])
        self.assertFalse(seen["customer.sla.alert"])

    def test_nobody_writes_clocks(self):
        ticket = self.late_ticket(user_id=self.everyone.id)
        records = (
            ticket.sla_status_ids,
            ticket.sla_pause_ids,
            ticket.sla_status_ids.alert_ids,
        )
        for user in (self.agent, self.everyone, self.manager):
            for record in records:
                as_user = record[:1].with_user(user)
                with self.subTest(record._name, user=user.login):
                    with self.assertRaises(AccessError):
                        as_user.write({"company_id": False})
                    with self.assertRaises(AccessError):
                        as_user.unlink()
                    with self.assertRaises(AccessError):
                        as_user.copy()
            with self.assertRaises(AccessError):
                ticket.with_user(user).sla_status_ids = [Command.clear()]
                ticket.flush_recordset()
        with self.assertRaises(AccessError):
            ticket.with_user(self.everyone).write(
                {"sla_status_ids": [Command.update(records[0][0].id, {"cycle": 9})]}
            )

    def test_only_managers_make_policies(self):
        for user in (self.agent, self.everyone, self.salesman):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self.contract.with_user(user).active = False
                with self.assertRaises(AccessError):
                    self.contract.target_ids.with_user(user).amount = 99
                with self.assertRaises(AccessError):
                    self.contract.escalation_ids.with_user(user).unlink()
                with self.assertRaises(AccessError):
                    self.contract.with_user(user).action_switch_off()
        self.contract.with_user(self.manager).target_ids.amount = 9

    def test_pausing_takes_write_access(self):
        """The dialogs are no way around the documents' rules."""
        foreign = self.late_ticket(user_id=self.manager.id)
        for method in ("action_sla_pause", "action_sla_resume", "action_sla_explain"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(foreign.with_user(self.agent), method)()
        context = {"active_model": foreign._name, "active_ids": foreign.ids}
        Hold = self.env["customer.sla.hold"].with_user(self.agent)
        with self.assertRaises(AccessError):
            Hold.with_context(**context).create({"reason": "x"}).action_pause()

    def test_explaining_takes_write_access(self):
        foreign = self.late_ticket(user_id=self.manager.id)
        reason = self.env.ref("customer_service_stages.sla_reason_part")
        Explain = self.env["customer.sla.explain"].with_user(self.agent)
        values = {"reason_id": reason.id, "cause": "supply"}
        with self.at(6), self.assertRaises(AccessError):
            Explain.create(
                {**values, "status_ids": foreign.sla_status_ids.ids}
            ).action_explain()
        self.assertFalse(foreign.sla_status_ids.reason_id)

    def test_agents_excuse_nothing(self):
        own = self.late_ticket(user_id=self.agent.id)
        reason = self.env.ref("customer_service_stages.sla_reason_part")
        context = {"active_model": own._name, "active_ids": own.ids}
        values = {"reason_id": reason.id, "is_excused": True}
        Explain = self.env["customer.sla.explain"].with_context(**context)
        with self.at(6):
            with (
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                Explain.with_user(self.agent).create(values).action_explain()
            self.assertFalse(own.sla_status_ids.is_excused)
            Explain.with_user(self.manager).create(values).action_explain()
            self.assertTrue(own.sla_status_ids.is_excused)

    def test_a_contract_stays_on_record(self):
        """Not explained away, not deleted, by nobody (S5)."""
        own = self.late_ticket(user_id=self.everyone.id)
        reason = self.env.ref("customer_service_stages.sla_reason_part")
        context = {
            "active_model": "customer.sla.status",
            "active_ids": own.sla_status_ids.ids,
        }
        Explain = self.env["customer.sla.explain"].with_context(**context)
        with self.at(6):
            Explain.with_user(self.everyone).create(
                {"reason_id": reason.id}
            ).action_explain()
            with self.assertRaises(UserError):
                Explain.with_user(self.manager).create(
                    {"reason_id": reason.id, "note": "Mejor así"}
                ).action_explain()
            for user in (self.everyone, self.manager, self.env.ref("base.user_admin")):
                with self.subTest(user.login), self.assertRaises(UserError):
                    own.with_user(user).unlink()
                with self.assertRaises(UserError):
                    own.sla_status_ids.with_user(user).unlink()
            own.stage_id = self.ticket_completed
            for user in (self.manager, self.env.ref("base.user_admin")):
                with self.subTest(user.login), self.assertRaises(UserError):
                    self.contract.with_user(user).unlink()
        self.assertEqual(own.sla_status_ids.result, "met_late")


@tagged("post_install", "-at_install")
class TestConfidentialClocks(ClockSecurityCase):
    """Clocks on reports of wrongdoing are for their handlers (T10)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.handler = cls._new_user("handler", "helpdesk_mgmt.group_helpdesk_user")
        cls.type_report.handler_ids = cls.handler
        cls.contract.escalation_ids.user_ids += cls.handler

    def test_handlers_only(self):
        report = self.late_ticket(type_id=self.type_report.id)
        records = {
            "customer.sla.status": report.sla_status_ids,
            "customer.sla.pause": report.sla_pause_ids,
            "customer.sla.alert": report.sla_status_ids.alert_ids,
        }
        for name, record in records.items():
            own = [("id", "in", record.ids)]
            self.assertTrue(record, name)
            for user, count in (
                (self.handler, len(record)),
                (self.everyone, 0),
                (self.manager, 0),
                (self.agent, 0),
            ):
                Model = self.env[name].with_user(user)
                with self.subTest(name, user=user.login):
                    self.assertEqual(Model.search_count(own), count)
                    self.assertEqual(len(Model.search(own)), count)
                    groups = Model.formatted_read_group(own, [], ["__count"])
                    self.assertEqual(groups[0]["__count"], count)
                    if not count:
                        with self.assertRaises(AccessError):
                            record.with_user(user).read(["display_name"])
        for user in (self.handler, self.everyone, self.manager):
            rows = self.env["customer.sla.report"].with_user(user)
            self.assertFalse(rows.search([("ticket_id", "=", report.id)]))

    def test_escalations_tell_handlers_only(self):
        report = self.late_ticket(type_id=self.type_report.id)
        self.assertTrue(self.told(self.handler))
        for user in (self.agent, self.manager):
            with self.subTest(user.login):
                self.assertFalse(self.told(user))
        self.assertIn(report.name, str(self.told(self.handler).mapped("body")))

    def test_escalations_give_outsiders_no_task(self):
        """The mail about a task names its document."""
        self.contract.escalation_ids.act = "activity"
        report = self.late_ticket(type_id=self.type_report.id)
        with self.subTest("tasks"):
            self.assertEqual(report.activity_ids.user_id, self.handler)
        for user in (self.agent, self.manager):
            with self.subTest(user.login):
                self.assertFalse(self.told(user))


@tagged("post_install", "-at_install")
class TestSlaRpc(ClockSecurityCase, HttpCase):
    def call(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def test_strangers_over_rpc(self):
        """Counting, grouping and sorting tell as much as reading (pitfall 10)."""
        ticket = self.late_ticket(partner_id=self.portal.partner_id.id)
        self.authenticate(self.portal.login, self.portal.login)
        self.assertEqual(
            self.call(ticket._name, "search_count", [("id", "=", ticket.id)]), 1
        )
        calls = [(ticket._name, "search_count", [domain]) for domain in PROBES]
        calls += [(name, "search_count", [[]]) for name in MODELS]
        calls += [
            (ticket._name, "search_read", [[], ["sla_deadline"]]),
            (ticket._name, "search_read", [[], ["name"], 0, 80, "sla_deadline"]),
            (ticket._name, "formatted_read_group", [[], ["sla_deadline:day"]]),
            (ticket._name, "formatted_read_group", [[], [], ["sla_late:count"]]),
            (ticket._name, "action_sla_resume", [ticket.ids]),
            (ticket._name, "_sla_pause", [ticket.ids, "x"]),
            ("customer.sla.status", "_excuse", [ticket.sla_status_ids.ids, "x"]),
        ]
        for model, method, args in calls:
            with (
                self.subTest(f"{model}.{method}{args}"),
                mute_logger("odoo.http"),
                self.assertRaises(JsonRpcException),
            ):
                self.call(model, method, *args)
