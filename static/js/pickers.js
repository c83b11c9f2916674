// Gives the theme's pickers, which are found while typing, the name of their label: they come without one.
window.addEventListener("load", () => {
    for (const field of document.querySelectorAll("select.admin-autocomplete")) {
        const label = document.querySelector(`label[for="${field.id}"]`);
        if (!label) continue;
        label.id = label.id || `${field.id}_label`;
        for (const part of field.parentElement.querySelectorAll(".select2-selection, .select2-selection__rendered")) {
            part.setAttribute("aria-labelledby", label.id);
        }
    }
});
