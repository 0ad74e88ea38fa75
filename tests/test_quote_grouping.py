"""Lines come into groups by rules, and out of them again (Q2)."""

import random
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import Form, tagged

from .quote_case import GOODS, SERVICES, QuoteCase


@tagged("post_install", "-at_install")
class TestQuoteRules(QuoteCase):
    """Which group a line belongs to: that of the first rule that it meets."""

    def assertGroup(self, group, product="tubo", **values):
        order = self.order(order_line=[Command.create(self.line_vals(product))])
        order.order_line.write(values)
        order.action_group_lines()
        line = order.order_line.filtered("product_id")
        self.assertEqual(line.quote_group_id, group)
        self.assertEqual(line.parent_id.quote_group_id, group)

    def test_type_of_the_product(self):
        self.assertGroup(self.groups["goods"], "tubo")
        self.assertGroup(self.groups["work"], "hora")

    def test_product(self):
        water = self.group("Agua")
        self.rule(water, product_tmpl_ids=self.products["grifo"].product_tmpl_id)
        self.assertGroup(water, "grifo")
        self.assertGroup(self.groups["goods"], "tubo")

    def test_category_with_those_below(self):
        heating = self.env["product.category"].create({"name": "Calefacción"})
        boilers = self.env["product.category"].create(
            {"name": "Calderas", "parent_id": heating.id}
        )
        heat = self.group("Calor")
        self.rule(heat, category_ids=heating)
        self.products["tubo"].categ_id = boilers
        self.products["codo"].categ_id = heating
        self.assertGroup(heat, "tubo")
        self.assertGroup(heat, "codo")
        self.assertGroup(self.groups["goods"], "grifo")

    def test_category_moves_below_another(self):
        parent, child = self.env["product.category"].create(
            [{"name": "Calefacción"}, {"name": "Calderas"}]
        )
        heat = self.group("Calor")
        self.rule(heat, category_ids=parent)
        self.products["tubo"].categ_id = child
        self.assertGroup(self.groups["goods"], "tubo")
        child.parent_id = parent
        self.assertGroup(heat, "tubo")

    def test_tag_of_product_and_of_variant(self):
        tag = self.env["product.tag"].create({"name": "Baño"})
        bath = self.group("Baño")
        self.rule(bath, product_tag_ids=tag)
        self.products["tubo"].product_tmpl_id.product_tag_ids = tag
        self.products["codo"].additional_product_tag_ids = tag
        self.assertGroup(bath, "tubo")
        self.assertGroup(bath, "codo")
        self.assertGroup(self.groups["goods"], "grifo")

    def test_all_conditions_of_a_rule(self):
        tag = self.env["product.tag"].create({"name": "Baño"})
        bath = self.group("Baño")
        self.rule(bath, product_tag_ids=tag, line_type="service")
        self.products["tubo"].product_tag_ids = tag
        self.products["hora"].product_tag_ids = tag
        self.assertGroup(self.groups["goods"], "tubo")
        self.assertGroup(bath, "hora")

    def test_first_rule_by_sequence(self):
        first, second = self.group("Primero"), self.group("Segundo")
        rules = self.rule(second, sequence=3) + self.rule(first, sequence=2)
        self.assertGroup(first)
        rules[1].sequence = 4
        self.assertGroup(second)
        rules[0].unlink()
        self.assertGroup(first)

    def test_home_for_what_no_rule_matches(self):
        self.env["customer.quote.group.rule"].search([]).unlink()
        self.assertGroup(self.groups["other"])

    def test_archived_group(self):
        water = self.group("Agua")
        self.rule(water)
        self.assertGroup(water)
        water.active = False
        self.assertGroup(self.groups["goods"])

    def test_home_stays(self):
        home = self.groups["other"]
        for change in ({"active": False}, {"company_id": self.company.id}):
            with self.subTest(change), self.assertRaises(UserError):
                home.write(change)
        with self.assertRaises(UserError):
            home.unlink()

    def test_other_companys_group(self):
        other = self.env["res.company"].create({"name": "Fontanería Sur"})
        own, foreign = (
            self.group("Propio", company_id=self.company.id),
            self.group("Ajeno", company_id=other.id),
        )
        self.rule(foreign, sequence=1)
        self.rule(own, sequence=2)
        self.assertGroup(own)
        order = self.quote("tubo", company_id=other.id)
        order.action_group_lines()
        self.assertLines(order, "= Ajeno", "tubo")

    def test_down_payment(self):
        self.assertGroup(self.groups["downpayment"], is_downpayment=True)

    def test_expense(self):
        self.assertGroup(self.groups["transport"], is_expense=True)

    def test_delivery_charge(self):
        line_class = self.env.registry["sale.order.line"]
        with patch.object(line_class, "_is_delivery", lambda line: True):
            self.assertGroup(self.groups["transport"], "hora")

    def test_discount_dialog(self):
        order = self.quote("hora", "tubo")
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": 0.1,
            }
        ).action_apply_discount()
        order.action_group_lines()
        *_others, title, discount = order.order_line
        self.assertEqual(title.quote_group_id, self.groups["discount"])
        self.assertEqual(discount.price_subtotal, -2)

    def test_combo_with_its_items(self):
        combos = self.env["product.combo"].create(
            [
                {
                    "name": name,
                    "combo_item_ids": [
                        Command.create({"product_id": self.products[name].id})
                    ],
                }
                for name in ("hora", "grifo")
            ]
        )
        kit = self.env["product.product"].create(
            {"name": "kit", "type": "combo", "list_price": 50, "combo_ids": combos}
        )
        self.products["kit"] = kit
        order = self.quote("tubo", "kit", "prueba")
        order.write(
            {
                "order_line": [
                    Command.create(
                        {
                            "product_id": combo.combo_item_ids.product_id.id,
                            "combo_item_id": combo.combo_item_ids.id,
                            "linked_line_id": self.line(order, "kit").id,
                            "sequence": 11,
                        }
                    )
                    for combo in combos
                ]
            }
        )
        before = self.written(order)
        order.action_group_lines()
        kit_lines = ("kit", "hora", "grifo")
        self.assertLines(order, "= Materials", "tubo", *kit_lines, "= Work", "prueba")
        # Its items follow a combo to another group
        self.drag(order, "kit", after="prueba")
        order.action_group_lines()
        self.assertLines(order, "= Materials", "tubo", "= Work", "prueba", *kit_lines)
        order.action_ungroup_lines()
        self.assertEqual(self.written(order), before)

    def test_option_of_a_product_has_its_own_group(self):
        order = self.quote("grifo", "montaje")
        self.line(order, "montaje").linked_line_id = self.line(order, "grifo")
        order.action_group_lines()
        option = self.line(order, "montaje\nOption for: grifo")
        self.assertEqual(option.quote_group_id, self.groups["work"])


