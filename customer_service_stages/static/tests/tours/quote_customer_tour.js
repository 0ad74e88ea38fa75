import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_quote_tour", {
    steps: () => [
        {
            content: "The page fits the phone, and says what the quote is for",
            trigger: ".o_quote_subject:contains('Grifo nuevo en la cocina')",
            run: () => {
                const root = document.documentElement;
                if (root.scrollWidth > root.clientWidth) {
                    throw new Error(`${root.scrollWidth} px of ${root.clientWidth}`);
                }
            },
        },
        {
            content: "A group has one price, its lines have none",
            trigger:
                ".o_quote_group:contains('Materials'):contains('34.44'):contains('tubo'):not(:contains('7.77'))",
        },
        {
            trigger: ".o_quote_option .o_quote_line:contains('grifo') .js_quantity",
            run: "edit 2 && press Tab",
            expectUnloadPage: true,
        },
        {
            content: "The price follows what was chosen",
            trigger: ".o_quote_option .o_quote_amount:contains('20.00')",
        },
        {
            trigger: "#portal_sale_content .o_quote_steps li:contains('Sign it online')",
        },
        {
            content: "One button below the quote",
            trigger: ".o_quote_accept a:visible",
            run: "click",
        },
        {
            content: "It draws the name by itself",
            trigger: "#modalaccept .o_web_sign_name_and_signature input",
            run: "edit Carmen Ortega",
        },
        {
            // The button can be pressed before: then the signature is missing
            content: "The name has been drawn",
            trigger: "#modalaccept canvas",
            run: async ({ anchor }) => {
                const context = anchor.getContext("2d");
                const isDrawn = () =>
                    context
                        .getImageData(0, 0, anchor.width, anchor.height)
                        .data.some(Boolean);
                while (!isDrawn()) {
                    await new Promise((resolve) => setTimeout(resolve, 50));
                }
            },
        },
        {
            trigger: "#modalaccept .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Agreed: nothing is left to press",
            trigger: "#quote_content:contains('Your order has been confirmed')",
        },
        {
            trigger: "body:not(:has([data-bs-target='#modalaccept']))",
        },
    ],
});
