from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.glossary import terms_in
from ..tools.quote_groups import Entry, arrange

#: What the customer sees of a quote's lines (Q2), from most to least.
PRESENTATIONS = [
    ("detailed", "Every line with its price"),
    ("grouped", "Groups with a price, lines without"),
    ("summary", "Groups with a price only"),
]

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

    _inherit = "sale.order"

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
            order.quote_is_grouped = any(
                line.quote_group_id and line.display_type for line in order.order_line
            )

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
            if order.state in ("draft", "cancel"):
                order.quote_conditions_sent = False
            elif order.state == "sale" and sent:
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
        self._group_lines()

    def action_ungroup_lines(self):
        """Take back what grouping has done: the lines stand as they did before.

        :raises UserError: for an order that is neither draft nor sent.
        """
        self._check_arrangeable()
        made = self.order_line.filtered(
            lambda line: line.display_type == "line_section" and line.quote_group_id
        )
        for order in self:
            lines = order._quote_lines() - made
            # What was added since comes last
            ranked = lines.sorted(lambda line: (not line.quote_rank, line.quote_rank))
            ranked._put_in_order()
            lines.write({"quote_group_id": False, "quote_rank": 0})
        made.unlink()

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
        groups = self.env["customer.quote.group"]
        rank = groups._rank()
        arranged = {order: arrange(order._quote_entries(), rank) for order in self}
        headers = self._make_sections(arranged)
        for order, (head, sections) in arranged.items():
            ids = [*head]
            for section in sections:
                ids += [section.header or headers[order.id, section.group]]
                ids += section.lines
            lines = self.env["sale.order.line"].browse(ids)
            empty = order.order_line - lines
            order._note_ranks(order._quote_lines() - empty)
            lines._put_in_order()
            for section in sections:
                if section.group:
                    sorted_in = lines.browse(section.lines).filtered(
                        lambda line: not line.display_type
                    )
                    sorted_in.filtered(
                        lambda line, group=section.group: (
                            line.quote_group_id.id != group
                        )
                    ).quote_group_id = section.group
            empty.unlink()
        self._add_included_work()

    def _quote_entries(self):
        """Return the lines of the order as `arrange` takes them."""
        groups = self.env["customer.quote.group"]
        entries, by_line, section_group = [], {}, None
        for line in self._quote_lines():
            kind = line._quote_kind()
            if kind == "section":
                group = section_group = line.quote_group_id.id or None
            elif kind != "line":
                group = None
            elif line._quote_parent().id in by_line:
                group = by_line[line._quote_parent().id]
            elif line.quote_group_id:
                group = section_group or line.quote_group_id.id
            else:
                group = groups._group_of(line._quote_traits())
            by_line[line.id] = group
            entries.append(Entry(line.id, kind, group))
        return entries

    def _make_sections(self, arranged):
        """Make the sections that are missing; return their ids by order and group."""
        missing = [
            (order, section.group)
            for order, (_head, sections) in arranged.items()
            for section in sections
            if section.group and not section.header
        ]
        groups = self.env["customer.quote.group"].browse({g for _o, g in missing})
        vals_list = []
        for order, group_id in missing:
            group = groups.with_context(lang=order.partner_id.lang).browse(group_id)
            group = group.with_prefetch(groups._prefetch_ids)
            vals_list.append(
                {
                    "order_id": order.id,
                    "display_type": "line_section",
                    "name": group.name,
                    "quote_description": group.description,
                    "quote_group_id": group_id,
                }
            )
        # A section has no price, so the amounts need not be computed again
        amounts = [self._fields[f"amount_{n}"] for n in ("untaxed", "tax", "total")]
        with self.env.protecting(amounts, self):
            made = self.env["sale.order.line"].create(vals_list)
        return {(line.order_id.id, line.quote_group_id.id): line.id for line in made}

    def _note_ranks(self, lines):
        """Remember where lines stood that have not been grouped before."""
        last = max(lines.mapped("quote_rank"), default=0)
        new = lines.filtered(
            lambda line: (
                not line.quote_rank
                and not (line.display_type == "line_section" and line.quote_group_id)
            )
        )
        for rank, line in enumerate(new, start=last + 1):
            line.quote_rank = rank

    def _add_included_work(self):
        """Let the quotes say what their groups and products include (Q4)."""
        inclusions = self.env["customer.quote.inclusion"].search([])
        vals_list = []
        for order in self:
            known = order.quote_included_ids.inclusion_id
            groups = order.order_line.quote_group_id
            products = order.order_line.product_template_id
            vals_list += [
                {"order_id": order.id, "inclusion_id": inclusion.id}
                for inclusion in inclusions - known
                if inclusion.company_id in (order.company_id, order.company_id.browse())
                and (
                    inclusion.group_ids & groups
                    or inclusion.product_tmpl_ids & products
                )
            ]
        self.env["customer.quote.included"].create(vals_list)

    # Before the customer sees it

    def _prepare_for_customer(self):
        """Put quotations in order before their customers see them (Q2, Q4)."""
        quotations = self.filtered(lambda order: order.state in QUOTATION)
        to_group = quotations.filtered(lambda order: order._is_grouped_by_itself())
        to_group._group_lines()
        (quotations - to_group)._add_included_work()

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
        self.write({"baseline_date": False, "baseline_amount": 0})
        self.order_line.write(
            {"is_in_baseline": False, "baseline_quantity": 0, "baseline_amount": 0}
        )
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
        home = self.env["customer.quote.group"]._home()
        group = section.quote_group_id or (home.browse() if section else home)
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
        missing = currency.round(self.amount_untaxed - sum(amounts))
        if not amounts or currency.is_zero(missing):
            return [currency.round(amount) for amount in amounts]
        shares = self.env["account.tax"]._distribute_delta_amount_smoothly(
            currency.decimal_places, missing, [{"factor": abs(a)} for a in amounts]
        )
        return [
            currency.round(amount + share)
            for amount, share in zip(amounts, shares, strict=True)
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

    def _quote_included_elsewhere(self):
        """Return the included work that belongs to no group of the quote."""
        groups = self._quote_groups()
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
        """Return the conditions that the customer reads: as sent, else as they are."""
        return self.quote_conditions_sent or self._render_conditions()

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
