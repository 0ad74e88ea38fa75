import {
    countedSeconds,
    faceAt,
    kindAt,
    remainingAt,
    sayAmount,
} from "@customer_service_stages/sla_badge/sla_countdown";
import { describe, expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";

describe.current.tags("headless");

const HOUR = 3600;
const DAY = 8 * HOUR;

/** A day's work from nine to five, and the next one. */
const WINDOWS = [
    [9 * HOUR, 17 * HOUR],
    [33 * HOUR, 41 * HOUR],
];

const status = (values) => ({
    state: "running",
    result: "on_time",
    deadline: 34 * HOUR,
    risk: 16 * HOUR,
    remaining: 2 * HOUR,
    day: DAY,
    calendar: 7,
    ...values,
});

test("only working hours count", () => {
    expect(countedSeconds(WINDOWS, 16 * HOUR, 34 * HOUR)).toBe(2 * HOUR);
    expect(countedSeconds(WINDOWS, 17 * HOUR, 33 * HOUR)).toBe(0);
    expect(countedSeconds(WINDOWS, 0, 99 * HOUR)).toBe(16 * HOUR);
});

test("without working hours all of it counts", () => {
    expect(countedSeconds(undefined, 16 * HOUR, 34 * HOUR)).toBe(18 * HOUR);
    expect(countedSeconds(undefined, 34 * HOUR, 16 * HOUR)).toBe(0);
});

test("a clock stands still overnight, and goes on when work begins", () => {
    const badge = { now: 16 * HOUR, windows: { 7: WINDOWS } };
    expect(remainingAt(badge, status(), 16.5 * HOUR)).toBe(1.5 * HOUR);
    expect(remainingAt(badge, status(), 20 * HOUR)).toBe(HOUR);
    expect(remainingAt(badge, status(), 33.5 * HOUR)).toBe(0.5 * HOUR);
    expect(remainingAt(badge, status(), 36 * HOUR)).toBe(-2 * HOUR);
});

test("what is paused or has ended does not count", () => {
    const badge = { now: 16 * HOUR, windows: { 7: WINDOWS } };
    for (const state of ["paused", "reached"]) {
        expect(remainingAt(badge, status({ state }), 40 * HOUR)).toBe(2 * HOUR);
    }
});

test("it turns at risk, then late, when the time comes", () => {
    expect(kindAt(status(), 15 * HOUR)).toBe("on_time");
    expect(kindAt(status(), 16 * HOUR)).toBe("at_risk");
    expect(kindAt(status(), 34 * HOUR)).toBe("at_risk");
    expect(kindAt(status(), 34 * HOUR + 1)).toBe("late");
});

test("what is settled stays so", () => {
    const late = 99 * HOUR;
    expect(kindAt(status({ state: "paused" }), late)).toBe("paused");
    expect(kindAt(status({ state: "paused", result: "late" }), 0)).toBe("paused_late");
    expect(kindAt(status({ result: "excused" }), late)).toBe("excused");
    expect(kindAt(status({ state: "reached", result: "met" }), late)).toBe("met");
});

test("amounts are said in their two largest units", () => {
    allowTranslations();
    expect(sayAmount(0, DAY)).toBe("");
    expect(sayAmount(45, DAY)).toBe("45 s");
    expect(sayAmount(12 * 60 + 59, DAY)).toBe("12 min");
    expect(sayAmount(3 * HOUR + 20 * 60, DAY)).toBe("3 h 20 min");
    expect(sayAmount(3 * HOUR, DAY)).toBe("3 h");
    expect(sayAmount(2 * DAY + 3 * HOUR + 59 * 60, DAY)).toBe("2 d 3 h");
    expect(sayAmount(2 * DAY + 59 * 60, DAY)).toBe("2 d");
    expect(sayAmount(24 * HOUR, 24 * HOUR)).toBe("1 d");
});

test("a face has an icon and words", () => {
    allowTranslations();
    const badge = { now: 16 * HOUR, windows: { 7: WINDOWS } };
    expect(faceAt(badge, status({ risk: 34 * HOUR }), 16 * HOUR)).toEqual({
        kind: "on_time",
        icon: "fa-clock-o",
        text: "2 h left",
    });
    expect(faceAt(badge, status(), 33.5 * HOUR).text).toBe("At risk: 30 min left");
    expect(faceAt(badge, status(), 35 * HOUR).text).toBe("Late by 1 h");
    expect(faceAt(badge, status({ remaining: 0 }), 50 * HOUR).kind).toBe("late");
    const ended = { state: "reached", result: "met_late", remaining: -600 };
    expect(faceAt(badge, status(ended), 99 * HOUR).text).toBe("Met late by 10 min");
});
