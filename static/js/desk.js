// Gives names to parts of the desk that the theme leaves without one, or with the same one everywhere.
window.addEventListener("load", () => {
    for (const field of document.querySelectorAll("select.admin-autocomplete")) {
        const label = document.querySelector(`label[for="${field.id}"]`);
        if (!label) continue;
        label.id = label.id || `${field.id}_label`;
        for (const part of field.parentElement.querySelectorAll(".select2-selection, .select2-selection__rendered")) {
            part.setAttribute("aria-labelledby", label.id);
        }
    }
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
