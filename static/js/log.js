// The page that logs a call: starts where typing starts, and offers the contacts of the municipality that was picked.
(() => {
    "use strict";

    const form = document.querySelector("[data-log]");
    if (!form) return;
    const contacts = form.querySelector("[data-contacts]");
    const place = form.querySelector("[data-commune-picker] input[type=text]");
    const chosen = form.querySelector("[data-commune-id]");

    const show = async () => {
        const url = new URL(location.href);
        url.searchParams.set("commune", chosen.value || "0");
        const answer = await fetch(url, { credentials: "same-origin" });
        if (!answer.ok) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        contacts.replaceChildren(...page.querySelector("[data-contacts]").childNodes);
    };
    place.addEventListener("change", () => show().catch(() => {}));

    const alert = form.querySelector("[role=alert]");
    if (alert) {
        const wrong = form.querySelector(".errorlist");
        wrong?.parentElement.querySelector("input:not([type=hidden]), textarea, select")?.focus();
    } else if (place.value || form.querySelector(".desk-intro")) {
        form.querySelector("[data-first] input:checked, [data-first] input")?.focus();
    } else {
        place.focus();
    }
})();
