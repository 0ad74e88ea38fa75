import { onMounted, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";

const listeners = new Set();
let interval;

/** How far the server's clock is ahead of the browser's, in seconds: at least so much. */
let lead = -Infinity;

const browserNow = () => Date.now() / 1000;

/**
 * Note what time it was on the server when it answered, which is some while ago.
 *
 * @param {number} moment seconds since 1970
 */
export function noteServerTime(moment) {
    lead = Math.max(lead, moment - browserNow());
}

/** What time it is on the server, in seconds since 1970, once any has been noted. */
export function serverNow() {
    return browserNow() + lead;
}

/**
 * Call a component every second while it is on the page. One timer serves them all, and
 * none goes on when there are none.
 *
 * @param {() => void} listener
 */
export function useSecondHand(listener) {
    onMounted(() => {
        listeners.add(listener);
        interval ??= browser.setInterval(
            () => listeners.forEach((listen) => listen()),
            1000
        );
    });
    onWillUnmount(() => {
        listeners.delete(listener);
        if (!listeners.size) {
            browser.clearInterval(interval);
            interval = undefined;
        }
    });
}
