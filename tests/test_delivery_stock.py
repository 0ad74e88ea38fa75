"""Warehouse and projects feed the delivery, where they are there (D1, pitfall 31).

Has its own database, with both; each story is told in one transaction.
"""

from .processes import ProcessCase

SET_UP = """
from odoo.fields import Command

env["customer.sla.policy"].search([]).active = False
customer = env["res.partner"].create({"name": "Carmen", "email": "c@customer.example"})
goods = env["product.product"].create(
    {"name": "Grifo", "type": "consu", "is_storable": True, "list_price": 10}
)
project = env["project.project"].create({"name": "Obras", "allow_billable": True})
work, talk = env["product.product"].create(
    [
        {
            "name": "Montaje",
            "type": "service",
            "service_tracking": "task_global_project",
            "project_id": project.id,
        },
        {"name": "Consejo", "type": "service"},
    ]
)
stock = env["stock.warehouse"].search(
    [("company_id", "=", env.company.id)], limit=1
).lot_stock_id
env["stock.quant"]._update_available_quantity(goods, stock, 1000)


def sold(*lines):
    order = env["sale.order"].create(
        {
            "partner_id": customer.id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": quantity})
                for product, quantity in lines
            ],
        }
    )
    order.action_confirm()
    return order


def transfer(order, quantity, rest="later"):
    picking = order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
    picking.action_assign()
    picking.move_ids.write({"quantity": quantity, "picked": True})
    picking.with_context(
        skip_backorder=True,
        picking_ids_not_to_backorder=picking.ids if rest == "cancel" else [],
    ).button_validate()
    return picking


def sent_back(picking, quantity, method="action_create_returns"):
    wizard = env["stock.return.picking"].with_context(
        active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
    ).create({})
    wizard.product_return_moves.quantity = quantity
    action = getattr(wizard, method)()
    picking = env["stock.picking"].browse(action["res_id"])
    picking.action_assign()
    picking.move_ids.write({"quantity": quantity, "picked": True})
    picking.button_validate()


def stand(order):
    env.flush_all()
    env.cr.precommit.run()
    env.invalidate_all()
    step = "-"
    if order.delivery_completion_date:
        step = "completed"
    elif order.delivery_start_date:
        step = "started"
    print(step, order.delivery_progress or "called off")


env.cr.commit()
"""


class TestDeliveryStock(ProcessCase):
    database = "delivery_stock"
    modules = ("sale_stock", "sale_project")
    set_up_script = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        script = SET_UP + "".join(
            f"print('# {name}')\n{story}\nenv.cr.rollback()\n"
            for name, (story, _stands) in STORIES.items()
        )
        output, cls.log = cls.dev("shell", script)
        cls.told = dict(
            part.split("\n", 1) for part in output.split("# ")[1:] if "\n" in part
        )

    def test_stories(self):
        for name, (_story, stands) in STORIES.items():
            with self.subTest(name):
                told = self.told.get(name, self.log[-2000:]).splitlines()
                self.assertEqual([line for line in told if line], stands)


#: What happens, and how the delivery stands after each step.
STORIES = {
    "goods in several deliveries": (
        """
order = sold((goods, 5))
stand(order)
transfer(order, 2)
stand(order)
transfer(order, 3)
stand(order)
""",
        ["- none", "started started", "completed full"],
    ),
    "a rest that is cancelled": (
        """
order = sold((goods, 5))
transfer(order, 2)
stand(order)
order.picking_ids.filtered(lambda p: p.state != "done").action_cancel()
stand(order)
""",
        ["started started", "completed full"],
    ),
    "no rest from the start": (
        """
order = sold((goods, 5))
transfer(order, 2, rest="cancel")
stand(order)
""",
        ["completed full"],
    ),
    "nothing comes at all": (
        """
order = sold((goods, 5))
order.picking_ids.action_cancel()
stand(order)
""",
        ["- called off"],
    ),
    "goods and services": (
        """
order = sold((goods, 1), (talk, 2))
transfer(order, 1)
stand(order)
order.order_line[1].qty_delivered = 2
stand(order)
""",
        ["started started", "completed full"],
    ),
    "sent back for the money": (
        """
order = sold((goods, 2))
picking = transfer(order, 2)
stand(order)
sent_back(picking, 1)
stand(order)
sent_back(picking, 1)
stand(order)
""",
        ["completed full", "completed full", "completed called off"],
    ),
    "sent back for another one": (
        """
order = sold((goods, 2))
picking = transfer(order, 2)
sent_back(picking, 1, "action_create_exchanges")
stand(order)
transfer(order, 1)
stand(order)
""",
        ["started started", "completed full"],
    ),
    "noted by hand": (
        """
order = sold((goods, 2))
order.action_complete_delivery()
stand(order)
transfer(order, 1)
stand(order)
transfer(order, 1)
stand(order)
""",
        ["completed none", "completed started", "completed full"],
    ),
    "more is ordered": (
        """
env.company.extra_approval_required = False
order = sold((goods, 2))
transfer(order, 2)
order.order_line.product_uom_qty = 3
stand(order)
transfer(order, 1)
stand(order)
""",
        ["started started", "completed full"],
    ),
    "tasks": (
        """
order = sold((work, 4), (talk, 1))
order.order_line[1].qty_delivered = 1
stand(order)
order.order_line[0].task_id.state = "1_done"
stand(order)
order.order_line[0].task_id.state = "01_in_progress"
stand(order)
""",
        ["started started", "completed full", "started started"],
    ),
    "a task that is not wanted": (
        """
order = sold((work, 4), (talk, 1))
order.order_line[1].qty_delivered = 1
order.order_line[0].task_id.state = "1_canceled"
stand(order)
""",
        ["completed full"],
    ),
    "a storekeeper who has no say in orders": (
        """
keeper = env["res.users"].create(
    {
        "name": "Almacén",
        "login": "keeper",
        "group_ids": [Command.set([
            env.ref("base.group_user").id, env.ref("stock.group_stock_user").id,
        ])],
    }
)
order = sold((goods, 1))
picking = order.picking_ids.with_user(keeper)
picking.action_assign()
picking.move_ids.write({"quantity": 1, "picked": True})
picking.button_validate()
stand(order)
""",
        ["completed full"],
    ),
}
