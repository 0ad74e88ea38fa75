import { registry } from "@web/core/registry";

const card = (column) =>
    `.o_kanban_group:eq(${column}) .o_kanban_record:contains('Fuga bajo el fregadero')`;

registry.category("web_tour.tours").add("customer_journey_board_tour", {
    steps: () => [
        {
            content: "Drop a card on another stage",
            trigger: card(0),
            run: "drag_and_drop .o_kanban_group:has(.o_column_title:contains(Delivery))",
        },
        {
            content: "Changing one's mind leaves it where it was",
            trigger: ".modal button[special=cancel], .modal .o_form_button_cancel",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            trigger: card(0),
            run: "drag_and_drop .o_kanban_group:has(.o_column_title:contains(Delivery))",
        },
        {
            content: "It moves with a reason",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit La pieza ha llegado",
        },
        {
            trigger: ".modal button[name=action_move]",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) ${card(2)}`,
        },
    ],
});