@tagged("post_install", "-at_install")
class TestQuoteGrouping(QuoteCase):
    """Lines are sorted, and stand as they were when that is taken back."""

    def test_sections_in_the_order_of_the_groups(self):
        order = self.grouped("hora", "tubo", "montaje", "codo")
        self.assertLines(
            order, "= Materials", "tubo", "codo", "= Work", "hora", "montaje"
        )

    def test_what_is_made_by_hand_stays(self):
        order = self.grouped(
            "# Antes", "hora", "# De lunes a viernes", "tubo", "= Mi baño", "grifo",
            "- Ducha", "prueba",
        )  # fmt: skip
        self.assertLines(
            order, "# Antes", "= Materials", "tubo", "= Work", "hora",
            "# De lunes a viernes", "= Mi baño", "grifo", "- Ducha", "prueba",
        )  # fmt: skip

    def test_subsection_goes_with_what_stands_in_it(self):
        order = self.grouped("hora", "- Cocina", "tubo", "prueba", "- Baño", "montaje")
        self.assertLines(
            order, "= Materials", "- Cocina", "tubo", "prueba", "= Work", "hora",
            "- Baño", "montaje",
        )  # fmt: skip

    def test_twice_is_once(self):
        order = self.grouped("hora", "tubo", "# Nota", "= Mi baño", "grifo")
        lines, texts = order.order_line, self.written(order)
        sequences = order.order_line.mapped("sequence")
        order.action_group_lines()
        self.assertEqual(self.written(order), texts)
        self.assertEqual(order.order_line, lines)
        self.assertEqual(order.order_line.mapped("sequence"), sequences)

    def test_equal_sequences(self):
        """Lines made by programs often have no place of their own."""
        order = self.order(
            order_line=[
                Command.create(self.line_vals(text, sequence=10))
                for text in ("hora", "tubo", "montaje", "codo")
            ]
        )
        order.action_group_lines()
        self.assertLines(
            order, "= Materials", "tubo", "codo", "= Work", "hora", "montaje"
        )
        order.action_ungroup_lines()
        self.assertLines(order, "hora", "tubo", "montaje", "codo")

    def test_added_line_comes_last_then_to_its_group(self):
        order = self.grouped("hora", "tubo")
        order.order_line = [Command.create(self.line_vals("codo"))]
        self.assertLines(order, "= Materials", "tubo", "= Work", "hora", "codo")
        order.action_group_lines()
        self.assertLines(order, "= Materials", "tubo", "codo", "= Work", "hora")

    def test_dragged_line_stays(self):
        order = self.grouped("hora", "tubo", "codo")
        self.drag(order, "tubo", after="hora")
        order.action_group_lines()
        self.assertLines(order, "= Materials", "codo", "= Work", "hora", "tubo")
        self.assertEqual(self.line(order, "tubo").quote_group_id, self.groups["work"])
        # Also where the rule says otherwise later
        self.drag(order, "tubo", after="hora")
        order.action_group_lines()
        self.assertLines(order, "= Materials", "codo", "= Work", "hora", "tubo")

    def test_dragged_to_a_section_made_by_hand(self):
        order = self.grouped("hora", "tubo", "codo", "= Mi baño", "grifo")
        self.drag(order, "tubo", after="grifo")
        order.action_group_lines()
        self.assertLines(
            order, "= Materials", "codo", "= Work", "hora", "= Mi baño", "grifo", "tubo"
        )

    def test_last_line_dragged_out(self):
        order = self.grouped("hora", "tubo")
        self.drag(order, "tubo", after="hora")
        order.action_group_lines()
        self.assertLines(order, "= Work", "hora", "tubo")
        self.assertFalse(
            order.order_line.search(
                [("name", "=", "Materials"), ("order_id", "=", order.id)]
            )
        )

    def test_dragged_sections_stay(self):
        order = self.grouped("hora", "tubo")
        self.drag(order, "Materials", after="hora")
        self.drag(order, "tubo", after="Materials")
        self.assertLines(order, "= Work", "hora", "= Materials", "tubo")
        order.action_group_lines()
        self.assertLines(order, "= Work", "hora", "= Materials", "tubo")

    def test_renamed_section_stays(self):
        order = self.grouped("hora", "tubo")
        self.line(order, "Work").name = "Nuestro trabajo"
        order.order_line = [Command.create(self.line_vals("prueba"))]
        order.action_group_lines()
        self.assertLines(
            order, "= Materials", "tubo", "= Nuestro trabajo", "hora", "prueba"
        )

    def test_deleted_section_comes_back(self):
        order = self.grouped("hora", "tubo")
        self.line(order, "Work").unlink()
        order.action_group_lines()
        # Where nobody would look for it, so it counts as dragged there
        self.assertLines(order, "= Materials", "tubo", "hora")

    def test_undo(self):
        texts = ("hora", "# Nota", "tubo", "montaje", "= Mi baño", "grifo", "codo")
        order = self.grouped(*texts)
        lines = order.order_line.filtered(lambda line: line.name in " ".join(texts))
        order.action_ungroup_lines()
        self.assertLines(order, *texts)
        self.assertEqual(order.order_line, lines.sorted("sequence"))
        self.assertFalse(order.quote_is_grouped)
        self.assertFalse(any(lines.mapped("quote_group_id")))

    def test_undo_after_changes(self):
        order = self.grouped("hora", "tubo", "montaje", "codo", "junta")
        order.order_line = [Command.create(self.line_vals("grifo"))]
        self.drag(order, "tubo", after="montaje")
        self.line(order, "codo").unlink()
        order.action_group_lines()
        order.action_ungroup_lines()
        self.assertLines(order, "hora", "tubo", "montaje", "junta", "grifo")

    def test_undo_twice(self):
        order = self.quote("hora", "tubo")
        order.action_ungroup_lines()
        self.assertLines(order, "hora", "tubo")

    def test_group_again_after_undo(self):
        order = self.grouped("hora", "tubo", "montaje")
        self.drag(order, "tubo", after="hora")
        order.action_ungroup_lines()
        self.drag(order, "montaje", after="hora")
        order.action_group_lines()
        self.assertLines(order, "= Materials", "tubo", "= Work", "hora", "montaje")
        order.action_ungroup_lines()
        self.assertLines(order, "hora", "montaje", "tubo")

    def test_many_orders(self):
        orders = self.quote("hora", "tubo") + self.quote("codo") + self.quote()
        orders += self.quote("= Mi baño", "grifo")
        orders.action_group_lines()
        expected = (
            ["= Materials", "tubo", "= Work", "hora"],
            ["= Materials", "codo"],
            [],
            ["= Mi baño", "grifo"],
        )
        for order, texts in zip(orders, expected, strict=True):
            self.assertLines(order, *texts)
        orders.action_ungroup_lines()
        self.assertLines(orders[0], "hora", "tubo")
        self.assertLines(orders[3], "= Mi baño", "grifo")

    def test_copy_of_a_grouped_order(self):
        order = self.grouped("hora", "tubo")
        copy = order.copy()
        self.assertLines(copy, "= Materials", "tubo", "= Work", "hora")
        copy.action_group_lines()
        self.assertLines(copy, "= Materials", "tubo", "= Work", "hora")
        copy.action_ungroup_lines()
        self.assertLines(copy, "hora", "tubo")
        self.assertLines(order, "= Materials", "tubo", "= Work", "hora")

    def test_copied_section(self):
        """Two sections of one group become one again."""
        order = self.grouped("hora", "tubo")
        self.line(order, "Work").copy({"order_id": order.id, "sequence": 20})
        order.order_line = [Command.create(self.line_vals("prueba", sequence=21))]
        order.action_group_lines()
        self.assertLines(order, "= Materials", "tubo", "= Work", "hora", "prueba")

    def test_confirmed_and_cancelled_stay(self):
        order = self.grouped("hora", "tubo")
        order.action_confirm()
        self.assertRefused(order)
        order.action_cancel()
        self.assertRefused(order)
        order.action_draft()
        order.action_ungroup_lines()
        self.assertLines(order, "hora", "tubo")

    def assertRefused(self, order):
        texts = self.written(order)
        for act in (order.action_group_lines, order.action_ungroup_lines):
            with self.assertRaisesRegex(UserError, f"{order.name}.* not a quotation"):
                act()
        self.assertEqual(self.written(order), texts)

    def test_one_refused_among_many(self):
        draft, confirmed = self.quote("hora", "tubo"), self.quote("hora", "tubo")
        confirmed.action_confirm()
        with self.assertRaises(UserError):
            (draft + confirmed).action_group_lines()
        self.assertLines(draft, "hora", "tubo")

    def test_sent_quotation(self):
        order = self.quote("hora", "tubo")
        order.action_quotation_sent()
        order.action_group_lines()
        self.assertLines(order, "= Materials", "tubo", "= Work", "hora")
        self.assertEqual(order.state, "sent")

    def test_language_of_the_titles(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.groups["goods"].update_field_translations(
            "name", {"es_ES": "Material de obra"}
        )
        self.groups["goods"].update_field_translations(
            "description", {"es_ES": "Se queda en su casa."}
        )
        self.customer.lang = "es_ES"
        orders = self.quote("tubo") + self.quote(
            "tubo", partner_id=self.other_customer.id
        )
        orders.action_group_lines()
        self.assertLines(orders[0], "= Material de obra", "tubo")
        self.assertEqual(
            orders[0].order_line[0].quote_description, "Se queda en su casa."
        )
        self.assertLines(orders[1], "= Materials", "tubo")

    def test_words_of_a_group_change(self):
        self.grouped("tubo")
        self.groups["goods"].name = "Piezas"
        order = self.grouped("tubo")
        self.assertLines(order, "= Piezas", "tubo")

    def test_words_of_a_group_are_translated(self):
        """What is entered in the dialog of translations counts at once."""
        self.env["res.lang"]._activate_lang("es_ES")
        self.customer.lang = "es_ES"
        self.grouped("tubo")
        self.groups["goods"].update_field_translations("name", {"es_ES": "Piezas"})
        self.assertLines(self.grouped("tubo"), "= Piezas", "tubo")

    def test_group_goes_while_quotes_have_it(self):
        water = self.group("Agua")
        rule = self.rule(water, line_type="goods")
        order = self.grouped("hora", "tubo")
        rule.unlink()
        water.active = False
        order.action_group_lines()
        self.assertLines(order, "= Agua", "tubo", "= Work", "hora")
        water.unlink()
        order.action_group_lines()
        # A section of no group is like one that was made by hand
        self.assertLines(order, "= Agua", "tubo", "= Work", "hora")


@tagged("post_install", "-at_install")
class TestQuoteGroupingDoors(QuoteCase):
    """The ways in which people come to group, and those who may not."""

    def test_salesman_by_form(self):
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.customer
        for name in ("hora", "tubo"):
            with form.order_line.new() as line:
                line.product_id = self.products[name]
        order = form.save()
        order.action_group_lines()
        self.assertEqual(order.order_line[0].name, "Materials")
        with Form(order) as form, form.order_line.edit(1) as line:
            line.product_uom_qty = 3
        self.assertEqual(order.amount_untaxed, 40)
        order.action_ungroup_lines()
        self.assertEqual(order.order_line.product_id.mapped("name"), ["hora", "tubo"])

    def test_salesman_reads_settings_only(self):
        with self.assertRaises(AccessError):
            self.groups["goods"].with_user(self.salesman).name = "Mío"
        with self.assertRaises(AccessError):
            self.groups["goods"].rule_ids.with_user(self.salesman).unlink()

    def test_rpc(self):
        order = self.quote("hora", "tubo", user_id=self.salesman.id)
        model = self.env["sale.order"].with_user(self.salesman)
        call_kw(model, "action_group_lines", [order.ids], {})
        self.assertLines(order, "= Materials", "tubo", "= Work", "hora")
        call_kw(model, "action_ungroup_lines", [order.ids], {})
        self.assertLines(order, "hora", "tubo")

    def test_not_by_rpc(self):
        order = self.quote("hora", "tubo")
        for name in ("_group_lines", "_prepare_for_customer"):
            with self.subTest(name), self.assertRaises(AccessError):
                call_kw(self.env["sale.order"], name, [order.ids], {})

    def test_others_quotation(self):
        order = self.quote("hora", "tubo", user_id=self.manager.id)
        for user in (self.salesman, self.agent):
            for name in ("action_group_lines", "action_ungroup_lines"):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    getattr(order.with_user(user), name)()
        self.assertLines(order, "hora", "tubo")

    def test_list_of_quotations(self):
        orders = self.quote("hora", "tubo") + self.quote("montaje", "codo")
        action = self.env.ref("customer_service_stages.sale_order_action_group_lines")
        action.with_user(self.everyone).with_context(
            active_model="sale.order", active_ids=orders.ids
        ).run()
        self.assertLines(orders[0], "= Materials", "tubo", "= Work", "hora")
        self.assertLines(orders[1], "= Materials", "codo", "= Work", "montaje")

    def test_quotation_of_another_company(self):
        other = self.env["res.company"].create({"name": "Fontanería Sur"})
        self.everyone.company_ids += other
        order = self.quote("hora", "tubo", company_id=other.id)
        self.rule(self.group("Sur", company_id=other.id), line_type="service")
        order.with_user(self.everyone).with_context(
            allowed_company_ids=(self.company + other).ids
        ).action_group_lines()
        self.assertLines(order, "= Materials", "tubo", "= Sur", "hora")


@tagged("post_install", "-at_install")
class TestQuoteGroupingAtRandom(QuoteCase):
    """Whatever a quote looks like, no line is lost, and undoing undoes."""

    def test_random_quotes(self):
        rng = random.Random(20)
        texts = [*GOODS, *SERVICES, "= Cocina", "- Fregadero", "# Nota"]
        for number in range(40):
            quote = rng.choices(texts, weights=[3] * 7 + [1, 1, 2], k=rng.randrange(25))
            with self.subTest(number=number, quote=quote):
                self.check(rng, quote)

    def check(self, rng, quote):
        order = self.quote(*quote)
        lines = order.order_line
        order.action_group_lines()
        self.check_grouped(order, lines)
        # Whatever people drag about
        sequences = rng.sample(range(100), len(order.order_line))
        for line, sequence in zip(order.order_line, sequences, strict=True):
            line.sequence = sequence
        self.env.flush_all()
        order.invalidate_recordset()
        order.order_line.invalidate_recordset()
        order.action_group_lines()
        self.check_grouped(order, lines, was_dragged=True)
        order.action_ungroup_lines()
        self.assertLines(order, *quote)
        self.assertEqual(order.order_line, lines)

    def check_grouped(self, order, lines, was_dragged=False):
        texts = self.written(order)
        made = order.order_line - lines
        self.assertEqual(sorted((order.order_line - made).ids), lines.ids)
        self.assertEqual(len(made.quote_group_id), len(made), "one section each")
        inside = {section: lines.browse() for section in made}
        for line in lines.sorted("sequence"):
            section = line.get_parent_section_line()
            if line.display_type != "line_section" and section in made:
                inside[section] += line
        for its_lines in inside.values():
            self.assertTrue(its_lines, "no empty section")
            if not was_dragged:
                self.assertEqual(its_lines.ids, sorted(its_lines.ids))
        order.action_group_lines()
        self.assertEqual(self.written(order), texts, "again changes nothing")
