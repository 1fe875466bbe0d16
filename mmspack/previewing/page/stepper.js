"use strict";
/* One recipient after the other, each on the page that `mmspack preview` shows, in a frame without rights. */
(() => {
  const one = (id) => document.getElementById(id);
  const recipients = JSON.parse(one("recipients").textContent);
  const last = recipients.length - 1;
  let at = -1;

  function show(wanted) {
    const next = Math.min(Math.max(wanted, 0), last);
    if (next === at) return;
    at = next;
    const { subject, warning, page } = recipients[at];
    one("recipient").value = String(at);
    one("place").textContent = `${at + 1} of ${last + 1}`;
    one("previous").disabled = at === 0;
    one("next").disabled = at === last;
    one("subject").textContent = subject;
    one("subject").hidden = !subject;
    one("warning").textContent = warning;
    one("warning").hidden = !warning;
    // A new frame each time: Chromium leaves one blank that was hidden while it loaded.
    const frame = one("frame").cloneNode();
    frame.hidden = !page;
    frame.srcdoc = page;
    one("frame").replaceWith(frame);
    history.replaceState(null, "", `#recipient=${at + 1}`);
  }

  const asked = () => Number(new URLSearchParams(location.hash.slice(1)).get("recipient") || 1) - 1;
  one("previous").addEventListener("click", () => show(at - 1));
  one("next").addEventListener("click", () => show(at + 1));
  one("recipient").addEventListener("change", (event) => show(Number(event.target.value)));
  addEventListener("hashchange", () => show(asked()));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select")) return;
    if (event.key === "j" || event.key === "k") show(at + (event.key === "j" ? 1 : -1));
  });
  // A frame without rights cannot be measured from outside: its page says how tall it is.
  addEventListener("message", ({ source, data }) => {
    if (source === one("frame").contentWindow && data.height > 0) one("frame").style.height = `${Math.min(data.height, 20000)}px`;
  });
  show(asked());
})();
