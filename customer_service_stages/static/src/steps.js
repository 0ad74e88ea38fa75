/**
 * Tell of each step in a row whether it is done, current or ahead.
 *
 * @template T
 * @param {T[]} steps
 * @param {(step: T) => boolean} isCurrent
 * @returns {(T & { number: number, status: "done" | "current" | "ahead" })[]}
 */
export function withStatus(steps, isCurrent) {
    const current = steps.findIndex(isCurrent);
    return steps.map((step, index) => ({
        ...step,
        number: index + 1,
        status: index < current ? "done" : index === current ? "current" : "ahead",
    }));
}
