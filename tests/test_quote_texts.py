"""What a quote says beside its lines: included work, terms, conditions (Q4, Q5, Q6)."""

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from .quote_case import QuoteCase


@tagged("post_install", "-at_install")
class TestQuoteIncluded(QuoteCase):
    """Work that customers take for granted is shown, without a price (Q4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carried = cls.inclusion("Subido a casa", group_ids=cls.groups["goods"].ids)

    @classmethod
    def inclusion(cls, name, **values):
        return cls.env["customer.quote.inclusion"].create({"name": name, **values})

    def included(self, order):
        """Return what each group includes, and what stands with none, by title."""
        order.invalidate_recordset()
        groups = order._quote_groups()
        found = {
            group.name: group.included.mapped("name")
            for group in groups
            if group.included
        }
        if elsewhere := order._quote_included_elsewhere(groups):
            found[None] = elsewhere.mapped("name")
        return found

    def test_by_group(self):
        order = self.grouped("hora", "tubo")
        self.assertEqual(self.included(order), {"Materials": ["Subido a casa"]})
        self.assertEqual(self.included(self.grouped("hora")), {})

    def test_by_product(self):
        self.inclusion(
            "Viejo grifo retirado",
            product_tmpl_ids=self.products["grifo"].product_tmpl_id.ids,
        )
        order = self.grouped("grifo", "hora")
        self.assertEqual(
            self.included(order),
            {"Materials": ["Subido a casa", "Viejo grifo retirado"]},
        )
        # It stands with its product, wherever that goes
        self.drag(order, "grifo", after="hora")
        order.action_group_lines()
        self.assertEqual(self.included(order), {"Work": ["Viejo grifo retirado"]})

    def test_by_product_of_a_quote_without_groups(self):
        self.inclusion(
            "Viejo grifo retirado",
            product_tmpl_ids=self.products["grifo"].product_tmpl_id.ids,
        )
        order = self.quote("grifo")
        order.action_quotation_sent()
        self.assertEqual(self.included(order), {"Other": ["Viejo grifo retirado"]})

    def test_neither_group_nor_product(self):
        self.inclusion("Solo a mano")
        self.assertNotIn("Solo a mano", str(self.included(self.grouped("hora"))))

    def test_by_hand(self):
        by_hand = self.inclusion("Escombro retirado")
        order = self.grouped("tubo", "hora")
        order.quote_included_ids = [
            Command.create({"inclusion_id": by_hand.id}),
            Command.create(
                {"name": "Con café", "group_id": self.groups["work"].id, "sequence": 1}
            ),
        ]
        expected = {
            "Materials": ["Subido a casa"],
            "Work": ["Con café"],
            None: ["Escombro retirado"],
        }
        self.assertEqual(self.included(order), expected)
        order.action_group_lines()
        self.assertEqual(self.included(order), expected)

    def test_by_hand_in_the_form(self):
        order = self.grouped("tubo").with_user(self.everyone)
        by_hand = self.inclusion(
            "Escombro retirado", group_ids=self.groups["goods"].ids
        )
        with Form(order) as form, form.quote_included_ids.new() as item:
            item.inclusion_id = by_hand
            self.assertEqual(item.name, "Escombro retirado")
            self.assertEqual(item.group_id, self.groups["goods"])
        self.assertEqual(
            self.included(order), {"Materials": ["Subido a casa", "Escombro retirado"]}
        )

    def test_switched_off_stays_off(self):
        order = self.grouped("tubo")
        order.quote_included_ids.is_shown = False
        self.assertEqual(self.included(order), {})
        order.action_group_lines()
        order.action_ungroup_lines()
        order.action_group_lines()
        self.assertEqual(self.included(order), {})
        self.assertEqual(len(order.quote_included_ids), 1)

    def test_words_of_one_quote(self):
        order = self.grouped("tubo")
        order.quote_included_ids.name = "Subido al tercero"
        self.carried.name = "Subido"
        order.action_group_lines()
        self.assertEqual(self.included(order), {"Materials": ["Subido al tercero"]})

    def test_goes_with_what_it_came_with(self):
        order = self.grouped("tubo", "hora")
        by_hand = self.inclusion("Escombro retirado")
        order.quote_included_ids = [Command.create({"inclusion_id": by_hand.id})]
        self.line(order, "tubo").unlink()
        order.action_group_lines()
        self.assertEqual(self.included(order), {None: ["Escombro retirado"]})

    def test_undo_takes_it_back(self):
        order = self.grouped("tubo")
        order.action_ungroup_lines()
        self.assertFalse(order.quote_included_ids)

    def test_archived(self):
        self.carried.active = False
        self.assertEqual(self.included(self.grouped("tubo")), {})

    def test_company(self):
        other = self.env["res.company"].create({"name": "Fontanería Sur"})
        self.carried.company_id = other
        self.assertEqual(self.included(self.grouped("tubo")), {})
        order = self.grouped("tubo", company_id=other.id)
        self.assertEqual(self.included(order), {"Materials": ["Subido a casa"]})

    def test_customers_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.carried.update_field_translations("name", {"es_ES": "Subido a su piso"})
        self.customer.lang = "es_ES"
        order = self.grouped("tubo")
        self.assertEqual(order.quote_included_ids.name, "Subido a su piso")

    def test_copy(self):
        order = self.grouped("tubo")
        order.quote_included_ids.is_shown = False
        copy = order.copy()
        self.assertEqual(copy.quote_included_ids.inclusion_id, self.carried)
        self.assertFalse(copy.quote_included_ids.is_shown)

    def test_once(self):
        order = self.grouped("tubo")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            order.quote_included_ids = [
                Command.create({"inclusion_id": self.carried.id})
            ]
            self.env.flush_all()

    def test_no_price(self):
        order = self.quote("tubo")
        before = order.amount_total
        order.action_group_lines()
        self.assertEqual(order.amount_total, before)

    def test_salesman_writes_on_quotes_only(self):
        order = self.grouped("tubo").with_user(self.everyone)
        order.quote_included_ids.is_shown = False
        with self.assertRaises(AccessError):
            self.carried.with_user(self.everyone).name = "Mío"


@tagged("post_install", "-at_install")
class TestQuoteTerms(QuoteCase):
    """Technical terms are explained at the end of the quotes they occur in (Q5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("es_ES")
        cls.customer.lang = "es_ES"

    def term(self, name, lang="es_ES", **values):
        return self.env["customer.quote.term"].create(
            {"name": name, "definition": f"Qué es {name}", "lang": lang, **values}
        )

    def titled(self, *names, **values):
        """Return a quote with lines of these names."""
        return self.order(
            order_line=[
                Command.create(self.line_vals("tubo", sequence=n) | {"name": name})
                for n, name in enumerate(names)
            ],
            **values,
        )

    def assertTerms(self, order, *names):
        order.invalidate_recordset()
        self.assertEqual(order._quote_terms().mapped("name"), list(names))

    def test_whole_words_and_forms(self):
        self.term("sifón")
        for text, is_found in (
            ("Sifón botella", True),
            ("SIFONES de PVC", True),
            ("sifon", True),
            ("sifónico", False),
            ("antisifón", False),
        ):
            with self.subTest(text):
                self.assertTerms(self.titled(text), *["sifón"] * is_found)

    def test_other_forms(self):
        self.term("PEX", other_forms="polietileno reticulado, multicapa")
        self.assertTerms(self.titled("Tubo de polietileno  reticulado"), "PEX")
        self.assertTerms(self.titled("Multicapas"), "PEX")
        self.assertTerms(self.titled("Polietileno"))

    def test_forms_with_empty_ones(self):
        self.term("PEX", other_forms=", ,")
        self.assertTerms(self.titled("Tubo de cobre"))

    def test_english_plural(self):
        self.customer.lang = "en_US"
        self.term("elbow", lang="en_US")
        self.term("assembly", lang="en_US")
        self.assertTerms(self.titled("Two assemblies with elbows"), "assembly", "elbow")

    def test_other_languages(self):
        self.term("sifón")
        self.customer.lang = "en_US"
        self.assertTerms(self.titled("Sifón"))
        # Without a language, a quote is in that of who looks
        self.customer.lang = False
        order = self.titled("Sifón")
        self.assertTerms(order.with_context(lang="es_ES"), "sifón")
        self.assertTerms(order.with_context(lang="en_US"))

    def test_order_of_occurrence(self):
        for name in ("arqueta", "bajante", "sifón"):
            self.term(name)
        order = self.titled("Bajante", "Sifón", "Arqueta, bajante")
        self.assertTerms(order, "bajante", "sifón", "arqueta")

    def test_where_they_occur(self):
        self.groups["goods"].update_field_translations(
            "description", {"es_ES": "Con su arqueta."}
        )
        conditions = self.env["customer.quote.conditions"].create(
            {
                "name": "Obras",
                "condition_ids": [
                    Command.create({"text": "La bajante tiene dos años de garantía."})
                ],
            }
        )
        for name in ("arqueta", "bajante", "latiguillo", "sifón"):
            self.term(name)
        order = self.titled("Sifón", quote_conditions_id=conditions.id)
        order.action_group_lines()
        order.quote_included_ids = [Command.create({"name": "Latiguillos nuevos"})]
        self.assertTerms(order, "arqueta", "sifón", "latiguillo", "bajante")

    def test_not_where_the_customer_does_not_read(self):
        self.term("sifón")
        order = self.titled("Sifón", quote_presentation="summary")
        order.action_group_lines()
        self.assertTerms(order)
        order.quote_presentation = "grouped"
        self.assertTerms(order, "sifón")
        order.quote_included_ids = [
            Command.create({"name": "Bajante", "is_shown": False})
        ]
        self.term("bajante")
        self.assertTerms(order, "sifón")

    def test_switched_off(self):
        term = self.term("sifón")
        order, other = self.titled("Sifón"), self.titled("Sifón")
        order.with_user(self.everyone).quote_term_off_ids = term
        self.assertTerms(order)
        self.assertTerms(other, "sifón")

    def test_archived(self):
        self.term("sifón").active = False
        self.assertTerms(self.titled("Sifón"))

    def test_changed(self):
        term = self.term("sifón")
        order = self.titled("Bote sifónico y arqueta")
        self.assertTerms(order)
        term.name = "arqueta"
        self.assertTerms(order, "arqueta")

    def test_company(self):
        other = self.env["res.company"].create({"name": "Fontanería Sur"})
        self.term("sifón", company_id=other.id)
        self.assertTerms(self.titled("Sifón"))
        self.assertTerms(self.titled("Sifón", company_id=other.id), "sifón")

    def test_once_in_a_language(self):
        self.term("sifón")
        self.term("sifón", lang="en_US")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.term("Sifón")

    def test_salesman(self):
        term = self.term("sifón")
        order = self.titled("Sifón", user_id=self.salesman.id)
        self.assertTerms(order.with_user(self.salesman), "sifón")
        with self.assertRaises(AccessError):
            term.with_user(self.salesman).definition = "Otra cosa"


@tagged("post_install", "-at_install")
class TestQuoteConditions(QuoteCase, HttpCase):
    """Conditions of sale stay as the customer was sent them (Q6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.repairs, cls.works = (
            cls.env["customer.quote.conditions"].create(
                {
                    "name": name,
                    "condition_ids": [
                        Command.create(
                            {"kind": "payment", "text": "Mitad al aceptar."}
                        ),
                        Command.create({"kind": "guarantee", "text": f"De {name}."}),
                    ],
                }
            )
            for name in ("averías", "obras")
        )
        cls.company.quote_conditions_id = cls.repairs

    def change(self):
        """Write other conditions into the set, later than what was done before."""
        self.env.flush_all()
        self.repairs.condition_ids[0].text = "Todo al aceptar."
        self.env.flush_all()
        self.env.invalidate_all()

    def assertReads(self, order, text):
        order.invalidate_recordset()
        self.assertIn(text, order._quote_conditions())

    def test_first_that_is_set(self):
        template = self.env["sale.order.template"].create({"name": "Obras"})
        self.assertEqual(self.order().quote_conditions_id, self.repairs)
        values = {"sale_order_template_id": template.id}
        self.assertEqual(self.order(**values).quote_conditions_id, self.repairs)
        template.quote_conditions_id = self.works
        self.assertEqual(self.order(**values).quote_conditions_id, self.works)
        own = self.order(**values, quote_conditions_id=self.repairs.id)
        self.assertEqual(own.quote_conditions_id, self.repairs)
        self.company.quote_conditions_id = False
        self.assertFalse(self.order()._quote_conditions())

    def test_titles(self):
        self.repairs.condition_ids[1].name = "Tranquilidad"
        order = self.order()
        self.assertReads(order, "<dt>Payment</dt>")
        self.assertReads(order, "<dt>Tranquilidad</dt>")

    def test_not_sent_yet(self):
        order = self.order()
        self.assertFalse(order.quote_conditions_sent)
        self.change()
        self.assertReads(order, "Todo al aceptar.")

    def test_sent(self):
        for door, act in {
            "mail": self.sent,
            "mark as sent": lambda order: order.action_quotation_sent(),
            "confirm": lambda order: order.action_confirm(),
        }.items():
            with self.subTest(door):
                order = self.order()
                act(order)
                self.assertReads(order, "Mitad al aceptar.")
                self.change()
                self.assertReads(order, "Mitad al aceptar.")
                # Sending once more does not rewrite it, nor does accepting
                if order.state == "sent":
                    order.action_confirm()
                self.assertReads(order, "Mitad al aceptar.")
                self.repairs.condition_ids[0].text = "Mitad al aceptar."

    def test_sent_twice(self):
        order = self.sent(self.order())
        self.change()
        self.sent(order)
        self.assertReads(order, "Mitad al aceptar.")

    def test_signed_on_the_page(self):
        order = self.order(require_signature=True)
        order.action_quotation_sent()
        self.change()
        self.authenticate(None, None)
        self.portal_accept(order)
        order.invalidate_recordset()
        self.assertEqual(order.state, "sale")
        self.assertReads(order, "Mitad al aceptar.")

    def test_set_that_is_deleted(self):
        order = self.sent(self.order())
        self.company.quote_conditions_id = False
        self.repairs.unlink()
        self.env.flush_all()
        self.assertReads(order, "Mitad al aceptar.")

    def test_another_set_chosen_after_sending(self):
        order = self.sent(self.order())
        order.quote_conditions_id = self.works
        self.assertReads(order, "De obras.")
        order.action_confirm()
        self.change()
        self.assertReads(order, "De obras.")

    def test_back_to_draft(self):
        order = self.order()
        order.action_confirm()
        self.change()
        order.action_cancel()
        self.assertReads(order, "Mitad al aceptar.")
        order.action_draft()
        self.assertReads(order, "Todo al aceptar.")
        order.action_confirm()
        self.assertReads(order, "Todo al aceptar.")

    def test_cancelled_before_it_was_sent(self):
        order = self.order()
        order.action_cancel()
        self.assertFalse(order.quote_conditions_sent)

    def test_copy(self):
        order = self.sent(self.order())
        self.change()
        copy = order.copy()
        self.assertFalse(copy.quote_conditions_sent)
        self.assertReads(copy, "Todo al aceptar.")

    def test_customers_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.repairs.condition_ids[0].update_field_translations(
            "text", {"es_ES": "La mitad por adelantado."}
        )
        self.customer.lang = "es_ES"
        order = self.order()
        self.assertReads(order, "La mitad por adelantado.")
        order.action_quotation_sent()
        self.env.flush_all()
        self.customer.lang = "en_US"
        self.assertReads(order, "La mitad por adelantado.")

    def test_text_is_text(self):
        self.repairs.condition_ids[0].text = "<b>5 %</b> & más"
        order = self.sent(self.order())
        self.assertReads(order, "&lt;b&gt;5 %&lt;/b&gt; &amp; más")

    def test_salesman(self):
        order = self.order(user_id=self.salesman.id).with_user(self.salesman)
        self.sent(order)
        self.assertReads(order, "Mitad al aceptar.")
        with self.assertRaises(AccessError):
            self.repairs.with_user(self.salesman).name = "Mías"
