// Small helps for every page; without them everything still works.

// After a form came back with errors, start reading at their summary.
document.querySelector("[data-focus]")?.focus();

// A menu closes with Escape and when the reader goes elsewhere.
for (const menu of document.querySelectorAll("details.menu")) {
    document.addEventListener("click", (event) => {
        if (!menu.contains(event.target)) menu.open = false;
    });
    menu.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !menu.open) return;
        menu.open = false;
        menu.querySelector("summary").focus();
    });
}

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
});
