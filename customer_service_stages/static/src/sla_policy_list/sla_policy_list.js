import { registry } from "@web/core/registry";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/** The list of policies; while none of them tells anybody anything, it says so. */
export class SlaPolicyListRenderer extends ListRenderer {
    static template = "customer_service_stages.SlaPolicyListRenderer";

    get isSilent() {
        const { records } = this.props.list;
        return records.length && records.every((record) => !record.data.is_escalating);
    }
}

registry.category("views").add("sla_policy_list", {
    ...listView,
    Renderer: SlaPolicyListRenderer,
});
