// Keeps what is noted on the day of a training on this device until the portal has it. Each note gets a key and the time
// of the device: it may be sent late and twice, and counts once. What the portal refuses stays on the page until somebody
// has read it. The page itself opens without a connection too (worker.js). Without scripts the forms [data-kept-entry]
// work as any.
(() => {
    "use strict";

    const TRY_AGAIN_MS = 10_000;
    const notice = document.querySelector("[data-kept]");
    if (!notice) return;
    const words = notice.dataset;
    const hint = document.querySelector("[data-kept-hint]");
    const problems = document.querySelector("[data-kept-problems]");
    // What one account has noted is not sent in the name of another one on the same device.
    const key = `klikks.attendance.${words.kept}`;
    const refusedKey = `${key}.refused`;
    const forms = [...document.querySelectorAll("form[data-kept-entry]")];
    let unkept = []; // where the browser keeps nothing
    let isSending = false;
    let timer = 0;

    // Read anew each time: another tab may have added or sent something.
    const stored = (name) => {
        try {
            return JSON.parse(localStorage.getItem(name)) ?? [];
        } catch {
            return [];
        }
    };

    const waiting = () => stored(key).concat(unkept);

    const keep = (notes) => {
        try {
            localStorage.setItem(key, JSON.stringify(notes));
            unkept = [];
        } catch {
            unkept = notes;
            say(words.notKept, "warning");
        }
    };

    const newKey = () => {
        if (crypto.randomUUID) return crypto.randomUUID();
        const bytes = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0"));
        return bytes.join("");
    };

    const say = (text, tone) => {
        notice.hidden = !text;
        notice.className = `kept kept-${tone}`;
        if (notice.textContent !== text) notice.textContent = text;
    };

    const tellWaiting = () => {
        const number = waiting().length;
        if (number) say(number === 1 ? words.waitingOne : words.waiting.replace("NUMBER", number), "warning");
    };

    const tellRefused = () => {
        problems.replaceChildren(...stored(refusedKey).map((refused) => {
            const line = document.createElement("li");
            const text_ = document.createElement("span");
            const when = new Date(refused.at).toLocaleString(document.documentElement.lang);
            text_.className = "field-error";
            text_.textContent = `${[refused.label, refused.text].filter(Boolean).join(": ")} (${when})`;
            const button = document.createElement("button");
            button.type = "button";
            button.className = "btn btn-secondary";
            button.textContent = words.read;
            button.addEventListener("click", () => {
                localStorage.setItem(
                    refusedKey,
                    JSON.stringify(stored(refusedKey).filter((other) => other.key !== refused.key)),
                );
                tellRefused();
            });
            line.append(text_, button);
            return line;
        }));
    };

    const complain = (note, text) => {
        const refused = { key: note.key, label: note.label, at: note.at, text };
        try {
            localStorage.setItem(refusedKey, JSON.stringify([...stored(refusedKey), refused]));
            tellRefused();
        } catch {
            say(`${note.label}: ${text}`, "warning");
        }
    };

    // The first note that waits leaves; the answer says whether the next one may follow.
    const send = async (note) => {
        const body = new URLSearchParams(note.body);
        body.set("account", words.kept);
        body.set("csrfmiddlewaretoken", document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "");
        let answer;
        try {
            answer = await fetch(note.url, { method: "POST", body, headers: { Accept: "application/json" } });
        } catch {
            return "later";
        }
        if (!answer.headers.get("Content-Type")?.startsWith("application/json")) {
            if (answer.status < 500) say(words.signedOut, "warning");
            return answer.status < 500 ? "signed out" : "later";
        }
        if (answer.status === 429 || answer.status >= 500) return "later";
        if (!answer.ok) complain(note, (await answer.json()).text);
        return "done";
    };

    const flush = async () => {
        if (isSending) return;
        isSending = true;
        clearTimeout(timer);
        let result = "done";
        let sent = 0;
        for (let note = waiting()[0]; note; note = waiting()[0]) {
            result = await send(note);
            if (result !== "done") break;
            const gone = note.key;
            keep(waiting().filter((other) => other.key !== gone));
            sent += 1;
        }
        isSending = false;
        if (result === "later") {
            tellWaiting();
            navigator.storage?.persist?.();
        }
        else if (sent && result === "done") say(words.saved, "success");
        if (waiting().length) timer = setTimeout(flush, TRY_AGAIN_MS);
    };

    const count = () => {
        const list = document.querySelector("[data-kept-list]");
        if (!list) return;
        const here = list.querySelectorAll("[aria-pressed=true], [data-added]").length;
        document.querySelector("[data-here-count]").textContent = here;
        document.querySelector("[data-all-count]").textContent = list.children.length;
    };

    // What was noted shows at once, whether it has left already or not.
    const show = (form, note) => {
        const body = new URLSearchParams(note.body);
        if (body.has("enrolment")) {
            const button = form.querySelector("[aria-pressed]");
            const isHere = body.get("present") === "1";
            button.setAttribute("aria-pressed", isHere);
            button.value = isHere ? "0" : "1";
            count();
        } else if ("keptAdds" in form.dataset) {
            const line = document.createElement("li");
            const name = document.createElement("strong");
            name.textContent = note.label;
            line.append(name);
            line.dataset.added = "";
            document.querySelector("[data-kept-list]")?.append(line);
            count();
        } else {
            document.querySelector("[data-kept-before]").hidden = true;
            document.querySelector("[data-kept-done]").hidden = false;
        }
    };

    // Where the next one is written, or what has come of it is read.
    const goOn = (form) => {
        if ("keptAdds" in form.dataset) {
            form.reset();
            form.querySelector("input[type=text]")?.focus();
        } else if ("keptOnce" in form.dataset) {
            document.querySelector("[data-kept-done] [tabindex]")?.focus();
        }
    };

    // A page that was loaded again, be it from this device, shows what still waits.
    const showAgain = () => {
        for (const note of waiting()) {
            const body = new URLSearchParams(note.body);
            const isSame = (form, name) => (form.elements[name]?.value ?? "") === (body.get(name) ?? "");
            const ours = forms.find(
                (form) =>
                    new URL(form.action).pathname === new URL(note.url).pathname &&
                    isSame(form, "date") &&
                    isSame(form, "enrolment"),
            );
            if (ours) show(ours, note);
        }
    };

    // From now on this page opens without a connection. What it was made of passes through the worker once.
    const keepPage = async () => {
        const workers = navigator.serviceWorker;
        if (workers?.controller) return true;
        try {
            await workers.register(words.worker, { scope: location.pathname });
            await workers.ready;
            if (!workers.controller) {
                await new Promise((resolve) => {
                    workers.addEventListener("controllerchange", resolve, { once: true });
                });
            }
            const parts = performance.getEntriesByType("resource").map((part) => part.name);
            const own = parts.filter((name) => new URL(name).origin === location.origin && !name.includes(words.worker));
            await Promise.allSettled([location.href, ...own].map((name) => fetch(name)));
            return true;
        } catch {
            return false;
        }
    };

    for (const form of forms) {
        form.addEventListener("submit", (event) => {
            // What a browser can check is checked here: an answer may come only hours later.
            const isValid = form.checkValidity();
            if (!isValid && navigator.onLine) return; // the server says it better
            event.preventDefault();
            if (!isValid) {
                form.reportValidity();
                return;
            }
            event.stopPropagation();
            const button = event.submitter ?? form.querySelector("button");
            const body = new URLSearchParams(new FormData(form));
            body.delete("csrfmiddlewaretoken");
            if (button.name) body.set(button.name, button.value);
            const note = { key: newKey() };
            body.set("key", note.key);
            body.set("noted_at", new Date().toISOString());
            Object.assign(note, {
                url: form.action,
                body: body.toString(),
                label: form.dataset.label ?? body.get("name") ?? "",
                at: Date.now(),
            });
            keep([...waiting(), note]);
            show(form, note);
            goOn(form);
            flush();
        });
    }

    window.addEventListener("online", flush);
    window.addEventListener("beforeunload", (event) => {
        if (unkept.length) event.preventDefault();
    });
    tellRefused();
    showAgain();
    keepPage().then((isKept) => {
        hint.textContent = isKept ? hint.dataset.opens : hint.dataset.stays;
    });
    if (waiting().length) {
        tellWaiting();
        flush();
    }
})();
