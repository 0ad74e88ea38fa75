import { registry } from "@web/core/registry";

const statusBarMenu = ".o_statusbar_status .o_arrow_button.dropdown-toggle";
const noDialog = "body:not(:has(.modal))";

/** The bar shows where the request stands, once no dialog is left in the way. */
const standsAt = (step) => ({
    content: `The request stands at ${step}`,
    trigger: `${noDialog} .o_step_bar_current:contains(${step})`,
});

const press = (name, where = ".o_statusbar_buttons") => ({
    content: `Press ${name}`,
    trigger: `${where} button[name=${name}]`,
    run: "click",
});

const choose = (name, value) => ({
    content: `Choose ${value}`,
    trigger: `.modal .o_field_widget[name=${name}] input[data-value=${value}]`,
    run: "click",
});

const write = (name, text) => ({
    content: `Write ${text}`,
    trigger: `.modal .o_field_widget[name=${name}] textarea`,
    run: `edit ${text}`,
});

registry.category("web_tour.tours").add("customer_request_tour", {
    steps: () => [
        standsAt("In Execution"),
        {
            content: "Try to close it without asking",
            trigger: `${statusBarMenu}:not(.d-none)`,
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o-dropdown-item:contains(Done)",
            run: "click",
        },
        {
            content: "Only the customer closes this",
            trigger: ".modal:contains(only the customer closes this)",
        },
        {
            trigger: ".modal button:contains(Ask the Customer)",
            run: "click",
        },
        write("summary", "Hemos cambiado la junta"),
        press("action_request", ".modal"),
        standsAt("Completed"),
        {
            content: "It waits for the customer",
            trigger: "button[name=action_view_confirmations]:contains(Waiting)",
        },
        {
            content: "The chatter shows what the customer was sent",
            trigger: ".o-mail-Message:contains(Is it solved?)",
        },
        press("action_open_answer"),
        choose("answer", "refused"),
        choose("refusal_reason", "still_fails"),
        write("comment", "Sigue goteando"),
        press("action_answer", ".modal"),
        standsAt("In Execution"),
        {
            content: "The refusal is there to see",
            trigger: "button[name=action_view_confirmations]:contains(Refused)",
        },
        {
            trigger: ".o-mail-Message:contains(Sigue goteando)",
        },
        press("action_open_request"),
        {
            content: "What was written before is kept",
            trigger: ".modal .o_field_widget[name=summary] textarea",
            run: "edit Hemos cambiado la junta y el latiguillo",
        },
        press("action_request", ".modal"),
        standsAt("Completed"),
        press("action_open_answer"),
        press("action_answer", ".modal"),
        standsAt("Closed"),
        {
            trigger: "button[name=action_view_confirmations]:contains(Accepted)",
        },
        press("action_open_reopen"),
        write("reason", "Ha vuelto a llamar"),
        press("action_reopen", ".modal"),
        standsAt("In Execution"),
    ],
});

const column = (stage) => `.o_kanban_group:has(.o_column_title:contains(${stage}))`;
const card = (name, stage) =>
    `${noDialog} ${column(stage)} .o_kanban_record:contains(${name})`;
const drop = (name, stage) => ({
    content: `Drop ${name} on ${stage}`,
    trigger: card(name, "In Progress"),
    run: ({ drag_and_drop }) =>
        drag_and_drop(column(stage), {
            position: { top: 200, left: 20 },
            relative: true,
        }),
});

registry.category("web_tour.tours").add("customer_request_board_tour", {
    steps: () => [
        drop("No sale agua", "Done"),
        {
            trigger: ".modal:contains(only the customer closes this)",
        },
        {
            content: "Changing one's mind leaves it where it was",
            trigger: ".modal footer .btn-secondary",
            run: "click",
        },
        drop("No sale agua", "Done"),
        {
            trigger: ".modal button:contains(Ask the Customer)",
            run: "click",
        },
        write("summary", "Hemos cambiado la junta"),
        press("action_request", ".modal"),
        {
            content: "The board shows it where it stands now",
            trigger: `${card("No sale agua", "Completed")} .badge:contains(Waiting)`,
        },
        drop("La cisterna", "Completed"),
        {
            content: "Dropping it there asks the customer as well",
            trigger: `${card("La cisterna", "Completed")} .badge:contains(Waiting)`,
        },
    ],
});
