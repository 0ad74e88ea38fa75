import { RedirectWarningDialog } from "@web/core/errors/error_dialogs";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** Says why a change is refused, and leads to what is needed first. */
export class RequestGateDialog extends RedirectWarningDialog {
    static props = { ...RedirectWarningDialog.props, onDone: Function };

    setup() {
        super.setup();
        this.title = _t("Before this ticket is closed");
    }

    async onClick() {
        this.props.close();
        await this.actionService.doAction(this.actionId, {
            additionalContext: this.additionalContext,
            onClose: this.props.onDone,
        });
    }
}

/**
 * @returns {(error: any, onDone: () => any) => void} shows the way that a refused
 *  change offers instead, and looks again afterwards; throws what is no such error.
 */
export function useRequestGate() {
    const dialog = useService("dialog");
    return (error, onDone) => {
        if (error.exceptionName !== "odoo.exceptions.RedirectWarning") {
            throw error;
        }
        const { data, subType } = error;
        dialog.add(RequestGateDialog, { data, subType, onDone });
    };
}
