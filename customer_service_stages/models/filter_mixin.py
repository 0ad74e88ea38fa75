import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import safe_eval

_logger = logging.getLogger(__name__)


class CustomerFilterMixin(models.AbstractModel):
    """Settings for documents that pass a filter, which administrators write.

    A filter that cannot work is refused when it is saved; one that fails later takes
    its setting out of use, and nothing else (pitfall 9).
    """

    _name = "customer.filter.mixin"
    _description = "Setting With a Filter of Documents"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    domain = fields.Char("Advanced Filter", help="Only documents that match it.")
    model_name = fields.Char(compute="_compute_model_name")
    domain_error = fields.Text(
        "Filter Fails",
        readonly=True,
        copy=False,
        help="The filter failed when it was applied, so this is out of use.",
    )

    def _compute_model_name(self):
        """Set the name of the model whose documents are filtered."""
        raise NotImplementedError

    @api.constrains(lambda self: ["domain", *self._filter_model_fields()])
    def _check_domain(self):
        for setting in self.filtered("domain"):
            model = self.env[setting._filter_model_name()]
            try:
                domain = setting._evaluated_domain(setting.domain)
                domain.validate(model)
                model.browse().filtered_domain(domain)
                model.sudo().search(domain, limit=1)
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "%(setting)s: the filter %(domain)s does not work: %(error)s",
                        setting=setting.display_name,
                        domain=setting.domain,
                        error=error,
                    )
                ) from error

    def write(self, vals):
        if "domain" in vals:
            vals = {**vals, "domain_error": False}
        return super().write(vals)

    @api.model
    def _filter_model_fields(self):
        """Return the names of the fields that the model of the documents depends on."""
        return []

    def _filter_model_name(self):
        """Return the name of the model whose documents are filtered."""
        return self.model_name

    def _filter(self, documents):
        """Return the documents that pass the filter."""
        try:
            with self.env.cr.savepoint(flush=False):
                return documents.filtered_domain(self._evaluated_domain(self.domain))
        except Exception as error:
            _logger.exception("The filter of %s fails", self)
            self._disable(str(error))
            return documents.browse()

    def _disable(self, error):
        """Take a setting whose filter fails out of use, and tell who looks after it."""
        self.domain_error = error
        self._warn_manager(self.env._("The filter fails, so this is out of use"), error)

    def _warn_manager(self, summary, note):
        """Give whoever looks after a setting something to mend."""
        manager = self.create_uid.active and self.create_uid
        self.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=summary,
            note=note,
            user_id=(manager or self.env.ref("base.user_admin")).id,
        )

    @api.model
    def _evaluated_domain(self, domain):
        """Return a filter as a domain; it may speak of the time and of the user."""
        return Domain(
            safe_eval.safe_eval(
                domain,
                {
                    "uid": self.env.uid,
                    "time": safe_eval.time,
                    "datetime": safe_eval.datetime,
                    "relativedelta": relativedelta,
                    "context_today": lambda: fields.Date.context_today(self),
                },
            )
        )
