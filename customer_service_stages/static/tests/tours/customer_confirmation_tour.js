import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("customer_confirmation_refuse", {
    steps: () => [
        {
            content: "The page fits the phone",
            trigger: ".o_confirmation_form",
            run: () => {
                const root = document.documentElement;
                if (root.scrollWidth > root.clientWidth) {
                    throw new Error(`${root.scrollWidth} px of ${root.clientWidth}`);
                }
            },
        },
        {
            content: "Not solved; nothing about stars then",
            trigger: "label[for=answer_refused]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.o_confirmation_stars:visible))",
        },
        {
            content: "Without a reason it does not go",
            trigger: ".o_confirmation_form .o_confirmation_send",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#errors[role=alert] a[href='#refusal_reason']",
        },
        {
            trigger: "label[for=reason_still_fails]",
            run: "click",
        },
        {
            trigger: "#comment",
            run: "edit Sigue goteando",
        },
        {
            trigger: ".o_confirmation_form .o_confirmation_send",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is taken up again, with these words",
            trigger: ".o_confirmation_given:contains('Sigue goteando')",
        },
    ],
});

tours.add("customer_confirmation_accept", {
    steps: () => [
        {
            trigger: "label[for=answer_accepted]",
            run: "click",
        },
        {
            trigger: ".o_confirmation_stars label:nth-child(2)",
            run: "click",
        },
        {
            trigger: "#comment",
            run: "edit Tarde, pero bien",
        },
        {
            trigger: ".o_confirmation_form .o_confirmation_send",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Two stars sound like a no",
            trigger: ".o_confirmation_doubt button[value=accepted]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Closed, and there is a way back",
            trigger: ".o_confirmation_given:contains('Tarde, pero bien')",
        },
        {
            trigger: ".o_confirmation_withdraw",
        },
    ],
});

tours.add("customer_confirmation_sign", {
    steps: () => [
        {
            trigger: "label[for=answer_accepted]",
            run: "click",
        },
        {
            content: "Unsigned, it is not sent",
            trigger: ".o_confirmation_signature canvas",
        },
        {
            trigger: ".o_confirmation_form .o_confirmation_send",
            run: "click",
        },
        {
            trigger: ".o_confirmation_signature_error:visible",
        },
        {
            content: "Let it draw the name",
            trigger: ".o_confirmation_signature .o_web_sign_auto_button",
            run: "click",
        },
        {
            trigger: ".o_confirmation_signature_error:not(:visible)",
        },
        {
            trigger: ".o_confirmation_form .o_confirmation_send",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_confirmation_given:contains('Carmen Ortega')",
        },
    ],
});
