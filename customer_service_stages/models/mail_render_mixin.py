from odoo import api, models

from ..tools.quote_secrecy import tells_lines

#: What stands in for a text that tells the lines, by the engine that renders it.
STAND_INS = {
    "inline_template": ("{{ object.display_name }}", "inline_template"),
    "qweb": ("customer_service_stages.mail_quote_groups", "qweb_view"),
}


class MailRenderMixin(models.AbstractModel):
    _inherit = "mail.render.mixin"

    @api.model
    def _render_template(
        self,
        template_src,
        model,
        res_ids,
        engine="inline_template",
        add_context=None,
        options=None,
    ):
        """Let no mail tell the lines of an order or invoice that hides prices (Q3).

        Every way to send one comes here: templates, composer, reminders, server
        actions. A text that goes through the lines gives way to one that tells groups.
        """
        render = super()._render_template
        if engine not in STAND_INS or not tells_lines(template_src):
            return render(template_src, model, res_ids, engine, add_context, options)
        hiding = self._hiding_prices(model, res_ids)
        others = [res_id for res_id in res_ids if res_id not in hiding]
        stand_in, its_engine = STAND_INS[engine]
        return {
            **render(template_src, model, others, engine, add_context, options),
            **render(stand_in, model, hiding, its_engine, add_context, options),
        }

    @api.model
    def _hiding_prices(self, model, res_ids):
        """Return the ids of those documents that hide prices from their customers."""
        documents = self.env[model].browse(res_ids)
        if "hides_prices" not in documents._fields:
            return []
        return documents.filtered("hides_prices").ids
