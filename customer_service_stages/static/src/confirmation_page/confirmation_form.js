import { reactive } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { NameAndSignature } from "@web/core/signature/name_and_signature";
import { Interaction } from "@web/public/interaction";

/**
 * The form on a customer's page of a confirmation. It works without this; what comes on
 * top is the drawn signature, and that pressing twice sends once.
 */
export class ConfirmationForm extends Interaction {
    static selector = ".o_confirmation_form";
    dynamicContent = {
        _root: { "t-on-submit": this.onSubmit },
        _window: { "t-on-pageshow": this.onPageShow },
        "[name='answer']": { "t-on-change": this.showSignature },
        "[name='name']": { "t-on-change": this.onName },
    };

    setup() {
        this.isSent = false;
        this.signatureEl = this.el.querySelector(".o_confirmation_signature");
    }

    start() {
        this.showSignature();
    }

    /** Put the drawing area there as soon as it has a width to fill. */
    showSignature() {
        if (!this.signatureEl || this.signature || !this.isAccepted) {
            return;
        }
        const drawn = this.signatureInput.value;
        this.signature = reactive({
            name: this.el.querySelector("[name='name']").value,
            isSignatureEmpty: !drawn,
            signatureImage: drawn && `data:image/png;base64,${drawn}`,
            getSignatureImage: () => "",
            resetSignature: () => {},
        });
        const errorEl = this.signatureEl.querySelector(
            ".o_confirmation_signature_error"
        );
        this.mountComponent(
            this.signatureEl,
            NameAndSignature,
            {
                signature: this.signature,
                mode: "draw",
                noInputName: true,
                fontColor: "black",
                onSignatureChange: () => {
                    if (!this.signature.isSignatureEmpty) {
                        errorEl.classList.add("d-none");
                    }
                },
            },
            "beforeend"
        );
    }

    get isAccepted() {
        return Boolean(this.el.querySelector("#answer_accepted:checked"));
    }

    get signatureInput() {
        return this.signatureEl.querySelector("[name='signature']");
    }

    onName(ev) {
        if (this.signature) {
            this.signature.name = ev.target.value;
        }
    }

    onSubmit(ev) {
        if (this.isSent) {
            ev.preventDefault();
            return;
        }
        if (this.signature && this.isAccepted) {
            if (this.signature.isSignatureEmpty) {
                ev.preventDefault();
                this.signatureEl
                    .querySelector(".o_confirmation_signature_error")
                    .classList.remove("d-none");
                this.signatureEl.focus();
                return;
            }
            this.signatureInput.value = this.signature.getSignatureImage().split(",")[1];
        }
        this.isSent = true;
    }

    /** Coming back with the browser's button, one may send again. */
    onPageShow() {
        this.isSent = false;
    }
}

registry
    .category("public.interactions")
    .add("customer_service_stages.confirmation_form", ConfirmationForm);
