"use strict";
/* The slide player: what is seen and heard at which time. Texts go in as textContent. phones.js works the rest. */
const Player = (() => {
  const data = JSON.parse(document.getElementById("view").textContent);
  const slides = data.slides;
  const total = Timing.total(slides);
  const root = document.documentElement;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, name, text = "") => {
    const element = document.createElement(tag);
    element.className = name;
    element.textContent = text;
    return element;
  };

  /* ---- the slides on the playing phone ---- */
  const surface = one("#surface");
  const source = (part) => one(`[data-part="${part}"]`);

  function medium(placed) {
    const box = make("div", `medium ${placed.look} fit-${placed.fit}`);
    box.style.left = `${(placed.left / data.width) * 100}%`;
    box.style.top = `${(placed.top / data.height) * 100}%`;
    box.style.width = `${(placed.width / data.width) * 100}%`;
    box.style.height = `${(placed.height / data.height) * 100}%`;
    box.append(inside(placed));
    return box;
  }

  function inside(placed) {
    if (placed.part === null) return make("p", "missing", placed.src ? `${placed.src}: not in the bundle` : "no source");
    const from = source(placed.part);
    if (!from) return make("p", "copy"); // a text of blanks, for which no phone draws a bubble
    if (placed.look === "picture" && from.tagName === "IMG") {
      const picture = new Image();
      picture.alt = from.alt;
      picture.src = from.src;
      if (placed.fit === "hidden" || placed.fit === "scroll") natural(picture, placed);
      return picture;
    }
    if (from.tagName === "VIDEO" || from.tagName === "AUDIO") return timed(from, placed);
    if (placed.look === "sound") return make("p", "pill", `♪ ${placed.name} plays on phones but not in browsers`);
    if (placed.look === "text") {
      const text = make("p", "copy", from.textContent);
      text.dir = "auto";
      return text;
    }
    return make("p", "missing", from.dataset.label || placed.src);
  }

  /** A picture that is not scaled into its region has one pixel of the root-layout for each of its own. */
  function natural(picture, placed) {
    picture.addEventListener("load", () => {
      picture.style.width = `${(picture.naturalWidth / placed.width) * 100}%`;
      picture.style.height = `${(picture.naturalHeight / placed.height) * 100}%`;
    });
  }

  function timed(from, placed) {
    const holder = make("div", "holder");
    const element = document.createElement(from.tagName);
    element.src = from.src;
    if (from.poster) element.poster = from.poster;
    element.preload = "auto";
    element.dataset.begin = placed.begin;
    element.setAttribute("aria-label", from.getAttribute("aria-label"));
    const label = make("p", "pill", from.tagName === "AUDIO" ? `♪ ${placed.name}` : "");
    element.addEventListener("error", () => {
      label.textContent = `${placed.name} plays on phones, but not in this browser`;
      holder.classList.add("mute");
    });
    holder.append(element, label);
    return holder;
  }

  const built = slides.map((slide) => {
    const element = make("div", "slide");
    element.hidden = true;
    const media = slide.media.map((placed) => ({ placed, element: medium(placed) }));
    element.append(...media.map((item) => item.element));
    surface.append(element);
    return { element, media };
  });

  /* ---- time ---- */
  const scrub = one("#scrub");
  const state = { ms: 0, playing: false, at: -2, last: 0 };
  const told = [];

  function show(ms) {
    state.ms = Math.min(Math.max(ms, 0), total);
    const at = Timing.slideAt(slides, state.ms);
    if (at !== state.at) turn(at);
    if (at >= 0) {
      for (const { placed, element } of built[at].media) {
        element.hidden = !Timing.isShown(placed, slides[at], state.ms);
      }
    }
    scrub.value = String(Math.round(state.ms));
    scrub.style.setProperty("--done", total ? String(state.ms / total) : "0");
    scrub.setAttribute("aria-valuetext", `${Timing.clock(state.ms)}, slide ${at + 1} of ${slides.length}`);
    one("#now").textContent = Timing.clock(state.ms);
    all(".beat").forEach((beat, index) => beat.style.setProperty("--done", share(index)));
    one("#play").dataset.ended = String(total > 0 && state.ms >= total);
  }

  function share(index) {
    const slide = slides[index];
    return String(Math.min(Math.max((state.ms - slide.start) / slide.duration, 0), 1));
  }

  function turn(at) {
    state.at = at;
    built.forEach((item, index) => { item.element.hidden = index !== at; });
    all("[data-goto]").forEach((button) => {
      const here = Number(button.dataset.goto) === at;
      button.toggleAttribute("aria-current", here);
      if (here) button.setAttribute("aria-current", "step");
    });
    all(".card[data-slide]").forEach((card) => card.classList.toggle("here", Number(card.dataset.slide) === at));
    one("#count").textContent = slides.length ? `${at + 1} / ${slides.length}` : "";
    sounds();
    const cell = one(".cell[aria-current]");
    if (cell) keepInView(cell, one(".strip"));
    told.forEach((tell) => tell());
  }

  /** Scroll the strip alone: scrollIntoView would move the page as well. */
  function keepInView(cell, strip) {
    const left = cell.offsetLeft - strip.offsetLeft;
    if (left < strip.scrollLeft || left + cell.offsetWidth > strip.scrollLeft + strip.clientWidth) {
      strip.scrollLeft = left - (strip.clientWidth - cell.offsetWidth) / 2;
    }
  }

  function sounds() {
    built.forEach((item, index) => {
      for (const element of all("audio, video", item.element)) {
        const seconds = (state.ms - slides[index].start - Number(element.dataset.begin)) / 1000;
        if (index !== state.at || !state.playing || seconds < 0) element.pause();
        if (index !== state.at) continue;
        if (Math.abs(element.currentTime - seconds) > 0.3) element.currentTime = Math.max(0, seconds);
        if (state.playing) element.play().catch(() => element.parentElement.classList.add("mute"));
      }
    });
  }

  function seek(ms) {
    show(ms);
    sounds();
    told.forEach((tell) => tell());
  }

  function play(on) {
    if (on && state.ms >= total) show(0);
    state.playing = on && total > 0;
    state.last = performance.now();
    root.dataset.playing = String(state.playing);
    one("#play").setAttribute("aria-label", state.playing ? "Pause" : "Play");
    sounds();
    if (state.playing) requestAnimationFrame(tick);
  }

  function tick(now) {
    if (!state.playing) return;
    show(state.ms + Math.max(0, now - state.last));
    state.last = now;
    if (state.ms >= total) play(false);
    else requestAnimationFrame(tick);
  }

  one("#play").addEventListener("click", () => play(!state.playing));
  one("#back").addEventListener("click", () => seek(Timing.previous(slides, state.ms)));
  one("#forward").addEventListener("click", () => seek(Timing.next(slides, state.ms)));
  scrub.addEventListener("input", () => { play(false); seek(Number(scrub.value)); });
  all("[data-goto]").forEach((button) =>
    button.addEventListener("click", () => seek(slides[Number(button.dataset.goto)].start)));

  const keys = {
    " ": () => play(!state.playing),
    k: () => play(!state.playing),
    ArrowLeft: () => seek(Timing.previous(slides, state.ms)),
    ArrowRight: () => seek(Timing.next(slides, state.ms)),
    ",": () => seek(state.ms - 100),
    ".": () => seek(state.ms + 100),
    Home: () => seek(0),
    End: () => seek(total),
  };
  document.addEventListener("keydown", (event) => {
    const takes = event.key === " " ? "button, summary, a, " : "";
    const busy = event.target.closest(`${takes}input, select, [tabindex], audio, video`);
    if (event.ctrlKey || event.metaKey || event.altKey || busy || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });

  show(0);
  /** `told`: functions that are called whenever another time or slide is chosen. */
  return { data, state, slides, seek, told, source };
})();
