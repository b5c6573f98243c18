// The drawn phone: it shows what the server says it shows, and sends what its owner does.
const phone = document.querySelector("[data-phone]");
const part = (name) => phone.querySelector(`[data-${name}]`);
const talk = phone.querySelector(".talk");
const form = part("say");
const words = form.elements.text;
const dots = part("dots");
const trouble = part("trouble");
const state = part("state");
const kind = phone.dataset.phone;
const language = phone.dataset.lang;

const random = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (n) => n.toString(36)).join("");
const kept = `tab ${kind}`; // a tab of the browser is a person; closing it forgets who that was
const tab = sessionStorage.getItem(kept) ?? random();
sessionStorage.setItem(kept, tab);
const base = `/phone/${kind}/${tab}`;

const steps = document.querySelector(".beside");
const narrow = matchMedia("(max-width: 60rem)");
const fold = () => (steps.open = !narrow.matches);
narrow.addEventListener("change", fold);
fold();
steps.addEventListener("toggle", () => {
  if (steps.open && narrow.matches) steps.scrollIntoView({ block: "start" });
});

const piece = (html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
};

// What comes in

const show = (html) => {
  const message = piece(html);
  const known = document.getElementById(message.id);
  if (known) {
    const pressed = known.contains(document.activeElement) && document.activeElement.dataset.press;
    known.replaceWith(message);
    if (pressed) (message.querySelector(`[data-press="${CSS.escape(pressed)}"]`) ?? words).focus();
  } else {
    talk.append(message);
  }
  if (!message.classList.contains("mine")) wait(false);
  begun();
  talk.scrollTop = talk.scrollHeight;
};

const begun = () => {
  if (!form.hidden) return;
  const held = document.activeElement === part("start");
  part("begin").hidden = true;
  form.hidden = talk.hidden = false;
  if (held) talk.focus({ preventScroll: true });
};

let waiting;
const wait = (on) => {
  clearTimeout(waiting);
  dots.hidden = !on;
  if (on) waiting = setTimeout(wait, 12000, false);
};

const listen = () => {
  const stream = new EventSource(`${base}/talk?lang=${language}`);
  stream.addEventListener("message", (event) => show(event.data));
  stream.addEventListener("steps", (event) => {
    document.querySelector("[data-steps]").innerHTML = event.data;
    if (!narrow.matches) steps.querySelector(".here")?.scrollIntoView({ block: "nearest" });
  });
  stream.onopen = () => here(true);
  stream.onerror = () => {
    here(false);
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  };
  addEventListener("pagehide", () => stream.close(), { once: true });
};
const here = (well) => {
  state.textContent = well ? state.dataset.there : state.dataset.away;
};

// What goes out

const send = async (path, body, options) => {
  trouble.textContent = "";
  wait(true);
  try {
    const answer = await fetch(`${base}/${path}`, { method: "POST", body, ...options });
    if (answer.ok) return true;
    trouble.textContent = answer.status === 413 ? trouble.dataset.large : trouble.dataset.unsent;
  } catch {
    trouble.textContent = trouble.dataset.unsent;
  }
  wait(false);
  return false;
};
const say = (said) =>
  send(`say?lang=${language}`, JSON.stringify({ id: random(), ...said }), {
    headers: { "Content-Type": "application/json" },
  });
const upload = (blob, sort, name) => {
  const query = new URLSearchParams({ id: random(), kind: sort, name, lang: language });
  return send(`send?${query}`, blob, { headers: { "Content-Type": blob.type || "application/octet-stream" } });
};

words.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = words.value;
  if (!text.trim()) return;
  words.value = "";
  words.focus();
  if (!(await say({ text })) && !words.value) words.value = text;
});

part("start").addEventListener("click", () => say({ start: phone.dataset.payload }));
part("anew").addEventListener("click", () => {
  sessionStorage.removeItem(kept);
  location.reload();
});

talk.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("place" in button.dataset) return sharePlace();
  const label = kind === "telegram" ? "" : button.textContent; // Telegram shows no message for it
  say({ pressed: button.dataset.press, on: button.dataset.on, label });
});
const sharePlace = () =>
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => say({ place: [coords.latitude, coords.longitude] }),
    () => (trouble.textContent = trouble.dataset.noplace),
  );

const sorts = { image: "photo", audio: "audio", video: "video" };
part("file")?.addEventListener("change", async (event) => {
  const input = event.target;
  const [file] = input.files;
  if (file) await upload(file, sorts[file.type.split("/")[0]] ?? "document", file.name);
  input.value = "";
});

// The microphone

let recorder;
const record = part("record");
record?.addEventListener("click", async () => {
  if (recorder) return recorder.stop();
  let sound;
  try {
    sound = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    trouble.textContent = trouble.dataset.nomic;
    return;
  }
  const type = ["audio/webm;codecs=opus", "audio/mp4"].find((one) => MediaRecorder.isTypeSupported(one));
  recorder = new MediaRecorder(sound, { mimeType: type, audioBitsPerSecond: 32000 });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.onstop = () => {
    sound.getTracks().forEach((track) => track.stop());
    recorder = undefined;
    record.setAttribute("aria-pressed", "false");
    upload(new Blob(parts, { type: type?.split(";")[0] }), "voice", "");
  };
  recorder.start();
  record.setAttribute("aria-pressed", "true");
});

listen();
