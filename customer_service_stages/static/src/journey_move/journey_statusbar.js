import {
    RottingStatusBarDurationField,
    rottingStatusBarDurationField,
} from "@mail/js/rotting_mixin/rotting_statusbar";
import { registry } from "@web/core/registry";
import { useJourneyMove } from "./journey_move";

/** The status bar of a journey: a click asks for the reason before it moves. */
export class JourneyStatusBar extends RottingStatusBarDurationField {
    setup() {
        super.setup();
        this.askToMove = useJourneyMove();
    }

    async selectItem(item) {
        const { record } = this.props;
        if (await record.save()) {
            await this.askToMove(record.resId, item.value, () => record.load());
        }
    }
}

registry.category("fields").add("journey_statusbar", {
    ...rottingStatusBarDurationField,
    component: JourneyStatusBar,
    additionalClasses: ["o_field_statusbar"],
});
