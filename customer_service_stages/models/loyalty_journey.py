from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.life_phase import life_phase


def numbering(customers=None):
    """Return the statement that numbers the needs of customers, one after another.

    It gives back the ids of the journeys that have got another number.

    :param customers: the commercial entities; None: all of them.
    """
    where = SQL("commercial_partner_id IS NOT NULL")
    if customers is not None:
        where = SQL("commercial_partner_id IN %s", customers._ids)
    return SQL(
        """
        UPDATE customer_journey j
           SET previous_journey_id = n.previous_id, repeat_number = n.number
          FROM (SELECT id, LAG(id) OVER needs AS previous_id,
                       ROW_NUMBER() OVER needs AS number
                  FROM customer_journey
                 WHERE %s
                WINDOW needs AS (
                       PARTITION BY commercial_partner_id, company_id
                       ORDER BY begin_date, id
                       )
               ) n
         WHERE n.id = j.id
           AND (j.previous_journey_id, j.repeat_number)
               IS DISTINCT FROM (n.previous_id, n.number)
        RETURNING j.id
        """,
        where,
    )


class CustomerJourney(models.Model):
    """Which need of the customer it is: the first, or one of those who came back (J8).

    The needs that a customer has had with one company are numbered by when they began.
    """

    _name = "customer.journey"
    _inherit = ["customer.journey"]

    previous_journey_id = fields.Many2one(
        "customer.journey",
        "Previous Need",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="What this customer came with before.",
    )
    repeat_number = fields.Integer(
        "Need No.",
        default=1,
        readonly=True,
        copy=False,
        aggregator="avg",
        help="1: the customer's first need; 2 and more: the customer came back.",
    )
    is_repeat = fields.Boolean(
        "The Customer Came Back",
        compute="_compute_is_repeat",
        search="_search_is_repeat",
    )
    life_phase = fields.Selection(
        [
            ("acquire", "Acquire: a first need, not ordered yet"),
            ("serve", "Serve: a first need, being met"),
            ("grow", "Grow: the customer wants something more"),
            ("retain", "Retain: a request of a customer we know"),
        ],
        "Phase of the Relationship",
        compute="_compute_life_phase",
        store=True,
        precompute=True,
    )

    @api.depends("repeat_number")
    def _compute_is_repeat(self):
        for journey in self:
            journey.is_repeat = journey.repeat_number > 1

    def _search_is_repeat(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("repeat_number", ">", 1)

    @api.depends("repeat_number", "origin_model", "stage_id")
    def _compute_life_phase(self):
        for journey in self:
            journey.life_phase = life_phase(
                journey.repeat_number, journey.origin_model, journey.stage_id.code
            )

    def unlink(self):
        customers = self.commercial_partner_id
        result = super().unlink()
        self._number(customers)
        return result

    @api.model
    def _begin(self, documents):
        journeys = super()._begin(documents)
        self._number(journeys.commercial_partner_id)
        return journeys

    @api.model
    def _on_journey_event(self, documents, event):
        result = super()._on_journey_event(documents, event)
        if event == "customer_changed":
            journeys = documents.journey_id
            # Those that came after it at the customer whose it was
            journeys |= self.search(Domain("previous_journey_id", "in", journeys.ids))
            self._number(journeys.commercial_partner_id)
        return result

    @api.model
    def _number(self, customers):
        """Number the needs of commercial entities, in one statement."""
        if not customers:
            return
        self.flush_model(["begin_date", "commercial_partner_id", "company_id"])
        names = ["previous_journey_id", "repeat_number"]
        self.flush_model(names)
        rows = self.env.execute_query(numbering(customers))
        journeys = self.browse(journey_id for (journey_id,) in rows)
        journeys.invalidate_recordset(names, flush=False)
        journeys.modified(["repeat_number"])
