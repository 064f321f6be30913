// The playground that runs in the page: its controls, its address, and the loop. Nothing is sent.
{
"use strict";
const $ = (id) => document.getElementById(id);
const form = $("settings");
const LIMITS = { layers: 6, mlp: 8, rbf: 12, epochs: 5000 };
const { USUAL } = Network;
const CHOICES = {
  data: Object.entries(Network.DATA).map(([id, { title }]) => [id, title]),
  kind: [["perceptron", "Perceptron"], ["mlp", "Multilayer perceptron"], ["rbf", "RBF network"]],
  activation: Object.entries(Network.ACTIVATIONS).map(([id, { title }]) => [id, title]),
  optimiser: [["sgd", "SGD"], ["adam", "Adam"]],
  learning_rate: ["0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3", "10"].map((one) => [one, one]),
  batch: [["1", "1"], ["10", "10"], ["30", "30"], ["240", "all"]],
};
const RANGES = { noise: [0, 50], share: [10, 90], seed: [0, 9999] };
let wanted, training, columns, chosen, probe, running = false, told = "";

// --- The address -----------------------------------------------------------------------------------

// What stands behind "#", and one line for each value that can't be meant.
function read(fragment) {
  const [found, wrong] = [{ ...USUAL }, []];
  for (const [key, value] of new URLSearchParams(fragment)) {
    const said = refused(key, value);
    if (said) wrong.push(said);
    else found[key] = value;
  }
  found.layers = fitting(found);
  return { found, wrong };
}

function refused(key, value) {
  if (!Object.hasOwn(USUAL, key)) return `there is no setting ${key}`;
  if (CHOICES[key] && !CHOICES[key].some(([id]) => id === value)) return `${key} must be one of ${CHOICES[key].map(([id]) => id).join(", ")}, got ${value}`;
  if (RANGES[key]) {
    const [least, most] = RANGES[key];
    if (!/^\d+$/.test(value) || Number(value) < least || Number(value) > most) return `${key} must be a whole number from ${least} to ${most}, got ${value}`;
  }
  if (key === "layers" && !/^([1-9]|1[0-2])?(,([1-9]|1[0-2]))*$/.test(value)) return `layers must be widths such as 4,2, got ${value}`;
  if (key === "features") {
    const missing = value.split(",").filter((name) => !Object.hasOwn(Network.FEATURES, name));
    if (missing.length) return `features must be some of ${Object.keys(Network.FEATURES).join(", ")}, got ${value}`;
  }
  return null;
}

// Hidden layers as this kind of network has them.
function fitting({ kind, layers }) {
  const widths = layers ? layers.split(",").map(Number) : [];
  if (kind === "rbf") return String(Math.min(widths[0] ?? 6, LIMITS.rbf));
  return widths.slice(0, LIMITS.layers).map((n) => Math.min(n, LIMITS.mlp)).join(",");
}

function address() {
  const said = new URLSearchParams(Object.entries(wanted).filter(([key, value]) => value !== USUAL[key] && !(key === "layers" && wanted.kind === "perceptron")));
  return String(said).replaceAll("%2C", ",").replaceAll("%2A", "*").replaceAll("%5E", "^");
}

function change(what) {
  wanted = { ...wanted, ...what };
  wanted.layers = fitting(wanted);
  history.replaceState(null, "", `#${address()}`);
  renew();
}

// --- A network anew ----------------------------------------------------------------------------------

const drawing = new Stage.Drawing($("net"), {
  name: (column, place) => naming(column, place),
  press: (column, place) => choose(column, place),
});

function naming(column, place) {
  if (!column) return `Feature ${Network.FEATURES[training.settings.features[place]].title}`;
  return column === training.layers.length ? "Output" : `Neuron ${place + 1} of hidden layer ${column}`;
}

function renew() {
  running = false;
  training = new Network.Training(Network.settings(wanted));
  chosen = null;
  columns = drawing.build(training);
  columns[0].querySelectorAll(".neuron").forEach((part, i) => label(part, Network.FEATURES[training.settings.features[i]].title));
  columns.slice(1, -1).forEach((column, l) => column.append(widths(l)));
  controls();
  drawing.place();
  why();
  show();
}

function label(part, text) {
  part.append(Object.assign(document.createElement("span"), { textContent: text, className: "small" }));
}

function button(text, said, act, disabled) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, disabled });
  made.setAttribute("aria-label", said);
  made.title = said;
  made.addEventListener("click", () => {
    act();
    [...document.querySelectorAll("#net button, #depth button")].find((one) => one.getAttribute("aria-label") === said && !one.disabled)?.focus();
  });
  return made;
}

// Fewer and more neurons in a hidden layer.
function widths(l) {
  const { hidden, kind } = training.settings;
  const resize = (by) => change({ layers: hidden.map((n, i) => (i === l ? n + by : n)).join(",") });
  const part = document.createElement("span");
  part.className = "widths";
  part.append(
    button("−", `Remove a neuron from hidden layer ${l + 1}`, () => resize(-1), hidden[l] <= 1),
    button("+", `Add a neuron to hidden layer ${l + 1}`, () => resize(1), hidden[l] >= LIMITS[kind]),
  );
  return part;
}

