"""Nothing closes a request but its customer, whichever way one tries (T4, T5, T7)."""

import csv
import io
from contextlib import contextmanager

from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged, users

from .common import JourneyCase


class GateCase(JourneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Averías", "user_ids": [Command.set(cls.agent.ids)]}
        )

    def working_ticket(self, **values):
        """Return a ticket that an agent is working on."""
        return self.ticket(
            **{
                "team_id": self.team.id,
                "user_id": self.agent.id,
                "stage_id": self.ticket_doing.id,
                **values,
            }
        )

    @contextmanager
    def assertGate(self, tickets, error=RedirectWarning):
        """Whatever happens inside is refused, and the tickets stay open."""
        with self.assertRaises(error):
            yield
            self.env.flush_all()
        tickets.invalidate_recordset()
        self.assertFalse(any(tickets.mapped("stage_id.closed")))
        self.assertFalse(any(tickets.mapped("closed_date")))

    def accept(self, ticket, **values):
        ticket.sudo().confirmation_id._answer(
            "accepted", answer_origin="link", answer_name="Carmen", **values
        )

    def refuse(self, ticket, **values):
        ticket.sudo().confirmation_id._answer(
            "refused",
            **{
                "answer_origin": "link",
                "answer_name": "Carmen",
                "refusal_reason": "still_fails",
                "comment": "Vuelve a gotear",
                **values,
            },
        )


