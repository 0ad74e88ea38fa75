import { registry } from "@web/core/registry";

const column = (stage) => `.o_kanban_group:has(.o_column_title:contains(${stage}))`;
const card = (stage) =>
    `${column(stage)} .o_kanban_record:contains(Fuga bajo el fregadero)`;
const dropInDelivery = ({ drag_and_drop }) =>
    drag_and_drop(column("Delivery"), { position: { top: 200, left: 50 }, relative: true });

registry.category("web_tour.tours").add("customer_journey_board_tour", {
    steps: () => [
        {
            content: "The four stages are there, the empty ones too",
            trigger: column("After-sales"),
        },
        {
            content: "Drop a card on another stage",
            trigger: card("First contact"),
            run: dropInDelivery,
        },
        {
            content: "Changing one's mind leaves it where it was",
            trigger: ".modal button.btn-close",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "It moves with a reason",
            trigger: card("First contact"),
            run: dropInDelivery,
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit La pieza ha llegado",
        },
        {
            trigger: ".modal button[name=action_move]",
            run: "click",
        },
        {
            trigger: card("Delivery"),
        },
    ],
});
