// Keeps what is noted on the day of a training on this device until the portal has it. Each note gets a key and the time
// of the device: it may be sent late and twice, and counts once. Without scripts the forms [data-kept-entry] work as any.
(() => {
    "use strict";

    const TRY_AGAIN_MS = 10_000;
    const GIVEN_UP_MS = 3 * 24 * 60 * 60 * 1000;
    const notice = document.querySelector("[data-kept]");
    if (!notice) return;
    const words = notice.dataset;
    const problems = document.querySelector("[data-kept-problems]");
    // What one account has noted is not sent in the name of another one on the same device.
    const key = `klikks.attendance.${words.kept}`;
    let unkept = []; // where the browser keeps nothing
    let isSending = false;
    let timer = 0;

    // Read anew each time: another tab may have added or sent something.
    const waiting = () => {
        try {
            const notes = JSON.parse(localStorage.getItem(key)) ?? [];
            return notes.concat(unkept).filter((note) => Date.now() - note.at < GIVEN_UP_MS);
        } catch {
            return unkept;
        }
    };

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

    const complain = (note, text) => {
        const line = document.createElement("li");
        line.className = "field-error";
        line.textContent = [note.label, text].filter(Boolean).join(": ");
        problems.append(line);
    };

    // The first note that waits leaves; the answer says whether the next one may follow.
    const send = async (note) => {
        const body = new URLSearchParams(note.body);
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
        if (result === "later") tellWaiting();
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
    const show = (form, button, note) => {
        if (button.hasAttribute("aria-pressed")) {
            const isHere = button.value === "1";
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
            form.reset();
            form.querySelector("input[type=text]")?.focus();
        } else {
            document.querySelector("[data-kept-before]").hidden = true;
            document.querySelector("[data-kept-done]").hidden = false;
            document.querySelector("[data-kept-done] [tabindex]")?.focus();
        }
    };

    for (const form of document.querySelectorAll("form[data-kept-entry]")) {
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
            show(form, button, note);
            flush();
        });
    }

    window.addEventListener("online", flush);
    if (waiting().length) {
        tellWaiting();
        flush();
    }
})();
