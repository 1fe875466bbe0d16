"use strict";
/* Watch mode: the server says when a new build is there. */
(() => {
  const shown = document.documentElement.dataset.version;
  const banner = document.getElementById("lost");
  const events = new EventSource("/events");
  events.addEventListener("version", (event) => {
    banner.hidden = true;
    if (event.data !== shown) {
      events.close();
      location.reload();
    }
  });
  events.addEventListener("error", () => { banner.hidden = false; });
})();
