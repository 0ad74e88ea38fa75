from odoo import api, fields, models
from odoo.fields import Domain


class CustomerImprovement(models.Model):
    """One thing that could be done better, and what becomes of it (F9, A4).

    Whoever works in the company suggests; so do answers of customers and what went
    wrong. People see what they suggested or look after; managers see all.
    """

    _name = "customer.improvement"
    _description = "Improvement"
    _inherit = ["customer.about.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "create_date desc, id desc"
    _own_document_fields = ("order_id", "ticket_id", "lead_id", "journey_id")

    name = fields.Char("Suggestion", required=True)
    description = fields.Text("Notes")
    origin = fields.Selection(
        [
            ("staff", "Staff"),
            ("feedback", "Customer's answer"),
            ("incident", "Incident"),
            ("refusal", "Refusal"),
            ("complaint", "Complaint"),
            ("target", "Missed target"),
        ],
        default="staff",
        required=True,
    )
    state = fields.Selection(
        [
            ("new", "New"),
            ("doing", "In progress"),
            ("done", "Done"),
            ("dropped", "Dropped"),
        ],
        string="Status",
        default="new",
        required=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False)]",
        help="Who sees to it that something is done.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", index="btree_not_null", ondelete="set null"
    )
    lead_id = fields.Many2one(
        "crm.lead", "Opportunity", index="btree_not_null", ondelete="set null"
    )
    order_id = fields.Many2one(
        "sale.order", index="btree_not_null", ondelete="set null"
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket", index="btree_not_null", ondelete="set null"
    )
    journey_id = fields.Many2one(
        "customer.journey",
        compute="_compute_journey_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
    )

    _said = models.Constraint(
        "CHECK (trim(name) != '')", "Say in a sentence what could be done better."
    )

    @api.depends("lead_id.journey_id", "order_id.journey_id", "ticket_id.journey_id")
    def _compute_journey_id(self):
        for improvement in self:
            documents = (
                improvement.order_id,
                improvement.ticket_id,
                improvement.lead_id,
            )
            journeys = [document.journey_id for document in documents if document]
            improvement.journey_id = journeys[0] if journeys else improvement.journey_id

    @api.model
    def _own_domain(self):
        """Return the domain of what the user suggested or looks after."""
        return Domain("create_uid", "=", self.env.uid) | Domain(
            "user_id", "=", self.env.uid
        )

    @api.model_create_multi
    def create(self, vals_list):
        improvements = super().create(vals_list)
        improvements._check_documents()
        return improvements

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(self._document_models().values()):
            self._check_documents()
        return result

    @api.model
    def suggest(self, name, res_model=None, res_id=None):
        """Take what somebody of the company suggests (F9).

        :param str name: the suggestion, in a sentence.
        :param str res_model: model of the document that was on the screen, if any.
        :param int res_id: its id.
        :return: whether the suggestion is about that document.
        """
        self.check_access("create")
        document = None
        if res_model in self._document_models():
            document = self.env[res_model].browse(res_id).exists()
            document.check_access("read")
        self.sudo()._suggest("staff", name, document)
        return bool(document)

    @api.model
    def _suggest(self, origin, name, document=None, **vals):
        """Add to the register.

        :param str origin: where it comes from, as the field has it.
        :param str name: the suggestion, in a sentence; may be longer than a line.
        :param document: an opportunity, order, ticket, journey or contact, or none.
        :param vals: values of other fields.
        :return: the new record.
        """
        if document:
            field_name = self._document_models()[document._name]
            company = document.company_id or self.env.company
            partner = document if field_name == "partner_id" else document.partner_id
            vals = {
                field_name: document.id,
                "partner_id": partner.id,
                "company_id": company.id,
                **vals,
            }
        return self.create({"origin": origin, "name": " ".join(name.split()), **vals})

    def _check_documents(self):
        """A suggestion is no way to the name of what its author may not see."""
        for documents in (*self._documents(), self.partner_id):
            documents.check_access("read")

    @api.model
    def _document_models(self):
        """Return the field for each model that a suggestion may be about."""
        field_names = (*self._own_document_fields, "partner_id")
        return {self._fields[name].comodel_name: name for name in field_names}
