// The upload box of a page: choosing files, showing how it goes, stopping and going on, also after
// the page was closed. What it says stands in the page, in the reader's language.

const box = document.querySelector("[data-upload]");
const { Line, Refusal, bring, fingerprintOf, layOut } = await import(box.dataset.engine);
const { fault, fromDrop, fromInput, slug, tidied } = await import(box.dataset.choosing);

const TELL_EVERY_PERCENT = 20;
const SPEED_OVER_MS = 8000;

const part = (name) => box.querySelector(`[data-part="${name}"]`);
const field = (name) => box.elements[name];
const language = document.documentElement.lang;
const texts = Object.fromEntries(
  [...part("texts").content.querySelectorAll("[data-text]")].map((text) => [
    text.dataset.text,
    text.textContent,
  ]),
);
const say = (key, facts = {}) => texts[key].replace(/\{(\w+)\}/g, (_, name) => facts[name]);
const number = (value, digits = 0) =>
  new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);

function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let unit = 0;
  for (; bytes >= 1000 && unit < units.length - 1; unit += 1) bytes /= 1000;
  return `${number(bytes, unit ? 1 : 0)} ${units[unit]}`;
}

const percentOf = (done, bytes) => number(bytes ? Math.floor((100 * done) / bytes) : 100);

function time(seconds) {
  if (seconds < 90) return say("seconds", { n: number(Math.ceil(seconds)) });
  if (seconds < 5400) return say("minutes", { n: number(Math.ceil(seconds / 60)) });
  return say("hours", { n: number(seconds / 3600, 1) });
}

// What is remembered over a reload: one upload for each person and place.
const MEMORY = `fabriek.upload.${box.dataset.person}.${box.dataset.place}`;
const memory = {
  read() {
    try {
      return JSON.parse(localStorage.getItem(MEMORY));
    } catch {
      return null;
    }
  },
  write(facts) {
    try {
      localStorage.setItem(MEMORY, JSON.stringify(facts));
    } catch {
      // No room to remember: the upload goes on, but cannot be taken up after a reload.
    }
  },
  forget: () => localStorage.removeItem(MEMORY),
};

let chosen = [];
let label = ""; // what they are called together
let now = null; // the upload at work: facts, pieces, stop
let stopped = memory.read();
const line = new Line(field("csrfmiddlewaretoken").value, (trouble) => {
  if (trouble) part("line").textContent = say("trying-again");
});

function show(state) {
  box.dataset.state = state;
  const busy = state === "busy" || state === "paused";
  part("choose").hidden = busy;
  part("progress").hidden = !busy;
  part("pause").hidden = state !== "busy";
  part("resume").hidden = state !== "paused";
  part("stopped").hidden = busy || !stopped;
  part("facts").hidden = Boolean(stopped);
  if (stopped && !busy) {
    part("stopped-text").textContent = say("stopped", {
      name: stopped.label,
      percent: percentOf(stopped.done, stopped.bytes),
    });
  }
}

function complain(text, wayOut = "") {
  part("alert").hidden = !text;
  part("alert-text").textContent = text;
  part("alert-way-out").textContent = wayOut;
  if (text) part("alert").focus();
}

function tell(error) {
  if (error.name === "AbortError") return;
  if (!(error instanceof Refusal)) throw error;
  complain(error.key ? say(error.key) : error.sentence, error.wayOut);
}

// Choosing

function choose(found) {
  complain("");
  if (!found.length) return;
  const { top, files } = tidied(found);
  const wrong = fault(files);
  if (wrong) return void complain(say(...wrong));
  chosen = files;
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  label = top || files[0].path;
  const facts = { name: label, count: number(files.length), size: size(bytes) };
  part("chosen").textContent = say(files.length === 1 ? "chosen-one" : "chosen-many", facts);
  const name = field("slug");
  if (name && (!name.value || name.value === name.dataset.proposed) && !stopped) {
    name.dataset.proposed = name.value = slug(label);
  }
  if (stopped) start();
}

// Uploading

