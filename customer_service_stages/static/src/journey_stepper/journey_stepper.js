import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSpecialData } from "@web/views/fields/relational_utils";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { withStatus } from "../steps";

/**
 * The four stages of a journey, at the top of its documents: what is behind, where it
 * stands, what comes. Clicking opens the journey.
 */
export class JourneyStepper extends Component {
    static template = "customer_service_stages.JourneyStepper";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.stages = useSpecialData((orm) =>
            orm.searchRead("customer.journey.stage", [], ["name", "description"])
        );
    }

    get steps() {
        const currentId = this.props.record.data[this.props.name]?.id;
        return withStatus(this.stages.data, (stage) => stage.id === currentId);
    }

    get label() {
        const current = this.steps.find((step) => step.status === "current");
        return current
            ? _t("Customer journey: %(name)s, step %(number)s of 4", current)
            : _t("Customer journey");
    }

    async openJourney() {
        const { record } = this.props;
        if (await record.save()) {
            const action = await record.model.orm.call(
                record.resModel,
                "action_view_journey",
                [record.resId]
            );
            this.action.doAction(action);
        }
    }
}

registry.category("fields").add("journey_stepper", {
    component: JourneyStepper,
    displayName: _t("Customer Journey Stepper"),
    supportedTypes: ["many2one"],
});
