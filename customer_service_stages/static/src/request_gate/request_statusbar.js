import {
    RottingStatusBarDurationField,
    rottingStatusBarDurationField,
} from "@mail/js/rotting_mixin/rotting_statusbar";
import { registry } from "@web/core/registry";
import { useRequestGate } from "./request_gate";

/** The status bar of a request: a stage that is refused leaves it where it was. */
export class RequestStatusBar extends RottingStatusBarDurationField {
    setup() {
        super.setup();
        this.showGate = useRequestGate();
    }

    async selectItem(item) {
        const { name, record } = this.props;
        const previous = record.data[name];
        const isEdited = await record.isDirty();
        try {
            await super.selectItem(item);
        } catch (error) {
            await (isEdited ? record.update({ [name]: previous }) : record.discard());
            this.showGate(error, () => record.load());
        }
    }
}

registry.category("fields").add("request_statusbar", {
    ...rottingStatusBarDurationField,
    component: RequestStatusBar,
    additionalClasses: ["o_field_statusbar"],
});
