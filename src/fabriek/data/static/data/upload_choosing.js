// Which files somebody chose: from a file dialog, a folder, or dropped on the page.

export const FILES_MOST = 20_000;
// What the vault refuses in names: control characters, and marks that turn text around.
const BAD_NAME = /[\\\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** The files of a file dialog: {file, path}. */
export const fromInput = (input) =>
  [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));

/** The files that were dropped, folders walked through: {file, path}. */
export async function fromDrop(transfer) {
  // Looked at while the event lasts: afterwards the items are gone. Only folders are walked through.
  const items = [...transfer.items].map((item) => ({
    entry: item.webkitGetAsEntry?.(),
    file: item.getAsFile(),
  }));
  const found = [];
  const walk = async (entry, folder) => {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      found.push({ file, path: folder + file.name });
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length || found.length > FILES_MOST) return;
      for (const inner of some) await walk(inner, `${folder}${entry.name}/`);
    }
  };
  for (const { entry, file } of items) {
    if (entry?.isDirectory) await walk(entry, "");
    else if (file) found.push({ file, path: file.name });
  }
  return found;
}

/** Sorted, {file, path, size}, without the folder that was chosen itself, which is `top`. */
export function tidied(files) {
  const tops = new Set(files.map(({ path }) => path.split("/")[0]));
  const inFolder = files.every(({ path }) => path.includes("/"));
  const top = inFolder && tops.size === 1 ? [...tops][0] : "";
  return {
    top,
    files: files
      .map(({ file, path }) => ({
        file,
        path: path.slice(top ? top.length + 1 : 0).normalize("NFC"),
        size: file.size,
      }))
      .sort((one, other) => (one.path < other.path ? -1 : 1)),
  };
}

/** Why these files cannot be taken: the key of a text and its facts; null when they can. */
export function fault(files) {
  if (files.length > FILES_MOST) return ["too-many", { most: FILES_MOST }];
  const bad = files.find(({ path }) => BAD_NAME.test(path));
  if (bad) return ["bad-name", { name: bad.path }];
  const twice = files.find(({ path }, index) => path === files[index + 1]?.path);
  return twice ? ["twice", { name: twice.path }] : null;
}

/** A dataset's name that reads like the file's. */
export function slug(name) {
  const plain = name.replace(/\.[^./]*$/, "").normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  const found = plain.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  return found.slice(0, 50).replace(/-+$/, "") || "data";
}
