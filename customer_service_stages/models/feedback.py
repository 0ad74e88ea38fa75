from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import consteq, hmac, plaintext2html

from ..tools.feedback_words import MOST_STARS, stars, tells_something
from .confirmation import LINK_LIFE
from .journey import SILENT

#: How long an answer can be corrected by its link.
CORRECTION = timedelta(days=14)

#: The best score of who is not happy.
UNHAPPY_SCORE = 3


class CustomerFeedback(models.Model):
    """What one customer was asked about a document afterwards, and said (F1, F3).

    The questions are a survey of core's, and so are the answers: its reports know them.
    What they amount to stands here. Who is not happy is called, by way of a request
    that puts it right; when that is closed, the customer is asked again.
    """

    _name = "customer.feedback"
    _description = "Customer's Feedback"
    _inherit = ["customer.about.any.mixin"]
    _order = "ask_date desc, id desc"
    _rec_name = "document_name"
    _rec_names_search = ["order_id", "ticket_id", "lead_id"]

    user_input_id = fields.Many2one(
        "survey.user_input",
        "Survey Answer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        groups="survey.group_survey_user",
    )
    kind = fields.Selection(
        [("order", "Order"), ("ticket", "Request"), ("lead", "Opportunity")],
        compute="_compute_kind",
        store=True,
        precompute=True,
    )
    email = fields.Char("Asked At", readonly=True)
    user_id = fields.Many2one("res.users", "Owner", readonly=True, index=True)
    team_id = fields.Many2one("helpdesk.ticket.team", "Helpdesk Team", readonly=True)
    sales_team_id = fields.Many2one("crm.team", readonly=True)
    ask_date = fields.Datetime("Asked On", required=True, readonly=True)
    answer_date = fields.Datetime("Answered On", readonly=True)
    state = fields.Selection(
        [
            ("asked", "Asked"),
            ("partial", "Half answered"),
            ("answered", "Answered"),
        ],
        default="asked",
        required=True,
        readonly=True,
        index=True,
    )
    score = fields.Integer(readonly=True, aggregator=None, help="1 to 5; 0 is none.")
    problem = fields.Text("How It Went", readonly=True)
    improvement = fields.Text("What to Improve", readonly=True)
    other_answers = fields.Text(
        readonly=True, help="What was said to the other questions of the survey."
    )
    is_happy = fields.Boolean("Happy", compute="_compute_is_happy", store=True)
    is_unhappy = fields.Boolean(
        "Unhappy",
        compute="_compute_is_happy",
        store=True,
        help="A score of 3 or less, or a problem.",
    )
    round = fields.Integer(
        readonly=True,
        default=1,
        aggregator=None,
        help="1: asked how it went. 2: asked again, after it was put right.",
    )
    previous_id = fields.Many2one(
        "customer.feedback",
        "Asks Again About",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    again_ids = fields.One2many(
        "customer.feedback", "previous_id", "Asked Again", readonly=True
    )
    is_recovered = fields.Boolean(
        "Recovered",
        compute="_compute_is_recovered",
        store=True,
        help="Not happy at first, but when asked again.",
    )
    recovery_ticket_id = fields.Many2one(
        "helpdesk.ticket",
        "Recovery",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    suggestion_id = fields.Many2one(
        "customer.improvement", readonly=True, ondelete="set null"
    )
    rating_id = fields.Many2one("rating.rating", readonly=True, ondelete="set null")
    invitation_ids = fields.One2many(
        "customer.review.invitation", "feedback_id", "Review Invitation", readonly=True
    )
    review_click_count = fields.Integer(
        "Visits to Review Platforms", related="invitation_ids.click_count"
    )

    _one_document = models.Constraint(
        "CHECK (num_nonnulls(order_id, ticket_id, lead_id) = 1)",
        "Feedback is about one document.",
    )
    _score_range = models.Constraint(
        "CHECK (score BETWEEN 0 AND 5)", "A score is 1 to 5, or 0 for none."
    )

    @api.depends("order_id", "ticket_id", "lead_id")
    def _compute_kind(self):
        for feedback in self:
            feedback.kind = (
                "order"
                if feedback.order_id
                else "ticket"
                if feedback.ticket_id
                else "lead"
            )

    @api.depends("state", "score", "problem")
    def _compute_is_happy(self):
        for feedback in self:
            has_problem = tells_something(feedback.problem)
            feedback.is_unhappy = has_problem or 0 < feedback.score <= UNHAPPY_SCORE
            feedback.is_happy = feedback.state == "answered" and not feedback.is_unhappy

    @api.depends("is_unhappy", "again_ids.answer_date", "again_ids.is_happy")
    def _compute_is_recovered(self):
        for feedback in self:
            answers = feedback.again_ids.filtered("answer_date").sorted("answer_date")
            feedback.is_recovered = feedback.is_unhappy and answers[-1:].is_happy

    def action_open_recovery(self):
        """Open the request that puts it right."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.recovery_ticket_id.id,
            "views": [(False, "form")],
        }

    @api.model
    def _view(self, domain):
        """Return an action that shows what customers were asked and said."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_service_stages.customer_feedback_action"
        )
        return {**action, "domain": domain, "context": {}}

    # Asking

    @api.model
    def _ask(self, documents, survey, previous=None):
        """Ask about each document, in batch; what waits for its answer is asked once.

        Nothing is sent: whoever asks writes to the customers, with the link.

        :param documents: a recordset of one model.
        :param survey: the `survey.survey` with the questions.
        :param previous: the feedback that each document asks again about, in the order
            of the documents; by default a request that puts something right knows it.
        :return: the feedback, in the order of the documents.
        """
        documents_sudo = documents.sudo()
        waiting = {
            feedback._document(): feedback
            for feedback in documents_sudo.feedback_ids.sorted("ask_date")
            if feedback.state == "asked"
            and feedback.user_input_id.survey_id == survey
            and feedback._is_shown()
        }
        if previous is None:
            previous = [document._feedback_previous() for document in documents_sudo]
        now = fields.Datetime.now()
        vals_list, input_vals_list = [], []
        for document, first in zip(documents_sudo, previous, strict=True):
            if document in waiting:
                continue
            partner, email = document._confirmation_contact()
            vals_list.append(
                {
                    documents._feedback_field: document.id,
                    "company_id": document.company_id.id,
                    "partner_id": partner.id,
                    "email": email,
                    "ask_date": now,
                    "round": 2 if first else 1,
                    "previous_id": first.id,
                    **document._feedback_values(),
                }
            )
            input_vals_list.append(
                {
                    "survey_id": survey.id,
                    "partner_id": partner.id,
                    "email": email,
                    "lang_id": self.env["res.lang"]._get_data(code=partner.lang).id,
                    "deadline": now + LINK_LIFE,
                    "feedback_company_id": document.company_id.id,
                }
            )
        inputs_sudo = self.env["survey.user_input"].sudo().with_context(**SILENT)
        for vals, user_input in zip(
            vals_list, inputs_sudo.create(input_vals_list), strict=True
        ):
            vals["user_input_id"] = user_input.id
        for feedback in self.sudo().create(vals_list):
            waiting[feedback._document()] = feedback
        return self.browse(waiting[document].id for document in documents_sudo)

    # The customer's page

    @api.model
    def _find(self, token, partner):
        """Return the feedback that a link leads to, with superuser rights.

        Unknown and outdated links give nothing alike, and so does one that a customer
        who is signed in has from another customer.

        :param str token: what stands in the link.
        :param partner: the contact who is signed in, or none.
        :return: one row or none.
        """
        feedback_sudo = self.sudo().search(
            Domain("user_input_id.access_token", "=", token), limit=1
        )
        is_foreign = partner._is_another_customer_than(feedback_sudo.partner_id)
        if is_foreign or not feedback_sudo._is_shown():
            return self.browse()
        return feedback_sudo

    def _is_shown(self):
        """Return whether the link still leads somewhere."""
        if not self:
            return False
        if self.state == "answered":
            return fields.Datetime.now() <= self.answer_date + CORRECTION
        return fields.Datetime.now() <= self.ask_date + LINK_LIFE

    def _link(self, score=None):
        """Return the address of the customer's page. For mails only."""
        path = f"/my/feedback/{self.sudo().user_input_id.access_token}"
        query = f"?score={score}" if score else ""
        return f"{self._document().get_base_url()}{path}{query}"

    def _nonce(self):
        """Return what a page must send back: it knows of the answer that counts."""
        return hmac(
            self.env(su=True),
            "customer_service_stages.feedback",
            (self.id, self.state, str(self.answer_date), str(self.write_date)),
        )

    def _check_nonce(self, nonce):
        return consteq(self._nonce(), nonce or "")

    def _questions(self):
        """Return the questions of the survey, in its order."""
        return self.sudo().user_input_id.survey_id.question_ids

    def _lines(self):
        """Return what the customer has answered, question by question."""
        return self.sudo().user_input_id.user_input_line_ids.filtered(
            lambda line: not line.skipped
        )

    # Answering

    def _answer(self, answers):
        """Store the answers that a page has sent; the last ones count.

        :param dict answers: a value and a comment for each question, as core's
            `_save_lines` takes them.
        """
        user_input_sudo = self.sudo().user_input_id
        for question, (value, comment) in answers.items():
            user_input_sudo._save_lines(question, value, comment)
        user_input_sudo.invalidate_recordset(["user_input_line_ids"])
        if user_input_sudo.state == "new":
            user_input_sudo._mark_in_progress()
        if user_input_sudo.state != "done" and self._is_complete():
            user_input_sudo._mark_done()
        else:
            self._take_answer()

    def _is_complete(self):
        """Return whether the score is there, or nobody asks for it."""
        asked = self._questions().filtered(lambda q: q.feedback_role == "score")
        return not asked or asked in self._lines().question_id

    def _take_answer(self):
        """Take over what the customers answered, and let the documents act on it.

        Taking over the same again does nothing.
        """
        for feedback in self:
            document = feedback._document()
            lang = document._owner().lang or feedback.company_id.partner_id.lang
            feedback = feedback.with_context(lang=lang or self.env.lang)
            values = feedback._read_answer()
            if any(values[name] != feedback[name] for name in values):
                feedback._take(values)

    def _read_answer(self):
        """Return what the survey's answers amount to."""
        score, texts, others = 0, {}, []
        for question, lines in self._lines().grouped("question_id").items():
            role = question.feedback_role
            text = "\n".join(
                line.value_text_box or str(line.display_name) for line in lines
            )
            if role == "score":
                score = lines[0].value_scale
            elif role:
                texts[role] = text
            else:
                others.append(f"{question.title} {text}")
        # Core's page takes any number
        score = score if 0 < score <= MOST_STARS else 0
        values = {
            "score": score,
            "problem": texts.get("problem", False),
            "improvement": texts.get("improvement", False),
            "other_answers": "\n".join(others) or False,
        }
        if self.state == "answered" or (any(values.values()) and self._is_complete()):
            state = "answered"
        else:
            state = "partial" if any(values.values()) else self.state
        return {**values, "state": state}

    def _take(self, values):
        """Note an answer or its correction, and do what follows from it.

        Two answers at the same moment: the database lets one through, and the other
        transaction, tried again, finds it.
        """
        before = (self.is_happy, self.is_unhappy)
        is_first = values["state"] != self.state
        if is_first:
            values["answer_date"] = fields.Datetime.now()
        self.write(values)
        self.env.flush_all()
        self._post_answer()
        self._rate()
        self._suggest()
        document = self._document()
        if is_first and self.state == "answered":
            document._journey_event("feedback_given")
        if self.is_happy and not before[0]:
            document._journey_event("feedback_happy")
        if self.is_unhappy and not before[1]:
            document._journey_event("feedback_unhappy")
        if self.is_unhappy or self.recovery_ticket_id:
            self._recover()
        if document.review_may_invite:
            self.env["customer.review.invitation"]._offer(self)

    def _post_answer(self):
        """Write the answer into the document's chatter, by whoever gave it.

        A note: colleagues of the customer who follow the document need not read it.
        """
        self._post_on(self._document(), self.env._("Feedback"))

    def _post_on(self, document, title):
        document.message_post(
            body=Markup("<strong>%s</strong><br/>%s")
            % (title, plaintext2html(self._in_words(), with_paragraph=False)),
            author_id=self.partner_id.id or None,
            email_from=self.partner_id.email_formatted or self.email or None,
            subtype_xmlid="mail.mt_note",
        )

    def _in_words(self):
        """Return the answer as text, in the language of the context."""
        parts = [stars(self.score)] if self.score else []
        for name in ("problem", "improvement"):
            if self[name]:
                label = self._fields[name]._description_string(self.env)
                parts.append(f"{label}: {self[name]}")
        return "\n".join(filter(None, [*parts, self.other_answers]))

    def _rate(self):
        """Keep the score as a rating of the document (core's `rating`)."""
        if not self.score:
            return
        vals = self._document()._rating_values(
            self.score, self.problem, self.partner_id
        )
        if self.rating_id:
            self.rating_id.write(vals)
        else:
            self.rating_id = self.env["rating.rating"].create(vals)

    def _suggest(self):
        """Bring what could be better into the register, once (F9)."""
        if not self.suggestion_id and tells_something(self.improvement):
            self.suggestion_id = self.env["customer.improvement"]._suggest(
                "feedback", self.improvement, self._document()
            )

    # Putting it right

    def _recover(self):
        """Have somebody call whoever is not happy, and put it right: once (F3)."""
        document = self._document()
        if self.recovery_ticket_id:
            self._post_on(self.recovery_ticket_id, self.env._("Corrected feedback"))
            return
        if self.kind == "ticket" and (document.is_confidential or document.is_recovery):
            # What was not put right is taken up again; what is confidential stays so
            ticket = document
            ticket.action_reopen(self._in_words())
        else:
            ticket = self.env["helpdesk.ticket"].create(self._recovery_vals())
        self.recovery_ticket_id = ticket
        ticket._task_for_owner(
            self.env._("Call the customer: not happy"),
            plaintext2html(self._in_words()),
            activity="mail.mail_activity_data_call",
        )

    def _recovery_vals(self):
        """Return the values of the request that puts it right."""
        document, company = self._document(), self.company_id
        vals = document._recovery_values()
        team_id = company.recovery_team_id.id or vals.get("team_id")
        kind = self.env.ref(
            "customer_service_stages.ticket_type_recovery", raise_if_not_found=False
        )
        return {
            "partner_name": self.partner_id.name,
            "partner_email": self.partner_id.email,
            **vals,
            "name": self.env._("Feedback on %s", document.display_name),
            "description": plaintext2html(self._in_words()),
            "is_recovery": True,
            "company_id": (company or self.env.company).id,
            "partner_id": self.partner_id.id,
            "team_id": team_id,
            "type_id": kind and kind.id,
            "priority": "2",
            "user_id": self._recovery_owner().id,
        }

    def _recovery_owner(self):
        """Return who puts it right: as the company has it, else the document's team."""
        document, company = self._document(), self.company_id
        owners = (
            company.recovery_user_id,
            company.recovery_team_id.user_id,
            document.team_id.user_id,
            document.journey_id.user_id,
        )
        return next((user for user in owners if user.active), document._owner())