function depth() {
  const { hidden, kind } = training.settings;
  const fixed = kind !== "mlp";
  const count = kind === "perceptron" ? 0 : hidden.length;
  $("depth").replaceChildren(
    `${count} hidden layer${count === 1 ? "" : "s"} `,
    button("−", "Remove the last hidden layer", () => change({ layers: hidden.slice(0, -1).join(",") }), fixed || !count), " ",
    button("+", "Add a hidden layer", () => change({ layers: [...hidden, hidden.at(-1) ?? 4].join(",") }), fixed || count >= LIMITS.layers),
  );
}

// --- Controls ------------------------------------------------------------------------------------------

for (const [name, choices] of Object.entries(CHOICES)) {
  const select = form.elements[name];
  if (select instanceof HTMLSelectElement) for (const [id, title] of choices) select.add(new Option(title, id));
}
for (const [id, title] of CHOICES.data) $("sets").append(tile("radio", "data", id, title));
for (const [id, { title }] of Object.entries(Network.FEATURES)) $("features").append(tile("checkbox", "features", id, title));

function tile(type, name, value, title) {
  const part = Object.assign(document.createElement("label"), { className: "tile" });
  const input = Object.assign(document.createElement("input"), { type, name, value });
  const canvas = Object.assign(document.createElement("canvas"), { width: 88, height: 88 });
  part.append(input, canvas, title);
  return part;
}

function thumbnails() {
  for (const part of document.querySelectorAll(".tile")) {
    const [input, canvas] = [part.querySelector("input"), part.querySelector("canvas")];
    if (input.name === "data") {
      const points = Network.examples(input.value, { noise: 0, seed: 1, share: 90 });
      Stage.plot(canvas, { points: { ...points, test: [] }, regression: Boolean(Network.DATA[input.value].regression) }, null);
    } else {
      const values = [];
      for (let i = 0; i < 48 * 48; i++) values.push(Network.FEATURES[input.value].of([((i % 48) / 24 - 1) * 3, (1 - Math.floor(i / 48) / 24) * 3]));
      const most = Math.max(...values.map(Math.abs));
      Stage.heat(canvas, values.map((v) => v / most));
    }
  }
}

function controls() {
  for (const [name, value] of Object.entries(wanted)) {
    const field = form.elements[name];
    if (!field || name === "features") continue;
    field.value = value;
  }
  for (const box of $("features").querySelectorAll("input")) box.checked = training.settings.features.includes(box.value);
  for (const [name, unit] of [["noise", " %"], ["share", " %"]]) $(`${name}-said`).textContent = wanted[name] + unit;
  form.elements.activation.disabled = wanted.kind !== "mlp";
  depth();
  $("count").textContent = `${training.layers.reduce((sum, { weights, biases }) => sum + weights.length + biases.length, 0)} parameters`;
}

form.addEventListener("input", ({ target }) => {
  if (target.name === "features") {
    const names = [...$("features").querySelectorAll("input:checked")].map((box) => box.value);
    if (!names.length) {
      target.checked = true;
      say("A network needs one feature at least.");
      return;
    }
    change({ features: names.join(",") });
  } else if (target.name === "seed") {
    const said = refused("seed", target.value);
    if (said) say(`${said}.`);
    else change({ seed: target.value });
  } else if (["learning_rate", "optimiser"].includes(target.name)) tune(target);
  else change({ [target.name]: target.value });
});
form.addEventListener("submit", (event) => event.preventDefault());

// The learning rate and the optimiser change under way; all else begins anew.
function tune({ name, value }) {
  wanted[name] = value;
  history.replaceState(null, "", `#${address()}`);
  training.settings = Network.settings(wanted);
  told = "";
  why();
}

// --- What is shown ---------------------------------------------------------------------------------------

function choose(column, place) {
  const same = chosen && chosen[0] === column && chosen[1] === place;
  chosen = same ? null : [column, place];
  show();
}

function show() {
  const every = drawing.draw();
  const [column, place] = chosen ?? [every.length - 1, 0];
  Stage.plot($("plot"), training, every[column][place], probe);
  drawing.neurons.forEach((own, l) => own.forEach(({ part }, j) => part.setAttribute("aria-pressed", String(Boolean(chosen) && l === column && j === place))));
  Stage.curve($("losses"), training.curve);
  numbers();
  inside(column, place);
  $("run").textContent = running ? "Pause" : "Run";
}

const percent = (share) => `${Math.round(100 * share)} %`;
function numbers() {
  const { train, test } = training.now;
  $("epoch").textContent = `Epoch ${Math.floor(training.epoch).toLocaleString("en")}`;
  const line = ({ loss, accuracy }) => loss.toFixed(3) + (accuracy === null ? "" : ` · ${percent(accuracy)} right`);
  $("train-said").textContent = line(train);
  $("test-said").textContent = line(test);
}

