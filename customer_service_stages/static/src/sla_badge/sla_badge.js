import { Component, useState } from "@odoo/owl";
import { toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { noteServerTime, serverNow, useSecondHand } from "./server_clock";
import { faceAt } from "./sla_countdown";

const { DateTime } = luxon;

/** The commitments that are worth a mark, with its icon. */
const BINDING = { agreed: "fa-handshake-o", contractual: "fa-gavel" };

/** Everything that is promised about a document, and how it stands. */
export class SlaPopover extends Component {
    static template = "customer_service_stages.SlaPopover";
    static props = { badge: Object, close: { type: Function, optional: true } };

    setup() {
        useSecondHand(() => this.render());
    }

    get lines() {
        const { badge } = this.props;
        const now = serverNow();
        return badge.statuses.map((status) => ({
            ...status,
            face: faceAt(badge, status, now),
            deadline: toLocaleDateTimeString(DateTime.fromSeconds(status.deadline)),
        }));
    }
}

/**
 * The most urgent of the clocks on a document: it counts on by itself, in working time,
 * and turns at risk and late when the time comes. Clicking shows them all.
 */
export class SlaBadge extends Component {
    static template = "customer_service_stages.SlaBadge";
    static props = {
        ...standardFieldProps,
        isShort: { type: Boolean, optional: true },
    };

    setup() {
        this.popover = usePopover(SlaPopover, {
            onClose: () => (this.state.isOpen = false),
            popoverClass: "o_sla_popover",
            position: "bottom-start",
            role: "dialog",
        });
        this.state = useState({ isOpen: false });
        this.face = useState({});
        useRecordObserver((record) => this.onRead(record.data[this.props.name]));
        useSecondHand(() => this.update());
    }

    onRead(badge) {
        this.badge = badge?.statuses?.length ? badge : null;
        if (this.badge) {
            noteServerTime(badge.now);
        }
        this.update();
    }

    /** Look again; what has not changed is not rendered again. */
    update() {
        if (!this.badge) {
            this.face.kind = null;
            return;
        }
        const [status] = this.badge.statuses;
        Object.assign(this.face, faceAt(this.badge, status, serverNow()), {
            metric: status.metric,
            binding: BINDING[status.commitment],
            commitment: status.commitment_name,
        });
    }

    get label() {
        const { metric, text, binding, commitment } = this.face;
        return binding
            ? _t("%(metric)s: %(text)s. %(commitment)s", { metric, text, commitment })
            : _t("%(metric)s: %(text)s", { metric, text });
    }

    /** What opens the popover does not open the record that the badge is shown of. */
    onKeydown(ev) {
        if (["Enter", " "].includes(ev.key)) {
            ev.stopPropagation();
        }
    }

    toggle(ev) {
        if (this.popover.isOpen) {
            this.popover.close();
            return;
        }
        this.popover.open(ev.currentTarget, { badge: this.badge });
        this.state.isOpen = true;
    }
}

registry.category("fields").add("sla_badge", {
    component: SlaBadge,
    displayName: _t("Service-Level Countdown"),
    supportedOptions: [
        { label: _t("Leave out what is promised"), name: "short", type: "boolean" },
    ],
    supportedTypes: ["json"],
    extractProps: ({ options }) => ({ isShort: Boolean(options.short) }),
    listViewWidth: [150, 280],
});
