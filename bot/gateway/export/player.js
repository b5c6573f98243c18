/* Makes each figure.note a player: its wave shows how far one is, keys work on the one that is
   listened to, marks name a passage, and the list plays on by itself. Without this script the
   browser's own controls stay. */
(() => {
  "use strict";
  const SPEEDS = [0.8, 1, 1.25, 1.5, 2];
  const BACK = 3; // seconds
  const notes = [...document.querySelectorAll("figure.note")];
  const words = document.body.dataset;
  let speed = 1;
  let playsOn = true;

  const sound = (note) => note.querySelector("audio");
  const seconds = (time) => time.toFixed(1);

  function shown(note) {
    return note.offsetParent !== null;
  }

  function next(note, step = 1) {
    const list = notes.filter(shown);
    return list[list.indexOf(note) + step];
  }

  /* At the end of a page one goes on to the next page, where there is one. */
  function turn(step) {
    document.querySelector(step > 0 ? "a[rel=next]" : "a[rel=prev]")?.click();
  }

  function go(note, step = 1) {
    const other = next(note, step);
    if (other) play(other);
    else turn(step);
  }

  function play(note) {
    if (!note) return;
    for (const other of notes) if (other !== note) sound(other).pause();
    note.scrollIntoView({ block: "nearest" });
    note.focus({ preventScroll: true });
    sound(note).playbackRate = speed;
    sound(note).play().catch(() => {}); // the browser's own controls say what is wrong
  }

  function toggle(note) {
    if (sound(note).paused) play(note);
    else sound(note).pause();
  }

  function jump(note, by) {
    const audio = sound(note);
    audio.currentTime = Math.max(0, Math.min(audio.duration || 0, audio.currentTime + by));
  }

  function pace(step) {
    const at = Math.max(0, Math.min(SPEEDS.length - 1, SPEEDS.indexOf(speed) + step));
    speed = SPEEDS[at];
    for (const note of notes) {
      sound(note).playbackRate = speed;
      note.querySelector("[data-do=speed]").textContent = `${speed} ×`;
    }
  }

  function mark(note) {
    marked(note, [...(note.marks || []), sound(note).currentTime]);
  }

  function marked(note, places) {
    const marks = places.sort((one, other) => one - other);
    note.marks = marks;
    const line = note.querySelector(".marks");
    line.replaceChildren(...marks.map((time) => place(note, time)));
    if (marks.length > 1) line.append(...passage(note, marks[0], marks[marks.length - 1]));
  }

  function place(note, time) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${seconds(time)} s`;
    button.addEventListener("click", () => {
      sound(note).currentTime = time;
      play(note);
    });
    return button;
  }

  /* What a script of an audio session takes: the contribution and the passage. */
  function passage(note, from, to) {
    const code = document.createElement("code");
    code.textContent = `quote: ${note.dataset.contribution} from ${seconds(from)} to ${seconds(to)}`;
    return "own" in words ? [code, link(note, from, to)] : [code];
  }

  /* A passage can be passed on: the page opens there, with its marks. */
  function link(note, from, to) {
    const anchor = document.createElement("a");
    anchor.className = "own";
    anchor.href = `#n=${notes.indexOf(note) + 1}&t=${seconds(from)},${seconds(to)}`;
    anchor.textContent = anchor.hash;
    return anchor;
  }

  function open() {
    const found = /^#n=(\d+)&t=([\d.]+),([\d.]+)$/.exec(location.hash);
    const note = found && notes[found[1] - 1];
    if (!note) return;
    marked(note, [Number(found[2]), Number(found[3])]);
    sound(note).currentTime = Number(found[2]); // before it is loaded, this is where it begins
    note.focus();
  }

  const KEYS = {
    " ": toggle,
    k: toggle,
    ArrowLeft: (note) => jump(note, -BACK),
    j: (note) => jump(note, -BACK),
    ArrowRight: (note) => jump(note, BACK),
    n: (note) => go(note),
    p: (note) => go(note, -1),
    ">": () => pace(1),
    "<": () => pace(-1),
    m: mark,
  };

  const BUTTONS = { play: toggle, back: (note) => jump(note, -BACK), next: (note) => go(note), mark };

  function build(note) {
    note.tabIndex = 0;
    const bar = document.createElement("p");
    bar.className = "keys";
    for (const name of ["play", "back", "speed", "next", "mark"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.do = name;
      button.textContent = name === "speed" ? "1 ×" : words[name];
      if (name === "speed") button.setAttribute("aria-label", words.speed);
      button.addEventListener("click", () => {
        if (name !== "speed") BUTTONS[name](note);
        else pace(speed === SPEEDS.at(-1) ? 1 - SPEEDS.length : 1);
      });
      bar.append(button);
    }
    const marks = document.createElement("p");
    marks.className = "marks";
    note.append(bar, marks);
    listen(note, bar.querySelector("[data-do=play]"));
  }

  function listen(note, button) {
    const audio = sound(note);
    const say = () => (button.textContent = audio.paused ? words.play : words.pause);
    audio.addEventListener("play", say);
    audio.addEventListener("pause", say);
    audio.addEventListener("play", () => {
      for (const other of notes) if (other !== note) sound(other).pause();
    });
    audio.addEventListener("timeupdate", () => {
      note.style.setProperty("--played", `${(100 * audio.currentTime) / (audio.duration || 1)}%`);
    });
    audio.addEventListener("ended", () => playsOn && play(next(note)));
    note.querySelector(".wave")?.addEventListener("click", (event) => {
      const box = event.currentTarget.getBoundingClientRect();
      const part = (event.clientX - box.left) / box.width;
      if (audio.duration) audio.currentTime = part * audio.duration;
      else audio.addEventListener("loadedmetadata", () => (audio.currentTime = part * audio.duration), { once: true });
      play(note);
    });
    note.addEventListener("keydown", (event) => {
      if (event.target !== note || event.ctrlKey || event.metaKey || event.altKey) return;
      const act = KEYS[event.key];
      if (!act) return;
      event.preventDefault();
      act(note);
    });
  }

  notes.forEach(build);
  open();
  addEventListener("hashchange", open);
  const box = document.querySelector("#plays-on");
  if (box) {
    box.closest("label").hidden = notes.length < 2;
    playsOn = box.checked;
    box.addEventListener("change", () => (playsOn = box.checked));
  }
})();
