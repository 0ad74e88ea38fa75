import { useService } from "@web/core/utils/hooks";

/**
 * @returns {(resId: number, stageId: number, onClose: () => any) => Promise<void>}
 *  opens the dialog that moves a journey by hand, with a reason.
 */
export function useJourneyMove() {
    const orm = useService("orm");
    const action = useService("action");
    return async (resId, stageId, onClose) => {
        const dialog = await orm.call("customer.journey", "action_open_move", [resId], {
            stage_id: stageId,
        });
        await action.doAction(dialog, { onClose });
    };
}
