import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_feedback_tour", {
    steps: () => [
        {
            content: "The page fits the phone, and a thumb hits every number",
            trigger: ".o_feedback_scale",
            run: ({ anchor }) => {
                const root = document.documentElement;
                if (root.scrollWidth > root.clientWidth) {
                    throw new Error(`${root.scrollWidth} px of ${root.clientWidth}`);
                }
                for (const label of anchor.querySelectorAll("label")) {
                    const { height, width } = label.getBoundingClientRect();
                    if (Math.min(height, width) < 44) {
                        throw new Error(`${width} x ${height} px`);
                    }
                }
            },
        },
        {
            content: "The number of the mail is chosen",
            trigger: ".o_feedback_scale:has(input[value='2']:checked)",
        },
        {
            trigger: ".o_feedback_form fieldset:contains('Was there any problem') textarea",
            run: "edit El grifo gotea otra vez",
        },
        {
            trigger: ".o_feedback_form button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Somebody will call",
            trigger: "#wrap:contains('We shall get in touch with you')",
        },
        {
            content: "Whoever pressed the wrong number corrects it",
            trigger: ".o_feedback_correction summary",
            run: "click",
        },
        {
            trigger: ".o_feedback_correction textarea:value('El grifo gotea otra vez')",
        },
        {
            trigger: ".o_feedback_correction .o_feedback_scale label:contains('3')",
            run: "click",
        },
        {
            trigger: ".o_feedback_correction button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Everybody may write a review",
            trigger: ".o_feedback_platform:contains('Google')",
        },
    ],
});
