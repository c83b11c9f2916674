// Shows below the title of an idea what is like it already, while somebody types ([data-similar] holds the address).
// Without this script the server shows it after the form was sent.
(() => {
    "use strict";

    const WAIT_MS = 350;
    const SHORTEST = 4;

    const start = (box) => {
        const form = box.closest("form");
        const { title, known } = form.elements;
        const list = box.querySelector("[data-similar-list]");
        const told = box.querySelector("[data-similar-told]");
        let timer;
        let request;

        const show = (html) => {
            list.innerHTML = html;
            told.textContent = list.querySelector("[data-told]")?.dataset.told ?? "";
            const keys = new Set(known.value.split(",").filter(Boolean));
            for (const item of list.querySelectorAll("[data-key]")) keys.add(item.dataset.key);
            known.value = [...keys].slice(-50).join(",");
        };

        const look = async () => {
            request?.abort();
            const text = title.value.trim();
            if (text.length < SHORTEST) {
                show("");
                return;
            }
            request = new AbortController();
            try {
                const answer = await fetch(`${box.dataset.similar}?q=${encodeURIComponent(text)}`, {
                    signal: request.signal,
                });
                if (answer.ok) show(await answer.text());
            } catch (problem) {
                if (problem.name !== "AbortError") show("");
            }
        };

        title.addEventListener("input", () => {
            clearTimeout(timer);
            timer = setTimeout(look, WAIT_MS);
        });
    };

    document.querySelectorAll("[data-similar]").forEach(start);
})();