async function start() {
  complain("");
  if (!chosen.length) return void complain(say("nothing-chosen"));
  const fingerprint = await fingerprintOf(chosen);
  if (stopped && stopped.fingerprint !== fingerprint) {
    return void complain(say("other-files", { name: stopped.label }));
  }
  const pieces = layOut(chosen, Number(box.dataset.pieceBytes));
  const facts = stopped ?? {
    dataset: box.dataset.dataset || field("slug").value.trim(),
    isNew: !box.dataset.dataset,
    kind: field("kind")?.value,
    classification: box.dataset.dataset ? undefined : field("classification").value,
    personalData: field("personal_data")?.value === "yes",
    description: field("description")?.value ?? "",
    label,
    bytes: chosen.reduce((sum, file) => sum + file.size, 0),
    done: 0,
    fingerprint,
    names: pieces.map(() => null),
  };
  stopped = null;
  now = { facts, pieces };
  part("progress-title").textContent = say("uploading", { name: facts.label });
  go();
}

async function go() {
  const { facts, pieces } = now;
  const stop = new AbortController();
  now.stop = stop;
  complain("");
  show("busy");
  part("pause").focus();
  const progress = progressOf(facts.bytes);
  try {
    facts.links = await line.json(
      box.dataset.open,
      {
        dataset: facts.dataset,
        is_new: facts.isNew,
        kind: facts.kind,
        classification: facts.classification,
        personal_data: facts.personalData,
        description: facts.description,
        size_bytes: facts.bytes,
        fingerprint: facts.fingerprint,
      },
      stop.signal,
    );
    facts.isNew = false;
    memory.write(facts);
    const made = await bring({
      files: chosen,
      pieces,
      names: facts.names,
      links: facts.links,
      line,
      stop,
      onPiece: (stored) => {
        facts.done = stored;
        memory.write(facts);
      },
      onProgress: progress,
    });
    memory.forget();
    part("say").textContent = say("done");
    location.assign(made.href);
  } catch (error) {
    if (now === null) return; // given up meanwhile
    if (facts.isNew) {
      // Nothing was begun: back to the form, with what was filled in.
      now = null;
      show("choosing");
    } else {
      memory.write(facts);
      show("paused");
      part("line").textContent = say("paused", { percent: percentOf(facts.done, facts.bytes) });
      part("resume").focus();
    }
    tell(error);
  }
}

/** Shows how far it is; speaks it now and then. */
function progressOf(bytes) {
  const samples = [];
  let told = null;
  return (done) => {
    const at = performance.now();
    samples.push([at, done]);
    while (samples.length > 2 && at - samples[0][0] > SPEED_OVER_MS) samples.shift();
    const [[since, first]] = samples;
    const speed = at - since > 500 ? (1000 * (done - first)) / (at - since) : 0;
    const percent = bytes ? Math.floor((100 * done) / bytes) : 100;
    part("bar").value = percent;
    const facts = { percent: number(percent), done: size(done), bytes: size(bytes) };
    part("line").textContent =
      speed > 0
        ? say("line", { ...facts, speed: `${size(speed)}/s`, left: time((bytes - done) / speed) })
        : say("line-start", facts);
    const step = Math.floor(percent / TELL_EVERY_PERCENT);
    if (step !== told) part("say").textContent = say("told", facts);
    told = step;
  };
}

async function giveUp() {
  now?.stop.abort();
  const facts = now?.facts ?? stopped;
  [now, stopped] = [null, null];
  memory.forget();
  complain("");
  show("choosing");
  part("say").textContent = say("given-up");
  part("choose-files").focus();
  // Whatever the answer: an upload that nobody goes on with ends by itself after a day.
  if (facts?.links) await line.json(facts.links.abandon, {}).catch(() => {});
}

// The page

for (const kind of ["files", "folder"]) {
  const input = part(kind);
  part(`choose-${kind}`).addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    choose(fromInput(input));
    input.value = ""; // so that the same file can be chosen again
  });
}
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  part("drop").addEventListener(kind, (event) => {
    event.preventDefault();
    part("drop").classList.toggle("fab-drop--over", kind === "dragenter" || kind === "dragover");
  });
}
part("drop").addEventListener("drop", async (event) => choose(await fromDrop(event.dataTransfer)));
box.addEventListener("submit", (event) => {
  event.preventDefault();
  start().catch(tell);
});
part("pause").addEventListener("click", () => now.stop.abort());
part("resume").addEventListener("click", go);
part("cancel").addEventListener("click", giveUp);
part("forget").addEventListener("click", giveUp);

box.hidden = false;
if (window.crypto?.subtle) show("choosing");
else complain(say("insecure"));
