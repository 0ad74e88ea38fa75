from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain


class CustomerQuoteGroup(models.Model):
    """A part of a quote as its customer reads it: plain words and one price (Q2)."""

    _name = "customer.quote.group"
    _description = "Quote Group"
    _inherit = ["customer.compiled.mixin", "image.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    description = fields.Text(
        "What the Customer Reads",
        translate=True,
        help="One sentence in plain words: what the customer gets for the price.",
    )
    icon = fields.Selection(
        [
            ("fa-cubes", "Materials"),
            ("fa-wrench", "Work"),
            ("fa-truck", "Transport"),
            ("fa-tint", "Water"),
            ("fa-fire", "Heating"),
            ("fa-bolt", "Electricity"),
            ("fa-home", "House"),
            ("fa-bath", "Bathroom"),
            ("fa-trash-o", "Removal"),
            ("fa-paint-brush", "Finishing"),
            ("fa-cogs", "Machines"),
            ("fa-laptop", "Computers"),
            ("fa-medkit", "Health"),
            ("fa-users", "People"),
            ("fa-file-text-o", "Papers"),
            ("fa-shield", "Guarantee"),
            ("fa-gift", "Gift"),
            ("fa-tag", "Discount"),
            ("fa-credit-card", "Payment"),
            ("fa-list-ul", "Other"),
        ],
        help="Shown beside the group where it has no picture.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: the group is for all companies."
    )
    rule_ids = fields.One2many("customer.quote.group.rule", "group_id", "Rules")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_home(self):
        if self._home() in self:
            raise UserError(
                self.env._(
                    "The group “%s” is the home of lines that no rule matches. Rename "
                    "it or give it other words instead.",
                    self._home().name,
                )
            )

    @api.constrains("active", "company_id")
    def _check_home(self):
        home = self._home()
        if home in self and (not home.active or home.company_id):
            raise UserError(
                self.env._(
                    "The group “%s” is the home of lines that no rule matches, in all "
                    "companies. It cannot be archived or given to one company.",
                    home.name,
                )
            )

    @api.model
    def _home(self):
        """Return the group of the lines that no rule matches."""
        # Not there yet while the first groups are loaded
        return self.browse(
            self.env["ir.model.data"]._xmlid_to_res_id(
                "customer_service_stages.customer_quote_group_other"
            )
            or None
        )

    @api.model
    @tools.ormcache()
    def _rank(self):
        """Return the ids of all groups, in the order in which quotes show them."""
        groups_sudo = self.sudo().with_context(active_test=False)
        return tuple(groups_sudo.search(Domain.TRUE).ids)

    @api.model
    @tools.ormcache()
    def _rules(self):
        """Return the rules in the order in which they are tried, compiled."""
        rules_sudo = self.env["customer.quote.group.rule"].sudo()
        return tuple(
            rule._compiled()
            for rule in rules_sudo.search(Domain("group_id.active", "=", True))
        )

    @api.model
    @tools.ormcache("self.env.lang")
    def _words(self):
        """Return what customers read of all groups, in the language of the context.

        :return: a dict of (name, description), by id.
        """
        groups_sudo = self.sudo().browse(self._rank())
        return {group.id: (group.name, group.description) for group in groups_sudo}

    @api.model
    def _group_of(self, traits):
        """Return the id of the group of a line: that of the first rule that matches.

        :param LineTraits traits: what the rules ask about the line.
        """
        matching = (rule.group for rule in self._rules() if rule.matches(traits))
        return next(matching, None) or self._home().id
