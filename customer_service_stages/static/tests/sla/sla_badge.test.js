import { useSecondHand } from "@customer_service_stages/sla_badge/server_clock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, destroy, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { Component, xml } from "@odoo/owl";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    mountWithCleanup,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

/** Seconds since 1970 of the moment at which the tests begin. */
const NOW = Date.UTC(2026, 4, 4, 7) / 1000;
const HOUR = 3600;

const status = (values) => ({
    metric: "Resolution",
    policy: "Solve it within a day",
    commitment: "objective",
    commitment_name: "Objective",
    state: "running",
    result: "on_time",
    is_unexplained: false,
    deadline: NOW + 2 * HOUR,
    risk: NOW + HOUR,
    remaining: 2 * HOUR,
    day: 24 * HOUR,
    calendar: false,
    ...values,
});
const badge = (...statuses) => ({ now: NOW, windows: {}, statuses });

class Ticket extends models.Model {
    name = fields.Char();
    sla_badge = fields.Json();

    _records = [
        {
            id: 1,
            name: "Leak",
            sla_badge: badge(
                status({ deadline: NOW + 150, risk: NOW + 90, remaining: 150 }),
                status({
                    metric: "First Response",
                    commitment: "contractual",
                    commitment_name: "Contractual",
                    state: "reached",
                    result: "met_late",
                    is_unexplained: true,
                    remaining: -HOUR,
                })
            ),
        },
        {
            id: 2,
            name: "Boiler",
            sla_badge: badge(
                status({
                    commitment: "contractual",
                    commitment_name: "Contractual",
                    remaining: 2 * HOUR + 30,
                })
            ),
        },
        { id: 3, name: "Nothing promised", sla_badge: false },
        { id: 4, name: "Unreadable", sla_badge: { statuses: [] } },
    ];
}

defineMailModels();
defineModels([Ticket]);

const mountList = () => {
    mockDate("2026-05-04 07:00:00", 0);
    return mountView({
        resModel: "ticket",
        type: "list",
        arch: `<list><field name="name"/><field name="sla_badge" widget="sla_badge"/></list>`,
    });
};

test("shows the most urgent clock, and nothing where there is none", async () => {
    await mountList();
    expect(queryAllTexts(".o_sla_badge")).toEqual([
        "Resolution: 2 min left",
        "Resolution: 2 h left",
    ]);
    expect(".o_data_row:eq(1) .o_sla_badge").toHaveAttribute(
        "aria-label",
        "Resolution: 2 h left. Contractual"
    );
    expect(".o_data_row:eq(1) .o_sla_badge .fa-gavel").toHaveCount(1);
});

test("counts on, and turns at risk and late by itself", async () => {
    await mountList();
    const face = ".o_data_row:eq(0) .o_sla_face";
    await advanceTime(60000);
    expect(face).toHaveText("Resolution: 1 min left");
    await advanceTime(35000);
    expect(face).toHaveText(/^Resolution: At risk: \d+ s left$/);
    expect(face).toHaveClass("o_sla_at_risk");
    await advanceTime(120000);
    expect(face).toHaveText("Resolution: Late by 1 min");
    expect(`${face} .fa-exclamation-triangle`).toHaveCount(1);
});

test("one timer serves all, and stops when none is left", async () => {
    class Listener extends Component {
        static template = xml`<i/>`;
        static props = ["name"];
        setup() {
            useSecondHand(() => expect.step(this.props.name));
        }
    }
    const first = await mountWithCleanup(Listener, { props: { name: "first" } });
    await advanceTime(500);
    const second = await mountWithCleanup(Listener, { props: { name: "second" } });
    await advanceTime(600);
    expect.verifySteps(["first", "second"]);
    destroy(first);
    await advanceTime(1000);
    expect.verifySteps(["second"]);
    destroy(second);
    await advanceTime(5000);
    expect.verifySteps([]);
});

test("the keyboard opens and closes all that is promised", async () => {
    await mountList();
    queryFirst(".o_sla_badge").focus();
    await press("Enter");
    await animationFrame();
    expect(".o_sla_popover").toHaveAttribute("role", "dialog");
    expect(queryAllTexts(".o_sla_line strong")).toEqual([
        "Resolution",
        "First Response",
    ]);
    expect(".o_sla_line:eq(0)").toHaveText(/Deadline: May 4/);
    expect(".o_sla_line:eq(1)").toHaveText(/Met late by 1 h/);
    expect(".o_sla_line:eq(1)").toHaveText(/Solve it within a day · Contractual/);
    expect(".o_sla_line:eq(1)").toHaveText(/Nobody has said why/);
    await press("Escape");
    await animationFrame();
    expect(".o_sla_popover").toHaveCount(0);
    expect(".o_sla_badge:eq(0)").toBeFocused();
});

test("a click shows what is promised, and opens no record", async () => {
    await mountView({
        resModel: "ticket",
        type: "kanban",
        arch: `<kanban><templates><t t-name="card">
            <field name="name"/><field name="sla_badge" widget="sla_badge"/>
        </t></templates></kanban>`,
        selectRecord: () => expect.step("opened"),
    });
    await contains(".o_sla_badge:eq(1)").click();
    expect(".o_sla_popover").toHaveCount(1);
    await contains(".o_sla_badge:eq(1)").click();
    expect(".o_sla_popover").toHaveCount(0);
    expect.verifySteps([]);
});
