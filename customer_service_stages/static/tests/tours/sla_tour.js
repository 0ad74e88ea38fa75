import { waitUntil } from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";

const noDialog = "body:not(:has(.modal))";
const face = ".o_form_view .o_sla_face";

const press = (name, where = `${noDialog} .o_form_view`) => ({
    content: `Press ${name}`,
    trigger: `${where} button[name=${name}]`,
    run: "click",
});

const write = (field, text, where = "") => ({
    content: `Write ${text}`,
    trigger: `${where} .o_field_widget[name=${field}] :is(input, textarea)`,
    run: `edit ${text}`,
});

registry.category("web_tour.tours").add("sla_agent_tour", {
    steps: () => [
        {
            content: "The most urgent is shown; look at everything that is promised",
            trigger: `${face}:contains(Late by)`,
            run: "click",
        },
        {
            content: "The time that is left counts on by itself",
            trigger: ".o_sla_line:contains(First Response) .o_sla_text:contains(/\\d+ s left/)",
            async run({ anchor }) {
                const before = anchor.textContent;
                await waitUntil(() => anchor.textContent !== before, { timeout: 5000 });
            },
        },
        {
            trigger: ".o_sla_line:contains(Nobody has said why)",
            run: "press Escape",
        },
        {
            content: "A target was missed: say why",
            trigger: "body:not(:has(.o_sla_popover)) button[name=action_sla_explain]",
            run: "click",
        },
        write("reason_id", "A part was missing", ".modal"),
        {
            trigger: ".o-autocomplete--dropdown-item:contains(A part was missing)",
            run: "click",
        },
        write("note", "El fabricante tarda", ".modal"),
        press("action_explain", ".modal"),
        {
            content: "Nobody is asked any more",
            trigger: `${noDialog} .o_form_view:not(:has(button[name=action_sla_explain]))`,
        },
        press("action_sla_pause"),
        write("reason", "El cliente está fuera", ".modal"),
        press("action_pause", ".modal"),
        {
            content: "The clocks stand still",
            trigger: `${noDialog} ${face}:contains(Paused)`,
        },
        press("action_sla_resume"),
        {
            content: "They go on",
            trigger: `${noDialog} ${face}:not(:contains(Paused))`,
        },
        {
            content: "Look at the clocks in a list",
            trigger: "button[name=action_view_sla_statuses]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(A part was missing)",
        },
    ],
});

registry.category("web_tour.tours").add("sla_policy_tour", {
    steps: () => [
        {
            content: "The list says that nobody is told anything yet",
            trigger: ".o_list_view .alert:contains(nobody is told anything)",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        write("name", "Averías urgentes", ".o_form_view"),
        {
            content: "Add a target",
            trigger: ".o_field_widget[name=target_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        write("amount", "4", ".o_field_widget[name=target_ids]"),
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The policy in words",
            trigger: ".o_form_saved .o_field_widget[name=summary]:contains(4 working hours)",
        },
        press("action_switch_on"),
        {
            content: "It escalates from now on",
            trigger: "button[name=action_switch_off]",
        },
    ],
});

const choose = (filter) => ({
    content: `Filter: ${filter}`,
    trigger: `.o_filter_menu .o-dropdown-item:contains(/^${filter}$/)`,
    run: "click",
});

registry.category("web_tour.tours").add("sla_deadlines_tour", {
    steps: () => [
        {
            content: "What runs is there, the next deadline first",
            trigger: ".o_data_row:nth-child(1):contains(Late by)",
        },
        {
            trigger: ".o_data_row:nth-child(2):contains(left)",
        },
        {
            content: "Somebody else's deadlines are not",
            trigger: ".o_list_view:not(:contains(La cisterna))",
        },
        {
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        choose("Late"),
        {
            content: "Only what is late is left",
            trigger: ".o_list_view:has(.o_sla_late):not(:has(.o_data_row:nth-child(2)))",
        },
        choose("Late"),
        choose("Until Today"),
        {
            trigger: ".o_searchview_facet:contains(Until Today)",
        },
        choose("Until Today"),
        {
            content: "Open the document",
            trigger: ".o_data_row:nth-child(1) .o_data_cell[name=document_name]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_sla_badge",
        },
    ],
});
