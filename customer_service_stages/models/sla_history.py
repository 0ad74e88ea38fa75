from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from ..tools.mail_manners import is_courtesy
from ..tools.sla_history import Beat, beats
from ..tools.sla_rules import DOCUMENT_FIELDS
from ..tools.sla_steps import Stand

#: The status that an event in the history of a journey leaves its document in.
STATUSES = {
    "crm.lead": {
        "archived": "archived",
        "lost": "lost",
        "reopened": "open",
        "won": "won",
    },
    "sale.order": {
        "cancelled": "cancelled",
        "confirmed": "sale",
        "delivery_completed": "delivered",
        "delivery_reopened": "delivering",
        "delivery_started": "delivering",
        "reopened": "draft",
        "sent": "sent",
    },
}

#: The statuses of an order whose quotation has reached the customer.
QUOTED = ("sent", "sale", "delivering", "delivered")

#: Nobody says thanks and nothing else at such length.
LONG = 2000


class CustomerSlaHistory(models.AbstractModel):
    """The past of documents, pieced together from what Odoo keeps of it (S8).

    Messages, trackings, confirmations and the history of journeys are read in bulk: a
    number of queries for however many documents. What was not kept is told by the
    documents' own dates, as well as these know, and is said so. Nothing is written.
    """

    _name = "customer.sla.history"
    _description = "Past of Documents"

    @api.model
    def _of(self, documents):
        """Return the past of documents of one model.

        :return: by document id, its beats, and the names of what is not known for sure:
            `stages`, `ends`, `quotes`, `deliveries`.
        """
        self.env["mail.tracking.value"].flush_model()
        self.env["mail.message"].flush_model()
        read = {
            "crm.lead": self._of_leads,
            "sale.order": self._of_orders,
            "helpdesk.ticket": self._of_tickets,
        }
        return read[documents._name](documents.sudo())

    @api.model
    def _of_tickets(self, tickets):
        stages = {stage.id: self._stand_in(stage) for stage in self._stages(tickets)}
        tracked = self._tracked(tickets, ("stage_id", "user_id", "duplicate_id"))
        heard, asked = self._heard(tickets), self._asked(tickets)
        past = {}
        for ticket in tickets:
            moved, owned, doubled = (
                tracked[ticket.id, name]
                for name in ("stage_id", "user_id", "duplicate_id")
            )
            begin, unknown = ticket.create_date.replace(microsecond=0), set()
            changes = self._staged(ticket, begin, moved, stages, unknown)
            changes += [
                (date, number, "changed", {"is_duplicate": bool(original_id)})
                for date, number, _before, original_id in doubled
            ]
            changes += [
                (date, number, "assigned", {"is_assigned": bool(user_id)})
                for date, number, _before, user_id in owned
            ]
            is_assigned = bool(owned[0][2] if owned else ticket.user_id)
            first = Beat(begin, "created", Stand("open", is_assigned=is_assigned))
            changes += heard[ticket.id] + asked[ticket.id]
            past[ticket.id] = beats(first, changes), unknown
        return past

    @api.model
    def _of_leads(self, leads):
        stages = {
            stage.id: {"is_in_waiting_stage": stage.sla_paused}
            for stage in self._stages(leads)
        }
        tracked = self._tracked(leads, ("stage_id",))
        heard, noted = self._heard(leads), self._noted(leads)
        quoted = self._quoted(leads)
        past = {}
        for lead in leads:
            begin = max(lead.create_date, lead.date_conversion or lead.create_date)
            begin, unknown = begin.replace(microsecond=0), set()
            moved = tracked[lead.id, "stage_id"]
            changes = self._staged(lead, begin, moved, stages, unknown)
            changes += self._statuses(
                lead, noted[lead.id], "open", lead.date_closed, unknown
            )
            changes += heard[lead.id] + self._offered(quoted[lead.id], unknown)
            past[lead.id] = (
                beats(Beat(begin, "created", Stand("open")), changes),
                unknown,
            )
        return past

    @api.model
    def _of_orders(self, orders):
        noted, asked = self._noted(orders), self._asked(orders)
        past = {}
        for order in orders:
            begin, since, unknown = order.date_order, noted[order.id], set()
            events = [event for _date, _number, event in since]
            if "confirmed" in events:
                at = events.index("confirmed")
                begin, since = since[at][0], since[at + 1 :]
            elif order.state != "sale":
                past[order.id] = [], unknown
                continue
            changes = self._statuses(
                order, since, "sale", order.delivery_completion_date, unknown
            )
            if (
                order._journey_status() in ("sale", "delivering")
                and order.invoice_status == "invoiced"
            ):
                unknown.add("deliveries")
            first = Beat(begin, "confirmed", Stand("sale"))
            past[order.id] = beats(first, changes + asked[order.id]), unknown
        return past

    # What documents tell themselves

    @api.model
    def _stages(self, documents):
        comodel = self.env[documents._fields["stage_id"].comodel_name]
        return comodel.sudo().with_context(active_test=False).search(Domain.TRUE)

    @api.model
    def _stand_in(self, stage):
        """Return how a ticket stands in a stage."""
        ended = "closed" if stage.journey_stage_id else "cancelled"
        return {
            "status": ended if stage.closed else "open",
            "is_completed": stage.workflow_step == "completed" and not stage.closed,
            "is_in_waiting_stage": stage.sla_paused,
        }

    @api.model
    def _staged(self, document, begin, moved, stages, unknown):
        """Return a document's changes of stage; the last one by its date if need be."""
        own_date = document.date_last_stage_update or begin
        if moved:
            first_id, last_id = moved[0][2], moved[-1][3]
        else:
            was_moved = (own_date - begin).total_seconds() > 1
            first_id = last_id = not was_moved and document.stage_id.id
        changes = [
            (date, number, "staged", stages.get(stage_id, {}))
            for date, number, _before, stage_id in moved
        ]
        if first_id in stages:
            changes.append((begin.min, 0, "created", stages[first_id]))
        if last_id != document.stage_id.id:
            unknown.add("stages")
            changes.append(
                (own_date, 0, "staged", stages.get(document.stage_id.id, {}))
            )
        return changes

    @api.model
    def _statuses(self, document, noted, status, end_date, unknown):
        """Return the changes of status; the last one by its date if need be."""
        after = STATUSES[document._name]
        changes = [
            (date, number, event, {"status": after[event]})
            for date, number, event in noted
        ]
        last = changes[-1][3]["status"] if changes else status
        now = document._journey_status()
        if now not in (last, "delivering"):
            unknown.add("ends")
            date = end_date or document.write_date
            changes.append((date, 0, "changed", {"status": now}))
        return changes

    @api.model
    def _offered(self, orders, unknown):
        """Return how the quotations of an opportunity came and went.

        :param orders: the order, what its journey noted and what was said, of each.
        """
        lines, changes, quoted = [], [], set()
        after = STATUSES["sale.order"]
        for order, noted, said in orders:
            lines += [
                (date, number, order.id, event, after[event] in QUOTED)
                for date, number, event in noted
            ]
            is_quoted = bool(noted) and after[noted[-1][2]] in QUOTED
            if is_quoted != (order.state in QUOTED):
                unknown.add("quotes")
                told = [
                    date for date, _number, event, _v in said if event == "staff_wrote"
                ]
                date = min(told, default=order.date_order or order.create_date)
                lines.append((date, 0, order.id, "changed", order.state in QUOTED))
            changes += [
                (date, number, f"order_{event}", values)
                for date, number, event, values in said
            ]
        for date, number, order_id, event, is_quoted in sorted(lines):
            (quoted.add if is_quoted else quoted.discard)(order_id)
            changes.append(
                (date, number, f"order_{event}", {"is_quoted": bool(quoted)})
            )
        return changes

    # What is read in bulk

    @api.model
    def _tracked(self, documents, names):
        """Return the trackings of many-to-one fields.

        :return: by document id and field: date, number, id before and id after.
        """
        tracked = defaultdict(list)
        for res_id, name, *line in self.env.execute_query(
            SQL(
                """SELECT m.res_id, f.name, m.date, m.id,
                          v.old_value_integer, v.new_value_integer
                     FROM mail_message m
                     JOIN mail_tracking_value v ON v.mail_message_id = m.id
                     JOIN ir_model_fields f ON f.id = v.field_id
                    WHERE m.model = %(model)s AND m.res_id IN %(ids)s
                      AND f.name IN %(names)s
                    ORDER BY m.date, m.id""",
                model=documents._name,
                ids=documents._ids,
                names=names,
            )
        ):
            tracked[res_id, name].append(line)
        return tracked

    @api.model
    def _heard(self, documents):
        """Return the contacts with the customers, as `_contact_direction` knows them.

        :return: by document id, (date, number, event, values).
        """
        heard = defaultdict(list)
        if not documents:
            return heard
        for res_id, date, number, is_ours, body in self.env.execute_query(
            SQL(
                """SELECT m.res_id, m.date, m.id, call.id IS NOT NULL OR is_staff.yes,
                          CASE WHEN LENGTH(m.body) < %(long)s THEN m.body END
                     FROM mail_message m
                LEFT JOIN mail_activity_type call
                       ON call.id = m.mail_activity_type_id
                      AND call.category = 'phonecall'
                LEFT JOIN res_partner p ON p.id = m.author_id
               CROSS JOIN LATERAL (
                              SELECT NOT COALESCE(p.partner_share, TRUE) AS yes
                          ) is_staff
                    WHERE m.model = %(model)s AND m.res_id IN %(ids)s
                      AND (call.id IS NOT NULL
                           OR m.message_type IN ('comment', 'email')
                              AND (NOT is_staff.yes
                                   OR m.subtype_id = %(comment)s AND p.id != %(robot)s
                                      AND (m.outgoing_email_to IS NOT NULL
                                           OR EXISTS (%(told)s)
                                           OR EXISTS (%(following)s))))""",
                long=LONG,
                model=documents._name,
                ids=documents._ids,
                comment=self.env.ref("mail.mt_comment").id,
                robot=self.env.ref("base.partner_root").id,
                told=SQL(
                    """SELECT FROM mail_message_res_partner_rel r
                         JOIN res_partner t ON t.id = r.res_partner_id
                        WHERE r.mail_message_id = m.id AND t.partner_share"""
                ),
                following=SQL(
                    """SELECT FROM mail_followers w
                         JOIN res_partner t ON t.id = w.partner_id
                        WHERE w.res_model = m.model AND w.res_id = m.res_id
                          AND t.partner_share"""
                ),
            )
        ):
            if is_ours:
                line = date, number, "staff_wrote", {"is_answered": True}
            elif body and is_courtesy(html2plaintext(body)):
                line = date, number, "customer_thanked", {}
            else:
                line = date, number, "customer_wrote", {}
            heard[res_id].append(line)
        return heard

    @api.model
    def _asked(self, documents):
        """Return when customers were asked to confirm, and when that was over.

        Asking with words of what was done is an answer; so is a talk.

        :return: by document id, (date, number, event, values).
        """
        field_name = DOCUMENT_FIELDS[documents._name]
        asked = defaultdict(list)
        confirmations = (
            self.env["customer.confirmation"]
            .sudo()
            .search(
                Domain(field_name, "in", documents.ids),
                order="request_date desc, id desc",
            )
        )
        followed = {}
        for question in confirmations:
            document_id, number = question[field_name].id, question.id
            lines = [(question.request_date, number, "asked", {"is_asked": True})]
            if question.state != "pending":
                end = question.answer_date or followed.get(document_id)
                end = end or question.write_date
                lines.append((end, number, "answered", {"is_asked": False}))
            answered = {
                question.request_date: question.summary,
                question.answer_date: question.answer_origin in ("phone", "in_person"),
            }
            lines += [
                (date, number, "staff_wrote", {"is_answered": True})
                for date, is_answer in answered.items()
                if date and is_answer
            ]
            asked[document_id] += lines
            followed[document_id] = question.request_date
        return asked

    @api.model
    def _noted(self, documents):
        """Return what the journeys' history says of the documents' statuses.

        :return: by document id, (date, number, event), in order.
        """
        noted = defaultdict(list)
        for event in (
            self.env["customer.journey.event"]
            .sudo()
            .search_fetch(
                Domain("res_model", "=", documents._name)
                & Domain("res_id", "in", documents.ids)
                & Domain("event", "in", list(STATUSES[documents._name])),
                ["res_id", "date", "event"],
                order="date, id",
            )
        ):
            noted[event.res_id].append((event.date, event.id, event.event))
        return noted

    @api.model
    def _quoted(self, leads):
        """Return the orders of opportunities with what was noted and said of each."""
        orders = (
            self.env["sale.order"]
            .sudo()
            .search_fetch(
                Domain("opportunity_id", "in", leads.ids),
                ["opportunity_id", "state", "date_order"],
            )
        )
        noted, heard = self._noted(orders), self._heard(orders)
        quoted = defaultdict(list)
        for order in orders:
            quoted[order.opportunity_id.id].append(
                (order, noted[order.id], heard[order.id])
            )
        return quoted
