// Offers names from the directory while somebody types "@…" in a [data-mentions] text: arrows, Enter, Escape.
// Without this script a name can be typed in full; the server finds the person.
(() => {
    "use strict";

    const WAIT_MS = 150;
    const TYPED = /(^|\s)@([\p{L}\p{M}'’. -]{1,60})$/u;
    let count = 0;

    class Mentions {
        constructor(text) {
            this.text = text;
            this.found = [];
            this.active = -1;
            this.list = document.createElement("ul");
            this.list.id = `mention-list-${++count}`;
            this.list.className = "combobox-list mention-list";
            this.list.hidden = true;
            this.list.setAttribute("role", "listbox");
            this.list.setAttribute("aria-label", text.dataset.mentionsLabel);
            this.status = document.createElement("div");
            this.status.className = "visually-hidden";
            this.status.setAttribute("role", "status");
            text.after(this.list, this.status);
            text.parentElement.classList.add("combobox");
            text.addEventListener("input", () => this.typed());
            text.addEventListener("keydown", (event) => this.pressed(event));
            text.addEventListener("blur", () => this.close());
            this.list.addEventListener("mousedown", (event) => event.preventDefault());
            this.list.addEventListener("click", (event) => {
                const item = event.target.closest("[role=option]");
                if (item) this.choose(Number(item.dataset.index));
            });
        }

        typed() {
            clearTimeout(this.timer);
            const before = this.text.value.slice(0, this.text.selectionStart);
            const typed = TYPED.exec(before);
            if (!typed) {
                this.close();
                return;
            }
            this.timer = setTimeout(() => this.search(typed[2]), WAIT_MS);
        }

        async search(name) {
            this.request?.abort();
            this.request = new AbortController();
            try {
                const url = `${this.text.dataset.mentions}?q=${encodeURIComponent(name)}`;
                const answer = await fetch(url, { signal: this.request.signal, headers: { Accept: "application/json" } });
                if (answer.ok) this.show((await answer.json()).results, name);
            } catch (problem) {
                if (problem.name !== "AbortError") this.close();
            }
        }

        show(people, name) {
            this.found = people;
            this.length = name.length;
            this.active = -1;
            this.list.replaceChildren(...people.map((person, index) => this.option(person, index)));
            this.list.hidden = people.length === 0;
            this.text.removeAttribute("aria-activedescendant");
            this.status.textContent = people.map((person) => person.name).join(", ");
        }

        option(person, index) {
            const item = document.createElement("li");
            item.id = `${this.list.id}-${index}`;
            item.dataset.index = index;
            item.setAttribute("role", "option");
            item.setAttribute("aria-selected", "false");
            const name = document.createElement("span");
            name.textContent = person.name;
            const place = document.createElement("small");
            place.textContent = person.place;
            item.append(name, " ", place);
            return item;
        }

        pressed(event) {
            if (this.list.hidden) return;
            if (event.key === "ArrowDown" || event.key === "ArrowUp") {
                event.preventDefault();
                this.activate((this.active + (event.key === "ArrowDown" ? 1 : -1) + this.found.length) % this.found.length);
            } else if (event.key === "Enter" && this.active >= 0) {
                event.preventDefault();
                this.choose(this.active);
            } else if (event.key === "Escape") {
                event.preventDefault();
                this.close();
            }
        }

        activate(index) {
            this.list.children[this.active]?.setAttribute("aria-selected", "false");
            this.active = index;
            const item = this.list.children[index];
            item.setAttribute("aria-selected", "true");
            item.scrollIntoView({ block: "nearest" });
            this.status.textContent = `${this.found[index].name}, ${this.found[index].place}`;
        }

        choose(index) {
            const end = this.text.selectionStart;
            this.text.setRangeText(`${this.found[index].name} `, end - this.length, end, "end");
            this.close();
            this.text.focus();
        }

        close() {
            clearTimeout(this.timer);
            this.request?.abort();
            this.list.hidden = true;
            this.active = -1;
        }
    }

    document.querySelectorAll("textarea[data-mentions]").forEach((text) => new Mentions(text));
})();
