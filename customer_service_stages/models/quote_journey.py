from odoo import api, fields, models
from odoo.tools import SQL

#: The events by which a journey's first information or its first quote may be another.
MEASURED_EVENTS = {"confirmed", "informed", "joined", "sent"}


class CustomerJourney(models.Model):
    """How long the customer waited for the quote (Q7)."""

    _name = "customer.journey"
    _inherit = ["customer.journey"]

    quote_info_date = fields.Datetime(
        "Information Complete On",
        readonly=True,
        copy=False,
        help="When we first knew enough to quote.",
    )
    quote_sent_date = fields.Datetime(
        "First Quote Sent On",
        readonly=True,
        copy=False,
        help="When the customer was first sent a quote.",
    )
    time_to_quote = fields.Float(
        "Working Hours to Quote",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Working hours, by the company's calendar, from enough information to the "
        "first quote that was sent.",
    )

    @api.model
    def _on_journey_event(self, documents, event):
        result = super()._on_journey_event(documents, event)
        journeys = documents.journey_id
        if event == "opened" and "quote_info_date" in documents._fields:
            journeys = documents.filtered("quote_info_date").journey_id
        elif event == "changed":
            journeys = journeys.filtered("quote_info_date")
        elif event not in MEASURED_EVENTS:
            return result
        journeys._measure_quotes()
        return result

    def _give_all_to(self, target):
        result = super()._give_all_to(target)
        target._measure_quotes()
        return result

    def _documents_left(self):
        result = super()._documents_left()
        self.exists()._measure_quotes()
        return result

    def _measure_quotes(self):
        """Note when enough was known, and how long the first quote took (Q7)."""
        for journey in self:
            informed = (
                journey.lead_ids.mapped("quote_info_date"),
                journey.order_ids.mapped("quote_info_date"),
            )
            start = min(filter(None, sum(informed, [])), default=False)
            end = min(
                filter(None, journey.order_ids.mapped("quote_sent_date")), default=False
            )
            if (start, end) != (journey.quote_info_date, journey.quote_sent_date):
                journey.write(
                    {
                        "quote_info_date": start,
                        "quote_sent_date": end,
                        "time_to_quote": journey._working_hours(start, end),
                    }
                )

    def _working_hours(self, start, end):
        """Return the hours of the company's work between two moments."""
        if not start or not end:
            return 0
        company = self.company_id or self.env.company
        calendar = company.resource_calendar_id.with_company(company)
        return calendar._work_clock().worked(start, end) / 3600

    def _read_group_select(self, aggregate_spec, query):
        """Count only the journeys whose time to quote could be measured."""
        select = super()._read_group_select(aggregate_spec, query)
        if not aggregate_spec.startswith("time_to_quote:"):
            return select
        return SQL(
            "%s FILTER (WHERE %s <= %s)",
            select,
            self._field_to_sql(self._table, "quote_info_date", query),
            self._field_to_sql(self._table, "quote_sent_date", query),
        )
