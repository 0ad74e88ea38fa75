from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: How the information that a quote rests on was gathered (Q1).
SOURCES = [
    ("visit", "Visit"),
    ("video", "Video call"),
    ("word", "Customer's word"),
]


class CustomerQuoteInfoMixin(models.AbstractModel):
    """Documents that know how, and by when, we knew enough to quote (Q1, Q7)."""

    _name = "customer.quote.info.mixin"
    _description = "Document With the Information for a Quote"
    _inherit = ["customer.journey.mixin"]

    quote_info_source = fields.Selection(
        SOURCES,
        "Information From",
        copy=False,
        tracking=True,
        help="How we got to know what to quote. A quote on the customer's word is an "
        "estimate until somebody has been there.",
    )
    quote_info_date = fields.Datetime(
        "Information Complete On",
        compute="_compute_quote_info_date",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        tracking=True,
        help="When we knew enough to quote: the time to the quote counts from here.",
    )

    @api.depends("quote_info_source")
    def _compute_quote_info_date(self):
        for document in self:
            document.quote_info_date = document._quote_info_moment()

    @api.constrains("quote_info_date")
    def _check_quote_info_date(self):
        for document in self:
            if document.quote_info_date and (
                document.quote_info_date > fields.Datetime.now()
            ):
                raise ValidationError(
                    self.env._(
                        "The information for %(document)s cannot be complete in the "
                        "future. Enter when it was, or leave the source empty for now.",
                        document=document.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents.filtered(lambda doc: doc._quote_info_is_news())._journey_event(
            "informed"
        )
        return documents

    def write(self, vals):
        if vals.keys().isdisjoint(("quote_info_source", "quote_info_date")):
            return super().write(vals)
        before = {document: document.quote_info_date for document in self}
        result = super().write(vals)
        changed = self.filtered(lambda doc: doc.quote_info_date != before[doc])
        changed._quote_info_changed(before)
        news = changed.filtered(lambda doc: doc._quote_info_is_news())
        news._journey_event("informed")
        (changed - news)._journey_event("changed")
        return result

    def _quote_info_moment(self):
        """Return since when the information is there, if nobody says otherwise."""
        return self.quote_info_source and fields.Datetime.now()

    def _quote_info_is_news(self):
        """Return whether the document brings information that no other has told of."""
        return bool(self.quote_info_date)

    def _quote_info_changed(self, before):
        """Act on another date of the information.

        :param dict before: the date by document, before the change.
        """
