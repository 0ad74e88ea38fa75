import logging

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.sla_rules import METRICS, OPEN

_logger = logging.getLogger(__name__)

#: So many documents follow a change of settings at once; more, in the background.
AT_ONCE = 500

#: Documents that the scheduled action takes at a time.
CHUNK = 1000


class CustomerSlaSweep(models.Model):
    """A walk through the open documents of a kind after a change of settings (S6).

    It goes by the documents' ids, so it takes up where it was interrupted. Nobody is
    mailed: escalations happen for what begins after they were switched on.
    """

    _name = "customer.sla.sweep"
    _description = "Service-Level Sweep"
    _inherit = ["customer.due.mixin"]

    res_model = fields.Char("Model", required=True)
    last_id = fields.Integer("Last Document")

    _model_uniq = models.UniqueIndex("(res_model)")

    @api.model
    def _start(self, model_name):
        """Let changed settings count for open documents.

        :param str model_name: their model.
        """
        model, ready = self.env[model_name], self.env.registry.ready
        documents = model.search(model._sla_open_domain(), limit=AT_ONCE + 1)
        if ready and len(documents) <= AT_ONCE:
            self.env["customer.sla.status"].sudo()._settle(documents)
        else:
            self._queue(model_name)

    @api.model
    def _queue(self, model_name):
        """Let changed settings count for open documents in the background.

        :param str model_name: their model.
        """
        sweep = self.search(Domain("res_model", "=", model_name))
        sweep.last_id = 0
        if not sweep:
            self.create({"res_model": model_name})
        xmlid = "customer_service_stages.ir_cron_sla_sweep"
        # Not there yet while the module is being installed: the hook triggers it
        if cron := self.env.ref(xmlid, raise_if_not_found=False):
            cron._trigger()

    @api.model
    def _calendars_changed(self):
        """Let changed working hours count for the clocks that go by them."""
        Status = self.env["customer.sla.status"].sudo()
        domain = Domain("state", "in", OPEN) & Domain("calendar_id", "!=", False)
        if Status.search_count(domain, limit=1):
            for model_name in METRICS:
                self.sudo()._start(model_name)

    @api.model
    def _cron_sweep(self):
        """Go on with what is to be seen to."""
        self._work_off()

    @api.model
    def _due_domain(self):
        return Domain.TRUE

    def _do_due(self):
        for sweep in self:
            documents = sweep._chunk()
            self.env["customer.sla.status"]._settle(documents)
            sweep._go_behind(documents)
        # A year of work is a thousand documents at a time: the cache is of no use after
        self.env.flush_all()
        self.env.invalidate_all()

    def _put_off(self, error):
        """Go through the documents one by one; leave alone the one that fails."""
        for sweep in self:
            documents = sweep._chunk()
            for document in documents:
                try:
                    with self.env.cr.savepoint():
                        self.env["customer.sla.status"]._settle(document)
                except Exception:
                    _logger.exception("The clocks of %s do not follow", document)
            sweep._go_behind(documents)

    def _chunk(self):
        """Return the documents that come next."""
        model = self.env[self.res_model]
        return model.search(
            model._sla_open_domain() & Domain("id", ">", self.last_id),
            order="id",
            limit=CHUNK,
        )

    def _go_behind(self, documents):
        """Note that some documents have been seen to; the last of all end the walk."""
        if len(documents) < CHUNK:
            self.unlink()
        else:
            self.last_id = documents[-1].id
