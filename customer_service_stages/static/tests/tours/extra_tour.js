import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_extra_tour", {
    steps: () => [
        {
            content: "The page fits the phone, and says why first",
            trigger: ".o_confirmation_subject:contains('podrida')",
            run: () => {
                const root = document.documentElement;
                if (root.scrollWidth > root.clientWidth) {
                    throw new Error(`${root.scrollWidth} px of ${root.clientWidth}`);
                }
            },
        },
        {
            content: "What it is, how much, and the new total",
            trigger:
                ".o_extra_amounts:contains('grifo'):contains('24.20'):contains('34.20')",
        },
        {
            content: "The button of the mail has chosen the answer, nothing more",
            trigger: "#answer_accepted:checked + label",
        },
        {
            content: "Why not is asked of who refuses",
            trigger: "label[for='answer_refused']",
            run: "click",
        },
        {
            trigger: "label[for='reason_too_expensive']:visible",
        },
        {
            trigger: "label[for='answer_accepted']",
            run: "click",
        },
        {
            trigger: "body:not(:has(label[for='reason_too_expensive']:visible))",
        },
        {
            trigger: "input[name='name']",
            run: "edit Pedro Ortega",
        },
        {
            trigger: ".o_confirmation_send",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What was accepted stays to be read",
            trigger:
                ".o_confirmation_page:contains('Thank you!'):contains('Pedro Ortega'):contains('24.20')",
        },
        {
            trigger: "body:not(:has(.o_confirmation_send))",
        },
    ],
});
