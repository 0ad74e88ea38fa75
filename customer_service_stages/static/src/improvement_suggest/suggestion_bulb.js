import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { SuggestionDialog } from "./suggestion_dialog";

/** The light bulb in the top bar: suggests about the form that is on the screen. */
export class SuggestionBulb extends Component {
    static template = "customer_service_stages.SuggestionBulb";
    static props = {};

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
    }

    suggest() {
        const controller = this.action.currentController;
        const resId = controller?.currentState?.resId;
        const isForm = controller?.view?.type === "form" && typeof resId === "number";
        this.dialog.add(
            SuggestionDialog,
            isForm ? { resModel: controller.action.res_model, resId } : {}
        );
    }
}

registry
    .category("systray")
    .add("customer_service_stages.SuggestionBulb", { Component: SuggestionBulb }, {
        sequence: 15,
    });
