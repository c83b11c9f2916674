// Gives names to parts of the desk that the theme leaves without one, or with the same one everywhere.
const nameAutocompletes = () => {
    for (const field of document.querySelectorAll("select.admin-autocomplete")) {
        const label = document.querySelector(`label[for="${field.id}"]`);
        const name = field.closest("td[data-label]")?.dataset.label;
        if (label) label.id = label.id || `${field.id}_label`;
        for (const part of field.parentElement.querySelectorAll(".select2-selection, .select2-selection__rendered")) {
            if (label) part.setAttribute("aria-labelledby", label.id);
            else if (name && !part.hasAttribute("aria-label")) {
                part.removeAttribute("aria-labelledby");
                part.setAttribute("aria-label", name);
            }
        }
    }
};

// The theme makes its pickers when it likes, and anew for added rows.
new MutationObserver((changes) => {
    const isPicker = (node) => node.classList?.contains("select2") || node.querySelector?.(".select2");
    if (changes.some((change) => [...change.addedNodes].some(isPicker))) nameAutocompletes();
}).observe(document.documentElement, { childList: true, subtree: true });

// On a phone each cell of a list says what it is.
document.addEventListener("DOMContentLoaded", () => {
    for (const { dataset } of document.querySelectorAll("[data-label]")) {
        dataset.label = dataset.label.charAt(0).toLocaleUpperCase() + dataset.label.slice(1);
    }
});

window.addEventListener("load", () => {
    nameAutocompletes();
    for (const table of document.querySelectorAll("table.formset")) {
        for (const cell of table.querySelectorAll("td[data-label]")) {
            for (const field of cell.querySelectorAll("input:not([type=hidden]), select, textarea")) {
                if (!field.labels?.length) field.setAttribute("aria-label", cell.dataset.label);
            }
        }
        const last = table.querySelector("th:last-child");
        if (last && !last.textContent.trim()) {
            const name = last.appendChild(document.createElement("span"));
            name.className = "visually-hidden";
            name.textContent = table.querySelector("td.delete")?.dataset.label ?? "";
        }
    }
    for (const table of document.querySelectorAll(".simplebar-content-wrapper[role=region]")) {
        const heading = table.closest("fieldset, [role=group], .inline-group")?.querySelector("h2");
        if (heading) table.setAttribute("aria-label", heading.textContent.trim());
    }
});
