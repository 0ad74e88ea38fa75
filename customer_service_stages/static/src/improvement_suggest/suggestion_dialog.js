import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useAutofocus, useService } from "@web/core/utils/hooks";

/** Takes a suggestion of staff: one sentence, about what is on the screen (F9). */
export class SuggestionDialog extends Component {
    static template = "customer_service_stages.SuggestionDialog";
    static components = { Dialog };
    static props = {
        close: Function,
        resModel: { type: String, optional: true },
        resId: { type: Number, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ sentence: "", isSaving: false });
        useAutofocus();
    }

    get isEmpty() {
        return !this.state.sentence.trim();
    }

    onKeydown(ev) {
        if (ev.key === "Enter" && !ev.shiftKey && !ev.isComposing) {
            ev.preventDefault();
            this.save();
        }
    }

    async save() {
        if (this.isEmpty || this.state.isSaving) {
            return;
        }
        this.state.isSaving = true;
        const { resModel = false, resId = false } = this.props;
        let isAboutDocument;
        try {
            isAboutDocument = await this.orm.call("customer.improvement", "suggest", [
                this.state.sentence,
                resModel,
                resId,
            ]);
        } finally {
            this.state.isSaving = false;
        }
        this.notification.add(
            isAboutDocument
                ? _t("Thank you! It is noted, with what you were looking at.")
                : _t("Thank you! It is noted."),
            { type: "success" }
        );
        this.props.close();
    }
}

/** The button on a form: suggests about its record. */
function suggest(env, { context }) {
    env.services.dialog.add(SuggestionDialog, {
        resModel: context.active_model,
        resId: context.active_id,
    });
}

registry.category("actions").add("improvement_suggest", suggest);
