"""The steps of the walk, in order (STEPS, at the end).

A step is a function of the story: it lets somebody act from outside, checks what became
of it, and names in its decorator the events that the journeys note meanwhile, as
(document, event, stage reached). Steps that later ones build on leave what they found
in the story.
"""

import base64
import io
import time
from zoneinfo import ZoneInfo

import pypdf
import requests

from . import after_sales, chromium, clients, pictures
from .story import ADDON, DOMAIN, expect, expect_words, step
from .timeline import local_time

#: A warning that is due at once, and an escalation at the deadline.
OVERDUE = "Plazo vencido"
ESCALATIONS = (
    {"timing": "before", "amount": 8, "act": "activity", "recipient": "leader"},
    {
        "timing": "after",
        "amount": 0,
        "act": "notify",
        "recipient": "leader",
        "note": OVERDUE,
    },
)

#: What Rosa reads of her quotation, and what she does not.
GROUPS = {"Sanitarios y grifería": "454,00", "Nuestro trabajo": "608,00"}
HIDDEN_PRICES = ("265,00", "189,00", "38,00")


# -- the office ---------------------------------------------------------------------


@step("The office gets its e-mail addresses and its website")
def prepare_office(story):
    admin = story.admin
    company = admin.reference(f"{ADDON}.company_fontaneria")
    domain = _alias_domain(admin)
    admin.write("res.company", company, alias_domain_id=domain)
    team = admin.reference(f"{ADDON}.helpdesk_team_fontaneria")
    admin.write(
        "helpdesk.ticket.team", team, alias_name="averias", alias_domain_id=domain
    )
    story.help_address = f"averias@{DOMAIN}"
    story.tell(story.help_address, "takes requests")
    _give_website_to(story, company)


def _alias_domain(admin):
    found = admin.search_read("mail.alias.domain", [("name", "=", DOMAIN)], "id")
    return (
        found[0]["id"] if found else admin.create("mail.alias.domain", {"name": DOMAIN})
    )


def _give_website_to(story, company):
    website = story.admin.search_read("website", [], "id", limit=1)[0]["id"]
    story.admin.write(
        "website",
        website,
        company_id=company,
        crm_default_team_id=story.admin.reference(f"{ADDON}.crm_team_fontaneria"),
        crm_default_user_id=story.salesman.uid,
    )
    story.tell("website", "takes enquiries")


# -- a request by e-mail ------------------------------------------------------------


@step(
    "Rosa writes an e-mail about a leak, with a photo",
    ("ticket", "opened", "contact"),
)
def email_opens_ticket(story):
    photo = pictures.photo()
    story.incoming.deliver(
        story.raw_mail(
            "leak", address=story.help_address, photo=clients.base64_text(photo)
        )
    )
    story.tell(f"mail to {story.help_address}", "delivered")
    tickets = story.agent.search_read(
        "helpdesk.ticket",
        [("partner_email", "ilike", story.customer_email)],
        *("id", "number", "name", "description"),
    )
    expect(len(tickets), 1, "tickets that the e-mail has opened")
    [ticket] = tickets
    story.ticket = ticket["id"]
    story.ticket_number = ticket["number"]
    subject = "Fuga de agua bajo el fregadero: ¿pueden venir mañana?"
    expect(ticket["name"], f"{subject} ({story.run})", "the ticket's title")
    words = ("cañería", "desagüe", "¿Podrían venir mañana", "Núñez", "C/ Peña, 7, 2.º")
    expect_words(ticket["description"], words, "the ticket's description")
    _check_photo(story, photo)
    story.follow_journey("helpdesk.ticket", story.ticket)
    _check_acknowledgement(story)


def _check_acknowledgement(story):
    """Rosa is told at once, and once, under which number her request is kept."""
    mail = story.outgoing.wait(story.customer_email, story.ticket_number)
    story.tell(f"mail to {story.customer_email}", "received", mail["Subject"])
    expect_words(
        clients.text_of(mail), [story.ticket_number, story.run], "the acknowledgement"
    )
    expect_words(mail["Reply-To"], [story.help_address], "where an answer goes")
    expect(mail["Auto-Submitted"], "auto-generated", "the mark of a program's mail")
    more = story.outgoing.unread(story.customer_email, story.ticket_number)
    expect(more, [], "further acknowledgements")