@tagged("post_install", "-at_install")
class TestGatePaths(GateCase):
    def test_form_with_status_bar(self):
        ticket = self.working_ticket()
        form = Form(ticket.with_user(self.agent))
        form.stage_id = self.ticket_done
        with self.assertGate(ticket):
            form.save()

    def test_kanban_drag_and_rpc(self):
        ticket = self.working_ticket()
        with self.assertGate(ticket):
            ticket.with_user(self.agent).web_save(
                {"stage_id": self.ticket_done.id}, {"stage_id": {}}
            )
        with self.assertGate(ticket):
            ticket.with_user(self.agent).write({"stage_id": self.ticket_done.id})

    def test_as_superuser(self):
        """Scheduled actions and controllers work without rights; the gate stands."""
        ticket = self.working_ticket()
        with self.assertGate(ticket):
            ticket.sudo().stage_id = self.ticket_done

    def test_multi_edit(self):
        tickets = self.working_ticket() + self.working_ticket()
        with self.assertGate(tickets):
            tickets.with_user(self.agent).write({"stage_id": self.ticket_done.id})

    def test_one_that_may_does_not_open_the_door_for_others(self):
        free = self.working_ticket(type_id=self.type_information.id)
        ticket = self.working_ticket()
        with self.assertGate(free + ticket):
            (free + ticket).write({"stage_id": self.ticket_done.id})

    def test_load_of_a_file(self):
        ticket = self.working_ticket()
        xmlid = ticket.export_data(["id"])["datas"][0][0]
        result = (
            self.env["helpdesk.ticket"]
            .with_user(self.manager)
            .load(["id", "stage_id/.id"], [[xmlid, str(self.ticket_done.id)]])
        )
        self.assertFalse(result["ids"])
        self.assertIn("customer", result["messages"][0]["message"])
        self.assertEqual(ticket.stage_id, self.ticket_doing)

    def test_import_wizard(self):
        ticket = self.working_ticket()
        xmlid = ticket.export_data(["id"])["datas"][0][0]
        content = io.StringIO()
        csv.writer(content).writerows(
            [["id", "stage_id/.id"], [xmlid, self.ticket_done.id]]
        )
        wizard = (
            self.env["base_import.import"]
            .with_user(self.manager)
            .create(
                {
                    "res_model": "helpdesk.ticket",
                    "file": content.getvalue().encode(),
                    "file_type": "text/csv",
                }
            )
        )
        fields = ["id", "stage_id/.id"]
        result = wizard.execute_import(
            fields,
            fields,
            {"quoting": '"', "separator": ",", "has_headers": True},
        )
        self.assertTrue(result["messages"])
        self.assertEqual(ticket.stage_id, self.ticket_doing)

    def test_import_of_a_new_closed_ticket(self):
        result = (
            self.env["helpdesk.ticket"]
            .with_user(self.manager)
            .load(
                ["name", "description", "partner_id/.id", "stage_id/.id"],
                [["Gotera", "x", str(self.customer.id), str(self.ticket_done.id)]],
            )
        )
        self.assertFalse(result["ids"])

    def test_server_action(self):
        ticket = self.working_ticket()
        action = self.env["ir.actions.server"].create(
            {
                "name": "Cerrar",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "state": "object_write",
                "update_path": "stage_id",
                "resource_ref": f"helpdesk.ticket.stage,{self.ticket_done.id}",
            }
        )
        with self.assertGate(ticket):
            action.with_context(
                active_model="helpdesk.ticket", active_id=ticket.id
            ).run()

    def test_automation_rule(self):
        if "base.automation" not in self.env:
            self.fail("base_automation belongs to the test database")
        ticket = self.working_ticket()
        model_id = self.env["ir.model"]._get_id("helpdesk.ticket")
        self.env["base.automation"].create(
            {
                "name": "Cerrar lo urgente",
                "model_id": model_id,
                "trigger": "on_create_or_write",
                "filter_domain": "[('priority', '=', '3')]",
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "Cerrar",
                            "model_id": model_id,
                            "state": "code",
                            "code": f"records['stage_id'] = {self.ticket_done.id}",
                        }
                    )
                ],
            }
        )
        with self.assertGate(ticket):
            ticket.priority = "3"

    def test_team_change_takes_the_stage_along(self):
        """The stage is computed from the team: no write of the stage passes."""
        stage = self.env["helpdesk.ticket.stage"].create(
            {
                "name": "Archivo",
                "closed": True,
                "workflow_step": "closed",
                "requires_confirmation": True,
                "sequence": -10,
            }
        )
        other = self.env["helpdesk.ticket.team"].create({"name": "Archivo"})
        stage.team_ids = other
        own = self.env["helpdesk.ticket.stage"].create(
            {"name": "Nuestra", "team_ids": [Command.set(self.team.ids)]}
        )
        ticket = self.working_ticket(stage_id=own.id)
        with self.assertGate(ticket):
            ticket.team_id = other
        with self.assertGate(ticket):
            ticket.with_user(self.manager).write({"team_id": other.id})
        self.assertEqual(ticket.stage_id, own)

    def test_create_straight_into_a_closed_stage(self):
        before = self.env["helpdesk.ticket"].search_count([])
        for user in (self.agent, self.manager):
            with self.assertRaises(UserError):
                self.env["helpdesk.ticket"].with_user(user).create(
                    {
                        "name": "Gotera",
                        "description": "x",
                        "partner_id": self.customer.id,
                        "user_id": user.id,
                        "stage_id": self.ticket_done.id,
                    }
                )
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)

    def test_default_stage_in_the_context(self):
        with self.assertRaises(UserError):
            self.env["helpdesk.ticket"].with_context(
                default_stage_id=self.ticket_done.id
            ).create({"name": "x", "description": "x", "partner_id": self.customer.id})

    def test_unarchive(self):
        ticket = self.working_ticket()
        ticket.action_archive()
        with self.assertGate(ticket):
            ticket.stage_id = self.ticket_done
        # One that came into the stage behind the ORM's back cannot come back closed
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET stage_id = %s WHERE id = %s",
            (self.ticket_done.id, ticket.id),
        )
        ticket.invalidate_recordset()
        with self.assertRaises(RedirectWarning):
            ticket.action_unarchive()

    def test_copy_is_open(self):
        ticket = self.working_ticket()
        ticket.action_request_confirmation()
        self.accept(ticket)
        copy = ticket.copy()
        self.assertFalse(copy.stage_id.closed)
        self.assertEqual(copy.confirmation_state, "none")
        self.assertFalse(copy.confirmation_ids)
        with self.assertGate(copy):
            copy.stage_id = self.ticket_done

    def test_duplicate_wizard(self):
        """A duplicate leaves with its original, recorded as what it is."""
        original, ticket = self.working_ticket(), self.working_ticket()
        self.env["helpdesk.ticket.duplicate.wizard"].create(
            {
                "ticket_id": ticket.id,
                "duplicate_of_id": original.id,
                "target_stage_id": self.ticket_done.id,
            }
        ).action_confirm()
        self.assertTrue(ticket.stage_id.closed)
        self.assertEqual(ticket.confirmation_exemption, "duplicate")
        self.assertEqual(ticket.confirmation_state, "none")
        with self.assertRaises(RedirectWarning):
            ticket.duplicate_id = False

    def test_two_that_are_duplicates_of_each_other(self):
        one, two = self.working_ticket(), self.working_ticket()
        one.duplicate_id = two
        two.duplicate_id = one
        with self.assertGate(one + two):
            one.stage_id = self.ticket_done
        with self.assertGate(one + two):
            two.duplicate_id = two
            two.stage_id = self.ticket_done

    def test_merge_wizard(self):
        if "helpdesk.ticket.merge" not in self.env:
            self.fail("helpdesk_mgmt_merge belongs to the test database")
        kept, merged = self.working_ticket(), self.working_ticket()
        merged.action_request_confirmation()
        self.env["helpdesk.ticket.merge"].with_context(
            active_ids=(kept + merged).ids
        ).create({"dst_ticket_id": kept.id}).merge_tickets()
        self.assertFalse(merged.active)
        self.assertFalse(merged.stage_id.closed)
        self.assertEqual(merged.confirmation_state, "none")
        self.assertEqual(merged.confirmation_ids.state, "void")
        self.assertEqual(kept.confirmation_state, "none")
        with self.assertGate(kept):
            kept.stage_id = self.ticket_done

    def test_close_inactive(self):
        """The scheduled action of another addon closes nothing by itself."""
        if "close_inactive_tickets" not in self.env["helpdesk.ticket.team"]._fields:
            self.fail("helpdesk_ticket_close_inactive belongs to the test database")
        self.team.write(
            {
                "close_inactive_tickets": True,
                "ticket_stage_ids": [Command.set(self.ticket_doing.ids)],
                "closing_ticket_stage": self.ticket_done.id,
                "inactive_tickets_day_limit_closing": 1,
                "inactive_tickets_day_limit_warning": 0,
            }
        )
        ticket = self.working_ticket()
        ticket.last_stage_update = "2020-01-01"
        with self.assertGate(ticket):
            self.team.close_team_inactive_tickets()

    def test_type_that_asks_nothing_and_back(self):
        """Closing as a plain question does not close a complaint."""
        ticket = self.working_ticket(type_id=self.type_information.id)
        ticket.stage_id = self.ticket_done
        self.assertEqual(ticket.confirmation_exemption, "not_required")
        with self.assertRaises(RedirectWarning):
            ticket.type_id = self.type_complaint
        self.team.confirmation_rule = "never"
        ticket.type_id = False
        strict = self.env["helpdesk.ticket.team"].create(
            {"name": "Estricto", "confirmation_rule": "always"}
        )
        with self.assertRaises(RedirectWarning):
            ticket.team_id = strict

    def test_what_is_closed_without_asking_can_be_archived(self):
        self.company.confirmation_required = False
        ticket = self.working_ticket()
        ticket.stage_id = self.ticket_done
        self.company.confirmation_required = True
        ticket.action_archive()
        ticket.action_unarchive()
        self.assertEqual(ticket.confirmation_exemption, "not_required")

    def test_without_the_customer(self):
        ticket = self.working_ticket(partner_email="carmen@customer.example")
        with self.assertRaises(AccessError):
            ticket.with_user(self.agent).write(
                {"partner_id": False, "partner_email": False}
            )
        with self.assertRaises(AccessError):
            ticket.with_user(self.agent).write(
                {
                    "partner_id": False,
                    "partner_email": False,
                    "stage_id": self.ticket_done.id,
                }
            )
        ticket.with_user(self.agent).partner_id = self.other_customer
        self.assertEqual(ticket.partner_id, self.other_customer)

    def test_as_a_colleague_and_back(self):
        """Closing as an internal request does not close a customer's."""
        ticket = self.working_ticket()
        agent_ticket = ticket.with_user(self.agent)
        agent_ticket.partner_id = self.everyone.partner_id
        agent_ticket.stage_id = self.ticket_done
        with self.assertRaises(RedirectWarning):
            agent_ticket.partner_id = self.customer

    def test_nobody_writes_the_answer(self):
        ticket = self.working_ticket()
        ticket.action_request_confirmation()
        for user in (self.agent, self.manager):
            for vals in (
                {"confirmation_state": "accepted"},
                {"confirmation_exemption": "duplicate"},
                {"confirmation_id": False},
                {"reopen_count": 0},
                {"confirmation_ids": [Command.clear()]},
            ):
                with self.assertRaises(AccessError):
                    ticket.with_user(user).write(vals)
            with self.assertRaises(AccessError):
                self.env["helpdesk.ticket"].with_user(user).create(
                    {
                        "name": "x",
                        "description": "x",
                        "confirmation_state": "accepted",
                        "stage_id": self.ticket_done.id,
                    }
                )
            with self.assertRaises(AccessError):
                ticket.confirmation_id.with_user(user).write({"state": "accepted"})
            with self.assertRaises(AccessError):
                self.env["customer.confirmation"].with_user(user).create(
                    {"ticket_id": ticket.id, "kind": "ticket", "state": "accepted"}
                )
            with self.assertRaises(AccessError):
                ticket.confirmation_id.with_user(user).read(["access_token"])

    def test_another_closing_stage_may_ask_nothing(self):
        """Which stages are behind the gate is the administrator's business."""
        free = self.env["helpdesk.ticket.stage"].create(
            {"name": "Archivado", "closed": True, "workflow_step": "closed"}
        )
        ticket = self.working_ticket()
        ticket.stage_id = free
        self.assertTrue(ticket.closed_date)
        with self.assertRaises(RedirectWarning):
            ticket.stage_id = self.ticket_done


