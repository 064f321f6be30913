// The playground's page: sends what is wished, and shows what the trainings tell, a panel each.
import { COLOURS, cells, curves, matrix, surface } from "./draw.js";

const $ = (id) => document.getElementById(id);
const [wish, look, draw] = [$("wish"), $("look"), $("draw")];
const MOST = 3; // networks at once
const choices = await (await fetch("play/about")).json();
let plays = [];

const say = (text) => { $("said").textContent = text; };
async function post(path, body) {
  const answer = await fetch(path, { method: "POST", body: JSON.stringify(body) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.said);
  return told;
}
const fill = (select, entries, chosen) => {
  for (const [value, title] of entries) select.add(new Option(title, value, false, value === chosen));
};

// --- Networks to choose --------------------------------------------------------------------------

function add(model) {
  const part = $("network").content.cloneNode(true).firstElementChild;
  const [select, settings] = [part.querySelector("select"), part.querySelector("[name=settings]")];
  fill(select, Object.entries(choices.models).map(([id, about]) => [id, about.title]), model);
  const usual = () => { settings.value = choices.models[select.value].settings; };
  usual();
  select.addEventListener("change", usual);
  part.querySelector("[name=learning_rate]").addEventListener("change", (event) => {
    const play = plays.find((one) => one.part === part);
    if (play && event.target.value) play.order({ order: "learning_rate", learning_rate: event.target.value });
  });
  part.querySelector("[data-remove]").addEventListener("click", () => { part.remove(); count(); });
  $("networks").append(part);
  count();
}

function count() {
  const parts = [...document.querySelectorAll(".network")];
  parts.forEach((part, i) => {
    part.querySelector("legend").textContent = parts.length > 1 ? `Network ${i + 1}` : "";
    part.querySelector("[data-remove]").hidden = parts.length === 1;
  });
  wish.querySelector("[data-add]").disabled = parts.length >= MOST;
}

// --- One network that learns ---------------------------------------------------------------------

class Play {
  constructor(part, key) {
    [this.part, this.key, this.losses, this.weights] = [part, key, [], {}];
    this.panel = $("panel").content.cloneNode(true).firstElementChild;
    this.canvas = this.panel.querySelector(".surface");
    this.canvas.addEventListener("click", (event) => this.choose(event));
    $("panels").append(this.panel);
    if ($("panels").dataset.many === "1") this.panel.querySelector("dl").after($("common"));
    this.source = new EventSource(`play/${key}/frames`);
    this.source.onmessage = (event) => this.told(JSON.parse(event.data));
    this.source.onerror = () => this.ended("The connection was lost.");
  }

  order(what) {
    if (this.over) return;
    post(`play/${this.key}/order`, what).catch((error) => say(error.message));
  }

  end() {
    this.source.close();
    this.over = true;
    return fetch(`play/${this.key}/end`, { method: "POST" }).catch(() => {});
  }

  ended(said) {
    this.source.close();
    this.over = this.done = true;
    say(said);
    buttons();
  }

  told(frame) {
    if (frame.last) this.ended(frame.said);
    else if (frame.refused) say(frame.refused);
    else if (frame.done) {
      this.done = true;
      buttons();
    } else if (frame.scene) this.begun(frame.scene);
    else this.shown(frame);
  }

  begun(scene) {
    this.scene = scene;
    this.panel.querySelector("h2").textContent = scene.model;
    const numbers = scene.task === "regression";
    this.canvas.setAttribute("aria-label", `What ${scene.model} ${numbers ? "predicts" : "names"} at each place`);
    for (const part of ["training", "validation"]) this.panel.querySelector(`[data-label=${part}]`).textContent = numbers ? `R² in ${part}` : `${part === "training" ? "Training" : "Validation"} accuracy`;
    this.panel.querySelector(".wide").setAttribute("aria-label", `Parameters of ${scene.model}`);
    this.panel.querySelector(".key").textContent = key(scene);
    this.figure("params", scene.params.toLocaleString("en"));
    say(`${plays.map((play) => play.scene?.model ?? "…").join(", ")}: ${scene.examples} examples, by ${scene.objective}.`);
    $("common").hidden = false;
    for (const part of document.querySelectorAll("[data-for=ink]")) part.hidden = !scene.ink;
    for (const part of document.querySelectorAll("[data-for=row]")) part.hidden = !scene.columns;
    legend();
  }

  figure(name, text) {
    this.panel.querySelector(`[data-figure=${name}]`).textContent = text;
  }

  shown(frame) {
    this.losses.push(...(frame.curve ?? []));
    this.paused = frame.paused;
    this.figure("step", `${frame.step.toLocaleString("en")} of ${this.scene.total.toLocaleString("en")}`);
    for (const name of ["training", "validation"]) this.figure(name, this.scene.task === "regression" ? frame[name].toFixed(3) : `${(100 * frame[name]).toFixed(1)} %`);
    surface(this.canvas, this.scene, frame);
    curves($("curve"), plays.filter((play) => play.scene).map(({ losses, scene }) => ({ losses, total: scene.total })));
    this.layers(frame.layers);
    if (frame.probe) this.inside(frame.probe);
    buttons();
  }

  layers(layers) {
    const most = Math.max(...layers.map((layer) => layer.gradient ?? 0), 1e-12);
    this.panel.querySelector("tbody").replaceChildren(...layers.map((layer) => {
      const row = document.createElement("tr");
      const cell = (text, number) => { const td = row.insertCell(); td.textContent = text; if (number) td.className = "number"; return td; };
      cell(`${layer.name} ${layer.size.join(" x ")}`);
      if (layer.weights) this.weights[layer.name] = matrix(layer.weights, 64, layer.name);
      const drawn = cell("");
      if (this.weights[layer.name]) drawn.append(this.weights[layer.name]);
      cell(layer.spread.toPrecision(3), true);
      cell(layer.gradient === null ? "" : layer.gradient.toPrecision(3), true);
      const bar = document.createElement("span");
      bar.className = "bar";
      bar.style.width = `${(80 * (layer.gradient ?? 0)) / most}px`;
      cell("").append(bar);
      return row;
    }));
  }

  inside(probe) {
    const parts = [];
    const line = (text) => { const p = document.createElement("p"); p.textContent = text; parts.push(p); };
    if (probe.picture) parts.push(matrix(probe.picture, 96, "the input"));
    const about = probe.at ? `At (${probe.at.map((v) => v.toFixed(2)).join(", ")})` : probe.label !== undefined ? `Example ${probe.example}, in truth ${probe.label}` : "Your input";
    line(`${about}: ${answer(probe, this.scene.classes)}`);
    for (const layer of probe.layers) {
      line(`${layer.name} (${layer.kind}, ${layer.size.join(" x ")})`);
      if (layer.values) parts.push(cells(layer.values));
      else {
        const maps = document.createElement("div");
        maps.className = "maps";
        maps.append(...layer.maps.map((map, i) => matrix(map, 56, `${layer.name}, map ${i + 1}`)));
        parts.push(maps);
      }
    }
    this.panel.querySelector(".inside").replaceChildren(...parts);
    if (probe.row && document.activeElement !== look.elements.row) look.elements.row.value = probe.row.join(", ");
  }

  choose(event) {
    if (!this.scene) return;
    const { low, high, plane, points } = this.scene;
    const box = this.canvas.getBoundingClientRect();
    const [u, v] = [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
    const at = [low[0] + u * (high[0] - low[0]), low[1] + v * (high[1] - low[1])];
    if (plane) all({ order: "probe", at });
    else { // the nearest example
      const far = points.map(([x, y]) => ((x - at[0]) / (high[0] - low[0])) ** 2 + ((y - at[1]) / (high[1] - low[1])) ** 2);
      all({ order: "probe", example: far.indexOf(Math.min(...far)) });
    }
  }
}

// Numbers as they are; shares only where the network learns probabilities; else scores.
function answer({ value, shares, scores }, classes) {
  if (value !== undefined) return `predicted ${value.toPrecision(6)}`;
  const ranked = (shares ?? scores).map((one, i) => [one, classes[i]]).sort((a, b) => b[0] - a[0]).slice(0, 4);
  if (shares) return ranked.map(([share, name]) => `${name} ${(100 * share).toFixed(0)} %`).join(", ");
  return `scores: ${ranked.map(([score, name]) => `${name} ${score.toPrecision(3)}`).join(", ")}`;
}

function key({ task, plane, probable, least, most }) {
  if (task === "regression") {
    const scale = `from blue (${least.toPrecision(4)}) to orange (${most.toPrecision(4)})`;
    return plane
      ? `What it predicts at each place, ${scale}; the examples have the colour of their true number. Choose a place to look into the layers.`
      : `The examples along their two widest directions, coloured by what is predicted, ${scale}.`;
  }
  return plane
    ? `What it names at each place${probable ? ", the paler the less sure" : ""}. Choose a place to look into the layers.`
    : "The examples along their two widest directions, coloured by what the network names them; a dark rim marks what is named wrongly.";
}

const all = (order) => { for (const play of plays) play.order(order); };

function legend() {
  $("legend").replaceChildren(...plays.filter((play) => play.scene).map((play, i) => {
    const name = document.createElement("span");
    const mark = document.createElement("span");
    mark.className = "mark";
    mark.style.background = `rgb(${COLOURS[i]})`;
    name.append(mark, ` ${play.scene.model}  `);
    return name;
  }));
}

// --- All of them ---------------------------------------------------------------------------------

async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return btoa(text);
}

// The page's address holds what is wished: it comes back on reloading, by Back, and from a link.
const COMMON = ["data", "batch_size", "epochs", "seed"];
const OWN = ["model", "settings", "learning_rate"];

function remember() {
  const state = new URLSearchParams();
  for (const name of COMMON) state.append(name, wish.elements[name].value);
  for (const part of document.querySelectorAll(".network")) {
    for (const name of OWN) state.append(name, part.querySelector(`[name=${name}]`).value);
  }
  history.replaceState(null, "", `?${state}`);
}

let starting = false; // a second click must not start a second training

async function begin(paused) {
  if (starting) return;
  starting = true;
  wish.querySelector("[type=submit]").disabled = true;
  try {
    remember();
    await start(paused);
  } finally {
    starting = false;
    wish.querySelector("[type=submit]").disabled = false;
  }
}

async function start(paused) {
  await Promise.all(plays.map((play) => play.end()));
  plays = [];
  $("panels").before($("common"));
  $("panels").replaceChildren();
  $("panels").dataset.many = document.querySelectorAll(".network").length;
  const common = Object.fromEntries(COMMON.map((name) => [name, wish.elements[name].value]));
  const file = wish.elements.table.files[0];
  if (file) Object.assign(common, { bytes: await base64(file), file: file.name, target: wish.elements.target.value, dates: wish.elements.dates.value });
  say("Starting …");
  try {
    for (const part of document.querySelectorAll(".network")) {
      const own = Object.fromEntries(OWN.map((name) => [name, part.querySelector(`[name=${name}]`).value]));
      plays.push(new Play(part, (await post("play/begin", { ...common, ...own, paused, stays: true })).key));
    }
  } catch (error) {
    say(error.message);
  }
  buttons();
}

function buttons() {
  const running = plays.some((play) => !play.done);
  const paused = running && plays.every((play) => play.done || play.paused);
  const button = wish.querySelector("[data-order=pause], [data-order=go]");
  button.dataset.order = paused ? "go" : "pause";
  button.textContent = paused ? "Go on" : "Pause";
  for (const one of wish.querySelectorAll("[data-order]")) one.disabled = !running;
  wish.querySelector("[data-reset]").disabled = !plays.length;
  if (plays.length && plays.every((play) => play.done && !play.over)) say("Done.");
}

wish.addEventListener("submit", (event) => { event.preventDefault(); begin(false); });
wish.querySelector("[data-reset]").addEventListener("click", () => begin(true));
wish.querySelector("[data-add]").addEventListener("click", () => add("perceptron"));
for (const button of wish.querySelectorAll("[data-order]")) {
  button.addEventListener("click", () => all({ order: button.dataset.order }));
}
look.addEventListener("submit", (event) => {
  event.preventDefault();
  const { example, row } = look.elements;
  const own = document.activeElement === row || event.submitter?.dataset.own;
  all(own ? { order: "probe", row: row.value.split(",").map((cell) => cell.trim()) } : { order: "probe", example: example.value });
});
look.elements.row.addEventListener("change", () => all({ order: "probe", row: look.elements.row.value.split(",").map((cell) => cell.trim()) }));
look.elements.example.addEventListener("change", () => all({ order: "probe", example: look.elements.example.value }));
addEventListener("pagehide", () => { for (const play of plays) navigator.sendBeacon(`play/${play.key}/end`); });

// --- An input of the reader's own ----------------------------------------------------------------

const ink = draw.getContext("2d", { willReadFrequently: true });
let last = null;

function stroke(event) {
  const box = draw.getBoundingClientRect();
  const [x, y] = [(event.clientX - box.left) * draw.width / box.width, (event.clientY - box.top) * draw.height / box.height];
  ink.globalCompositeOperation = event.buttons === 2 ? "destination-out" : "source-over";
  [ink.lineWidth, ink.lineCap, ink.strokeStyle] = [26, "round", "#000"];
  ink.beginPath();
  ink.moveTo(...(last ?? [x, y]));
  ink.lineTo(x, y);
  ink.stroke();
  last = [x, y];
}

function send() {
  const scene = plays.find((play) => play.scene?.ink)?.scene;
  if (!scene) return;
  const [depth, high, wide] = scene.ink.shape;
  const small = new OffscreenCanvas(wide, high).getContext("2d");
  [small.imageSmoothingEnabled, small.imageSmoothingQuality] = [true, "high"];
  small.drawImage(draw, 0, 0, wide, high);
  const { data } = small.getImageData(0, 0, wide, high);
  const plane = Array.from({ length: wide * high }, (_, i) => Math.round(data[4 * i + 3] / 2.55) / 100);
  all({ order: "probe", ink: Array.from({ length: depth }, () => plane).flat() });
}

draw.addEventListener("pointerdown", (event) => { draw.setPointerCapture(event.pointerId); last = null; stroke(event); });
draw.addEventListener("pointermove", (event) => { if (event.buttons) stroke(event); });
draw.addEventListener("pointerup", send);
draw.addEventListener("contextmenu", (event) => event.preventDefault());
document.querySelector("[data-clear]").addEventListener("click", () => { ink.clearRect(0, 0, draw.width, draw.height); send(); });

// What a link to this page asks for.
const asked = new URLSearchParams(location.search);
const known = asked.getAll("model").filter((name) => choices.models[name]).slice(0, MOST);
const models = known.length ? known : ["mlp"];
fill(wish.elements.data, Object.entries(choices.data), asked.get("data") ?? choices.models[models[0]].data);
for (const name of ["batch_size", "epochs", "seed"]) if (asked.has(name)) wish.elements[name].value = asked.get(name);
models.forEach((name, i) => {
  add(name);
  const part = [...document.querySelectorAll(".network")].at(-1);
  for (const field of ["settings", "learning_rate"]) {
    const said = asked.getAll(field)[i];
    if (known.length && said !== undefined) part.querySelector(`[name=${field}]`).value = said;
  }
});
wish.addEventListener("change", remember);
wish.querySelector("[type=submit]").disabled = false; // only now is there something to train, and somebody to hear it
