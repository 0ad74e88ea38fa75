from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command, Domain
from odoo.tools import html2plaintext


class CustomerSlaPolicy(models.Model):
    """Policies of helpdesk_mgmt_sla, where it is installed, become ours once (S1).

    There, all that match a ticket apply, and reaching a stage is what is promised. What
    has no counterpart is said in the new policy's notes, and it is left out of use.
    """

    _inherit = "customer.sla.policy"

    helpdesk_sla_id = fields.Integer(
        "Imported From", readonly=True, copy=False, help="The ID of the old policy."
    )

    _helpdesk_sla_uniq = models.UniqueIndex(
        "(helpdesk_sla_id) WHERE helpdesk_sla_id > 0",
        "This policy has been imported already.",
    )

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if not self._has_helpdesk_slas():
            for button in arch.xpath("//button[hasclass('o_sla_import')]"):
                button.getparent().remove(button)
        return arch, view

    @api.model
    def _has_helpdesk_slas(self):
        """Return whether helpdesk_mgmt_sla is installed."""
        return "helpdesk.sla" in self.env

    @api.model
    def _helpdesk_slas_to_import(self):
        """Return the old policies that the user sees and that are not imported yet.

        :return: nothing where helpdesk_mgmt_sla is not installed.
        """
        if not self._has_helpdesk_slas():
            return self.browse()
        every = self.sudo().with_context(active_test=False)
        known = every.search(Domain("helpdesk_sla_id", ">", 0))
        old = self.env["helpdesk.sla"].with_context(active_test=False)
        return old.search(
            Domain("id", "not in", known.mapped("helpdesk_sla_id")), order="id"
        )

    @api.model
    def _import_helpdesk_slas(self, stages=None):
        """Import what has not been imported; the old policies stay as they are.

        They come before the policies there are, as the first that matches counts: the
        more one asks for, and the less time it gives, the earlier it stands.

        :param stages: ticket stages that wait for the customer from now on.
        :return: the new policies.
        """
        if not self.env.user.has_group("customer_service_stages.group_manager"):
            raise AccessError(self.env._("Only managers import policies."))
        if stages:
            stages.sudo().sla_paused = True
        slas = self._helpdesk_slas_to_import().sorted(
            lambda sla: (
                -sum(bool(sla[name]) for name in ("category_ids", "tag_ids")),
                sla.days,
                sla.hours,
                sla.id,
            )
        )
        others = self.sudo().with_context(active_test=False).search(Domain.TRUE)
        first = min(others.mapped("sequence"), default=10) - len(slas)
        return self.create(
            [
                {**self._imported_values(sla), "sequence": sequence}
                for sequence, sla in enumerate(slas, first)
            ]
        )

    @api.model
    def _imported_values(self, sla):
        """Return the values of a policy that promises what an old one did."""
        metric, lost = self._imported_metric(sla.stage_id)
        amount, unit = self._imported_amount(sla)
        if not amount:
            lost.append(self.env._("It gave no time, so it has no target."))
        if (sla.domain or "[]").strip() == "[]":
            domain = False
        elif error := self._domain_failure(sla.domain):
            domain = False
            lost.append(
                self.env._(
                    "Its filter %(domain)s does not work: %(error)s",
                    domain=sla.domain,
                    error=error,
                )
            )
        else:
            domain = sla.domain
        teams = (sla.team_ids or self._teams_of(sla.company_id)).filtered("use_sla")
        if not teams:
            lost.append(self.env._("None of its teams used service levels."))
            teams = sla.team_ids
        return {
            "name": sla.name,
            "active": sla.active and not lost,
            "document": "ticket",
            "metric": metric,
            "company_id": sla.company_id.id,
            "team_ids": [Command.set(teams.ids)],
            "category_ids": [Command.set(sla.category_ids.ids)],
            "tag_ids": [Command.set(sla.tag_ids.ids)],
            "domain": domain,
            "target_ids": [Command.create({"amount": amount, "unit": unit})]
            if amount
            else [],
            "pauses_waiting": bool(sla.ignore_stage_ids),
            "shows_to_customer": False,
            "description": "\n".join(
                [
                    *filter(None, [html2plaintext(sla.note or "").strip()]),
                    self.env._("Imported from Helpdesk SLA."),
                    *lost,
                    *self._imported_remarks(sla),
                ]
            ),
            "helpdesk_sla_id": sla.id,
        }

    @api.model
    def _imported_metric(self, stage):
        """Return what reaching a stage amounts to, and what is lost by saying so."""
        if stage.workflow_step == "completed" or (
            stage.closed and stage.journey_stage_id
        ):
            return "resolution", []
        if not stage:
            return "resolution", [self.env._("It named no stage that ends it.")]
        if stage.closed:
            return "resolution", [
                self.env._(
                    "It ended in the stage %s, which counts as called off here.",
                    stage.name,
                )
            ]
        return "assignment", [
            self.env._(
                "It ended in the stage %s. The closest thing to promise is that "
                "somebody takes charge.",
                stage.name,
            )
        ]

    @api.model
    def _imported_amount(self, sla):
        """Return days and hours as one amount of working time, and its unit."""
        if not sla.days:
            return sla.hours, "hour"
        if not sla.hours:
            return sla.days, "day"
        return sla.days * self._hours_per_day(sla) + sla.hours, "hour"

    @api.model
    def _hours_per_day(self, sla):
        company = sla.company_id or self.env.company
        calendars = sla.team_ids.resource_calendar_id or company.resource_calendar_id
        return calendars[:1].hours_per_day or 24

    @api.model
    def _imported_remarks(self, sla):
        """Return what people should know of an import that does work."""
        remarks = []
        if sla.days and sla.hours:
            remarks.append(
                self.env._(
                    "It gave %(days)s days and %(hours)s hours; a day is taken for "
                    "%(day)g hours.",
                    days=sla.days,
                    hours=sla.hours,
                    day=self._hours_per_day(sla),
                )
            )
        running = sla.ignore_stage_ids.filtered(lambda stage: not stage.sla_paused)
        if running:
            remarks.append(
                self.env._(
                    "It stood still in these stages, which do not wait for the "
                    "customer here: %s.",
                    ", ".join(running.mapped("name")),
                )
            )
        left = sla.team_ids.filtered(lambda team: not team.use_sla)
        if left and left != sla.team_ids:
            remarks.append(
                self.env._(
                    "These teams did not use service levels and are left out: %s.",
                    ", ".join(left.mapped("name")),
                )
            )
        return remarks

    @api.model
    def _teams_of(self, company):
        domain = Domain("company_id", "in", [False, company.id]) if company else []
        return self.env["helpdesk.ticket.team"].search(domain or Domain.TRUE)

    @api.model
    def _domain_failure(self, domain):
        """Return why a filter of tickets does not work; None if it does."""
        tickets = self.env["helpdesk.ticket"].browse()
        try:
            evaluated = self._evaluated_domain(domain)
            evaluated.validate(tickets)
            tickets.filtered_domain(evaluated)
        except Exception as error:
            return str(error)
        return None