@tagged("post_install", "-at_install")
class TestGateSettings(GateCase):
    def test_fresh_install_gates_done(self):
        self.assertTrue(self.ticket_done.requires_confirmation)
        self.assertFalse(self.ticket_cancelled.requires_confirmation)
        self.assertTrue(self.ticket_cancelled.requires_reason)
        self.assertTrue(self.ticket_rejected.requires_reason)
        self.assertFalse(self.ticket_completed.closed)
        steps = self.env["helpdesk.ticket.stage"].search([]).mapped("workflow_step")
        self.assertEqual(
            steps[:6],
            ["opened", "executing", "executing", "completed", "closed", "closed"],
        )

    def test_stage_configuration_closes_nothing(self):
        ticket = self.working_ticket()
        with self.assertRaises(UserError):
            self.ticket_doing.with_user(self.manager).write(
                {"closed": True, "workflow_step": "closed"}
            )
        self.assertFalse(ticket.stage_id.closed)
        ticket.type_id = self.type_information
        self.ticket_doing.with_user(self.manager).write(
            {"closed": True, "workflow_step": "closed"}
        )

    def test_step_and_closed_go_together(self):
        with self.assertRaises(ValidationError):
            self.ticket_doing.workflow_step = "closed"
        with self.assertRaises(ValidationError):
            self.ticket_done.closed = False

    def test_gate_put_up_later(self):
        """What is closed when a stage is put behind the gate stays closed."""
        free = self.env["helpdesk.ticket.stage"].create(
            {"name": "Archivado", "closed": True, "workflow_step": "closed"}
        )
        ticket = self.working_ticket()
        ticket.stage_id = free
        free.with_user(self.manager).requires_confirmation = True
        self.assertEqual(ticket.confirmation_exemption, "before")
        ticket.action_archive()
        ticket.action_unarchive()

    def test_company_team_and_type(self):
        closing = []
        for company, rule, type_, closes in (
            (True, False, None, False),
            (False, False, None, True),
            (False, "always", None, False),
            (True, "never", None, True),
            (True, "always", self.type_information, True),
            (False, False, self.type_complaint, True),
        ):
            self.company.confirmation_required = company
            self.team.confirmation_rule = rule
            ticket = self.working_ticket(
                type_id=type_.id if type_ else False, contact_out_count=1
            )
            try:
                with self.env.cr.savepoint():
                    ticket.stage_id = self.ticket_done
            except RedirectWarning:
                pass
            closing.append(ticket.stage_id.closed == closes)
        self.assertEqual(closing, [True] * 6)

    def test_nobody_to_ask(self):
        ticket = self.working_ticket(partner_id=False)
        ticket.with_user(self.agent).stage_id = self.ticket_done
        self.assertEqual(ticket.confirmation_exemption, "no_contact")
        with self.assertGate(ticket := self.working_ticket(partner_id=False)):
            ticket.partner_email = "alguien@customer.example"
            ticket.stage_id = self.ticket_done

    def test_internal_request(self):
        for partner in (self.everyone.partner_id, self.company.partner_id):
            ticket = self.working_ticket(partner_id=partner.id)
            ticket.stage_id = self.ticket_done
            self.assertEqual(ticket.confirmation_exemption, "internal")

    def test_public_cannot_write_stages(self):
        public = self.env.ref("base.public_user")
        with self.assertRaises(AccessError):
            self.ticket_done.with_user(public).write({"requires_confirmation": False})

    def test_two_companies(self):
        other = self.env["res.company"].create(
            {"name": "Otra", "confirmation_required": False}
        )
        ticket = self.ticket(company_id=other.id, stage_id=self.ticket_doing.id)
        ticket.stage_id = self.ticket_done
        with self.assertGate(ticket := self.working_ticket()):
            ticket.stage_id = self.ticket_done


