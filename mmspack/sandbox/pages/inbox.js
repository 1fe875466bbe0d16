"use strict";
/* The inbox alive: what arrives appears, search answers while one types, and everything has a key. */
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const list = one("#rows");
  const query = one("#q");
  let matching = null;
  let goesOn = false;

  /** What the search box and the filters hold, without what is empty. */
  function filters() {
    return Object.fromEntries([...new FormData(one("#search"))].filter(([, value]) => value));
  }

  /** Rows as the server wrote them; parsed apart, where nothing in them could run. */
  async function rows(parameters) {
    const answer = await fetch(`/rows?${new URLSearchParams(parameters)}`);
    if (!answer.ok) throw new Error(`the inbox responded with ${answer.status}`);
    matching = answer.headers.get("X-Matching");
    goesOn = answer.headers.get("X-Older") === "yes";
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    return all("li", parsed.body);
  }

  /* ---- times and verdicts ---- */
  const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const full = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "medium" });

  function ago(then) {
    const seconds = Math.round((Date.now() - then) / 1000);
    if (seconds < 45) return "just now";
    if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
    if (seconds < 6 * 3600) return `${Math.round(seconds / 3600)} h ago`;
    return day.format(then);
  }

  function times() {
    for (const element of all("time")) {
      const then = new Date(element.dateTime);
      element.title = full.format(then);
      element.textContent = list ? ago(then) : full.format(then);
    }
  }

  const waiting = [];
  let asking = 0;
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      waiting.push(entry.target);
    }
    ask();
  });

  /** Two verdicts at a time: each is a whole check. */
  async function ask() {
    if (asking >= 2 || !waiting.length) return;
    asking += 1;
    const place = waiting.shift();
    try {
      const answer = await fetch(place.dataset.verdict);
      if (answer.ok) {
        const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
        place.replaceChildren(...parsed.body.children);
      }
    } finally {
      asking -= 1;
      ask();
    }
  }

  function dress() {
    times();
    for (const place of all("[data-verdict]:empty")) seen.observe(place);
    for (const picture of all(".thumb img")) picture.addEventListener("error", () => picture.remove(), { once: true });
  }

  /* ---- what arrives ---- */
  let unseen = 0;

  async function arrived(newest, total) {
    one("#total").textContent = Number(total).toLocaleString("en");
    const known = Number(list.dataset.newest);
    if (newest === known) return;
    list.dataset.newest = String(newest);
    if (newest < known || new URLSearchParams(location.search).has("before")) return;
    const fresh = await rows({ ...filters(), after: String(known) });
    counted();
    for (const row of fresh) one(".row", row).classList.add("fresh");
    list.prepend(...fresh);
    const most = all("li", list).slice(200);
    for (const row of most) row.remove();
    if (most.length) older(true);
    emptied();
    picked();
    dress();
    setTimeout(() => fresh.forEach((row) => one(".row", row).classList.remove("fresh")), 1500);
    if (!fresh.length) return;
    one("#said").textContent = fresh.length === 1 ? "A new message" : `${fresh.length} new messages`;
    if (document.hidden) {
      unseen += fresh.length;
      document.title = `(${unseen}) Inbox · mmspack sandbox`;
    }
  }

  function listen() {
    const events = new EventSource("/events");
    const live = one("#live");
    events.addEventListener("newest", (event) => {
      const [newest, total] = event.data.split(" ").map(Number);
      live.dataset.on = "true";
      one("span", live).textContent = "Live";
      one("#lost").hidden = true;
      arrived(newest, total).catch(lost);
    });
    events.addEventListener("error", lost);
    document.addEventListener("visibilitychange", () => {
      unseen = 0;
      document.title = "Inbox · mmspack sandbox";
    });

    function lost() {
      live.dataset.on = "false";
      one("span", live).textContent = "Not connected";
      one("#lost").hidden = false;
    }
  }

  /* ---- search ---- */
  let typed = 0;

  async function search() {
    const mine = (typed += 1);
    const found = await rows(filters());
    if (mine !== typed) return;
    list.replaceChildren(...found);
    counted();
    picked();
    const asked = new URLSearchParams(filters()).toString();
    history.replaceState(null, "", asked ? `/?${asked}` : "/");
    emptied();
    one("#said").textContent = found.length ? `${found.length} found` : "No results";
    one("#clear").hidden = !asked;
    older(goesOn);
    dress();
  }

  /** Why no row is shown: nothing matches, or nothing has arrived yet. */
  function emptied() {
    const narrow = Object.keys(filters()).length > 0;
    one("#none").hidden = list.children.length > 0 || !narrow;
    one("#empty").hidden = list.children.length > 0 || narrow;
  }

  /** Where the list goes on: after the last row that is shown. */
  function older(more) {
    const last = all(".row", list).at(-1);
    one(".older").hidden = !more || !last;
    if (last) one(".older a").href = `/?${new URLSearchParams({ ...filters(), before: last.dataset.id })}`;
  }

  /** `3 of 120` while something is left out. */
  function counted() {
    const total = one("#total");
    const words = matching === null ? [] : [`${Number(matching).toLocaleString("en")} of `];
    one("#count").replaceChildren(...words, total);
  }

  /* ---- many at a time ---- */
  function picked() {
    const boxes = all(".pick input", list);
    const number = boxes.filter((box) => box.checked).length;
    one("#picked").textContent = number ? `${number} selected` : "Select all";
    one("#chosen-bar").hidden = boxes.length === 0;
    one("#all").checked = number > 0 && number === boxes.length;
    one("#all").indeterminate = number > 0 && number < boxes.length;
    one("#chosen-bar").dataset.any = String(number > 0);
  }

  function pick() {
    const box = document.activeElement.closest?.("li")?.querySelector(".pick input");
    if (box) box.checked = !box.checked;
    picked();
  }

  /* ---- keys ---- */
  function step(by) {
    const links = all(".row", list);
    const at = links.indexOf(document.activeElement);
    links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
  }

  const listKeys = { j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1), "/": () => query.focus(), x: pick };
  const pageKeys = { j: () => one("#older")?.click(), k: () => one("#newer")?.click(), u: () => one("#back")?.click() };
  document.addEventListener("keydown", (event) => {
    const keys = list ? listKeys : pageKeys;
    if (event.key === "Escape" && event.target === query) query.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    if (!(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });

  for (const button of all("[data-sure]")) {
    button.addEventListener("click", (event) => {
      if (!confirm(button.dataset.sure)) event.preventDefault();
    });
  }

  /* ---- the preview's frame has no rights; it says its height, and when it has painted ---- */
  const frame = one("#preview");
  if (frame) {
    addEventListener("message", (event) => {
      const height = event.source === frame.contentWindow ? Number(event.data?.height) : NaN;
      if (!(height > 0)) return;
      frame.style.height = `${Math.min(Math.ceil(height), 20000)}px`;
      frame.dataset.settled = "true";
      if (event.data.painted === true) one(".first")?.remove();
    });
  }

  if (list) {
    let pause = 0;
    query.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(() => search().catch((error) => { one("#said").textContent = error.message; }), 150);
    });
    for (const filter of all(".filters select, .filters input")) {
      filter.addEventListener("change", () => search().catch((error) => { one("#said").textContent = error.message; }));
    }
    one("#all").addEventListener("change", () => {
      for (const box of all(".pick input", list)) box.checked = one("#all").checked;
      picked();
    });
    list.addEventListener("change", picked);
    picked();
    listen();
  }
  dress();
  setInterval(times, 30_000);
})();
