from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.glossary import terms_in
from ..tools.quote_groups import arrange, places

#: What the customer sees of a quote's lines (Q2), from most to least.
PRESENTATIONS = [
    ("detailed", "Every line with its price"),
    ("grouped", "Groups with a price, lines without"),
    ("summary", "Groups with a price only"),
]

#: What would be computed for a section, which has neither price nor quantity.
NOTHING_TO_COMPUTE = {
    "extra_state": False,
    "extra_waiting_amount": 0,
    "price_unit": 0,
    "qty_delivered": 0,
    "qty_invoiced": 0,
    "qty_to_invoice": 0,
    "untaxed_amount_invoiced": 0,
    "untaxed_amount_to_invoice": 0,
    "invoice_status": "no",
}

#: The states in which a quote may still be arranged.
QUOTATION = ("draft", "sent")


class QuoteGroup(NamedTuple):
    """A group of a quote as its customer reads it.

    :param section: its section line; empty for what stands above all sections.
    :param group: the `customer.quote.group` that it was made for, if any.
    :param name: its title.
    :param description: the sentence below the title, or "".
    :param lines: all that stands in it, notes and subsections too.
    :param shown: those of the lines whose names the customer reads.
    :param included: the `customer.quote.included` that stand with it.
    :param amount: its untaxed price, in the order's currency.
    :param is_optional: whether the customer chooses from it.
    :param shows_prices: whether the customer sees the price of each line.
    """

    section: models.BaseModel
    group: models.BaseModel
    name: str
    description: str
    lines: models.BaseModel
    shown: models.BaseModel
    included: models.BaseModel
    amount: float
    is_optional: bool
    shows_prices: bool


