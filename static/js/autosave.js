// Keeps what somebody types into a form [data-autosave="name"] on this device until the form is sent, says so, and
// offers to discard it. Consents ([data-not-kept]), files, passwords and hidden values are never kept.
(() => {
    "use strict";

    const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
    const WAIT_MS = 400;
    const keyOf = (name) => `klikks.form.${name}`;

    // Private windows and frames on other sites may forbid to keep anything: then nothing is kept.
    const storage = (() => {
        try {
            localStorage.setItem("klikks.test", "1");
            localStorage.removeItem("klikks.test");
            return localStorage;
        } catch {
            return null;
        }
    })();
    if (!storage) return;

    const isKept = (field) =>
        field.name &&
        !("notKept" in field.dataset) &&
        !["file", "password", "submit", "button"].includes(field.type) &&
        (field.type !== "hidden" || "communeId" in field.dataset);

    class Draft {
        constructor(form) {
            this.form = form;
            this.key = keyOf(form.dataset.autosave);
            this.notice = form.querySelector("[data-autosave-notice]");
            this.notice.querySelector("button").addEventListener("click", () => this.discard());
            if (!form.querySelector(".has-error")) this.restore();
            form.addEventListener("input", () => this.later());
            form.addEventListener("change", () => this.later());
        }

        fields() {
            return [...this.form.elements].filter(isKept);
        }

        later() {
            clearTimeout(this.timer);
            this.timer = setTimeout(() => this.save(), WAIT_MS);
        }

        save() {
            const values = {};
            for (const field of this.fields()) {
                const isTicked = ["checkbox", "radio"].includes(field.type);
                if (isTicked && !field.checked) continue;
                (values[field.name] ??= []).push(field.value);
            }
            try {
                storage.setItem(this.key, JSON.stringify({ at: Date.now(), values }));
                this.tell("kept");
            } catch {
                this.notice.hidden = true;
            }
        }

        restore() {
            let draft = null;
            try {
                draft = JSON.parse(storage.getItem(this.key));
            } catch {
                storage.removeItem(this.key);
            }
            if (!draft || Date.now() - draft.at > KEPT_MS) return;
            for (const field of this.fields()) {
                const values = draft.values[field.name] ?? [];
                if (["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value);
                else if (values.length) field.value = values[0];
            }
            this.tell("restored");
        }

        tell(what) {
            const words = this.notice.querySelector("[data-words]");
            if (words.textContent !== this.notice.dataset[what]) words.textContent = this.notice.dataset[what];
            this.notice.hidden = false;
        }

        discard() {
            clearTimeout(this.timer);
            storage.removeItem(this.key);
            for (const field of this.fields()) {
                if (["checkbox", "radio"].includes(field.type)) field.checked = field.defaultChecked;
                else field.value = field.defaultValue;
            }
            this.notice.hidden = true;
            this.form.querySelector("input[type=text]")?.focus();
        }
    }

    for (const form of document.querySelectorAll("form[data-autosave]")) new Draft(form);
    for (const sent of document.querySelectorAll("[data-autosave-sent]")) {
        storage.removeItem(keyOf(sent.dataset.autosaveSent));
    }
})();
