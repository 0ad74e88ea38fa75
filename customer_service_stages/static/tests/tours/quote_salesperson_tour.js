import { registry } from "@web/core/registry";

const form = "body:not(:has(.modal)) .o_form_view";
const lines = ".o_field_widget[name=order_line]";
const row = (number, name) =>
    `${lines} .o_data_row:nth-child(${number}):contains(${name})`;
// A section's title stands in a text box
const section = (number, name) =>
    `${lines} .o_data_row:nth-child(${number}) input:value(${name})`;

const press = (name, content) => ({
    content,
    trigger: `${form} button[name=${name}]:enabled`,
    run: "click",
});

const choose = (trigger, name) => [
    { trigger, run: `edit ${name}` },
    { trigger: `.o-autocomplete--dropdown-item:contains(${name})`, run: "click" },
];

const add = (product) => [
    {
        content: `Sell ${product}`,
        trigger: `${lines} .o_field_x2many_list_row_add a:contains(Add a product)`,
        run: "click",
    },
    ...choose(`${lines} .o_selected_row [name=product_template_id] input`, product),
    { trigger: `${lines} .o_selected_row:contains(10.00)` },
];

registry.category("web_tour.tours").add("quote_salesperson_tour", {
    steps: () => [
        ...choose(`${form} .o_field_widget[name=partner_id] input`, "Carmen Ortega"),
        ...add("hora"),
        ...add("tubo"),
        ...add("montaje"),
        press("action_group_lines", "Sort them into groups"),
        { trigger: section(1, "Materials") },
        { trigger: row(2, "tubo") },
        { trigger: section(3, "Work") },
        { trigger: row(5, "montaje") },
        press("action_ungroup_lines", "Put them back"),
        { trigger: `${form}:not(:has(button[name=action_ungroup_lines]))` },
        { trigger: row(1, "hora") },
        { trigger: row(2, "tubo") },
        press("action_group_lines", "Once more"),
        { trigger: section(1, "Materials") },
        {
            content: "The customer shall see the groups only",
            trigger: `${form} .o_field_widget[name=quote_presentation] input`,
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Groups with a price only)",
            run: "click",
        },
        {
            content: "The company's words of a group are there for the customer",
            trigger: ".o_notebook_headers a[name=quote]",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=quote_section_ids] .o_data_row:contains(Materials):contains(stays with you)",
        },
        {
            ...press("action_preview_sale_order", "Look at it as the customer does"),
            expectUnloadPage: true,
        },
        {
            trigger:
                "#portal_sale_content:contains(Materials):contains(20.00):not(:contains(montaje))",
        },
    ],
});
