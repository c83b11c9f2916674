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
    for (const table of document.querySelectorAll(".simplebar-content-wrapper[role=region]")) {
        const heading = table.closest("fieldset, [role=group], .inline-group")?.querySelector("h2");
        if (heading) table.setAttribute("aria-label", heading.textContent.trim());
    }
});
