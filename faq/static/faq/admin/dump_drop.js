/* Files dropped on the page or picked: the list of what will be sent, each with the name of its dump. */

const zone = document.querySelector("[data-dropzone]");
const input = zone.querySelector('input[type="file"]');
const list = zone.querySelector(".drop-list");
const error = zone.querySelector(".drop-error");
const { maxFiles, maxBytes, maxSize, nameMaxLength } = zone.dataset;
let chosen = []; // { file, name }, in the order in which they are sent

function proposeName(file) {
  const dot = file.name.lastIndexOf(".");
  return (dot > 0 ? file.name.slice(0, dot) : file.name).normalize("NFC").trim();
}

function findProblem() {
  const size = chosen.reduce((sum, { file }) => sum + file.size, 0);
  const names = chosen.map(({ name }) => name.normalize("NFC").trim());
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (chosen.length > Number(maxFiles)) {
    return `${chosen.length} fichiers, c’est trop\u00a0: ${maxFiles} au plus à la fois.`;
  }
  if (size > Number(maxBytes)) {
    return `Ensemble, ces fichiers dépassent ${maxSize}\u00a0: importez-les en plusieurs fois.`;
  }
  return twice === undefined ? "" : `Deux fichiers portent le nom «\u00a0${twice}\u00a0»\u00a0: changez l’un des noms.`;
}

function buildRow(one, place) {
  const row = document.createElement("li");
  const file = document.createElement("span");
  file.className = "drop-file";
  file.textContent = one.file.name;
  const field = document.createElement("div");
  field.className = "drop-name";
  const label = document.createElement("label");
  label.htmlFor = `dump-name-${place}`;
  label.textContent = "Nom de l’extraction";
  const name = document.createElement("input");
  Object.assign(name, { type: "text", name: "names", id: label.htmlFor, value: one.name, maxLength: nameMaxLength });
  name.className = "vTextField";
  name.setAttribute("aria-describedby", "dump-limits");
  name.addEventListener("input", () => {
    one.name = name.value;
    error.textContent = findProblem();
  });
  field.append(label, name);
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "button secondary";
  remove.textContent = "Retirer";
  remove.setAttribute("aria-label", `Retirer ${one.file.name}`);
  remove.addEventListener("click", () => {
    chosen = chosen.filter((other) => other !== one);
    show();
    input.focus();
  });
  row.append(file, field, remove);
  return row;
}

function show() {
  const transfer = new DataTransfer();
  for (const { file } of chosen) {
    transfer.items.add(file);
  }
  input.files = transfer.files;
  list.replaceChildren(...chosen.map(buildRow));
  error.textContent = findProblem();
}

function add(files) {
  const known = ({ name, size, lastModified }) =>
    chosen.some(({ file }) => file.name === name && file.size === size && file.lastModified === lastModified);
  chosen = [...chosen, ...[...files].filter((file) => !known(file)).map((file) => ({ file, name: proposeName(file) }))];
  show();
}

input.addEventListener("change", () => add([...input.files]));

// The browser would open a file that misses the zone, and leave the page.
const bringsFiles = (event) => event.dataTransfer.types.includes("Files");
document.addEventListener("dragover", (event) => {
  if (bringsFiles(event)) {
    event.preventDefault();
    zone.classList.add("over");
  }
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) {
    zone.classList.remove("over");
  }
});
document.addEventListener("drop", (event) => {
  zone.classList.remove("over");
  if (bringsFiles(event)) {
    event.preventDefault();
    add(event.dataTransfer.files);
  }
});

input.form.addEventListener("submit", (event) => {
  if (!chosen.length) {
    error.textContent = "Choisissez au moins un fichier.";
  }
  if (error.textContent) {
    event.preventDefault();
    input.focus();
  }
});

zone.querySelector(".drop-hint").hidden = false;
add([...input.files]); // those that the browser gives back after « Précédent »
