// A recorder for the listening page. Without it the page's forms do the same by themselves.
const page = () => document.querySelector("[data-page]");
const part = (name) => page().querySelector(`[data-${name}]`);
const here = location.pathname;
const chosen = new URLSearchParams(location.search).get("lang"); // else the page speaks its person's
const address = (query) => `${here}?${new URLSearchParams(chosen ? { ...query, lang: chosen } : query)}`;
const LONGEST = 590; // seconds: what is longer cannot be heard
const MOST = 20 * 1024 * 1024; // bytes that the server takes
const PAUSES = [1, 2, 4, 8, 15, 30]; // seconds between two attempts

// What is recorded lies in the browser until the server has said that it is there

const storage = (change) =>
  new Promise((well, ill) => {
    const opening = indexedDB.open("palabre", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("unsent");
    opening.onerror = () => ill(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const moving = database.transaction("unsent", "readwrite");
      const asked = change(moving.objectStore("unsent"));
      moving.oncomplete = () => {
        database.close();
        well(asked.result);
      };
      moving.onerror = moving.onabort = () => ill(moving.error);
    };
  });
const tried = (doing) => doing.catch(() => undefined); // private windows may keep nothing
const remember = (note) => tried(storage((notes) => notes.put(note, here)));
const remembered = () => tried(storage((notes) => notes.get(here)));
const forget = () => tried(storage((notes) => notes.delete(here)));

// What goes out

const tell = (name) => (part("trouble").textContent = name ? part("trouble").dataset[name] : "");
const sleep = (seconds) =>
  new Promise((woken) => {
    setTimeout(woken, seconds * 1000);
    addEventListener("online", woken, { once: true });
  });

const post = (form, progress) =>
  new Promise((answered) => {
    const request = new XMLHttpRequest();
    request.open("POST", address({}));
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onload = () => answered(request);
    request.onerror = request.ontimeout = request.onabort = () => answered(request);
    request.send(form);
  });
const isPassing = (status) => status === 0 || status === 429 || status >= 500;

const bring = async (form, { patience, progress = () => {}, away = () => {} }) => {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await post(form, progress);
    if (!isPassing(answer.status) || attempt >= patience) return answer;
    away();
    const asked = Number(answer.getResponseHeader("Retry-After"));
    await sleep(asked || PAUSES[Math.min(attempt, PAUSES.length - 1)]);
  }
};

const goOn = async (answer) => {
  if (answer.status === 200) return follow(JSON.parse(answer.responseText).after);
  show(answer.responseText);
};

// What comes next

const follow = async (after) => {
  part("state").textContent = part("trouble") ? part("trouble").dataset.arrived : part("state").textContent;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const answer = await fetch(address({ after }));
      if (answer.status < 500) return show(await answer.text(), true);
    } catch (_) {
      // no connection: the answer is there all the same
    }
    await sleep(PAUSES[Math.min(attempt, PAUSES.length - 1)]);
  }
};

const show = (html, plays = false) => {
  const next = new DOMParser().parseFromString(html, "text/html");
  const words = spoken();
  for (const name of ["header", "main"]) document.querySelector(name).replaceWith(next.querySelector(name));
  document.documentElement.lang = next.documentElement.lang;
  document.title = next.title;
  begin();
  const heading = document.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus();
  if (plays && spoken() !== words) play();
};
const sounds = () => [...document.querySelectorAll(".hear audio")];
const spoken = () => Array.from(document.querySelectorAll(".words"), (one) => one.textContent).join();

const play = ([first, ...rest] = sounds()) => {
  if (!first) return;
  first.addEventListener("ended", () => play(rest), { once: true });
  tried(Promise.resolve(first.play()));
};
const hush = () => document.querySelectorAll("audio").forEach((one) => one.pause());

// The microphone

let recorder;
let asking = false; // the browser asks whether we may hear
let note; // what is recorded, and not sent yet: { blob, once, key }

const isShown = () => page() && part("recorder"); // not where one waits, or the link has ended
const clock = (since) => {
  const seconds = Math.floor((Date.now() - since) / 1000);
  if (isShown()) part("time").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (seconds >= LONGEST) stop();
};
const button = (records) => {
  const pressed = part("record");
  pressed.setAttribute("aria-pressed", String(records));
  part("label").textContent = records ? pressed.dataset.stop : pressed.dataset.start;
};
const stop = () => recorder && recorder.state !== "inactive" && recorder.stop();

