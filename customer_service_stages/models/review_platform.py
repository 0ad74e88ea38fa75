from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerReviewPlatform(models.Model):
    """Where customers can write a public review of the company (F2)."""

    _name = "customer.review.platform"
    _description = "Review Platform"
    _order = "sequence, id"

    name = fields.Char(required=True)
    link = fields.Char(
        required=True,
        help="The page of your company there, where a review is written.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Empty: for all companies.",
    )

    @api.constrains("link")
    def _check_link(self):
        for platform in self:
            if not platform._is_web_link():
                raise ValidationError(
                    self.env._(
                        "%(platform)s: write the whole address, as your browser shows "
                        "it, beginning with https://",
                        platform=platform.name,
                    )
                )

    def _is_web_link(self):
        """Return whether the link leads to a page of the web, and nowhere else."""
        try:
            parts = urlsplit(self.link or "")
        except ValueError:
            return False
        return parts.scheme in ("http", "https") and bool(parts.hostname)
