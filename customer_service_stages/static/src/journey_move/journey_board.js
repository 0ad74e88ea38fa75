import { RottingKanbanRenderer } from "@mail/js/rotting_mixin/rotting_kanban_renderer";
import { rottingKanbanView } from "@mail/js/rotting_mixin/rotting_kanban_view";
import { registry } from "@web/core/registry";
import { useJourneyMove } from "./journey_move";

/** The board of journeys: dropping a card on another stage asks for the reason. */
export class JourneyBoardRenderer extends RottingKanbanRenderer {
    setup() {
        super.setup();
        this.askToMove = useJourneyMove();
    }

    async sortRecordDrop(dataRecordId, dataGroupId, params) {
        const { list } = this.props;
        const targetGroupId = params.parent?.dataset.id;
        if (list.groupByField?.name !== "stage_id" || targetGroupId === dataGroupId) {
            return super.sortRecordDrop(dataRecordId, dataGroupId, params);
        }
        params.parent?.classList.remove("o_kanban_hover");
        const source = list.groups.find((group) => group.id === dataGroupId);
        const target = list.groups.find((group) => group.id === targetGroupId);
        const record = source?.list.records.find((rec) => rec.id === dataRecordId);
        if (record && target) {
            await this.askToMove(record.resId, target.value, () => list.model.load());
        }
    }
}

registry.category("views").add("journey_board", {
    ...rottingKanbanView,
    Renderer: JourneyBoardRenderer,
});
