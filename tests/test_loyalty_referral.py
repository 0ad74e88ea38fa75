"""Who recommended us: noted, thanked and counted (F8, J8)."""

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import JourneyCase


@tagged("post_install", "-at_install")
class TestReferral(JourneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.followup.rule"].search([]).active = False
        cls.rule = cls.env.ref("customer_service_stages.followup_rule_recommended")
        cls.rule.write({"active": True, "is_on": True})
        cls.everyone.lang = "en_US"

    def planned(self, lead):
        return lead.sudo().followup_ids.filtered(lambda f: f.state == "planned")

    def told(self, lead):
        return len(
            lead.sudo().journey_id.event_ids.filtered(
                lambda event: event.event == "recommended"
            )
        )

    def test_noted_on_the_form(self):
        lead = self.lead(user_id=self.salesman.id)
        with Form(lead.with_user(self.salesman)) as form:
            form.referred_by_id = self.other_customer
        self.assertEqual(self.told(lead), 1)
        [event] = lead.journey_id.event_ids.filtered(lambda e: e.event == "recommended")
        self.assertEqual(event.reason, "Bar La Plaza")
        self.assertEqual(self.planned(lead).partner_id, self.other_customer)

    def test_noted_at_once(self):
        lead = self.lead(referred_by_id=self.other_customer.id)
        self.assertEqual(self.told(lead), 1)
        self.assertEqual(len(self.planned(lead)), 1)
        lead.name = "Otra cosa"
        lead.referred_by_id = self.other_customer
        self.assertEqual(self.told(lead), 1)

    def test_raw_leads_tell_when_they_are_converted(self):
        lead = self.lead(type="lead", referred_by_id=self.other_customer.id)
        self.assertFalse(self.planned(lead))
        lead.convert_opportunity(self.customer)
        self.assertEqual(self.told(lead), 1)
        self.assertEqual(len(self.planned(lead)), 1)

    def test_not_of_what_is_over(self):
        lead = self.lead()
        lead.action_set_lost()
        lead.referred_by_id = self.other_customer
        self.assertFalse(self.told(lead))
        self.assertFalse(self.planned(lead))

    def test_somebody_else(self):
        """Whoever is noted in the end is thanked; nobody if it was a mistake."""
        lead = self.lead(referred_by_id=self.other_customer.id)
        friend = self.env["res.partner"].create(
            {"name": "Lola", "email": "lola@friend.example"}
        )
        lead.referred_by_id = friend
        self.assertEqual(self.planned(lead).partner_id, friend)
        lead.referred_by_id = False
        followup = self.planned(lead)
        followup.planned_date = "2020-01-01 10:00:00"
        self.assertEqual(followup._obstacle(), "condition")

    def test_thanked_once(self):
        lead = self.lead(referred_by_id=self.other_customer.id)
        with self.mock_mail_gateway():
            self.planned(lead).with_user(self.everyone).action_send_now()
        [mail] = self._new_mails
        self.assertEqual(mail.recipient_ids, self.other_customer)
        self.assertIn("recommended us", mail.body_html)
        for secret in (self.customer.name, lead.name):
            self.assertNotIn(secret, mail.body_html)
            self.assertNotIn(secret, mail.subject)
        lead.referred_by_id = self.customer
        self.assertFalse(self.planned(lead))

    def test_the_friends_word_stops_nothing(self):
        lead = self.lead(referred_by_id=self.other_customer.id)
        lead.message_post(body="Hola", message_type="email", author_id=self.customer.id)
        self.assertEqual(len(self.planned(lead)), 1)

    def test_merged(self):
        """It stays, and nobody is thanked a second time."""
        first = self.lead(probability=50)
        second = self.lead(referred_by_id=self.other_customer.id, probability=10)
        with self.mock_mail_gateway():
            self.planned(second).action_send_now()
        merged = (first + second).with_user(self.manager).merge_opportunity()
        self.assertEqual(merged, first)
        self.assertEqual(merged.referred_by_id, self.other_customer)
        self.assertEqual(merged.sudo().followup_ids.mapped("state"), ["done"])

    def test_counts(self):
        child = self.env["res.partner"].create(
            {"name": "Lola", "parent_id": self.other_customer.id}
        )
        lost = self.lead(referred_by_id=self.other_customer.id)
        lost.action_set_lost()
        won = self.lead(referred_by_id=child.id)
        self.order(won).action_confirm()
        won.action_set_won()
        partner = self.other_customer.with_user(self.everyone)
        self.assertEqual(partner.recommendation_count, 2)
        self.assertEqual(partner.recommendation_won_count, 1)
        self.assertEqual(partner.recommendation_amount, 40)
        self.assertEqual(child.with_user(self.everyone).recommendation_count, 1)
        action = partner.action_view_recommendations()
        leads = self.env["crm.lead"].with_context(**action["context"])
        self.assertEqual(leads.search(action["domain"]), lost + won)
        with Form(partner):
            pass
        with self.assertRaises(AccessError):
            self.other_customer.with_user(self.agent).read(["recommendation_count"])

    def test_search_and_group(self):
        lead = self.lead(referred_by_id=self.other_customer.id)
        leads = self.env["crm.lead"].with_user(self.everyone)
        found = leads.search([("referred_by_id", "child_of", self.other_customer.id)])
        self.assertEqual(found, lead)
        [group] = leads.formatted_read_group(
            [("id", "=", lead.id)], ["referred_by_id"], ["__count"]
        )
        self.assertEqual(group["referred_by_id"][0], self.other_customer.id)

    def test_strangers(self):
        portal = new_test_user(
            self.env,
            "bar_portal",
            groups="base.group_portal",
            partner_id=self.other_customer.id,
        )
        self.lead(referred_by_id=self.other_customer.id)
        with self.assertRaises(AccessError):
            self.other_customer.with_user(portal).read(["recommendation_count"])
