import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_journey_tour", {
    steps: () => [
        {
            content: "Create an opportunity",
            trigger: ".o_lead_opportunity_form .o_field_widget[name=name] textarea",
            run: "edit Cambiar la bañera",
        },
        {
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit Carmen Ortega",
        },
        {
            trigger: ".ui-autocomplete a:contains('Carmen Ortega')",
            run: "click",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The stepper stands on the first stage",
            trigger: ".o_journey_step_current:contains('First contact')",
        },
        {
            content: "Quote it",
            trigger: ".o_statusbar_buttons button[name=action_sale_quotations_new]",
            run: "click",
        },
        {
            trigger: ".o_sale_order .o_field_widget[name=partner_id]",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The quotation has taken the journey on",
            trigger: ".o_sale_order .o_journey_step_current:contains('Quote & management')",
        },
        {
            trigger: ".o_sale_order .o_journey_step_done:contains('First contact')",
        },
        {
            content: "Follow the smart button",
            trigger: "button[name=action_view_journey]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=order_ids] .o_data_row",
        },
        {
            content: "Move by hand on the status bar, with a reason",
            trigger: ".o_statusbar_status button:contains('Delivery')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Empezamos hoy",
        },
        {
            trigger: ".modal button[name=action_move]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_arrow_button_current:contains('Delivery')",
        },
        {
            content: "Back to the opportunity by the other smart button",
            trigger: "button[name=action_view_leads]",
            run: "click",
        },
        {
            trigger: ".o_lead_opportunity_form .o_journey_step_current:contains('Delivery')",
        },
        {
            content: "The stepper leads to the journey as well",
            trigger: ".o_journey_stepper",
            run: "click",
        },
        {
            trigger: ".o_form_view .nav-link:contains('Timeline')",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=event_ids] .o_data_row:contains('Empezamos hoy')",
        },
    ],
});
