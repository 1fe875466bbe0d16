"use strict";
/* The phones' looks, which of them is shown, links to a slide or phone, the comparison, what a reload keeps. */
(() => {
  const { data, state, slides, seek, told, source } = Player;
  const root = document.documentElement;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const controls = { screen: one("#screen"), theme: one("#theme"), rtl: one("#rtl"), large: one("#large") };
  const stage = one(".stage");
  const narrow = matchMedia("(max-width: 760px)");
  const views = all(".reading").map((reading) => reading.dataset.view);
  let view = "all";
  /** Pixels below which a phone cannot be read. */
  const LEAST = 430;

  /* ---- copies of what is embedded once ---- */
  all("[data-copy]").forEach((element) => {
    const from = source(element.dataset.copy);
    if (from && from.tagName === element.tagName) element.src = from.src;
  });
  all("[data-grow]").forEach((item) => { item.style.flexGrow = item.dataset.grow; });
  all("[data-left]").forEach((item) => { item.style.insetInlineStart = `${item.dataset.left}%`; });

  /* ---- one phone or all of them ---- */
  function dress() {
    const size = (option) => option.value.split("x").map(Number);
    const chosen = controls.screen.selectedOptions[0];
    // Nobody has an iPhone of 240 × 320: such a screen is the slide player's alone.
    const [width, height] = size(chosen.closest("optgroup") ? controls.screen.options[0] : chosen);
    const single = view !== "all" || narrow.matches;
    const shown = view === "all" && narrow.matches ? views[0] : view;
    stage.dataset.shown = single ? "one" : "all";
    stage.dataset.alone = single ? shown : "";
    all(".reading").forEach((reading) => { reading.hidden = single && reading.dataset.view !== shown; });
    all("[data-show]").forEach((button) => {
      button.hidden = button.dataset.show === "all" && narrow.matches;
      button.setAttribute("aria-pressed", String(button.dataset.show === (single ? shown : "all")));
    });
    const wide = one(".readings").clientWidth;
    const across = single ? 1 : wide < 780 ? 2 : views.length;
    const room = (wide - 16 * (across - 1)) / across;
    // All of them share the height of the window with the controls, and so does the player, whose controls stay in
    // sight where they leave it room; any other phone alone is as large as on a desk.
    const controlled = one(".transport").offsetHeight;
    const above = one(".readings").getBoundingClientRect().top + scrollY + 90;
    const left = innerHeight - controlled - (single ? 16 : above);
    root.dataset.roomy = String(left >= LEAST && (single || across === views.length));
    const tall = !single ? Math.min(600, Math.max(LEAST, left)) : shown === "player" ? Math.max(LEAST, left) : Infinity;
    root.style.setProperty("--across", String(across));
    all(".reading").forEach((reading) => {
      const [w, h] = reading.dataset.view === "player" ? size(chosen) : [width, height];
      const scale = Math.min(1, room / (w + 18), tall / (h + 18));
      reading.style.setProperty("--wide", `${w}px`);
      reading.style.setProperty("--high", `${h}px`);
      reading.style.setProperty("--scale", String(Math.max(scale, 0.2)));
      reading.dataset.tiny = String(w < 300);
    });
    root.style.setProperty("--shape", `${data.width} / ${data.height}`);
    root.style.setProperty("--slim", String(data.width / data.height));
    // Within another page the choice is the phones' alone: that page has colours of its own.
    for (const dressed of root.dataset.framed ? all(".mount") : [root]) dressed.dataset.theme = controls.theme.value;
    root.dataset.large = String(controls.large.checked);
    // The conversation begins and ends clear of the bars that lie over it.
    for (const [name, bar] of [["--bar", one(".ios-bar")], ["--foot", one(".ios-foot")]]) {
      if (bar.offsetHeight) one("#iphone").style.setProperty(name, `${bar.offsetHeight}px`);
    }
    all(".screen").forEach((screen) => { screen.dir = controls.rtl.checked ? "rtl" : "ltr"; });
    scrollable();
    remember();
  }

  function choose(name) {
    view = views.includes(name) ? name : "all";
    dress();
    link();
  }

  /** What scrolls can be reached by keyboard, and text that goes on below fades out there. */
  function scrollable() {
    all(".medium.text, .thread").forEach((element) => {
      if (element.scrollHeight > element.clientHeight + 1) {
        element.tabIndex = 0;
        element.setAttribute("role", "region");
        element.setAttribute("aria-label", element.dataset.name || "Text of the slide");
        element.onscroll = () => fade(element);
      }
      fade(element);
    });
    all(".copy-lines").forEach(fade);
  }

  function fade(element) {
    const more = element.scrollTop + element.clientHeight < element.scrollHeight - 2;
    element.classList.toggle("more", more);
  }

  all("[data-show]").forEach((button) => button.addEventListener("click", () => choose(button.dataset.show)));
  one("#display").addEventListener("click", ({ currentTarget: button }) => {
    button.setAttribute("aria-expanded", String(one("#tools").classList.toggle("open")));
  });
  Object.values(controls).forEach((control) => control.addEventListener("change", dress));
  addEventListener("resize", dress);

  /* ---- a text that an iPhone shortens, a film that is tapped ---- */
  all(".words.long").forEach((words) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "unfold";
    button.textContent = "›";
    button.setAttribute("aria-label", "Show the whole text");
    button.addEventListener("click", () => {
      words.classList.remove("short");
      button.remove();
      scrollable();
    });
    words.classList.add("short");
    words.after(button);
  });
  all(".film-bubble").forEach((box) => {
    const film = one("video", box);
    const button = one(".film-play", box);
    button.addEventListener("click", () => { if (film.paused) film.play().catch(() => {}); else film.pause(); });
    for (const name of ["play", "pause", "ended"]) {
      film.addEventListener(name, () => box.classList.toggle("running", !film.paused));
    }
    film.addEventListener("error", () => {
      box.classList.add("mute");
      box.dataset.why = "Plays on phones, but not in this browser";
    });
  });
  all(".sound-bubble").forEach((box) => {
    const sound = one("audio", box);
    one("button", box).addEventListener("click", () => {
      if (sound.paused) sound.play().catch(() => {});
      else sound.pause();
    });
    for (const name of ["play", "pause", "ended"]) {
      sound.addEventListener(name, () => box.classList.toggle("running", !sound.paused));
    }
    sound.addEventListener("timeupdate", () => {
      box.style.setProperty("--done", String(sound.currentTime / (sound.duration || 1)));
    });
  });

  /* ---- original against fitted ---- */
  all(".pair").forEach((pair) => {
    const slider = one("input", pair);
    one(".fitted", pair).src = source(pair.dataset.of).src;
    const cut = () => pair.style.setProperty("--cut", `${slider.value}%`);
    slider.addEventListener("input", cut);
    cut();
  });
  all("[data-pick]").forEach((button) => button.addEventListener("click", () => {
    all("[data-pick]").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    all(".compared").forEach((item) => { item.hidden = item.id !== button.dataset.pick; });
  }));

  /* ---- #slide=3&view=iphone, to send to a colleague ---- */
  function link() {
    if (root.dataset.framed) return; // the address of a frame is seen by nobody
    const parts = [];
    if (state.at > 0) parts.push(`slide=${state.at + 1}`);
    if (view !== "all") parts.push(`view=${view}`);
    const hash = parts.length ? `#${parts.join("&")}` : "";
    if (hash !== location.hash) history.replaceState(null, "", hash || location.pathname + location.search);
  }

  /** True where the address named a slide or a phone. */
  function follow() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const slide = slides[Number(asked.get("slide")) - 1];
    if (views.includes(asked.get("view")) || asked.get("view") === "all") view = asked.get("view");
    if (slide) seek(slide.start);
    return Boolean(slide);
  }

  /* ---- a page that reloads itself comes back as it was ---- */
  const place = "mmspack-preview";
  function remember() {
    if (!data.live) return;
    const { screen, theme, rtl, large } = controls;
    sessionStorage.setItem(place, JSON.stringify({
      ms: state.ms, screen: screen.value, theme: theme.value, rtl: rtl.checked, large: large.checked, view,
    }));
  }
  const before = data.live ? JSON.parse(sessionStorage.getItem(place) || "null") : null;
  if (before) {
    if (one(`#screen option[value="${before.screen}"]`)) controls.screen.value = before.screen;
    controls.theme.value = before.theme;
    controls.rtl.checked = before.rtl;
    controls.large.checked = before.large;
    view = before.view;
  }
  if (root.dataset.framed) {
    // A frame without rights cannot be measured from outside: the page says how tall it is, and when the first phone's
    // pictures are painted, which is the case after the frame in which they are drawn.
    let painted = false;
    const say = () => parent.postMessage({ height: document.body.scrollHeight, painted }, "*");
    new ResizeObserver(say).observe(document.body);
    Promise.allSettled(all("#iphone img").map((picture) => picture.decode())).then(() => {
      requestAnimationFrame(() => requestAnimationFrame(() => { painted = true; say(); }));
    });
  }
  if (!follow() || before) seek(before ? before.ms : state.ms);
  dress();
  link();
  told.push(link, remember, scrollable);
  addEventListener("hashchange", () => { follow(); dress(); });
})();
