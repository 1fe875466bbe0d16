"use strict";
/* When each slide is seen. Times are milliseconds from the start of the message; a slide is {start, duration}. */
const Timing = Object.freeze({
  /** How long the message plays. */
  total(slides) {
    const last = slides[slides.length - 1];
    return last ? last.start + last.duration : 0;
  },

  /** Index of the slide seen at `ms`: the last one at and after the end, -1 without slides. */
  slideAt(slides, ms) {
    for (let at = 0; at < slides.length; at += 1) {
      if (ms < slides[at].start + slides[at].duration) return at;
    }
    return slides.length - 1;
  },

  /** Whether a medium ({begin, end}, from its slide's start; end null: the slide's) is seen at `ms`. */
  isShown(medium, slide, ms) {
    const within = ms - slide.start;
    return within >= medium.begin && (medium.end === null || within < medium.end);
  },

  /** Where "next" goes: the start of the following slide, or the end. */
  next(slides, ms) {
    const following = slides[Timing.slideAt(slides, ms) + 1];
    return following ? following.start : Timing.total(slides);
  },

  /** Where "previous" goes: this slide's start, or the one before when it has hardly begun. */
  previous(slides, ms) {
    const at = Timing.slideAt(slides, ms);
    if (at < 0) return 0;
    const begun = ms - slides[at].start > 1000;
    return slides[begun ? at : Math.max(0, at - 1)].start;
  },

  /** `0:04.9`: cut, never rounded up, so that the clock does not run ahead of the slide. */
  clock(ms) {
    const tenths = Math.floor(ms / 100);
    const minutes = Math.floor(tenths / 600);
    const seconds = Math.floor((tenths % 600) / 10);
    return `${minutes}:${String(seconds).padStart(2, "0")}.${tenths % 10}`;
  },
});