// The plot's caption: whose map it is, and what that neuron computes.
function inside(column, place) {
  const round = (v) => Number(v.toFixed(2)).toString().replace("-", "−");
  const said = [chosen ? `${naming(column, place)}: what it says at each place.` : "The output at each place; press a neuron to see its own."];
  const layer = training.layers[column - 1];
  if (chosen && layer) {
    const own = [...layer.weights.slice(place * layer.size, (place + 1) * layer.size)].map(round).join(", ");
    said.push(layer.kind === "gaussian" ? `Centre (${own}), width ${round(Math.exp(layer.biases[place]))}.` : `Weights ${own}; bias ${round(layer.biases[place])}.`);
  }
  if (probe) {
    const z = Network.forward(training.layers, Network.inputs(training.settings.features, probe));
    const value = Stage.said(z, training);
    said.push(`At (${round(probe[0])}, ${round(probe[1])}): ${training.regression ? round(z) : training.objective === "perceptron" ? `class ${Number(z > 0)}` : `class 1 with probability ${round((value + 1) / 2)}`}.`);
  }
  $("caption").textContent = said.join(" ");
  $("key").textContent = training.regression ? "Orange: below 0; blue: above. Filled points train, hollow ones test." : "Orange circles: class 0; blue squares: class 1. Filled points train, hollow ones test.";
}

function say(text, tries = [], link = null) {
  const key = text + tries.join();
  if (key === told) return;
  told = key;
  const box = $("why");
  box.replaceChildren(text);
  for (const one of tries) {
    const open = Object.assign(document.createElement("button"), { type: "button", textContent: `Try ${trying(one)}` });
    open.addEventListener("click", () => change(Object.fromEntries(new URLSearchParams(one))));
    box.append(" ", open);
  }
  if (link) {
    const root = document.querySelector("script[data-root]").dataset.root;
    box.append(" ", Object.assign(document.createElement("a"), { href: root + link[0], textContent: link[1] }));
  }
  box.hidden = !text;
}

function trying(fragment) {
  const named = (key, value) => CHOICES[key]?.find(([id]) => id === value)?.[1] ?? value;
  return [...new URLSearchParams(fragment)].map(([key, value]) => {
    if (key === "layers") return `${value} hidden neuron${value === "1" ? "" : "s"}`;
    if (key === "features") return `the feature${value.includes(",") ? "s" : ""} ${value.split(",").map((one) => Network.FEATURES[one].title).join(" and ")}`;
    if (key === "share") return `${value} % for training`;
    if (key === "kind") return `a ${named(key, value).toLowerCase()}`;
    return key === "activation" ? named(key, value) : `${key.replace("_", " ")} ${named(key, value)}`;
  }).join(", ");
}

// Says what stands in the way; true: going on makes no sense.
function why() {
  const limit = Diagnosis.limits(training.settings);
  const found = training.steps ? Diagnosis.symptoms(training) : null;
  const said = found?.stop ? found : limit ?? found;
  say(said?.says ?? "", said?.tries, said?.link);
  return Boolean(found?.stop);
}

// --- The loop ----------------------------------------------------------------------------------------------

function advance(milliseconds) {
  const [end, epoch] = [performance.now() + milliseconds, training.epoch + 1];
  do training.step(); while (performance.now() < end && training.epoch < epoch + 1);
  training.keep();
}

function frame() {
  if (!running) return;
  advance(8);
  if (why() || training.epoch >= LIMITS.epochs) running = false;
  show();
  requestAnimationFrame(frame);
}

$("run").addEventListener("click", () => {
  running = !running;
  if (running) requestAnimationFrame(frame);
  else show();
});
$("step").addEventListener("click", () => {
  running = false;
  training.step();
  training.keep();
  why();
  show();
});
$("reset").addEventListener("click", renew);
// A place to ask about: by a pointer, or by arrow keys.
const plotted = $("plot");
plotted.addEventListener("click", (event) => {
  const box = plotted.getBoundingClientRect();
  probe = [Stage.REACH * (2 * (event.clientX - box.left) / box.width - 1), Stage.REACH * (1 - 2 * (event.clientY - box.top) / box.height)];
  show();
});
plotted.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (event.key === "Escape") probe = null;
  else if (by) probe = (probe ?? [0, 0]).map((v, i) => Math.max(-Stage.REACH, Math.min(Stage.REACH, v + 0.25 * by[i])));
  else return;
  event.preventDefault();
  show();
});

function open() {
  const { found, wrong } = read(location.hash.slice(1));
  wanted = found;
  renew();
  if (wrong.length) say(`The link could not be read in full: ${wrong.join("; ")}. The usual value stands instead.`);
}

form.hidden = false;
thumbnails();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { thumbnails(); show(); });
addEventListener("hashchange", open);
open();
}
