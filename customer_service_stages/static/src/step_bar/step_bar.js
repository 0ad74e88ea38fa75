import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { withStatus } from "../steps";

/** The steps of a document, a selection, as a slim bar that reads at a glance. */
export class StepBar extends Component {
    static template = "customer_service_stages.StepBar";
    static props = { ...standardFieldProps };

    get steps() {
        const { name, record } = this.props;
        const steps = record.fields[name].selection.map(([value, label]) => ({
            value,
            label,
        }));
        return withStatus(steps, (step) => step.value === record.data[name]);
    }

    get label() {
        const current = this.steps.find((step) => step.status === "current");
        return current
            ? _t("%(label)s, step %(number)s of %(count)s", {
                  ...current,
                  count: this.steps.length,
              })
            : this.props.record.fields[this.props.name].string;
    }
}

registry.category("fields").add("step_bar", {
    component: StepBar,
    displayName: _t("Step Bar"),
    supportedTypes: ["selection"],
});
