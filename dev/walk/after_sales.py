"""The steps about promises, and about what comes after the delivery."""

import datetime

import requests

from . import chromium, clients
from .story import ADDON, DOMAIN, expect, expect_words, step

#: What Marta switches on, once she has read it.
RULES = (
    "followup_rule_feedback_order",
    "followup_rule_recovered",
    "followup_rule_review_ticket",
)
FOLLOW_UP = f"{ADDON}.ir_cron_followup"

LATER = "Los azulejos llegan tres días más tarde de lo que nos dijo la fábrica."
RUSTED = "La tubería de detrás de la pared está podrida y hay que cambiarla."
DRIPS = "El grifo nuevo gotea y el suelo quedó sin limpiar."


# -- before the work ----------------------------------------------------------------


@step("Marta reads the ready rules, tries one, and switches three of them on")
def manager_switches_on(story):
    admin, manager = story.admin, story.manager
    company = admin.reference(f"{ADDON}.company_fontaneria")
    # Day and night, at whatever hour this is played
    on_call = admin.reference(f"{ADDON}.calendar_on_call")
    admin.write("res.company", company, resource_calendar_id=on_call)
    rules = [admin.reference(f"{ADDON}.{name}") for name in RULES]
    found = manager.search_read("customer.followup.rule", [], "is_on")
    story.tell("ready rules", f"{len(found)} found")
    manager.call("customer.followup.rule", "action_send_test", [rules[0]])
    mail = story.outgoing.wait(f"marta@{DOMAIN}", "[")
    story.tell("mail to Marta", "received", mail["Subject"])
    manager.call("customer.followup.rule", "action_switch_on", rules)


@step(
    "Something has come up: Jordi adds it to the order, says why, and asks Rosa",
    ("order", "extra_asked", "quote"),
)
def salesman_asks_for_extra(story):
    salesman = story.salesman
    before = salesman.read("sale.order", story.order, "amount_total")
    line = {
        "product_id": story.admin.reference(f"{ADDON}.product_labour"),
        "name": "Cambiar la tubería de detrás de la pared",
        "product_uom_qty": 3,
    }
    salesman.write("sale.order", story.order, order_line=[(0, 0, line)])
    dialog = salesman.call("sale.order", "action_ask_extras", [story.order])
    _fill_in(salesman, dialog, "action_ask", reason=RUSTED)
    mail = story.outgoing.wait(story.customer_email, "extra")
    story.tell(f"mail to {story.customer_email}", "received", mail["Subject"])
    after = salesman.read("sale.order", story.order, "amount_total")
    more = after["amount_total"] - before["amount_total"]
    total = f"{more:.2f}".replace(".", ",")
    expect_words(clients.text_of(mail), [RUSTED, total], "the question")
    links = [link for link in clients.links_of(mail) if "/my/confirmation/" in link]
    story.extra_link = links[0]


@step("Rosa reads why and how much, and says yes", ("order", "extra_accepted", "quote"))
def customer_accepts_extra(story):
    with chromium.Browser() as browser:
        browser.open(story.extra_link)
        browser.wait("label[for=answer_accepted]")
        expect_words(browser.read(), [RUSTED], "the page")
        browser.press("label[for=answer_accepted]")
        browser.press("form button[type=submit]")
        browser.wait(".o_confirmation_given")
    story.tell("customer's browser", "sent the answer")


@step(
    "Jordi cannot keep the day that was promised: he says why, and Rosa reads it",
    ("order", "promised", "quote"),
)
def salesman_moves_date(story):
    salesman = story.salesman
    promised = salesman.read("sale.order", story.order, "commitment_date")
    moment = datetime.datetime.fromisoformat(promised["commitment_date"])
    later = f"{moment + datetime.timedelta(days=3):%Y-%m-%d %H:%M:%S}"
    try:
        salesman.write("sale.order", story.order, commitment_date=later)
    except clients.Refused as refused:
        expect_words(str(refused), ["UserError"], "why no reason is no good")
    else:
        expect("moved", "refused", "a date that is moved without a reason")
    dialog = salesman.call("sale.order", "action_open_promise", [story.order])
    _fill_in(salesman, dialog, "action_move", date=later, reason=LATER)
    mail = story.outgoing.wait(story.customer_email, "fecha")
    expect_words(clients.text_of(mail), [LATER], "the mail about the new date")
    story.tell(f"mail to {story.customer_email}", "received", mail["Subject"])


def _fill_in(staff, dialog, button, **values):
    """Fill in a dialog, and press its button."""
    model, context = dialog["res_model"], dialog["context"]
    wizard = staff.create(model, values, context=context)
    staff.call(model, button, [wizard], context=context)


# -- after the work -----------------------------------------------------------------


@step("Three weeks later Rosa is asked how it went; looking stores nothing")
def customer_is_asked(story):
    story.let_days_pass(16)
    story.run_scheduled(FOLLOW_UP)
    mail = story.outgoing.wait(story.customer_email, "fue?")
    story.tell(f"mail to {story.customer_email}", "received", mail["Subject"])
    story.score_links = _score_links(mail)
    expect(sorted(story.score_links), list("12345"), "the scores to press")
    for link in story.score_links.values():
        story.visitor.open(link)
    expect(_feedback(story, story.order)["state"], "asked", "what looking has stored")
    story.tell("customer's mail scanner", "opened every link")


