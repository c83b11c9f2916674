// Makes each [data-commune-picker] an ARIA combobox: suggestions while typing, arrows, Enter, Escape, announcements.
// Without this script the same input works: the server resolves the typed text.
(() => {
    "use strict";

    const WAIT_MS = 120;
    const SHORTEST = 2;
    let pickers = 0;

    class CommunePicker {
        constructor(root) {
            this.root = root;
            this.input = root.querySelector("input[type=text]");
            this.chosen = root.querySelector("[data-commune-id]");
            this.options = [];
            this.active = -1;
            this.build(`commune-list-${++pickers}`);
            this.input.addEventListener("input", () => this.typed());
            this.input.addEventListener("keydown", (event) => this.pressed(event));
            this.input.addEventListener("blur", () => this.close());
            this.list.addEventListener("mousedown", (event) => event.preventDefault());
            this.list.addEventListener("click", (event) => this.clicked(event));
        }

        build(id) {
            this.list = document.createElement("ul");
            this.list.id = id;
            this.list.className = "combobox-list";
            this.list.hidden = true;
            this.list.setAttribute("role", "listbox");
            this.list.setAttribute("aria-label", this.root.dataset.list);
            this.status = document.createElement("div");
            this.status.className = "combobox-status visually-hidden";
            this.status.setAttribute("role", "status");
            this.input.after(this.list);
            this.root.append(this.status);
            this.input.setAttribute("role", "combobox");
            this.input.setAttribute("aria-autocomplete", "list");
            this.input.setAttribute("aria-expanded", "false");
            this.input.setAttribute("aria-controls", id);
        }

        typed() {
            this.chosen.value = "";
            this.status.classList.add("visually-hidden");
            clearTimeout(this.timer);
            this.timer = setTimeout(() => this.search(), WAIT_MS);
        }

        async search() {
            const text = this.input.value.trim();
            this.request?.abort();
            if (text.length < SHORTEST) {
                this.close();
                return;
            }
            this.request = new AbortController();
            try {
                const url = `${this.root.dataset.url}?q=${encodeURIComponent(text)}`;
                const answer = await fetch(url, { signal: this.request.signal, headers: { Accept: "application/json" } });
                if (answer.ok) this.show((await answer.json()).results);
            } catch (problem) {
                if (problem.name !== "AbortError") this.close();
            }
        }

        show(communes) {
            if (document.activeElement !== this.input) return;
            this.options = communes;
            this.active = -1;
            this.list.replaceChildren(...communes.map((commune, index) => this.option(commune, index)));
            this.list.hidden = communes.length === 0;
            this.input.setAttribute("aria-expanded", String(communes.length > 0));
            this.input.removeAttribute("aria-activedescendant");
            this.list.scrollIntoView({ block: "nearest" });
            this.announce(communes.length);
        }

        option(commune, index) {
            const item = document.createElement("li");
            item.id = `${this.list.id}-${index}`;
            item.dataset.index = index;
            item.setAttribute("role", "option");
            item.setAttribute("aria-selected", "false");
            const name = document.createElement("span");
            name.textContent = commune.name;
            const place = document.createElement("small");
            place.textContent = [commune.postcode, commune.district, commune.state].filter(Boolean).join(" · ");
            item.append(name, " ", place);
            return item;
        }

        announce(count) {
            const words = this.root.dataset;
            this.status.classList.toggle("visually-hidden", count > 0);
            this.status.textContent =
                count === 0 ? words.none : count === 1 ? words.one : words.many.replace("{count}", count);
        }

        pressed(event) {
            const open = !this.list.hidden;
            if (event.key === "ArrowDown" || event.key === "ArrowUp") {
                event.preventDefault();
                if (open) this.move(event.key === "ArrowDown" ? 1 : -1);
                else this.search();
            } else if (open && event.key === "Enter" && this.active >= 0) {
                event.preventDefault();
                this.choose(this.active);
            } else if (open && event.key === "Escape") {
                event.preventDefault();
                this.close();
            } else if (open && event.key === "Tab" && this.active >= 0) {
                this.choose(this.active);
            }
        }

        move(step) {
            const last = this.options.length - 1;
            const next = this.active + step;
            this.activate(next > last ? 0 : next < 0 ? last : next);
        }

        activate(index) {
            this.list.children[this.active]?.setAttribute("aria-selected", "false");
            this.active = index;
            const item = this.list.children[index];
            item.setAttribute("aria-selected", "true");
            item.scrollIntoView({ block: "nearest" });
            this.input.setAttribute("aria-activedescendant", item.id);
        }

        clicked(event) {
            const item = event.target.closest("[role=option]");
            if (item) this.choose(Number(item.dataset.index));
        }

        choose(index) {
            const commune = this.options[index];
            this.input.value = commune.label;
            this.chosen.value = commune.id;
            this.root.querySelector("[data-commune-choice]")?.remove();
            this.close();
            this.status.textContent = this.root.dataset.chosen.replace("{name}", commune.label);
            this.input.dispatchEvent(new Event("change", { bubbles: true }));
        }

        close() {
            clearTimeout(this.timer);
            this.request?.abort();
            this.list.hidden = true;
            this.active = -1;
            this.input.setAttribute("aria-expanded", "false");
            this.input.removeAttribute("aria-activedescendant");
        }
    }

    const start = (root) => {
        root.querySelectorAll("[data-commune-picker]:not([data-ready])").forEach((element) => {
            element.dataset.ready = "";
            new CommunePicker(element);
        });
    };
    start(document);
    document.addEventListener("htmx:load", (event) => start(event.target));
})();
