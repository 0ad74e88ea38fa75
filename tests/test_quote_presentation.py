"""What the customer sees of a quote's lines, and who decides on it (Q2)."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .quote_case import QuoteCase

#: What sections hide, by presentation: prices, and the lines themselves.
HIDDEN = {
    "detailed": (False, False),
    "grouped": (True, False),
    "summary": (True, True),
}


class PresentationCase(QuoteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["sale.order.template"].create({"name": "Averías"})
        cls.salesman.group_ids += cls.env.ref(
            "sale_management.group_sale_order_template"
        )

    def assertHidden(self, line, prices, composition):
        self.assertEqual(
            (line.collapse_prices, line.collapse_composition), (prices, composition)
        )


@tagged("post_install", "-at_install")
class TestQuotePresentation(PresentationCase):
    def test_first_that_is_set(self):
        family = self.env["res.partner"].create(
            {"name": "Hotel Sol", "is_company": True}
        )
        clerk = self.env["res.partner"].create(
            {"name": "Recepción", "parent_id": family.id}
        )
        values = {"partner_id": clerk.id, "sale_order_template_id": self.template.id}
        self.assertEqual(self.order(**values).quote_presentation, "detailed")
        self.company.quote_presentation = "summary"
        self.assertEqual(self.order(**values).quote_presentation, "summary")
        family.quote_presentation = "grouped"
        self.assertEqual(self.order(**values).quote_presentation, "grouped")
        self.template.quote_presentation = "detailed"
        self.assertEqual(self.order(**values).quote_presentation, "detailed")

    def test_company_without_any(self):
        self.company.quote_presentation = False
        self.assertEqual(self.order().quote_presentation, "detailed")

    def test_changed_on_the_order(self):
        order = self.order(quote_presentation="summary")
        self.assertEqual(order.quote_presentation, "summary")
        order.quote_presentation = "grouped"
        # Later settings are for later quotes
        self.company.quote_presentation = "detailed"
        self.customer.quote_presentation = "detailed"
        self.env.flush_all()
        self.assertEqual(order.quote_presentation, "grouped")

    def test_another_customer(self):
        self.other_customer.quote_presentation = "summary"
        order = self.order()
        order.partner_id = self.other_customer
        self.assertEqual(order.quote_presentation, "summary")

    def test_another_customer_of_a_confirmed_order(self):
        self.other_customer.quote_presentation = "summary"
        order = self.order()
        order.action_confirm()
        order.partner_id = self.other_customer
        self.assertEqual(order.quote_presentation, "detailed")

    def test_presentation_in_the_form(self):
        self.template.quote_presentation = "grouped"
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.customer
        self.assertEqual(form.quote_presentation, "detailed")
        form.sale_order_template_id = self.template
        self.assertEqual(form.quote_presentation, "grouped")
        form.quote_presentation = "summary"
        self.assertEqual(form.save().quote_presentation, "summary")

    def test_portal_user_reads_no_setting_of_a_partner(self):
        portal = self._create_portal_user()
        with self.assertRaises(AccessError):
            portal.partner_id.with_user(portal).read(["quote_presentation"])

    def test_sections_follow(self):
        order = self.grouped("hora", "tubo", "= Mi baño", "grifo", "- Ducha", "codo")
        sections = order.order_line.filtered(
            lambda line: line.display_type == "line_section"
        )
        for presentation in ("grouped", "summary", "detailed", "summary", "grouped"):
            order.quote_presentation = presentation
            self.env.flush_all()
            for line in order.order_line:
                hidden = (
                    HIDDEN[presentation] if line in sections else HIDDEN["detailed"]
                )
                with self.subTest(presentation, line=line.name):
                    self.assertHidden(line, *hidden)
            self.assertEqual(order.hides_prices, presentation != "detailed")

    def test_new_sections_follow(self):
        order = self.quote("hora", "tubo", quote_presentation="summary")
        self.assertTrue(order.hides_prices)
        order.action_group_lines()
        order.order_line = [Command.create(self.line_vals("= Mi baño"))]
        for name in ("Materials", "Work", "Mi baño"):
            self.assertHidden(self.line(order, name), True, True)

    def test_section_told_otherwise_by_hand(self):
        order = self.grouped("hora", "tubo")
        section = self.line(order, "Work")
        section.collapse_prices = True
        self.assertTrue(order.hides_prices)
        order.action_group_lines()
        self.assertHidden(section, True, False)
        section.collapse_prices = False
        self.assertFalse(order.hides_prices)
        section.unlink()
        self.assertFalse(order.hides_prices)

    def test_options_keep_their_prices(self):
        order = self.quote("tubo", "= Opciones", "grifo", quote_presentation="summary")
        section = self.line(order, "Opciones")
        section.is_optional = True
        self.assertHidden(section, False, False)
        order.action_group_lines()
        shown, options = order._quote_groups()
        self.assertFalse(shown.shows_prices or shown.shown)
        self.assertTrue(options.is_optional and options.shows_prices)
        self.assertEqual(options.shown, self.line(order, "grifo"))
        self.assertTrue(order.hides_prices)

    def test_copy(self):
        order = self.grouped("hora", "tubo", quote_presentation="summary")
        copy = order.copy()
        self.assertEqual(copy.quote_presentation, "summary")
        self.assertTrue(copy.hides_prices)
        for section in copy.order_line.filtered("display_type"):
            self.assertHidden(section, True, True)

    def test_hides_prices_is_stored(self):
        order = self.grouped("hora", quote_presentation="grouped")
        other = self.grouped("hora")
        found = self.env["sale.order"].search(
            [("hides_prices", "=", True), ("id", "in", (order + other).ids)]
        )
        self.assertEqual(found, order)


@tagged("post_install", "-at_install")
class TestQuoteTemplate(PresentationCase):
    """A quotation template carries what it hides to the order (pitfall 14)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        product = cls.products["tubo"]
        cls.template.sale_order_template_line_ids = [
            Command.create(
                {"display_type": "line_section", "name": "A", "collapse_prices": True}
            ),
            Command.create({"product_id": product.id}),
            Command.create(
                {
                    "display_type": "line_section",
                    "name": "B",
                    "collapse_composition": True,
                }
            ),
            Command.create({"product_id": product.id}),
            Command.create({"display_type": "line_section", "name": "C"}),
            Command.create({"product_id": product.id}),
        ]

    def order_from_form(self, **values):
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.customer
        form.sale_order_template_id = self.template
        for name, value in values.items():
            form[name] = value
        return form.save()

    def test_sections_hide_what_the_template_says(self):
        order = self.order_from_form()
        self.assertEqual(order.quote_presentation, "detailed")
        self.assertHidden(self.line(order, "A"), True, False)
        self.assertHidden(self.line(order, "B"), False, True)
        self.assertHidden(self.line(order, "C"), False, False)
        self.assertTrue(order.hides_prices)
        copy = order.copy()
        self.assertHidden(self.line(copy, "A"), True, False)

    def test_template_hides_whatever_the_presentation(self):
        order = self.order_from_form()
        order.quote_presentation = "grouped"
        self.assertHidden(self.line(order, "C"), True, False)
        order.quote_presentation = "detailed"
        self.assertHidden(self.line(order, "A"), True, False)
        self.assertHidden(self.line(order, "B"), False, True)
        self.assertHidden(self.line(order, "C"), False, False)

    def test_presentation_hides_more(self):
        self.template.quote_presentation = "grouped"
        order = self.order_from_form()
        self.assertHidden(self.line(order, "A"), True, False)
        self.assertHidden(self.line(order, "B"), True, True)
        self.assertHidden(self.line(order, "C"), True, False)

    def test_templates_sections_stay(self):
        order = self.order_from_form()
        names = order.order_line.mapped("name")
        order.action_group_lines()
        self.assertEqual(order.order_line.mapped("name"), names)


