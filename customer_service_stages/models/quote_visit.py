from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .quote_order import QUOTATION

#: The states in which a quote waits for a visit, or for word that none is wanted.
OUTSTANDING = ("needed", "planned")

#: The activity that has somebody plan a visit.
PLANNING = "customer_service_stages.mail_activity_type_quote_visit"


class SaleOrder(models.Model):
    """What a quote rests on; one on the customer's word waits for a visit (Q1, Q7)."""

    _name = "sale.order"
    _inherit = ["sale.order", "customer.quote.info.mixin"]

    quote_info_source = fields.Selection(
        compute="_compute_quote_info_source",
        store=True,
        readonly=False,
        precompute=True,
    )
    quote_sent_date = fields.Datetime(
        "First Sent On",
        readonly=True,
        copy=False,
        help="When the customer was first sent the quote, or confirmed it unsent.",
    )
    quote_visit_state = fields.Selection(
        [
            ("none", "No visit needed"),
            ("needed", "Visit needed"),
            ("planned", "Visit planned"),
            ("done", "Visited"),
            ("waived", "Visit waived"),
        ],
        "Visit",
        compute="_compute_quote_visit_state",
        store=True,
        precompute=True,
        copy=False,
        tracking=True,
    )
    quote_visit_event_ids = fields.One2many(
        "calendar.event", "quote_order_id", "Visits", groups="base.group_user"
    )
    quote_visit_planned_date = fields.Datetime(
        "Visit Planned For",
        compute="_compute_quote_visit_planned_date",
        compute_sudo=True,
        help="The next visit in the calendar, or the last one if none is to come.",
    )
    quote_visit_date = fields.Datetime("Visited On", copy=False, tracking=True)
    quote_visit_asked_date = fields.Datetime(
        "Visit Asked For On",
        readonly=True,
        copy=False,
        help="When the customer asked for a visit on the page of the quote.",
    )
    quote_visit_waived_date = fields.Datetime(
        "Visit Waived On", readonly=True, copy=False
    )
    quote_visit_waived_by = fields.Char("Visit Waived By", readonly=True, copy=False)
    quote_visit_waiver = fields.Text(
        "In These Words",
        readonly=True,
        copy=False,
        help="How the customer said to do without the visit.",
    )

    @api.depends("opportunity_id.quote_info_source")
    def _compute_quote_info_source(self):
        """Take over what is known of the opportunity, where nothing else is (Q1)."""
        for order in self:
            source = order.quote_info_source
            if not source and order.state in QUOTATION:
                source = order.opportunity_id.quote_info_source
            order.quote_info_source = source

    @api.depends(
        "quote_info_source",
        "quote_visit_date",
        "quote_visit_waived_date",
        "quote_visit_event_ids.active",
    )
    def _compute_quote_visit_state(self):
        for order in self:
            if order.quote_visit_date:
                order.quote_visit_state = "done"
            elif order.quote_info_source != "word":
                order.quote_visit_state = "none"
            elif order.quote_visit_waived_date:
                order.quote_visit_state = "waived"
            elif order.quote_visit_event_ids:
                order.quote_visit_state = "planned"
            else:
                order.quote_visit_state = "needed"

    @api.depends("quote_visit_event_ids.start")
    def _compute_quote_visit_planned_date(self):
        now = fields.Datetime.now()
        for order in self:
            starts = sorted(order.quote_visit_event_ids.mapped("start"))
            to_come = [start for start in starts if start >= now]
            order.quote_visit_planned_date = next(iter(to_come or starts[-1:]), False)

    @api.constrains("quote_visit_date")
    def _check_quote_visit_date(self):
        for order in self:
            if order.quote_visit_date and (
                order.quote_visit_date > fields.Datetime.now()
            ):
                raise ValidationError(
                    self.env._(
                        "%(order)s cannot have been visited in the future. Use “Plan "
                        "the Visit” for a visit to come.",
                        order=order.display_name,
                    )
                )

    def write(self, vals):
        if vals.get("state") in ("sent", "sale"):
            first_sent = self.filtered(
                lambda order: order.state == "draft" and not order.quote_sent_date
            )
            first_sent.quote_sent_date = fields.Datetime.now()
        return super().write(vals)

    def action_plan_quote_visit(self):
        """Open a meeting at the customer's, ready to be given its time (Q1)."""
        self.ensure_one()
        address = self.partner_shipping_id or self.partner_id
        salesperson = self.user_id or self.env.user
        lines = address._display_address(without_company=True).split("\n")
        start = self.company_id.resource_calendar_id._working_days_after(
            fields.Datetime.now(), 1
        )
        context = {
            "default_name": self.env._(
                "Visit for %(order)s, %(customer)s",
                order=self.name,
                customer=self.partner_id.display_name,
            ),
            "default_quote_order_id": self.id,
            "default_partner_ids": (salesperson.partner_id + self.partner_id).ids,
            "default_user_id": salesperson.id,
            "default_location": ", ".join(filter(None, map(str.strip, lines))),
            "default_start": fields.Datetime.to_string(start),
            "default_stop": fields.Datetime.to_string(start + timedelta(hours=1)),
        }
        if self.opportunity_id:
            context["default_opportunity_id"] = self.opportunity_id.id
        else:
            context.update(default_res_model=self._name, default_res_id=self.id)
        return self._dialog("calendar.event", self.env._("Plan the Visit"), context)

    def action_quote_visit_done(self):
        """Note that the customers of estimates have been visited now (Q1)."""
        visited = self.filtered(lambda order: order._quote_is_estimate())
        visited.quote_visit_date = fields.Datetime.now()
        visited._close_visit_tasks()

    def action_open_quote_waiver(self):
        """Ask who said to do without the visit, and how."""
        self.ensure_one()
        return self._dialog(
            "customer.quote.waiver",
            self.env._("Customer Waives the Visit"),
            {"default_order_id": self.id},
        )

    # Before the customer sees it

    def _prepare_for_customer(self):
        self._check_quote_info()
        return super()._prepare_for_customer()

    def _check_quote_info(self):
        """Have staff say what the quotations rest on, where the company asks (Q1)."""
        # Core confirms with a mail what the customer has accepted or paid
        if self.env.context.get("send_email"):
            return
        for order in self:
            if (
                order.state in QUOTATION
                and order.company_id.quote_info_required
                and not order.quote_info_source
                and order._quote_is_followed()
            ):
                raise UserError(
                    self.env._(
                        "Say how the information for %(order)s was gathered before "
                        "its customer sees it: choose a visit, a video call or the "
                        "customer's word under “Information From”.",
                        order=order.display_name,
                    )
                )

    def _confirmation_error_message(self):
        error = super()._confirmation_error_message()
        if not error and self._quote_visit_is_outstanding():
            error = self.env._(
                "%(order)s is an estimate on the customer's word. After the visit "
                "press “Visit Done”, or “Customer Waives” if the customer does without "
                "one; then confirm it.",
                order=self.display_name,
            )
        return error

    # An estimate, until the visit

    def _quote_visit_is_outstanding(self):
        """Return whether the quote cannot be accepted yet (Q1)."""
        return self.state in QUOTATION and self.quote_visit_state in OUTSTANDING

    def _quote_is_estimate(self):
        """Return whether the quote rests on the customer's word alone."""
        return self._quote_visit_is_outstanding() or (
            self.state in QUOTATION and self.quote_visit_state == "waived"
        )

    def _quote_estimate_words(self):
        """Return what the customer reads on an estimate, or nothing."""
        if not self._quote_is_estimate():
            return ""
        if self.quote_visit_state == "waived":
            return self.env._("Estimate without a visit: the price may change")
        return self.env._("Estimate, to be confirmed by a visit")

    def _ask_for_visit(self, partner):
        """Tell whoever looks after the quote that its customer asks for the visit.

        Asking again does nothing.

        :param partner: the `res.partner` who asks.
        """
        for order in self:
            if order.quote_visit_asked_date or not order._quote_visit_is_outstanding():
                continue
            order.quote_visit_asked_date = fields.Datetime.now()
            order._post_as_customer(
                partner, self.env._("I ask for a visit before I accept the quote.")
            )
            for_owner = order.with_context(lang=order._owner().lang)
            for_owner._task_for_owner(
                for_owner.env._("%s asks for a visit", partner.name), activity=PLANNING
            )

    def _waive_visit(self, name, words):
        """Note that the customers do without the visit (Q1).

        :param str name: who said so.
        :param str words: how it was said.
        """
        self.write(
            {
                "quote_visit_waived_date": fields.Datetime.now(),
                "quote_visit_waived_by": name,
                "quote_visit_waiver": words,
            }
        )
        self._close_visit_tasks()

    def _waive_visit_as_customer(self, partner):
        """Take the customer's word, given on the page of the quote."""
        for order in self:
            if order._quote_visit_is_outstanding():
                words = self.env._(
                    "I do without the visit. I know that the price may change."
                )
                order._waive_visit(partner.name, words)
                order._post_as_customer(partner, words)

    def _close_visit_tasks(self):
        """Tick off what there was to do: to plan the visit, and to go there."""
        self.activity_feedback([PLANNING])
        visited_sudo = self.sudo().filtered("quote_visit_date")
        visited_sudo.quote_visit_event_ids.activity_ids.action_feedback()

    def _post_as_customer(self, partner, words):
        self.message_post(
            body=words,
            author_id=partner.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _in_words_of_owner(self):
        """Return the order in the language of whoever looks after it."""
        lang = self._owner().lang or self.company_id.partner_id.lang
        return self.with_context(lang=lang)

    def _has_to_be_signed(self):
        # Who may not accept yet may refuse all the same
        is_refused = self.env.context.get("quote_is_refused")
        return super()._has_to_be_signed() and (
            is_refused or not self._quote_visit_is_outstanding()
        )

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and not self._quote_visit_is_outstanding()

    def _is_confirmation_amount_reached(self):
        # What is paid by another way all the same does not make it final
        return (
            super()._is_confirmation_amount_reached()
            and not self._quote_visit_is_outstanding()
        )

    # What the customer is sent

    def _find_mail_template(self):
        if self._quote_is_estimate() and not self.env.context.get("proforma"):
            template = self.env.ref(
                "customer_service_stages.mail_template_quote_estimate",
                raise_if_not_found=False,
            )
            if template:
                return template
        return super()._find_mail_template()

    def _notify_by_email_prepare_rendering_context(self, message, *args, **kwargs):
        context = super()._notify_by_email_prepare_rendering_context(
            message, *args, **kwargs
        )
        order = self.with_context(lang=context.get("lang"))
        if words := order._quote_estimate_words():
            context["subtitles"] = [*context.get("subtitles", ()), words]
        return context

    def _quote_acceptance_way(self):
        if self._quote_visit_is_outstanding():
            return self.env._("You can do so after our visit, or without one.")
        return super()._quote_acceptance_way()

    # Taken over from the opportunity

    def _quote_info_moment(self):
        lead = self.opportunity_id
        if lead.quote_info_date and lead.quote_info_source == self.quote_info_source:
            return lead.quote_info_date
        return super()._quote_info_moment()

    def _quote_info_is_news(self):
        return super()._quote_info_is_news() and not self._quote_info_is_taken_over()

    def _quote_info_is_taken_over(self):
        """Return whether the information is that of the opportunity."""
        lead = self.opportunity_id
        return bool(lead) and (
            (self.quote_info_source, self.quote_info_date)
            == (lead.quote_info_source, lead.quote_info_date)
        )
