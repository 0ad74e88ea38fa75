from odoo import api, fields, models
from odoo.fields import Domain


class CustomerOwnMixin(models.AbstractModel):
    """Records that people see because they may see a document that they are about.

    It is the documents' own record rules that decide, so a later restriction on a
    document holds for what is about it too. They are searched: lists read as superuser
    would stay in the cache for people to stumble on.
    """

    _name = "customer.own.mixin"
    _description = "Record About Documents"

    #: The fields that refer to the documents.
    _own_document_fields = ()

    is_own = fields.Boolean(
        compute="_compute_is_own",
        search="_search_is_own",
        help="Whether the user may see a document that this is about.",
    )

    @api.depends_context("uid")
    def _compute_is_own(self):
        own = self.sudo().search(Domain("id", "in", self.ids) & self._own_domain())
        for record in self:
            record.is_own = record.id in own._ids

    def _search_is_own(self, operator, value):
        return self._own_domain() if operator == "in" else NotImplemented

    @api.model
    def _own_domain(self):
        """Return the domain of the records that are the user's own."""
        domain = Domain.FALSE
        for field_name in self._own_document_fields:
            documents = self.env[self._fields[field_name].comodel_name].sudo(False)
            if documents.has_access("read"):
                query = documents.with_context(active_test=False)._search(Domain.TRUE)
                domain |= Domain(field_name, "any", query)
        return domain