def _check_photo(story, photo):
    files = story.agent.search_read(
        "ir.attachment",
        [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", story.ticket)],
        *("name", "mimetype", "file_size"),
    )
    found = [(file["name"], file["mimetype"], file["file_size"]) for file in files]
    expect(
        found, [("foto cañería.jpg", "image/jpeg", len(photo))], "the ticket's files"
    )


@step("Lucía takes the ticket, notes the customer and answers")
def agent_answers(story):
    agent = story.agent
    story.customer = agent.create(
        "res.partner",
        {
            "name": story.customer_name,
            "email": story.customer_email,
            "phone": "+34 600 100 020",
            "lang": "es_ES",
        },
    )
    agent.call("helpdesk.ticket", "assign_to_me", [story.ticket])
    agent.write(
        "helpdesk.ticket",
        story.ticket,
        partner_id=story.customer,
        type_id=story.admin.reference(f"{ADDON}.ticket_type_contract_service"),
    )
    _expect_step(story, "classified")
    agent.call(
        "helpdesk.ticket",
        "message_post",
        [story.ticket],
        body="Buenos días, Rosa: mañana a las nueve va un compañero. ¿Le va bien?",
        partner_ids=[story.customer],
        message_type="comment",
        subtype_xmlid="mail.mt_comment",
    )
    mail = story.outgoing.wait(story.customer_email, story.run)
    expect_words(clients.text_of(mail), ["mañana a las nueve"], "Lucía's answer")
    story.agent_message_id = mail["Message-Id"]
    story.reply_address = mail["Reply-To"].addresses[0].addr_spec
    expect(story.reply_address, story.help_address, "where answers to Lucía go")
    story.tell(f"mail to {story.customer_email}", "received", mail["Subject"])


# -- a need from the website to the delivery ----------------------------------------


@step(
    "Rosa asks for a new bathroom on the website",
    ("opportunity", "opened", "contact"),
)
def website_opens_opportunity(story):
    page = story.visitor.open("/contactus")
    expect_words(page.text, ['action="/website/form/"'], "the website's form")
    answer = story.visitor.submit(
        "/website/form/crm.lead",
        {
            "csrf_token": clients.csrf_token(page),
            "contact_name": story.customer_name,
            "email_from": story.customer_email,
            "phone": "+34 600 100 020",
            "name": f"Reforma del baño pequeño ({story.run})",
            "description": "Plato de ducha en lugar de la bañera.\n¿Cuánto costaría?",
        },
    )
    expect(list(answer), ["id"], "the form's answer")
    story.lead = answer["id"]
    lead = story.salesman.read(
        "crm.lead", story.lead, "type", "name", "contact_name", "description"
    )
    expect(lead["type"], "opportunity", "the kind of enquiry")
    expect(lead["contact_name"], story.customer_name, "the enquiry's contact")
    expect_words(lead["name"], ["baño pequeño"], "the enquiry's title")
    expect_words(lead["description"], ["¿Cuánto costaría?"], "the enquiry's text")
    story.follow_journey("crm.lead", story.lead)


@step("Jordi makes a quotation of it", ("order", "quoted", "quote"))
def salesman_quotes(story):
    salesman = story.salesman
    salesman.write("crm.lead", story.lead, partner_id=story.customer)
    action = salesman.call("crm.lead", "action_new_quotation", [story.lead])
    lines = [("product_shower", 1), ("product_tap", 1), ("product_labour", 16)]
    story.order = salesman.create(
        "sale.order",
        {
            "order_line": [
                (
                    *(0, 0),
                    {
                        "product_id": story.admin.reference(f"{ADDON}.{product}"),
                        "product_uom_qty": quantity,
                    },
                )
                for product, quantity in lines
            ],
        },
        context=action["context"],
    )
    _expect_same_journey(story)


def _expect_same_journey(story):
    """The order has joined the opportunity's journey."""
    lead = story.salesman.read("crm.lead", story.lead, "journey_id")
    order = story.salesman.read("sale.order", story.order, "journey_id")
    expect(order["journey_id"], lead["journey_id"], "the quotation's journey")


@step(
    "Jordi has been there; he groups it, and keeps the prices of lines to himself",
    ("order", "informed", "quote"),
)
def salesman_groups(story):
    salesman = story.salesman
    salesman.write(
        "sale.order",
        story.order,
        quote_presentation="grouped",
        quote_info_source="visit",
    )
    salesman.call("sale.order", "action_group_lines", [story.order])
    sections = salesman.search_read(
        "sale.order.line",
        [("order_id", "=", story.order), ("display_type", "=", "line_section")],
        "name",
        order="sequence",
    )
    names = [section["name"] for section in sections]
    expect(names, list(GROUPS), "the groups of the quotation")
    included = salesman.search_read(
        "customer.quote.included", [("order_id", "=", story.order)], "name"
    )
    expect(len(included), 2, "what is included without a price")


def _expect_groups_alone(text, what):
    """The customer reads the groups with their prices, and no price of a line."""
    text = " ".join(text.split())
    expect_words(text, [*GROUPS, *GROUPS.values(), "Plato de ducha"], what)
    for price in HIDDEN_PRICES:
        expect(price in text, False, f"whether {what} tells the price {price}")


@step("Jordi sends it by e-mail", ("order", "sent", "quote"))
def salesman_sends(story):
    salesman = story.salesman
    action = salesman.call("sale.order", "action_quotation_send", [story.order])
    composer = salesman.create("mail.compose.message", {}, context=action["context"])
    salesman.call(
        "mail.compose.message",
        "action_send_mail",
        [composer],
        context=action["context"],
    )
    number = salesman.read("sale.order", story.order, "name")["name"]
    mail = story.outgoing.wait(story.customer_email, number)
    expect_words(mail["Subject"], ["Presupuesto", number], "the mail's subject")
    expect_words(clients.text_of(mail), ["presupuesto", "€"], "the mail's text")
    files = list(mail.iter_attachments())
    kinds = [file.get_content_type() for file in files]
    expect(kinds, ["application/pdf"], "the mail's files")
    document = pypdf.PdfReader(io.BytesIO(files[0].get_content()))
    text = "\n".join(page.extract_text() for page in document.pages)
    _expect_groups_alone(text, "the quotation's document")
    expect(list(document.attachments), [], "files within the document")
    links = [link for link in clients.links_of(mail) if "access_token=" in link]
    expect(bool(links), True, "a link to the quotation in the mail")
    story.order_link = links[0]
    story.tell(f"mail to {story.customer_email}", "received", mail["Subject"])


@step(
    "Rosa opens the link, accepts and signs",
    ("order", "confirmed", "quote"),
)
def customer_signs(story):
    page = story.visitor.open(story.order_link)
    number = story.salesman.read("sale.order", story.order, "name")["name"]
    expect_words(page.text, [number], "the quotation's page")
    _expect_groups_alone(clients.text_of_page(page), "the quotation's page")
    settings = clients.component(page, "portal.signature_form")
    expect(bool(settings), True, "a form to sign the quotation")
    answer = story.visitor.call(
        settings["callUrl"],
        name=story.customer_name,
        signature=base64.b64encode(pictures.signature()).decode("ascii"),
    )
    expect(answer.get("force_refresh"), True, f"the answer to the signature, {answer}")
    order = story.salesman.read("sale.order", story.order, "state", "signed_by")
    expect(order["state"], "sale", "the order's state")
    expect(order["signed_by"], story.customer_name, "who has signed")
    mail = story.outgoing.wait(story.customer_email, number)
    story.tell(f"mail to {story.customer_email}", "received", mail["Subject"])


@step("Rosa gets an account and looks for the hidden prices: none is to be had")
def customer_looks_for_prices(story):
    company = story.admin.reference(f"{ADDON}.company_fontaneria")
    story.admin.create(
        "res.users",
        {
            "name": story.customer_name,
            "login": story.customer_email,
            "password": story.customer_email,
            "partner_id": story.customer,
            "company_id": company,
            "company_ids": [(6, 0, [company])],
            "group_ids": [(6, 0, [story.admin.reference("base.group_portal")])],
        },
        context={"no_reset_password": True},
    )
    customer = story.sign_in(story.customer_email)
    order = customer.search_read("sale.order", [], "amount_untaxed")
    expect([row["id"] for row in order], [story.order], "the orders that Rosa sees")
    lines = story.salesman.search_read(
        "sale.order.line", [("order_id", "=", story.order)], "id"
    )
    line_ids = [line["id"] for line in lines]
    for domain in ([], [("id", "in", line_ids)], [("price_unit", ">", 100)]):
        found = customer.search_read("sale.order.line", domain, "price_unit")
        expect(found, [], f"lines that Rosa finds by {domain}")
    found = customer.search_read("sale.order", [("order_line.price_unit", ">", 0)])
    expect(found, [], "orders that Rosa finds by the price of a line")
    for method, kind, arguments in (
        ("read", "AccessError", ([line_ids[0]], ["price_unit"])),
        ("web_read", "AccessError", ([line_ids[0]], {"price_unit": {}})),
        ("export_data", "rights to export", ([line_ids[0]], ["price_unit"])),
    ):
        _expect_refusal(
            story,
            f"a customer's account, by {method}",
            kind,
            lambda method=method, arguments=arguments: customer.call(
                "sale.order.line", method, *arguments
            ),
        )
    totals = customer.call(
        "sale.order.line", "formatted_read_group", [], [], ["price_unit:sum"]
    )
    expect([row["price_unit:sum"] for row in totals], [False], "sums of prices")
    for path in (story.order_link, f"{story.order_link}&report_type=html"):
        text = clients.text_of_page(story.visitor.open(path))
        _expect_groups_alone(text, "what the link opens")


@step(
    "Jordi marks the opportunity as won",
    ("opportunity", "staged", "quote"),
    ("opportunity", "won", "quote"),
)
def salesman_wins(story):
    story.salesman.call("crm.lead", "action_set_won", [story.lead])


@step("Jordi starts the work", ("order", "delivery_started", "delivery"))
def delivery_starts(story):
    story.salesman.call("sale.order", "action_start_delivery", [story.order])


@step("Jordi completes it", ("order", "delivery_completed", "aftersales"))
def delivery_is_completed(story):
    story.salesman.call("sale.order", "action_complete_delivery", [story.order])


# -- the request again --------------------------------------------------------------


@step("Rosa answers Lucía's e-mail: it joins the ticket")
def customer_answers(story):
    thread = [("model", "=", "helpdesk.ticket"), ("res_id", "=", story.ticket)]
    before = story.agent.call("helpdesk.ticket", "search_count", [])
    story.incoming.deliver(
        story.raw_mail(
            "answer", address=story.reply_address, answered=story.agent_message_id
        )
    )
    story.tell(f"mail to {story.reply_address}", "delivered")
    after = story.agent.call("helpdesk.ticket", "search_count", [])
    expect(after, before, "the number of tickets")
    message = story.agent.search_read(
        "mail.message", thread, "body", "author_id", order="id desc", limit=1
    )[0]
    expect_words(message["body"], ["El portero automático", "80 €"], "Rosa's answer")
    expect(message["author_id"][0], story.customer, "its author")


@step("Lucía begins the repair", ("ticket", "staged", "delivery"))
def agent_repairs(story):
    _move_ticket(story, "in_progress")
    _expect_step(story, "executing")


@step("Lucía cannot close the ticket herself")
def agent_cannot_close(story):
    _expect_refusal(
        story,
        "an agent who has not asked",
        "RedirectWarning",
        lambda: _move_ticket(story, "done"),
    )
    _expect_step(story, "executing")


def _move_ticket(story, name):
    stage = story.admin.reference(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}")
    return story.agent.write("helpdesk.ticket", story.ticket, stage_id=stage)


def _expect_step(story, step):
    ticket = story.agent.read("helpdesk.ticket", story.ticket, "workflow_step")
    expect(ticket["workflow_step"], step, "the ticket's step")


@step(
    "Lucía writes what was done and asks Rosa",
    ("ticket", "asked", "delivery"),
    ("ticket", "staged", "delivery"),
)
def agent_asks(story):
    _ask(story, "Hemos cambiado la junta del sifón. Ya no gotea.")


def _ask(story, summary):
    """Ask by the dialog; keep the links of the mail that the customer gets."""
    agent = story.agent
    dialog = agent.call("helpdesk.ticket", "action_open_request", [story.ticket])
    model, context = dialog["res_model"], dialog["context"]
    wizard = agent.create(model, {"summary": summary}, context=context)
    agent.call(model, "action_request", [wizard])
    _expect_step(story, "completed")
    _expect_confirmation(story, "pending")
    mail = story.outgoing.wait(story.customer_email, story.ticket_number)
    story.tell(f"mail to {story.customer_email}", "received", mail["Subject"])
    expect_words(clients.text_of(mail), [summary], "the question's mail")
    links = [link for link in clients.links_of(mail) if "/my/confirmation/" in link]
    story.answer_links = {link.rpartition("=")[2]: link for link in links}
    expect(set(story.answer_links), {"accepted", "refused"}, "the answers to choose")
    story.question_id = mail["Message-ID"]
    _expect_no_link_in_chatter(story)


def _expect_no_link_in_chatter(story):
    """Whoever reads the ticket must not be able to answer for the customer."""
    messages = story.agent.search_read(
        "mail.message",
        [("model", "=", "helpdesk.ticket"), ("res_id", "=", story.ticket)],
        "body",
    )
    token = _token(story.answer_links["accepted"])
    found = [message for message in messages if token in message["body"]]
    expect(found, [], "messages on the ticket with the customer's link")


def _token(link):
    return link.partition("/my/confirmation/")[2].partition("?")[0]


def _expect_confirmation(story, state):
    ticket = story.agent.read("helpdesk.ticket", story.ticket, "confirmation_state")
    expect(ticket["confirmation_state"], state, "the ticket's confirmation")


@step("Rosa's mail program answers that she is on holiday: nothing happens")
def robot_answers(story):
    names = ("confirmation_state", "contact_in_count", "reopen_count", "stage_id")
    before = story.agent.read("helpdesk.ticket", story.ticket, *names)
    story.incoming.deliver(
        story.raw_mail(
            "holiday", address=story.reply_address, answered=story.question_id
        )
    )
    story.tell(f"mail to {story.reply_address}", "delivered")
    after = story.agent.read("helpdesk.ticket", story.ticket, *names)
    expect(after, before, "the ticket")
    [question] = story.agent.search_read(
        "customer.confirmation",
        [("ticket_id", "=", story.ticket), ("is_current", "=", True)],
        "is_paused",
    )
    expect(question["is_paused"], False, "the question waits for the company")


@step(
    "Rosa opens the link in her browser and says no",
    ("ticket", "refused", "delivery"),
    ("ticket", "staged", "delivery"),
)
def customer_refuses(story):
    with chromium.Browser() as browser:
        browser.open(story.answer_links["refused"])
        browser.wait("form textarea[name=comment]")
        story.tell("customer's browser", "opened the link")
        expect_words(browser.read(), [story.ticket_number, story.run], "the page")
        _expect_confirmation(story, "pending")
        browser.press("label[for=answer_refused]")
        browser.press("label[for=reason_still_fails]")
        browser.write("textarea[name=comment]", "Esta mañana volvía a gotear.")
        browser.press("form button[type=submit]")
        browser.wait(".o_confirmation_given")
        expect_words(browser.read(), ["Esta mañana volvía a gotear."], "the answer")
    story.tell("customer's browser", "sent the answer")
    _expect_confirmation(story, "refused")
    _expect_step(story, "executing")
    ticket = story.agent.read(
        "helpdesk.ticket", story.ticket, "reopen_count", "reopen_reason"
    )
    expect(ticket["reopen_count"], 1, "how often the ticket was taken up again")
    expect_words(ticket["reopen_reason"], ["volvía a gotear"], "why")
    tasks = story.agent.search_read(
        "mail.activity",
        [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", story.ticket)],
        *("user_id", "note"),
    )
    expect(
        [task["user_id"][0] for task in tasks], [story.agent.uid], "whose task it is"
    )
    expect_words(tasks[0]["note"], ["volvía a gotear"], "the task")


@step(
    "Lucía mends it and asks again: the old link ends",
    ("ticket", "asked", "delivery"),
    ("ticket", "staged", "delivery"),
)
def agent_asks_again(story):
    old_link = story.answer_links["accepted"]
    _ask(
        story, "Hemos cambiado también el latiguillo, y lo hemos dejado en observación."
    )
    try:
        story.visitor.open(old_link)
    except clients.Refused as refused:
        expect_words(str(refused), ["404"], "what the old link answers")
    else:
        expect("a page", "404", "what the old link answers")


@step(
    "Rosa says yes in her browser, with five stars: the ticket is closed",
    ("ticket", "accepted", "delivery"),
    ("ticket", "staged", "aftersales"),
    ("ticket", "closed", "aftersales"),
)
def customer_accepts(story):
    _say_yes(story, "Muy amables. Gracias.")
    _expect_step(story, "closed")
    ratings = story.admin.search_read(
        "rating.rating",
        [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", story.ticket)],
        *("rating", "feedback"),
    )
    found = [(rating["rating"], rating["feedback"]) for rating in ratings]
    expect(found, [(5, "Muy amables. Gracias.")], "the ticket's ratings")
    mail = story.outgoing.wait(story.customer_email, story.ticket_number)
    story.tell(f"mail to {story.customer_email}", "received", mail["Subject"])
    more = story.outgoing.unread(story.customer_email, story.ticket_number)
    expect(more, [], "further mails to the customer")


def _say_yes(story, words):
    """Say yes on the page, with five stars."""
    with chromium.Browser() as browser:
        browser.open(story.answer_links["accepted"])
        browser.wait("form input[name=score]")
        story.tell("customer's browser", "opened the link")
        _expect_confirmation(story, "pending")
        browser.press("label[for=answer_accepted]")
        browser.press("label:has(input[name=score][value='5'])")
        browser.write("textarea[name=comment]", words)
        browser.press("form button[type=submit]")
        browser.wait(".o_confirmation_given")
        expect_words(browser.read(), ["★★★★★"], "the answer")
    story.tell("customer's browser", "sent the answer")
    _expect_confirmation(story, "accepted")


# -- service levels -----------------------------------------------------------------


@step("Marta promises Rosa an answer within an hour, solved within eight")
def manager_promises(story):
    manager, admin = story.manager, story.admin
    for metric, hours in (("first_response", 1), ("resolution", 8)):
        story.policies[metric] = manager.create(
            "customer.sla.policy",
            {
                "name": f"{metric} ({story.run})",
                "sequence": 1,
                "metric": metric,
                "commitment": "agreed",
                "partner_ids": [(6, 0, [story.customer])],
                # Day and night, at whatever hour this is played
                "calendar_id": admin.reference(f"{ADDON}.calendar_on_call"),
                "requires_reason": True,
                "target_ids": [(0, 0, {"amount": hours, "unit": "hour"})],
                "escalation_ids": [(0, 0, line) for line in ESCALATIONS],
            },
        )
    policies = list(story.policies.values())
    manager.call("customer.sla.policy", "action_switch_on", policies)
    story.tell("service levels for Rosa", "switched on")


@step(
    "Rosa writes that her boiler is cold, and reads by when we answer",
    ("ticket", "opened", "contact"),
)
def email_is_acknowledged_with_dates(story):
    story.incoming.deliver(story.raw_mail("boiler", address=story.help_address))
    story.tell(f"mail to {story.help_address}", "delivered")
    [ticket] = story.agent.search_read(
        "helpdesk.ticket",
        [("partner_id", "=", story.customer), ("stage_id.closed", "=", False)],
        *("id", "number"),
    )
    story.ticket, story.ticket_number = ticket["id"], ticket["number"]
    story.follow_journey("helpdesk.ticket", story.ticket)
    mail = story.outgoing.wait(story.customer_email, story.ticket_number)
    story.tell(f"mail to {story.customer_email}", "received", mail["Subject"])
    for metric in story.policies:
        deadline = _clock(story, metric)["deadline"]
        expect_words(clients.text_of(mail), _in_spanish(deadline), "the dates mailed")
        _expect_on_page(story, deadline)


def _clock(story, metric, *names):
    """Return how the last clock on the ticket stands."""
    return story.agent.search_read(
        "customer.sla.status",
        [("ticket_id", "=", story.ticket), ("metric", "=", metric)],
        *("policy_id", "state", "result", "deadline", "reached_date", *names),
        order="id desc",
        limit=1,
    )[0]


def _expect_on_page(story, moment):
    """The customer's page of the ticket, by its own link, has that moment."""
    link = story.agent.call("helpdesk.ticket", "get_portal_url", [story.ticket])
    page = story.visitor.open(link)
    expect_words(page.text, [story.ticket_number, *_in_spanish(moment)], "the page")
    story.tell("customer's browser", "opened the request")


def _in_spanish(moment):
    """Return the words in which Rosa reads a moment, whatever is said around it."""
    local = local_time(moment).astimezone(ZoneInfo("Europe/Madrid"))
    return [f", {local.day} de ", f" de {local.year}, {local.hour}:{local:%M}"]


@step("The scheduled action warns Marta, and tells her when it is late")
def late_answer_escalates(story):
    _run_alerts(story)
    tasks = story.agent.search_read(
        "mail.activity",
        [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", story.ticket)],
        "user_id",
    )
    expect({task["user_id"][0] for task in tasks}, {story.manager.uid}, "who is warned")
    _let_the_hour_pass(story)
    expect(_clock(story, "first_response")["result"], "late", "the first answer")
    _run_alerts(story)
    mail = story.outgoing.wait(f"marta@{DOMAIN}", OVERDUE)
    story.tell("mail to Marta", "received", mail["Subject"])
    expect_words(clients.text_of(mail), [story.ticket_number], "the escalation")
    _run_alerts(story)
    more = story.outgoing.unread(f"marta@{DOMAIN}", OVERDUE)
    expect(more, [], "further escalations")
    _expect_on_page(story, _clock(story, "first_response")["deadline"])


def _let_the_hour_pass(story):
    """Nobody waits for an hour: Marta makes it a second."""
    policy = story.policies["first_response"]
    target = story.manager.read("customer.sla.policy", policy, "target_ids")
    story.manager.write(
        "customer.sla.target", target["target_ids"][0], amount=0.02, unit="minute"
    )
    time.sleep(2)
    story.tell("an hour", "passed")


def _run_alerts(story):
    story.run_scheduled(f"{ADDON}.ir_cron_sla_alert")


@step(
    "Lucía answers and waits for Rosa: the clock stands still until she has written",
    ("ticket", "staged", "contact"),
)
def clock_waits_for_customer(story):
    agent = story.agent
    agent.call("helpdesk.ticket", "assign_to_me", [story.ticket])
    agent.call(
        "helpdesk.ticket",
        "message_post",
        [story.ticket],
        body="¿Qué presión marca el manómetro?",
        partner_ids=[story.customer],
        message_type="comment",
        subtype_xmlid="mail.mt_comment",
    )
    mail = story.outgoing.wait(story.customer_email, story.run)
    expect(_clock(story, "first_response")["result"], "met_late", "the first answer")
    _move_ticket(story, "awaiting")
    expect(_clock(story, "resolution")["state"], "paused", "the clock")
    story.incoming.deliver(
        story.raw_mail(
            "pressure", address=story.help_address, answered=mail["Message-Id"]
        )
    )
    story.tell(f"mail to {story.help_address}", "delivered")
    expect(_clock(story, "resolution")["state"], "running", "the clock")


@step(
    "Lucía completes it in time, once she has said why the first answer was late",
    ("ticket", "asked", "contact"),
    ("ticket", "staged", "delivery"),
)
def agent_says_why(story):
    agent = story.agent
    _expect_refusal(
        story,
        "an agent who has not said why",
        "RedirectWarning",
        lambda: _ask(story, "Faltaba presión: la hemos repuesto."),
    )
    dialog = agent.call("helpdesk.ticket", "action_sla_explain", [story.ticket])
    reason = story.admin.reference(f"{ADDON}.sla_reason_busy")
    wizard = agent.create(
        dialog["res_model"],
        {"reason_id": reason, "cause": "people"},
        context=dialog["context"],
    )
    agent.call(dialog["res_model"], "action_explain", [wizard])
    clock = _clock(story, "first_response", "reason_id")
    expect(clock["reason_id"][0], reason, "why the first answer was late")
    _ask(story, "Faltaba presión: la hemos repuesto.")
    clock = _clock(story, "resolution")
    expect(clock["result"], "met", "the clock")
    _expect_on_page(story, clock["reached_date"])


@step(
    "Rosa says yes: her boiler is warm",
    ("ticket", "accepted", "delivery"),
    ("ticket", "staged", "aftersales"),
    ("ticket", "closed", "aftersales"),
)
def customer_accepts_again(story):
    _say_yes(story, "Ya calienta.")
    _expect_step(story, "closed")


# -- who may see it -----------------------------------------------------------------


@step("Customers and strangers see no journey, and nobody a link to answer")
def outsiders_see_nothing(story):
    customer = story.sign_in("carmen")
    _expect_refusal(
        story,
        "a customer's account",
        "AccessError",
        lambda: customer.search_read("customer.journey", [], "name"),
    )
    _expect_refusal(
        story,
        "a customer's account, by the order",
        "AccessError",
        lambda: customer.search_read("sale.order", [], "journey_id"),
    )
    for who, reader in (("a customer's account", customer), ("an agent", story.agent)):
        _expect_refusal(
            story,
            f"{who}, for the links to answer",
            "AccessError",
            lambda reader=reader: reader.search_read(
                "customer.confirmation", [], "access_token"
            ),
        )
    params = {"model": "customer.journey", "method": "search_read", "args": []}
    _expect_refusal(
        story,
        "a visitor",
        "SessionExpired",
        lambda: story.visitor.call("/web/dataset/call_kw", kwargs={}, **params),
    )
    reply = requests.post(
        f"{story.address}/json/2/customer.journey/search_read",
        json={"domain": []},
        timeout=clients.TIMEOUT,
    )
    expect(reply.status_code, requests.codes.unauthorized, "the answer without a key")
    story.tell("a program without a key", "refused")


def _expect_refusal(story, who, kind, read):
    try:
        answer = read()
    except clients.Refused as refused:
        expect_words(str(refused), [kind], f"why {who} is refused")
        story.tell(who, "refused")
    else:
        expect(answer, "a refusal", f"what {who} reads")


STEPS = (
    prepare_office,
    email_opens_ticket,
    agent_answers,
    website_opens_opportunity,
    salesman_quotes,
    salesman_groups,
    salesman_sends,
    customer_signs,
    customer_looks_for_prices,
    salesman_wins,
    *after_sales.BEFORE_DELIVERY,
    delivery_starts,
    delivery_is_completed,
    customer_answers,
    agent_repairs,
    agent_cannot_close,
    agent_asks,
    robot_answers,
    customer_refuses,
    agent_asks_again,
    customer_accepts,
    manager_promises,
    email_is_acknowledged_with_dates,
    late_answer_escalates,
    clock_waits_for_customer,
    agent_says_why,
    customer_accepts_again,
    *after_sales.AFTER_DELIVERY,
    outsiders_see_nothing,
)
