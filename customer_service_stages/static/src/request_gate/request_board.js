import { RottingKanbanRenderer } from "@mail/js/rotting_mixin/rotting_kanban_renderer";
import { rottingKanbanView } from "@mail/js/rotting_mixin/rotting_kanban_view";
import { registry } from "@web/core/registry";
import { useRequestGate } from "./request_gate";

/** The board of requests: a card that is refused goes back, and the way is shown. */
export class RequestBoardRenderer extends RottingKanbanRenderer {
    setup() {
        super.setup();
        this.showGate = useRequestGate();
    }

    async sortRecordDrop() {
        const { model } = this.props.list;
        try {
            await super.sortRecordDrop(...arguments);
        } catch (error) {
            this.showGate(error, () => model.load());
        }
    }
}

registry.category("views").add("request_board", {
    ...rottingKanbanView,
    Renderer: RequestBoardRenderer,
});