@step(
    "Rosa is not happy, and says so: a request that puts it right opens by itself",
    ("order", "feedback_given", "aftersales"),
    ("order", "feedback_unhappy", "aftersales"),
    ("ticket", "opened", "aftersales"),
)
def customer_is_not_happy(story):
    _answer(story, story.score_links["2"], DRIPS)
    feedback = _feedback(story, story.order, "score", "problem", "recovery_ticket_id")
    expect((feedback["score"], feedback["problem"]), (2, DRIPS), "what Rosa said")
    story.ticket = feedback["recovery_ticket_id"][0]
    ticket = story.manager.read(
        "helpdesk.ticket", story.ticket, "is_recovery", "sla_deadline", "user_id"
    )
    expect(ticket["is_recovery"], True, "whether it is to put something right")
    expect(bool(ticket["sla_deadline"]), True, "whether it has a deadline")
    tasks = story.manager.search_read(
        "mail.activity",
        [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", story.ticket)],
        *("summary", "user_id"),
    )
    expect(len(tasks), 1, "tasks to call Rosa")
    story.tell(f"task for {tasks[0]['user_id'][1]}", "made", tasks[0]["summary"])


@step(
    "Marta calls, has it put right and closes the request",
    ("ticket", "staged", "aftersales"),
    ("ticket", "closed", "aftersales"),
)
def manager_puts_right(story):
    manager = story.manager
    manager.call(
        "helpdesk.ticket",
        "message_post",
        [story.ticket],
        body="Rosa, mañana cambiamos el grifo y limpiamos el suelo. Disculpe.",
        partner_ids=[story.customer],
        message_type="comment",
        subtype_xmlid="mail.mt_comment",
    )
    done = story.admin.reference("helpdesk_mgmt.helpdesk_ticket_stage_done")
    manager.write("helpdesk.ticket", story.ticket, stage_id=done)


@step(
    "Some days later Rosa is asked again, and is happy",
    ("ticket", "feedback_given", "aftersales"),
)
def customer_is_won_back(story):
    story.let_days_pass(4)
    story.run_scheduled(FOLLOW_UP)
    mail = story.outgoing.wait(story.customer_email, "ahora?")
    story.tell(f"mail to {story.customer_email}", "received", mail["Subject"])
    _answer(story, _score_links(mail)["5"])
    first = _feedback(story, story.order, "is_recovered")
    expect(first["is_recovered"], True, "whether Rosa is won back")


@step("Then Rosa is invited to tell others; her visit is counted")
def customer_is_invited(story):
    story.let_days_pass(4)
    story.run_scheduled(FOLLOW_UP)
    mail = story.outgoing.wait(story.customer_email, "otros")
    story.tell(f"mail to {story.customer_email}", "received", mail["Subject"])
    links = clients.links_of(mail)
    link = next(link for link in links if "/my/review/" in link)
    platform = int(link.rpartition("/")[2])
    reply = story.visitor.session.get(
        link, allow_redirects=False, timeout=clients.TIMEOUT
    )
    page = story.manager.read("customer.review.platform", platform, "link")["link"]
    expect(reply.headers.get("Location"), page, "where the button leads")
    [invitation] = story.manager.search_read(
        "customer.review.invitation",
        [("partner_id", "=", story.customer), ("date", "!=", False)],
        "click_count",
    )
    expect(invitation["click_count"], 1, "visits to the platform")
    [story.opt_out_link] = [link for link in links if "/my/mails/" in link]


@step("Rosa wants no more of these: looking changes nothing, pressing ends them")
def customer_opts_out(story):
    page = story.visitor.open(story.opt_out_link)
    name = "feedback_mails_off"
    before = story.manager.read("res.partner", story.customer, name)
    expect(before[name], False, "what looking has changed")
    reply = story.visitor.session.post(
        story.opt_out_link,
        data={"csrf_token": clients.csrf_token(page), "choice": "kind"},
        timeout=clients.TIMEOUT,
    )
    expect(reply.status_code, requests.codes.ok, "the answer of the page")
    after = story.manager.read("res.partner", story.customer, name)
    expect(after[name], True, "what pressing has changed")
    planned = story.manager.search_read(
        "customer.followup",
        [
            ("partner_id", "=", story.customer),
            ("state", "=", "planned"),
            ("rule_id.kind", "=", "feedback"),
        ],
        "planned_date",
    )
    expect(planned, [], "questions that are still planned")
    story.let_days_pass(60)
    story.run_scheduled(FOLLOW_UP)
    more = story.outgoing.unread(story.customer_email, "fue?")
    expect(more, [], "further questions")


def _score_links(mail):
    """Return the links of a mail by the score that each chooses."""
    return {
        link.rpartition("=")[2]: link
        for link in clients.links_of(mail)
        if "/my/feedback/" in link and "score=" in link
    }


def _answer(story, link, words=""):
    """Answer in a browser, as the page opens with the score of the link."""
    with chromium.Browser() as browser:
        browser.open(link)
        browser.wait(".o_feedback_form")
        if words:
            browser.write("textarea", words)
        browser.press(".o_feedback_form button[type=submit]")
        browser.wait(".fa-check-circle")
    story.tell("customer's browser", "sent the answer")


def _feedback(story, order, *names):
    [feedback] = story.manager.search_read(
        "customer.feedback", [("order_id", "=", order)], "state", *names
    )
    return feedback


BEFORE_DELIVERY = (
    manager_switches_on,
    salesman_asks_for_extra,
    customer_accepts_extra,
    salesman_moves_date,
)
AFTER_DELIVERY = (
    customer_is_asked,
    customer_is_not_happy,
    manager_puts_right,
    customer_is_won_back,
    customer_is_invited,
    customer_opts_out,
)
