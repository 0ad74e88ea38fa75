from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize, hash_sign, verify_hash_signed

#: What customers may do without, by kind of mail: the field of the contact.
OPT_OUTS = {
    "service": "service_mails_off",
    "quote": "quote_reminders_off",
    "feedback": "feedback_mails_off",
    "loyalty": "loyalty_mails_off",
}

SCOPE = "customer_service_stages.opt_out"


class CustomerContact(models.Model):
    """When a customer was last written to by the module, whatever about (F8).

    One line for each customer: a commercial entity, or the address of somebody who is
    no contact yet. It is written together with the mail, so two workers cannot write to
    the same customer at the same time: the database refuses the second one, who tries
    again and sees the first.
    """

    _name = "customer.contact"
    _description = "Last Mail to a Customer"
    _order = "last_date desc"
    _rec_name = "commercial_partner_id"

    commercial_partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    email = fields.Char(
        "Address",
        readonly=True,
        index="btree_not_null",
        help="Of who is no contact yet.",
    )
    last_date = fields.Datetime("Last Written To", required=True, readonly=True)
    journey_id = fields.Many2one(
        "customer.journey",
        "About",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    # Without it, merging contacts would not know that a line may have to go
    _one_customer = models.Constraint(
        "CHECK (num_nonnulls(commercial_partner_id, email) = 1)",
        "This is about one customer.",
    )
    _customer_uniq = models.UniqueIndex(
        "(COALESCE(commercial_partner_id, 0), COALESCE(email, ''))"
    )

    @api.model
    def _customer(self, partner, email):
        """Return who a customer is: a commercial entity, an address, or None."""
        return partner.commercial_partner_id or email_normalize(email) or None

    @api.model
    def _note(self, contacts):
        """Note that customers are being written to, in one statement.

        :param dict contacts: whom each document's mail is for: contact and address.
        """
        journeys = {
            self._customer(*contact): document.journey_id.id or None
            for document, contact in contacts.items()
        }
        journeys.pop(None, None)
        if not journeys:
            return
        rows = sorted(
            (0, customer, journey)
            if isinstance(customer, str)
            else (customer.id, "", journey)
            for customer, journey in journeys.items()
        )
        now = fields.Datetime.now()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_contact
                          (commercial_partner_id, email, journey_id, last_date)
                   VALUES %s
                   ON CONFLICT (COALESCE(commercial_partner_id, 0), COALESCE(email, ''))
                   DO UPDATE SET last_date = EXCLUDED.last_date,
                                 journey_id = EXCLUDED.journey_id""",
                SQL(", ").join(
                    SQL("(%s, %s, %s::int, %s)", partner or None, email or None, *rest)
                    for partner, email, *rest in ((*row, now) for row in rows)
                ),
            )
        )
        self.invalidate_model()

    @api.model
    def _of_customers(self, customers):
        """Return what is known of when customers were written to.

        :param customers: as `_customer` tells who they are.
        :return: dict of customers to records of this model.
        """
        addresses = [item for item in customers if isinstance(item, str)]
        partner_ids = [item.id for item in customers if item and item not in addresses]
        contacts = self.search(
            Domain("commercial_partner_id", "in", partner_ids)
            | Domain("email", "in", addresses)
        )
        return {
            contact.commercial_partner_id or contact.email: contact
            for contact in contacts
        }

    @api.model
    def _last_dates(self, customers):
        """Return when each customer was last written to, who was at all."""
        contacts = self._of_customers(customers)
        return {customer: contact.last_date for customer, contact in contacts.items()}

    # Opting out

    @api.model
    def _opt_out_token(self, partner, email, kind):
        """Return what the link of a mail carries: who got it, and of what kind it is.

        :param partner: the contact, or none where there is only an address.
        :param str email: the address.
        """
        values = [partner.id, email_normalize(email), kind]
        return hash_sign(self.env(su=True), SCOPE, values)

    @api.model
    def _opt_out_read(self, token):
        """Return who came by a link, with superuser rights, or None for a wrong one.

        :return: a contact (or none), the address and the kind of mail.
        """
        try:
            values = verify_hash_signed(self.env(su=True), SCOPE, token)
        except ValueError:
            return None
        if not values:
            return None
        partner_id, email, kind = values
        partner_sudo = self.env["res.partner"].sudo().browse(partner_id or ())
        return partner_sudo.exists(), email, kind

    @api.model
    def _opt_out(self, partner_sudo, email, kinds):
        """Send no more such mails; an address without a contact is blacklisted.

        :param kinds: keys of `OPT_OUTS`; the others are welcome (again).
        """
        if partner_sudo:
            partner_sudo.write({name: kind in kinds for kind, name in OPT_OUTS.items()})
        elif kinds and email:
            self.env["mail.blacklist"].sudo()._add(email)
        elif email:
            self.env["mail.blacklist"].sudo()._remove(email)