@tagged("post_install", "-at_install")
class TestQuotePreparation(PresentationCase):
    """Quotes are put in order before their customers see them."""

    GROUPED = ("= Materials", "tubo", "= Work", "hora")

    def doors(self):
        return {
            "mail": self.sent,
            "mark as sent": lambda order: order.action_quotation_sent(),
            "preview": lambda order: order.action_preview_sale_order(),
            "confirm": lambda order: order.action_confirm(),
        }

    def assertGroupedByItself(self, *expected, **values):
        for door, act in self.doors().items():
            with self.subTest(door):
                order = self.quote("hora", "tubo", **values).with_user(self.everyone)
                act(order)
                self.assertLines(order, *expected)

    def test_not_by_itself(self):
        self.assertGroupedByItself("hora", "tubo")

    def test_by_setting(self):
        self.company.quote_is_grouped = True
        self.assertGroupedByItself(*self.GROUPED)

    def test_by_template(self):
        self.template.quote_is_grouped = True
        self.assertGroupedByItself(
            *self.GROUPED, sale_order_template_id=self.template.id
        )

    def test_by_presentation(self):
        for presentation in ("grouped", "summary"):
            self.assertGroupedByItself(*self.GROUPED, quote_presentation=presentation)

    def test_every_line_is_hidden_at_sending(self):
        """Core does not hide what stands above the first section (pitfall 15)."""
        order = self.sent(self.quote("hora", "tubo", quote_presentation="grouped"))
        for line in order.order_line.filtered(lambda line: not line.display_type):
            self.assertTrue(line.parent_id.collapse_prices)

    def test_confirmed_order_stays(self):
        order = self.quote("hora", "tubo")
        order.action_confirm()
        order.quote_presentation = "grouped"
        order.action_preview_sale_order()
        self.assertLines(order, "hora", "tubo")

    def test_reader_changes_nothing(self):
        readers = self.env["res.groups"].create({"name": "Lectores"})
        for name in ("sale.order", "sale.order.line", "sale.order.template"):
            self.env["ir.model.access"].create(
                {
                    "name": name,
                    "model_id": self.env["ir.model"]._get_id(name),
                    "group_id": readers.id,
                    "perm_read": True,
                }
            )
        reader = self._new_user("reader")
        reader.group_ids += readers
        order = self.quote("hora", "tubo", quote_presentation="grouped")
        order.with_user(reader).action_preview_sale_order()
        self.assertLines(order, "hora", "tubo")

    def test_mass_sending(self):
        self.company.quote_is_grouped = True
        orders = self.quote("hora", "tubo") + self.quote("tubo", "hora")
        orders.action_quotation_sent()
        for order in orders:
            self.assertLines(order, *self.GROUPED)
