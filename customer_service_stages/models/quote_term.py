from odoo import api, fields, models, tools

from ..tools.glossary import term_pattern


class CustomerQuoteTerm(models.Model):
    """A technical term with what it means, in one plain line (Q5)."""

    _name = "customer.quote.term"
    _description = "Glossary Term"
    _inherit = "customer.compiled.mixin"
    _order = "name, id"

    @api.model
    def _lang_get(self):
        return self.env["res.lang"].get_installed()

    name = fields.Char("Term", required=True)
    other_forms = fields.Char(
        help="Other words for it, separated by commas. Regular plurals in Spanish and "
        "English are found by themselves.",
    )
    definition = fields.Char(
        "In Plain Words", required=True, help="One line, as you would say it."
    )
    lang = fields.Selection(
        "_lang_get",
        "Language",
        required=True,
        default=lambda self: self.env.lang,
        help="Quotes in other languages do not use the term.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True)

    _name_uniq = models.UniqueIndex(
        "(lower(name), lang, COALESCE(company_id, 0)) WHERE active",
        "The glossary explains this term already. Change the line that is there.",
    )

    @api.model
    @tools.ormcache("lang", "company_id")
    def _patterns(self, lang, company_id):
        """Return the regular expressions of the terms of a language, by id."""
        terms_sudo = self.sudo().search(
            [("lang", "=", lang), ("company_id", "in", [False, company_id])]
        )
        return {
            term.id: term_pattern(
                [term.name, *(term.other_forms or "").split(",")], term.lang
            )
            for term in terms_sudo
        }
