from odoo import api, models

#: The subject of quotation mails: what Odoo 19.0's Spanish has, and what it means.
MISPRINT, CORRECTION = "('draft, 'sent')", "('draft', 'sent')"


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    @api.model
    def _load_module_terms(self, modules, langs, overwrite=False):
        result = super()._load_module_terms(modules, langs, overwrite=overwrite)
        self._mend_quotation_subject(langs)
        return result

    @api.model
    def _mend_quotation_subject(self, langs):
        """Put right a translation that no quotation mail survives, nothing else.

        :param langs: the codes of the languages whose terms have just been loaded.
        """
        template = self.env.ref("sale.email_template_edi_sale", False)
        if not template:
            return
        # The terms were loaded in SQL
        template.invalidate_recordset(["subject"])
        for code in langs:
            translated = template.with_context(lang=code)
            if MISPRINT in (translated.subject or ""):
                translated.subject = translated.subject.replace(MISPRINT, CORRECTION)