class SaleOrder(models.Model):
    """Quotes in groups, with prices that stay hidden (Q2, Q3)."""

    _name = "sale.order"
    _inherit = ["sale.order"]

    # Core searches lines through their order without asking whether the user may see
    # the lines: a customer could find out a hidden price by searching for it
    order_line = fields.One2many(bypass_search_access=False)

    quote_presentation = fields.Selection(
        PRESENTATIONS,
        "The Customer Sees",
        compute="_compute_quote_presentation",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
        help="Set by the quotation template, else by the customer, else by the "
        "company. Staff always see every line.",
    )
    hides_prices = fields.Boolean(
        compute="_compute_hides_prices",
        store=True,
        help="Some price of the order is not for its customer to see.",
    )
    quote_is_grouped = fields.Boolean(
        compute="_compute_quote_is_grouped", compute_sudo=True
    )
    quote_section_ids = fields.One2many(
        "sale.order.line",
        "order_id",
        "Groups",
        domain=[("display_type", "=", "line_section")],
        groups="base.group_user",
    )
    quote_included_ids = fields.One2many(
        "customer.quote.included",
        "order_id",
        "Included Work",
        copy=True,
        groups="base.group_user",
    )
    quote_conditions_id = fields.Many2one(
        "customer.quote.conditions",
        "Conditions of Sale",
        compute="_compute_quote_conditions_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
        domain="[('company_id', 'in', [False, company_id])]",
    )
    quote_conditions_sent = fields.Html(
        "Conditions as Sent",
        compute="_compute_quote_conditions_sent",
        store=True,
        copy=False,
        groups="base.group_user",
        help="The conditions that the customer was sent. Later changes of the set do "
        "not touch them.",
    )
    quote_term_ids = fields.Many2many(
        "customer.quote.term",
        string="Terms in This Quote",
        compute="_compute_quote_term_ids",
        groups="base.group_user",
    )
    quote_term_off_ids = fields.Many2many(
        "customer.quote.term",
        "sale_order_quote_term_off_rel",
        string="Terms Not Explained",
        groups="base.group_user",
        domain="[('id', 'in', quote_term_ids)]",
        help="Terms that this customer needs no explanation of.",
    )
    baseline_date = fields.Datetime(
        "Accepted On", readonly=True, copy=False, groups="base.group_user"
    )
    baseline_amount = fields.Monetary(
        "Accepted Amount",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Untaxed amount when the customer accepted.",
    )
    extra_amount = fields.Monetary(
        "Beyond the Quote",
        compute="_compute_extra_amount",
        store=True,
        groups="base.group_user",
        help="Untaxed amount beyond what the customer accepted.",
    )

    @api.depends("company_id", "partner_id", "sale_order_template_id")
    def _compute_quote_presentation(self):
        """Take the first that is set: template, customer, company (Q2).

        What was bought in a web shop was seen with its prices.
        """
        for order in self:
            if order.state not in QUOTATION and order.quote_presentation:
                continue
            is_web = "website_id" in order._fields and order.website_id
            order.quote_presentation = "detailed"
            if not is_web:
                order.quote_presentation = (
                    order.sale_order_template_id.quote_presentation
                    or order.partner_id.commercial_partner_id.quote_presentation
                    or order.company_id.quote_presentation
                    or "detailed"
                )

    @api.depends(
        "quote_presentation",
        "order_line.collapse_prices",
        "order_line.collapse_composition",
    )
    def _compute_hides_prices(self):
        for order in self:
            order.hides_prices = order.quote_presentation != "detailed" or any(
                line.collapse_prices or line.collapse_composition
                for line in order.order_line
            )

    @api.depends("order_line.quote_group_id", "order_line.display_type")
    def _compute_quote_is_grouped(self):
        for order in self:
            order.quote_is_grouped = bool(order._quote_section_groups())

    @api.depends("company_id", "sale_order_template_id")
    def _compute_quote_conditions_id(self):
        for order in self:
            if order.state in QUOTATION:
                order.quote_conditions_id = (
                    order.sale_order_template_id.quote_conditions_id
                    or order.company_id.quote_conditions_id
                )

    @api.depends("state", "quote_conditions_id")
    def _compute_quote_conditions_sent(self):
        """Freeze the conditions when the customer is sent them (Q6)."""
        for order in self:
            sent = order._origin.quote_conditions_sent
            if order.state == "draft":
                order.quote_conditions_sent = False
            elif order.state != "sent" and (sent or order.state == "cancel"):
                order.quote_conditions_sent = sent
            else:
                order.quote_conditions_sent = order._render_conditions()

    @api.depends(
        "order_line.name",
        "order_line.quote_description",
        "quote_included_ids.name",
        "quote_conditions_id",
        "partner_id.lang",
        "quote_presentation",
    )
    def _compute_quote_term_ids(self):
        """Find the terms of the glossary among what the customer reads (Q5)."""
        terms = self.env["customer.quote.term"]
        for order in self:
            lang = order.partner_id.lang or self.env.lang
            patterns = terms._patterns(lang, order.company_id.id)
            found = patterns and terms_in(order._quote_texts(), patterns)
            order.quote_term_ids = terms.browse(found or ())

    @api.depends("order_line.extra_amount")
    def _compute_extra_amount(self):
        for order in self:
            order.extra_amount = sum(order.order_line.mapped("extra_amount"))

    # Arranging the lines

    def action_group_lines(self):
        """Sort the lines of quotations into sections, by the rules of the groups (Q2).

        Sections made by hand, notes, and the order within groups stay as they are. A
        line that was dragged to another group stays there. Nothing changes where all is
        in its place.

        :raises UserError: for an order that is neither draft nor sent.
        """
        self._check_arrangeable()
        self.sudo()._group_lines()

    def action_ungroup_lines(self):
        """Take back what grouping has done: the lines stand as they did before.

        What was added since comes last.

        :raises UserError: for an order that is neither draft nor sent.
        """
        self._check_arrangeable()
        self.sudo()._ungroup_lines()

    def _check_arrangeable(self):
        self.check_access("write")
        for order in self:
            if order.state not in QUOTATION:
                raise UserError(
                    self.env._(
                        "%(order)s is not a quotation any more: its groups stay as the "
                        "customer accepted them.",
                        order=order.display_name,
                    )
                )

    def _group_lines(self):
        """Sort the lines of the orders into sections, whatever their state."""
        rank = self.env["customer.quote.group"]._rank()
        all_lines = self.env["sale.order.line"].search_fetch(
            [("order_id", "in", self.ids)], order="sequence, id"
        )
        missing, superfluous = [], all_lines.browse()
        for order, lines in all_lines.grouped("order_id").items():
            head, sections = arrange(lines._quote_entries(), rank)
            ranks = lines._quote_ranks()
            by_id = {line.id: line for line in lines}
            for line_id, group, sequence in places(head, sections, lines._quote_end()):
                line = by_id.pop(line_id, None)
                if not line:
                    missing.append(order._section_vals(group, sequence))
                    continue
                values = {"sequence": sequence, "quote_rank": ranks[line]}
                if group and not line.display_type:
                    values["quote_group_id"] = group
                line._quote_write(values)
            superfluous += lines.browse(list(by_id))
        # New sections hide only what the order says they do
        hides_prices = ([self._fields["hides_prices"]], self)
        with self.env.protecting([*self._amounts_of_lines(), hides_prices]):
            all_lines.create(missing)
        with self.env.protecting(self._amounts_of_lines()):
            superfluous.unlink()
        self._forget_places()
        self._refresh_included_work()

    def _ungroup_lines(self):
        """Put the lines of the orders back to where they stood."""
        made = self.order_line.filtered(lambda line: line._is_quote_section())
        for order in self:
            lines = (order.order_line - made).sorted(
                lambda line: (not line.quote_rank, line.quote_rank, line.sequence)
            )
            first = lines._quote_end() - len(lines)
            for sequence, line in enumerate(lines, start=first):
                line._quote_write(
                    {"sequence": sequence, "quote_group_id": False, "quote_rank": 0}
                )
        with self.env.protecting(self._amounts_of_lines()):
            made.unlink()
        self._forget_places()
        self._refresh_included_work()

    def _section_vals(self, group, sequence):
        """Return the values of the section of a group, in the customer's language."""
        groups = self.env["customer.quote.group"]
        words = groups.with_context(lang=self.partner_id.lang)._words()
        name, description = words[group]
        return {
            "order_id": self.id,
            "display_type": "line_section",
            "sequence": sequence,
            "name": name,
            "quote_description": description,
            "quote_group_id": group,
            **NOTHING_TO_COMPUTE,
        }

    def _amounts_of_lines(self):
        """Return the fields that no section changes, with their records."""
        names = ("amount_untaxed", "amount_tax", "amount_total", "extra_amount")
        journeys = self.journey_id
        return [
            ([self._fields[name] for name in (*names, "invoice_status")], self),
            ([journeys._fields["amount_ordered"]], journeys),
        ]

    def _forget_places(self):
        """Let the lines be read in their new order, and their sections be found anew.

        Core remembers both, as they were.
        """
        self.invalidate_recordset(["order_line", "quote_section_ids"], flush=False)
        self.env["sale.order.line"].invalidate_model(["parent_id"], flush=False)

    def _refresh_included_work(self):
        """Let the quotes say what their groups and products include (Q4).

        What a quote says by itself goes with the group or product that it came with.
        What was switched off stays off.
        """
        library = self.env["customer.quote.inclusion"]._library()
        if not library:
            return
        vals_list, moot = [], self.env["customer.quote.included"]
        for order in self:
            groups = set(order._quote_section_groups().ids)
            products = set(order.order_line.product_template_id.ids)
            company = order.company_id.id
            due = [
                inclusion.id
                for inclusion in library
                if inclusion.is_due(company, groups, products)
            ]
            known = order.quote_included_ids
            vals_list += [
                {"order_id": order.id, "inclusion_id": inclusion, "is_automatic": True}
                for inclusion in due
                if inclusion not in known.inclusion_id._ids
            ]
            moot += known.filtered(
                lambda item, due=due: (
                    item.is_automatic
                    and item.is_shown
                    and item.inclusion_id.id not in due
                )
            )
        moot.unlink()
        moot.create(vals_list)

    def _quote_section_groups(self):
        """Return the groups that the orders have a section of."""
        return self.order_line.filtered(
            lambda line: line._is_quote_section()
        ).quote_group_id

    # Before the customer sees it

    def _prepare_for_customer(self):
        """Put quotations in order before their customers see them (Q2, Q4)."""
        quotations_sudo = (
            self.filtered(lambda order: order.state in QUOTATION)
            ._filtered_access("write")
            .sudo()
        )
        to_group_sudo = quotations_sudo.filtered(
            lambda order: order._is_grouped_by_itself()
        )
        to_group_sudo._group_lines()
        (quotations_sudo - to_group_sudo)._refresh_included_work()

    def _is_grouped_by_itself(self):
        """Return whether the lines are grouped without anybody asking.

        Hidden prices need groups: what stands outside of one is not hidden by core.
        """
        return (
            self.quote_presentation != "detailed"
            or self.sale_order_template_id.quote_is_grouped
            or self.company_id.quote_is_grouped
        )

    def action_quotation_send(self):
        self._prepare_for_customer()
        return super().action_quotation_send()

    def action_quotation_sent(self):
        self._prepare_for_customer()
        return super().action_quotation_sent()

    def action_preview_sale_order(self):
        self._prepare_for_customer()
        return super().action_preview_sale_order()

    def action_confirm(self):
        self._prepare_for_customer()
        return super().action_confirm()

    def action_draft(self):
        result = super().action_draft()
        drafts = self.filtered(lambda order: order.state == "draft")
        drafts.write({"baseline_date": False, "baseline_amount": 0})
        drafts.order_line._forget_baseline()
        return result

    def _action_confirm(self):
        """Freeze what the customer accepts: what comes later is an extra (D3)."""
        result = super()._action_confirm()
        for order in self:
            order.baseline_amount = order.amount_untaxed
            order.order_line._freeze_baseline()
        self.baseline_date = fields.Datetime.now()
        return result

    # What the customer reads

    def _quote_lines(self):
        """Return the lines in the order in which they stand."""
        return self.order_line.sorted("sequence")

    def _quote_groups(self):
        """Return what the customer reads of the order's lines (Q2).

        The amounts add up to the order's untaxed amount, to the cent.

        :return: a list of `QuoteGroup`, in the order of the document; what stands
            outside of all sections comes last.
        """
        sections = {}
        section = self.env["sale.order.line"]
        for line in self._quote_lines():
            if line.display_type == "line_section":
                section = line
                sections[section] = self.env["sale.order.line"]
            else:
                sections[section] = sections.get(section, line.browse()) + line
        loose = sections.pop(self.env["sale.order.line"], None)
        if loose:
            sections[self.env["sale.order.line"]] = loose
        sections = {
            section: lines
            for section, lines in sections.items()
            if lines and not (section.is_downpayment and not self.invoice_ids)
        }
        amounts = self._settled(
            [sum(x.mapped("price_subtotal")) for x in sections.values()]
        )
        included = self._included_by_section(sections)
        return [
            self._quote_group(section, lines, included[section], amount)
            for (section, lines), amount in zip(sections.items(), amounts, strict=True)
        ]

    def _quote_group(self, section, lines, included, amount):
        group = section.quote_group_id
        if not section:
            group = self.env["customer.quote.group"]._home()
        is_summary = self.quote_presentation == "summary" and not section.is_optional
        hides_lines = section.collapse_composition or is_summary
        return QuoteGroup(
            section=section,
            group=group,
            name=section.name or group.with_context(lang=self.partner_id.lang).name,
            description=section.quote_description or "",
            lines=lines,
            shown=lines.browse() if hides_lines else lines,
            included=included,
            amount=amount,
            is_optional=section.is_optional,
            shows_prices=not (
                hides_lines
                or section.collapse_prices
                or (self.quote_presentation != "detailed" and not section.is_optional)
            ),
        )

    def _settled(self, amounts):
        """Return the amounts, made to add up to the order's untaxed amount.

        Where taxes are rounded for the whole order, lines rounded one by one may miss
        it by a few cents; the largest amounts take these.
        """
        currency = self.currency_id
        missing = self.amount_untaxed - sum(amounts)
        # Counted in the currency's smallest coin, which need not be a decimal one
        coins = self.env["account.tax"]._distribute_delta_amount_smoothly(
            0,
            round(missing / currency.rounding),
            [{"factor": abs(amount)} for amount in amounts],
        )
        return [
            currency.round(amount + coin * currency.rounding)
            for amount, coin in zip(amounts, coins, strict=True)
        ]

    def _included_by_section(self, sections):
        """Return the included work that stands with each section, the rest nowhere."""
        shown = self.quote_included_ids.filtered("is_shown")
        found = {}
        for section, lines in sections.items():
            found[section] = shown.filtered(
                lambda item, section=section, lines=lines: (
                    item.group_id == section.quote_group_id
                    if item.group_id
                    else item.inclusion_id.product_tmpl_ids & lines.product_template_id
                )
            )
            shown -= found[section]
        return found

    def _quote_included_elsewhere(self, groups):
        """Return the included work that belongs to no group of the quote.

        :param groups: what `_quote_groups` returns.
        """
        with_groups = self.quote_included_ids.browse().union(
            *(group.included for group in groups)
        )
        return self.quote_included_ids.filtered("is_shown") - with_groups

    def _quote_texts(self):
        """Return the texts of the quote that the customer reads, in their order."""
        texts = []
        for group in self._quote_groups():
            texts += [group.name, group.description, *group.shown.mapped("name")]
        texts += self.quote_included_ids.filtered("is_shown").mapped("name")
        conditions = self.quote_conditions_id.with_context(lang=self.partner_id.lang)
        return texts + conditions.condition_ids.mapped("text")

    def _quote_terms(self):
        """Return the terms that the quote explains to its customer (Q5)."""
        return self.quote_term_ids - self.quote_term_off_ids

    def _quote_conditions(self):
        """Return the conditions that the customer reads: as sent, if it has been."""
        if self.state == "draft":
            return self._render_conditions()
        return self.quote_conditions_sent

    def _render_conditions(self):
        """Return the conditions of sale in the customer's language, as HTML."""
        if not self.quote_conditions_id.condition_ids:
            return False
        lang = self.partner_id.lang
        return self.env["ir.qweb"]._render(
            "customer_service_stages.quote_conditions",
            {"conditions": self.quote_conditions_id.sudo().with_context(lang=lang)},
            lang=lang,
        )

    # What the customer may not see

    def _get_edi_builders(self):
        """Hand out no file that tells every line where prices are hidden (Q3)."""
        return [] if self.hides_prices else super()._get_edi_builders()
