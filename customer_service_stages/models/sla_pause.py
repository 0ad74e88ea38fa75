from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.sla_rules import DOCUMENT_FIELDS


class CustomerSlaPause(models.Model):
    """A time during which the clocks of a document stand still (S3).

    Pauses belong to the document, whatever is promised about it, so that a policy that
    comes later knows how long the customer was waited for (pitfalls 8 and 19).
    """

    _name = "customer.sla.pause"
    _description = "Service-Level Pause"
    _inherit = ["customer.due.mixin", "customer.about.mixin"]
    _order = "start_date desc, id desc"
    _rec_name = "reason"
    _due_order = "planned_end_date, id"
    _own_document_fields = tuple(DOCUMENT_FIELDS.values())

    kind = fields.Selection(
        [("waiting", "The customer is to act"), ("manual", "By hand")],
        required=True,
        readonly=True,
    )
    lead_id = fields.Many2one(
        "crm.lead", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    order_id = fields.Many2one(
        "sale.order", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    start_date = fields.Datetime("From", required=True, readonly=True)
    end_date = fields.Datetime("Until", readonly=True)
    planned_end_date = fields.Datetime("Ends By Itself On", readonly=True)
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", "Paused By", readonly=True)

    _one_document = models.Constraint(
        "CHECK (num_nonnulls(lead_id, order_id, ticket_id) = 1)",
        "A pause is of one document.",
    )
    _forward = models.Constraint(
        "CHECK (end_date IS NULL OR end_date >= start_date)",
        "A pause ends after it has begun.",
    )
    _open_lead_uniq = models.UniqueIndex("(lead_id, kind) WHERE end_date IS NULL")
    _open_order_uniq = models.UniqueIndex("(order_id, kind) WHERE end_date IS NULL")
    _open_ticket_uniq = models.UniqueIndex("(ticket_id, kind) WHERE end_date IS NULL")
    _due_idx = models.Index(
        "(planned_end_date, id) WHERE end_date IS NULL AND planned_end_date IS NOT NULL"
    )

    @api.model
    def _begin(self, documents, kind, start=None, **values):
        """Let the clocks of documents stand still from a moment on.

        :param documents: a recordset of one model, none of them in such a pause.
        :param datetime start: UTC; now where it is not given.
        :return: the pauses.
        """
        start = start or fields.Datetime.now()
        # One that has just ended must not stand in the way of the index
        self.flush_model(["end_date"])
        return self.create(
            [
                {
                    DOCUMENT_FIELDS[documents._name]: document.id,
                    "company_id": document.company_id.id,
                    "kind": kind,
                    "start_date": start,
                    **values,
                }
                for document in documents
            ]
        )

    def _end(self):
        """Let the clocks go on from now, where they do not go on by themselves."""
        for pause in self:
            moment = pause._over_since() or fields.Datetime.now()
            pause.end_date = max(moment, pause.start_date)

    def _over_since(self):
        """Return when (UTC) the pause came to its end; False while it lasts.

        What was planned counts to the second, however late it is noted (S3).
        """
        planned = self.planned_end_date
        is_over = planned and planned <= fields.Datetime.now()
        return self.end_date or (is_over and planned)

    # Pauses with an end

    @api.model
    def _cron_end(self):
        """End the pauses whose time is over, to the second (S3)."""
        self._work_off()

    @api.model
    def _due_domain(self):
        return Domain("end_date", "=", False) & Domain(
            "planned_end_date", "<=", fields.Datetime.now()
        )

    def _do_due(self):
        self._end()
        for documents in self._documents():
            documents._journey_event("released")
            documents._task_for_owner(
                self.env._("The pause is over: the service level goes on")
            )

    def _put_off(self, error):
        self.planned_end_date = False
