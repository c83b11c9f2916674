// Shows a page of the day of a training from this device while there is no connection. It works for the pages that have
// asked for it, each for itself, and keeps nothing else; a page is kept for a day, and until the portal wants a sign-in.
"use strict";

const CACHE = "klikks-attendance";
const KEPT_MS = 24 * 60 * 60 * 1000;

const fromPortal = async (request) => {
    const answer = await fetch(request);
    const cache = await caches.open(CACHE);
    if (answer.ok && !answer.redirected) await cache.put(request.url, answer.clone());
    else if (request.mode === "navigate" && answer.status < 500) await cache.delete(request.url, { ignoreVary: true });
    return answer;
};

const fromDevice = async (request) => {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(request.url, { ignoreVary: true });
    if (!kept || request.mode !== "navigate") return kept;
    const isFresh = Date.now() - Date.parse(kept.headers.get("Date")) < KEPT_MS;
    if (!isFresh) await cache.delete(request.url, { ignoreVary: true });
    return isFresh ? kept : undefined;
};

const answerTo = async (request) => {
    try {
        return await fromPortal(request);
    } catch {
        return (await fromDevice(request)) ?? Response.error();
    }
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
    const isOurs = new URL(event.request.url).origin === self.location.origin;
    if (event.request.method === "GET" && isOurs) event.respondWith(answerTo(event.request));
});
