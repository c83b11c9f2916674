// Solves a puzzle of ALTCHA's protocol in the background: which number, joined to the salt, has this SHA-256?
self.addEventListener("message", async (event) => {
    const { challenge, salt, maxNumber } = event.data;
    const encoder = new TextEncoder();
    for (let number = 0; number <= maxNumber; number++) {
        const hash = await crypto.subtle.digest("SHA-256", encoder.encode(salt + number));
        const hex = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
        if (hex === challenge) {
            self.postMessage(number);
            return;
        }
    }
    self.postMessage(-1);
});
