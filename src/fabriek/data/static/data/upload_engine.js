// Sends files to the factory in pieces: which piece holds what, checked, in parallel, repeated
// when the network fails. Knows no page; texts are keys that the page has words for.

const SMALL_BYTES = 4 * 1024 * 1024; // smaller files share pieces
const AT_ONCE = 3;
const TRIES = 9;
const LONGEST_PAUSE_MS = 30_000;

/** A refusal by the factory (`sentence`, `wayOut`), or something the page has words for (`key`). */
export class Refusal extends Error {
  constructor({ key = "", sentence = "", wayOut = "", code = "" }) {
    super(sentence || key);
    Object.assign(this, { key, sentence, wayOut, code });
  }
}

/** The pieces of all files: each a list of [file, offset, length], at most so many bytes. */
export function layOut(files, pieceBytes) {
  const pieces = [];
  let shared = [];
  let filled = 0;
  const close = () => {
    if (shared.length) pieces.push(shared);
    [shared, filled] = [[], 0];
  };
  files.forEach(({ size }, index) => {
    if (size >= SMALL_BYTES) {
      for (let offset = 0; offset < size; offset += pieceBytes) {
        pieces.push([[index, offset, Math.min(pieceBytes, size - offset)]]);
      }
    } else if (size) {
      if (filled + size > pieceBytes) close();
      shared.push([index, 0, size]);
      filled += size;
    }
  });
  close();
  return pieces;
}

/** Names exactly these files as they are now: SHA-256 over their paths, sizes and dates. */
export async function fingerprintOf(files) {
  const facts = files.map(({ path, size, file }) => [path, size, file.lastModified]);
  return sha256(new TextEncoder().encode(JSON.stringify(facts)));
}

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** One way to the factory: adds the page's token, repeats what can be repeated. */
export class Line {
  constructor(token, onTrouble = () => {}) {
    this.token = token;
    this.onTrouble = onTrouble;
  }

  json(url, body, signal) {
    const kind = { "Content-Type": "application/json" };
    return this.ask("POST", url, JSON.stringify(body), kind, { signal });
  }

  async ask(method, url, body, headers, { signal, onProgress } = {}) {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await request(method, url, body, {
        headers: { ...headers, "X-CSRFToken": this.token },
        signal,
        onProgress,
      });
      if (answer.status >= 200 && answer.status < 300 && answer.said) return answer.said;
      const passing = answer.status === 0 || answer.status === 429 || answer.status >= 500;
      if (!(passing || answer.said?.retry) || attempt >= TRIES) throw refusalOf(answer);
      onProgress?.(0);
      this.onTrouble(true);
      await pause(Math.min(LONGEST_PAUSE_MS, 500 * 2 ** attempt) * (0.5 + Math.random() / 2), signal);
      this.onTrouble(false);
    }
  }
}

function refusalOf({ status, said }) {
  if (said) return new Refusal({ ...said, wayOut: said.way_out });
  if (status === 0 || status === 429 || status >= 500) return new Refusal({ key: "unreachable" });
  // A page instead of an answer: the one to sign in with, or the one for a page grown too old.
  return new Refusal({ key: "signed-out" });
}

function request(method, url, body, { headers, signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const wire = new XMLHttpRequest();
    const stop = () => wire.abort();
    const done = (status) => {
      signal?.removeEventListener("abort", stop);
      let said = null;
      if (wire.getResponseHeader("Content-Type")?.startsWith("application/json")) {
        try {
          said = JSON.parse(wire.responseText);
        } catch {
          status = 0; // half an answer
        }
      }
      resolve({ status, said });
    };
    wire.onload = () => done(wire.status);
    wire.onerror = wire.ontimeout = () => done(0);
    wire.onabort = () => reject(new DOMException("stopped", "AbortError"));
    wire.upload.onprogress = (event) => onProgress?.(event.loaded);
    wire.open(method, url);
    Object.entries(headers).forEach(([name, value]) => wire.setRequestHeader(name, value));
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) return void reject(new DOMException("stopped", "AbortError"));
    wire.send(body);
  });
}

/** Wait; a network that comes back, or a stop, ends the waiting. */
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(end, milliseconds);
    function end() {
      clearTimeout(timer);
      window.removeEventListener("online", end);
      signal?.removeEventListener("abort", end);
      if (signal?.aborted) reject(new DOMException("stopped", "AbortError"));
      else resolve();
    }
    window.addEventListener("online", end);
    signal?.addEventListener("abort", end);
  });
}

/**
 * Bring the files in. `names` (by piece) are those stored before, and grow; `links` is what opening
 * the upload answered; `stop` an AbortController. `onPiece` is told the
 * bytes that are stored, `onProgress` those that are underway as well.
 */
export async function bring({ files, pieces, names, links, line, stop, onPiece, onProgress }) {
  const { signal } = stop;
  const sizes = pieces.map((piece) => piece.reduce((sum, [, , length]) => sum + length, 0));
  await forgetMissing(names, links, line, signal);
  let stored = sizes.reduce((sum, size, index) => sum + (names[index] ? size : 0), 0);
  const underway = new Map();
  const tell = () => onProgress(stored + [...underway.values()].reduce((a, b) => a + b, 0));
  onPiece(stored);
  tell();
  const waiting = [...pieces.keys()].filter((index) => !names[index]);

  async function worker() {
    while (waiting.length) {
      const index = waiting.shift();
      const bytes = await contentOf(files, pieces[index]);
      const headers = { "Content-Type": "application/octet-stream", "X-SHA256": await sha256(bytes) };
      const said = await line.ask("PUT", `${links.chunk}${index}/`, bytes, headers, {
        signal,
        onProgress: (loaded) => {
          underway.set(index, Math.min(loaded, sizes[index]));
          tell();
        },
      });
      underway.delete(index);
      names[index] = said.name;
      stored += sizes[index];
      onPiece(stored);
      tell();
    }
  }

  const workers = Array.from({ length: AT_ONCE }, worker);
  try {
    await Promise.all(workers);
  } catch (error) {
    stop.abort(); // the other pieces underway
    await Promise.allSettled(workers);
    throw error;
  }
  return line.json(links.commit, { files: manifest(files, pieces, names) }, signal);
}

/** Ask which of the pieces stored before are still there, a thousand at a time. */
async function forgetMissing(names, links, line, signal) {
  const known = [...new Set(names.filter(Boolean))];
  for (let start = 0; start < known.length; start += 1000) {
    const some = known.slice(start, start + 1000);
    const gone = new Set((await line.json(links.missing, { names: some }, signal)).missing);
    names.forEach((name, index) => {
      if (gone.has(name)) names[index] = null;
    });
  }
}

async function contentOf(files, piece) {
  const parts = piece.map(([index, offset, length]) =>
    files[index].file.slice(offset, offset + length),
  );
  try {
    return await new Blob(parts).arrayBuffer();
  } catch {
    throw new Refusal({ key: "changed" }); // it was changed, moved or cannot be read
  }
}

function manifest(files, pieces, names) {
  const extents = files.map(() => []);
  pieces.forEach((piece, index) => {
    let place = 0;
    piece.forEach(([file, , length]) => {
      extents[file].push([names[index], place, length]);
      place += length;
    });
  });
  return files.map(({ path, size }, index) => ({ path, size_bytes: size, extents: extents[index] }));
}
