import { _t } from "@web/core/l10n/translation";

/**
 * How clocks stand that were read some time ago, and how that is said.
 *
 * Moments are seconds since 1970, amounts are seconds of a clock's own time: that of its
 * working hours, or of the day where it runs around the clock.
 *
 * @typedef {[number, number]} Window when work begins, and when it ends
 * @typedef {Object} Status one clock, as it was when it was read
 * @property {"running" | "paused" | "reached" | "cancelled"} state
 * @property {string} result how it stood
 * @property {number} deadline
 * @property {number} risk from when it is at risk
 * @property {number} remaining amount that was left; negative when late
 * @property {number} day what a day is worth
 * @property {number | false} calendar
 * @typedef {Object} Badge
 * @property {number} now when it was read
 * @property {Object<number, Window[]>} windows hours of work ahead, by calendar
 * @property {Status[]} statuses the most urgent first
 */

const FACES = {
    on_time: { icon: "fa-clock-o", say: (amount) => _t("%s left", amount) },
    at_risk: { icon: "fa-hourglass-end", say: (amount) => _t("At risk: %s left", amount) },
    late: {
        icon: "fa-exclamation-triangle",
        say: (amount) => (amount ? _t("Late by %s", amount) : _t("Late")),
    },
    paused: { icon: "fa-pause", say: (amount) => _t("Paused, %s left", amount) },
    paused_late: {
        icon: "fa-pause",
        say: (amount) => (amount ? _t("Paused, late by %s", amount) : _t("Paused, late")),
    },
    met: { icon: "fa-check", say: () => _t("Met") },
    met_late: {
        icon: "fa-times",
        say: (amount) => (amount ? _t("Met late by %s", amount) : _t("Met late")),
    },
    excused: { icon: "fa-life-ring", say: () => _t("Missed, excused") },
    cancelled: { icon: "fa-ban", say: () => _t("Cancelled") },
};

/**
 * How much of a span of time counts.
 *
 * @param {Window[]} [windows] all of it counts where there are none
 * @param {number} from
 * @param {number} to
 */
export function countedSeconds(windows, from, to) {
    if (!windows) {
        return Math.max(0, to - from);
    }
    return windows.reduce(
        (total, [opening, closing]) =>
            total + Math.max(0, Math.min(closing, to) - Math.max(opening, from)),
        0
    );
}

/**
 * What is left of a clock's time at a later moment; negative when late.
 *
 * @param {Badge} badge
 * @param {Status} status
 * @param {number} now
 */
export function remainingAt({ now: then, windows }, status, now) {
    if (status.state !== "running") {
        return status.remaining;
    }
    return status.remaining - countedSeconds(windows[status.calendar], then, now);
}

/**
 * How a clock stands at a later moment.
 *
 * @param {Status} status
 * @param {number} now
 * @returns {keyof FACES}
 */
export function kindAt({ state, result, deadline, risk }, now) {
    if (state === "paused" && result !== "excused") {
        return result === "late" ? "paused_late" : "paused";
    }
    if (state !== "running" || result === "excused") {
        return result;
    }
    return now > deadline ? "late" : now >= risk ? "at_risk" : "on_time";
}

/**
 * Say an amount in its two largest units: a day is what it is worth on the clock.
 *
 * @param {number} seconds
 * @param {number} day in seconds
 */
export function sayAmount(seconds, day) {
    const days = Math.floor(seconds / day);
    const hours = Math.floor((seconds % day) / 3600);
    const minutes = Math.floor(((seconds % day) % 3600) / 60);
    const parts = days
        ? [days && _t("%s d", days), hours && _t("%s h", hours)]
        : [hours && _t("%s h", hours), minutes && _t("%s min", minutes)];
    const said = parts.filter(Boolean).join(" ");
    return said || (seconds > 0 ? _t("%s s", Math.floor(seconds)) : "");
}

/**
 * What is shown of a clock at a later moment.
 *
 * @param {Badge} badge
 * @param {Status} status
 * @param {number} now
 */
export function faceAt(badge, status, now) {
    const kind = kindAt(status, now);
    const { icon, say } = FACES[kind];
    const amount = Math.abs(remainingAt(badge, status, now));
    return { kind, icon, text: say(sayAmount(amount, status.day)).toString() };
}
