import logging

from odoo import api, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class CustomerDueMixin(models.AbstractModel):
    """Records for which something is due at a moment, done by scheduled action.

    What is due is taken in batches; each is locked, done and committed at once, so a
    batch that is interrupted, or met by another worker, is done once. A batch that
    fails is done one by one; what fails then is put off.
    """

    _name = "customer.due.mixin"
    _description = "Record With Something Due"

    #: What is due first is done first.
    _due_order = "id"
    #: How many are taken at a time, as core's mail queue does.
    _due_batch = 50

    @api.model
    def _due_domain(self):
        """Return the domain of what is due now."""
        raise NotImplementedError

    def _do_due(self):
        """Do what is due, in batch; what is done must leave the domain."""
        raise NotImplementedError

    def _put_off(self, error):
        """Take what cannot be done now out of the domain, for a while or for good.

        :param Exception error: what kept it from being done.
        """
        raise NotImplementedError

    @api.model
    def _work_off(self):
        """Do all that is due, or as much as the scheduled action has time for."""
        commit_progress = self.env["ir.cron"]._commit_progress
        commit_progress(remaining=self.search_count(self._due_domain()))
        while True:
            locked = self.browse()
            try:
                locked = self._lock_due()
                locked._do_due()
                self.env.flush_all()
            except Exception:
                self.env.cr.rollback()
                _logger.warning("%s is worked off one by one", self, exc_info=True)
                locked._work_off_one_by_one()
            if not commit_progress(len(locked)) or not locked:
                return

    @api.model
    def _lock_due(self):
        """Lock and return a batch of what is due, of what no other worker has."""
        query = self._search(
            self._due_domain(), order=self._due_order, limit=self._due_batch
        )
        rows = self.env.execute_query(
            SQL(
                "%s FOR UPDATE OF %s SKIP LOCKED",
                query.select(),
                SQL.identifier(query.table),
            )
        )
        return self.browse(record_id for (record_id,) in rows)

    def _work_off_one_by_one(self):
        for record in self:
            try:
                record._still_due()._do_due()
                self.env.flush_all()
            except Exception as error:
                self.env.cr.rollback()
                _logger.exception("What is due for %s was not done", record)
                record._still_due()._put_off(error)
            self.env["ir.cron"]._commit_progress()

    def _still_due(self):
        """Lock a record; return nothing if it has been done or taken meanwhile."""
        return self.try_lock_for_update().filtered_domain(self._due_domain())