const record = async () => {
  if (recorder) return stop();
  if (asking) return;
  hush();
  tell();
  const { once, key } = part("speak").elements; // the page may go on while one speaks
  const question = { once: once.value, key: key.value };
  let sound;
  asking = true;
  try {
    sound = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (_) {
    if (!isShown()) return;
    tell("nomic");
    part("file").hidden = false;
    return;
  } finally {
    asking = false;
  }
  const types = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
  const type = types.find((one) => MediaRecorder.isTypeSupported(one));
  const options = { audioBitsPerSecond: 24000 };
  if (type) options.mimeType = type;
  recorder = new MediaRecorder(sound, options);
  const pieces = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const since = Date.now();
  const ticking = setInterval(clock, 250, since);
  recorder.onstop = () => {
    clearInterval(ticking);
    sound.getTracks().forEach((track) => track.stop());
    const kind = (recorder.mimeType || type || "audio/webm").split(";")[0];
    recorder = undefined;
    note = { blob: new Blob(pieces, { type: kind }), ...question };
    remember(note);
    if (!isShown()) return;
    button(false);
    review(note);
    if (!isForThis(note)) tell("earlier");
  };
  recorder.start(1000);
  if (isShown()) button(true);
};

const isForThis = ({ key }) => key === page().dataset.key;
const review = (one) => {
  note = one;
  const mine = part("mine");
  if (mine.src) URL.revokeObjectURL(mine.src);
  mine.src = URL.createObjectURL(note.blob);
  part("recorder").hidden = true;
  part("file").hidden = true;
  part("review").hidden = false;
  part("send").focus();
};
const again = async () => {
  note = undefined;
  await forget();
  tell();
  part("review").hidden = true;
  part("recorder").hidden = false;
  part("time").textContent = "";
  part("record").focus();
};

const send = async () => {
  hush();
  const form = new FormData();
  form.append("once", note.once);
  form.append("key", part("speak").elements.key.value);
  form.append("sound", note.blob, "voice");
  if (note.blob.size > MOST) return tell("large");
  busy(true);
  tell("sending");
  const progress = (done) => {
    part("progress").value = done;
    if (done < 1) tell("sending");
  };
  const answer = await bring(form, { patience: Infinity, progress, away: () => tell("offline") });
  busy(false);
  if (answer.status === 200 || answer.status === 410) {
    await forget();
    note = undefined;
    return goOn(answer);
  }
  if (answer.status === 409) return show(answer.responseText);
  tell(answer.status === 413 ? "large" : "failed");
};
const busy = (sends) => {
  part("progress").hidden = !sends;
  part("send").disabled = part("again").disabled = sends;
};

// Buttons and words

const submit = async (event) => {
  const form = event.target;
  const chosen = event.submitter;
  const withFile = form.matches("[data-speak]");
  if (!chosen || (withFile && !form.elements.sound.files.length)) return;
  event.preventDefault();
  hush();
  const data = new FormData(form);
  if (chosen.name) data.append(chosen.name, chosen.value);
  chosen.disabled = true;
  const away = () => tell(withFile ? "offline" : "failed");
  const answer = await bring(data, { patience: withFile ? Infinity : 3, away });
  chosen.disabled = false;
  if (answer.status === 413) return tell("large");
  if (isPassing(answer.status)) return tell("failed");
  goOn(answer);
};

const begin = async () => {
  if (!page()) return;
  if (page().dataset.waits) return follow(page().dataset.waits);
  page().addEventListener("submit", submit);
  if (!(window.MediaRecorder && navigator.mediaDevices && isShown())) return;
  part("recorder").hidden = false;
  part("file").hidden = true;
  part("record").addEventListener("click", record);
  part("send").addEventListener("click", send);
  part("again").addEventListener("click", again);
  if (recorder) return button(true);
  const kept = note || (await remembered());
  if (!kept || recorder || asking) return;
  review(kept);
  tell(isForThis(kept) ? "unsent" : "earlier");
};
begin();
