import { registry } from "@web/core/registry";

const noDialog = "body:not(:has(.modal))";

/** One sentence in the dialog, and thanks for it. */
const suggest = (sentence) => [
    {
        content: "Nothing is saved before something is said",
        trigger: ".modal .o_improvement_save:disabled",
    },
    {
        content: "Say it in a sentence",
        trigger: ".modal .o_improvement_sentence",
        run: `edit ${sentence}`,
    },
    {
        trigger: ".modal .o_improvement_save:enabled",
        run: "click",
    },
    {
        content: "Thanks, with what was on the screen",
        trigger: ".o_notification:contains(with what you were looking at)",
    },
    {
        trigger: ".o_notification:contains(Thank you) .o_notification_close",
        run: "click",
    },
    { trigger: "body:not(:has(.o_notification)):not(:has(.modal))" },
];

registry.category("web_tour.tours").add("improvement_tour", {
    steps: () => [
        { trigger: ".o_form_view .oe_title" },
        {
            content: "The light bulb in the top bar",
            trigger: ".o_menu_systray .o_improvement_bulb",
            run: "click",
        },
        ...suggest("Llevar cartuchos en la furgoneta"),
        {
            content: "The button on the form",
            trigger: `${noDialog} .o_form_view button.oe_stat_button:contains(Suggest)`,
            run: "click",
        },
        ...suggest("Avisar antes de llegar"),
    ],
});