@tagged("post_install", "-at_install")
class TestClosingWords(GateCase):
    """No bad news unsaid, no complaint unanswered (T5, T7, T8)."""

    def test_the_message_offers_to_ask(self):
        ticket = self.working_ticket()
        with self.assertRaises(RedirectWarning) as caught:
            ticket.with_user(self.agent).stage_id = self.ticket_done
        message, action_id, button, context = caught.exception.args
        self.assertIn(ticket.number, message)
        self.assertTrue(button)
        action = self.env["ir.actions.act_window"].browse(action_id)
        wizard = Form(
            self.env[action.res_model].with_user(self.agent).with_context(**context)
        )
        wizard.summary = "Cambiada la junta."
        wizard.save().action_request()
        self.assertEqual(ticket.confirmation_state, "pending")
        self.assertEqual(ticket.confirmation_id.summary, "Cambiada la junta.")

    def test_rejecting_needs_a_reason(self):
        for stage in (self.ticket_cancelled, self.ticket_rejected):
            ticket = self.working_ticket()
            with self.assertRaises(RedirectWarning) as caught:
                ticket.with_user(self.agent).stage_id = stage
            _message, action_id, _button, context = caught.exception.args
            action = self.env["ir.actions.act_window"].browse(action_id)
            wizard = Form(
                self.env[action.res_model].with_user(self.agent).with_context(**context)
            )
            self.assertEqual(wizard.stage_id, stage)
            with self.assertRaises(AssertionError):
                wizard.save()
            wizard.reason = "Está fuera de garantía."
            wizard.recommendation = "Calderas Pérez"
            with self.mock_mail_gateway():
                wizard.save().action_close()
                self.flush_tracking()
            self.assertEqual(ticket.stage_id, stage)
            mail = self._new_mails
            self.assertEqual(mail.mapped("res_id"), ticket.ids)
            self.assertEqual(len(mail), 1)
            self.assertIn("Está fuera de garantía.", mail.body_html)
            self.assertIn("Calderas Pérez", mail.body_html)
            self.assertIn("Carmen", mail.body_html)

    def test_complaint_owes_a_reply(self):
        self.company.confirmation_required = False
        ticket = self.working_ticket(type_id=self.type_complaint.id)
        print(
            "FOLLOW",
            ticket.message_partner_ids,
            self.env.context,
            self.customer.partner_share,
        )
        with self.assertRaises(ValidationError):
            ticket.stage_id = self.ticket_done
        ticket.with_user(self.agent).message_post(
            body="Nota", subtype_xmlid="mail.mt_note"
        )
        with self.assertRaises(ValidationError):
            ticket.stage_id = self.ticket_done
        ticket.with_user(self.agent).message_post(
            body="Sentimos lo ocurrido.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        ticket.stage_id = self.ticket_done
        self.assertTrue(ticket.stage_id.closed)

    def test_complaint_is_asked_with_words(self):
        """Nobody is asked to accept what nobody has answered."""
        ticket = self.working_ticket(type_id=self.type_complaint.id)
        with self.assertGate(ticket):
            ticket.with_user(self.agent).stage_id = self.ticket_completed
        with self.assertGate(ticket):
            ticket.with_user(self.agent).action_request_confirmation()
        ticket.resolution_summary = "Hemos hablado con el técnico."
        ticket.with_user(self.agent).action_request_confirmation()
        self.accept(ticket)
        self.assertTrue(ticket.stage_id.closed)

    def test_complaint_that_is_settled_on_the_phone(self):
        ticket = self.working_ticket(type_id=self.type_complaint.id)
        context = ticket.with_user(self.agent).action_open_answer()["context"]
        Answer = self.env["customer.confirmation.answer"].with_user(self.agent)
        Form(Answer.with_context(**context)).save().action_answer()
        self.assertTrue(ticket.stage_id.closed)
        self.assertEqual(ticket.call_count, 1)

    def test_unfounded_complaint_is_answered_by_its_reason(self):
        ticket = self.working_ticket(type_id=self.type_complaint.id)
        ticket.write(
            {"closing_reason": "No es nuestro.", "stage_id": self.ticket_rejected.id}
        )
        self.assertTrue(ticket.stage_id.closed)

    def test_callers_values_stay(self):
        """helpdesk_mgmt writes into the values it is given."""
        vals = {"stage_id": self.ticket_doing.id}
        self.working_ticket().write(vals)
        self.assertEqual(vals, {"stage_id": self.ticket_doing.id})


@tagged("post_install", "-at_install")
class TestReopening(GateCase):
    def test_closed_date_goes(self):
        ticket = self.closed_ticket(user_id=self.agent.id)
        self.assertTrue(ticket.closed_date)
        ticket.stage_id = self.ticket_doing
        self.assertFalse(ticket.closed_date)
        self.assertEqual(ticket.reopen_count, 1)

    def test_reason_is_kept_and_the_owner_told(self):
        ticket = self.working_ticket()
        ticket.action_request_confirmation()
        self.accept(ticket)
        self.assertTrue(ticket.stage_id.closed)
        wizard = Form(
            self.env["helpdesk.ticket.reopen"]
            .with_user(self.everyone)
            .with_context(**ticket.action_open_reopen()["context"])
        )
        wizard.reason = "Ha llamado: gotea otra vez"
        wizard.save().action_reopen()
        self.assertEqual(ticket.stage_id, self.ticket_doing)
        self.assertEqual(ticket.reopen_count, 1)
        self.assertEqual(ticket.reopen_reason, "Ha llamado: gotea otra vez")
        self.assertEqual(ticket.activity_ids.user_id, self.agent)
        self.assertEqual(ticket.confirmation_state, "none")
        with self.assertGate(ticket):
            ticket.stage_id = self.ticket_done

    def test_unarchiving_is_no_reopening(self):
        ticket = self.working_ticket()
        ticket.action_archive()
        ticket.action_unarchive()
        self.assertEqual(ticket.reopen_count, 0)
        self.assertFalse(ticket.activity_ids)

    def test_without_a_reason(self):
        with self.assertRaises(UserError):
            self.closed_ticket().action_reopen(" ")


@tagged("post_install", "-at_install")
class TestGateByHttp(GateCase, HttpCase):
    @users("agent")
    def test_jsonrpc(self):
        """What the web client calls."""
        ticket = self.working_ticket()
        self.authenticate("agent", "agent")
        for method, args in (
            ("write", [ticket.ids, {"stage_id": self.ticket_done.id}]),
            ("web_save", [ticket.ids, {"stage_id": self.ticket_done.id}, {}]),
            ("write", [ticket.ids, {"confirmation_state": "accepted"}]),
        ):
            response = self.url_open(
                "/web/dataset/call_kw",
                json={
                    "params": {
                        "model": "helpdesk.ticket",
                        "method": method,
                        "args": args,
                        "kwargs": {"specification": {}} if method == "web_save" else {},
                    }
                },
            ).json()
            self.assertIn("error", response)
        ticket.invalidate_recordset()
        self.assertEqual(ticket.stage_id, self.ticket_doing)
        self.assertEqual(ticket.confirmation_state, "none")
