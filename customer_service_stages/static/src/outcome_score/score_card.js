import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The colour of a score, from the best one down. */
const COLOURS = [
    [75, "text-success"],
    [50, "text-warning"],
    [0, "text-danger"],
];

/**
 * @param {number} score 0 to 100
 * @returns {string} the class of its colour
 */
export function colourOf(score) {
    return COLOURS.find(([least]) => score >= least)[1];
}

/** How well a need was served; hovering says what the scores come from. */
export class ScoreCard extends Component {
    static template = "customer_service_stages.ScoreCard";
    static props = {
        ...standardFieldProps,
        isShort: { type: Boolean, optional: true },
    };

    setup() {
        this.colourOf = colourOf;
    }

    get card() {
        return this.props.record.data[this.props.name];
    }

    get tooltip() {
        const sides = this.card.sides.map((side) => ({
            ...side,
            parts: side.parts.map((part) => ({ ...part, colour: colourOf(part.grade) })),
        }));
        return JSON.stringify({ ...this.card, sides });
    }
}

registry.category("fields").add("score_card", {
    component: ScoreCard,
    displayName: _t("Score Card"),
    supportedTypes: ["json"],
    extractProps: ({ options }) => ({ isShort: Boolean(options.short) }),
});
