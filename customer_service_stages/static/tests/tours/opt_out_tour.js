import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_opt_out_tour", {
    steps: () => [
        {
            content: "The page fits the phone, and says which mails it is about",
            trigger: "#wrap:contains('questions about our work')",
            run: () => {
                const root = document.documentElement;
                if (root.scrollWidth > root.clientWidth) {
                    throw new Error(`${root.scrollWidth} px of ${root.clientWidth}`);
                }
            },
        },
        {
            content: "One press ends them",
            trigger: "button[value='kind']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#wrap:contains('Your choice is saved')",
        },
        {
            content: "Whoever regrets it gets them again",
            trigger: "button[value='none']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "button[value='kind']",
        },
        {
            content: "Nothing but what was asked for",
            trigger: "button[value='all']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#wrap:contains('only about what you ask us for')",
        },
    ],
});
