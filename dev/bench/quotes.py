"""What grouping a quote costs, and showing one to its customer (Q2, Q8)."""

import contextlib
import threading

from werkzeug.test import create_environ

from odoo import Command, api, http

from . import populate
from .measure import Measure

LINES = 200
#: As many products as a company has in use, in a few categories.
PRODUCTS = 300


def products(env):
    categories = env["product.category"].create(
        [{"name": f"Categoría {number}"} for number in range(12)]
    )
    return env["product.product"].create(
        [
            {
                "name": f"Pieza {number}",
                "type": "service" if number % 3 else "consu",
                "list_price": number,
                "categ_id": categories[number % len(categories)].id,
            }
            for number in range(PRODUCTS)
        ]
    )


def quote(env, lines=LINES):
    """Return a quotation, as it is entered."""
    pieces = products(env)
    return env["sale.order"].create(
        {
            "partner_id": populate.partners(env, 1).id,
            "order_line": [
                Command.create(
                    {"product_id": pieces[number % PRODUCTS].id, "product_uom_qty": 2}
                )
                for number in range(lines)
            ],
        }
    )


def sent_quote(env):
    """Return a quotation that its customer may look at; grouped with the addon."""
    order = quote(env)
    if "quote_presentation" in order:
        order.quote_presentation = "grouped"
        order.action_group_lines()
    order.action_quotation_sent()
    order._portal_ensure_token()
    return order


# -- grouping -----------------------------------------------------------------------


def grouping():
    """Group a quotation, against the same sections and order written by hand."""

    def run(env, order):
        order.action_group_lines()
        if order.order_line[0].display_type != "line_section":
            raise AssertionError("the quotation is not grouped")

    def by_hand(env, order):
        by_type = order.order_line.grouped("product_type")
        commands, sequence = [], 1000
        for name, lines in by_type.items():
            sequence += 1
            section = {"display_type": "line_section", "name": name}
            commands.append(Command.create({**section, "sequence": sequence}))
            for line in lines:
                sequence += 1
                commands.append(Command.update(line.id, {"sequence": sequence}))
        order.write({"order_line": commands})

    def note(env, order):
        counts, sizes = [], (10, LINES)
        others = [quote(env, lines) for lines in sizes]
        quote(env, 10).action_group_lines()  # what is kept compiled
        for other, lines in zip(others, sizes, strict=True):
            env.flush_all()
            env.invalidate_all()
            before = env.cr.sql_log_count
            other.action_group_lines()
            env.flush_all()
            counts.append(f"{env.cr.sql_log_count - before} queries for {lines} lines")
        return ", ".join(counts)

    return Measure(
        "quote: group, against by hand",
        LINES,
        run,
        1.5,
        prepare=quote,
        baseline=by_hand,
        repeat=15,
        note=note,
    )


# -- what the customer sees ---------------------------------------------------------


def showing(name, render, target=1.15, **options):
    """Render a grouped quotation, against the same ungrouped without the addon."""

    def run(env, order):
        content = render(env, order)
        if order.name.encode() not in content and not content.startswith(b"%PDF"):
            raise AssertionError("this is not the quotation")

    return Measure(f"quote: {name}", LINES, run, target, prepare=sent_quote, **options)


def page(env, order):
    """Return the quotation's page, as somebody with its link gets it."""
    with visit(env, order.get_portal_url()) as request:
        rule, values = request.env["ir.http"]._match(f"/my/orders/{order.id}")
        response = rule.endpoint(**values, access_token=order.access_token)
        response.flatten()
        return response.data


@contextlib.contextmanager
def visit(env, url):
    """Do what is done inside as if a visitor had come to a page, without a server."""
    threading.current_thread().dbname = env.cr.dbname
    request = http.Request(
        http.HTTPRequest(create_environ(url, env.user.get_base_url()))
    )
    request.session = http.root.session_store.new()
    request.session.update(http.get_default_session(), db=env.cr.dbname)
    request.session.context["lang"] = "en_US"
    request.db, request.registry = env.cr.dbname, env.registry
    public = env.ref("base.public_user")
    request.env = api.Environment(env.cr, public.id, {"lang": "en_US"})
    http._request_stack.push(request)
    try:
        yield request
    finally:
        http._request_stack.pop()


def document(env, order):
    """Return the quotation's document before it is printed."""
    html, _type = env["ir.actions.report"]._render_qweb_html(
        "sale.report_saleorder", order.ids
    )
    return html


def pdf(env, order):
    """Return the quotation as it is printed."""
    content, _type = env["ir.actions.report"]._render_qweb_pdf(
        "sale.report_saleorder", order.ids
    )
    return content


MEASURES = (
    grouping(),
    showing("page", page, repeat=15),
    showing("document", document, repeat=15),
    showing("PDF", pdf, repeat=3),
)
