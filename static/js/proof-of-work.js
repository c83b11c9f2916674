// Has the browser do a little work for each form with an input [data-proof], so that robots cannot send masses of them.
// Without this script the form works as well; the server is then stricter about how fast and how often it is sent.
(() => {
    "use strict";

    const GOOD_FOR_MS = 50 * 60 * 1000;
    const LONGEST_WAIT_MS = 15_000;

    class Proof {
        constructor(input) {
            this.input = input;
            this.form = input.form;
            this.form.addEventListener("focusin", () => this.begin(), { once: true });
            this.form.addEventListener("submit", (event) => this.sending(event));
        }

        // Resolves when there is a solution, or none can be had: the form is then sent without.
        begin() {
            if (this.work && Date.now() - this.begun < GOOD_FOR_MS) return this.work;
            this.begun = Date.now();
            this.isReady = false;
            const giveUp = new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT_MS));
            this.work = Promise.race([this.solve().catch(() => {}), giveUp]).then(() => {
                this.isReady = true;
            });
            return this.work;
        }

        async solve() {
            const answer = await fetch(this.input.dataset.proof, { headers: { Accept: "application/json" } });
            if (!answer.ok || !crypto.subtle) return;
            const puzzle = await answer.json();
            const number = await this.numberFor(puzzle);
            if (number >= 0) this.input.value = btoa(JSON.stringify({ ...puzzle, number }));
        }

        numberFor(puzzle) {
            return new Promise((resolve, reject) => {
                const solver = new Worker(this.input.dataset.solver);
                const done = (settle, value) => {
                    solver.terminate();
                    settle(value);
                };
                solver.addEventListener("message", (event) => done(resolve, event.data));
                solver.addEventListener("error", (event) => done(reject, event));
                solver.postMessage(puzzle);
            });
        }

        sending(event) {
            if (this.isReady && Date.now() - this.begun < GOOD_FOR_MS) return;
            event.preventDefault();
            event.stopPropagation();
            this.tell();
            const button = event.submitter;
            this.begin().then(() => this.form.requestSubmit(button ?? undefined));
        }

        tell() {
            if (this.status) return;
            this.status = document.createElement("p");
            this.status.setAttribute("role", "status");
            this.status.textContent = this.input.dataset.wait;
            this.form.append(this.status);
        }
    }

    for (const input of document.querySelectorAll("input[data-proof]")) new Proof(input);
})();
