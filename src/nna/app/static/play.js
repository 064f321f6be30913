// The playground's page: sends what is wished, and draws what the training tells.

const $ = (id) => document.getElementById(id);
const form = $("wish");
const surface = $("surface").getContext("2d");
const curve = $("curve").getContext("2d");
// Told apart also by readers who don't see red and green (Okabe and Ito's colours).
const COLOURS = [[0, 114, 178], [230, 159, 0], [0, 158, 115], [204, 121, 167], [86, 180, 233], [213, 94, 0], [240, 228, 66], [90, 90, 90], [130, 60, 160], [120, 90, 40]];

let choices, key, scene, losses, source;

const say = (text) => { $("said").textContent = text; };
const post = async (path, body) => {
  const answer = await fetch(path, { method: "POST", body: JSON.stringify(body) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.said);
  return told;
};
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);

function fill(select, entries, chosen) {
  for (const [value, title] of entries) select.add(new Option(title, value, false, value === chosen));
}

async function begin() {
  await end();
  const wish = Object.fromEntries(new FormData(form));
  const file = form.elements.table.files[0];
  delete wish.table;
  if (file) wish.table = await file.text();
  say("Starting …");
  try {
    key = (await post("play/begin", wish)).key;
  } catch (error) {
    say(error.message);
    return;
  }
  [scene, losses] = [null, []];
  source = new EventSource(`play/${key}/frames`);
  source.onmessage = (event) => told(JSON.parse(event.data));
  source.onerror = () => { source.close(); running(false); };
  running(true);
}

async function end() {
  source?.close();
  if (key) await fetch(`play/${key}/end`, { method: "POST" }).catch(() => {});
  key = null;
}

function running(yes) {
  for (const button of form.querySelectorAll("[data-order]")) button.disabled = !yes;
  paused(false);
}

function paused(yes) {
  const button = form.querySelector("[data-order=pause], [data-order=go]");
  button.dataset.order = yes ? "go" : "pause";
  button.textContent = yes ? "Go on" : "Pause";
}

function told(frame) {
  if (frame.last) {
    source.close();
    running(false);
    say(frame.said === "done" ? "Done." : frame.said);
    return;
  }
  if (frame.scene) {
    scene = frame.scene;
    $("params").textContent = scene.params.toLocaleString("en");
    say(`${scene.model} learns ${scene.examples} examples by ${scene.objective}.`);
    if (!scene.points) { surface.clearRect(0, 0, 480, 480); surface.fillStyle = css("--faint"); surface.font = "16px sans-serif"; surface.fillText("These examples have more than two numbers.", 70, 240); }
    return;
  }
  losses.push(...(frame.curve ?? []));
  $("step").textContent = `${frame.step.toLocaleString("en")} of ${scene.total.toLocaleString("en")}`;
  for (const id of ["accuracy", "validation"]) $(id).textContent = `${(100 * frame[id]).toFixed(1)} %`;
  paused(frame.paused);
  if (frame.surface) drawSurface(frame);
  drawCurve();
  drawLayers(frame.layers);
  if (frame.probe) drawProbe(frame.probe);
}

function drawSurface(frame) {
  const { side, low, high, points, labels } = scene;
  const [best, sure] = [bytes(frame.surface), bytes(frame.sure)];
  const image = new ImageData(side, side);
  for (let i = 0; i < best.length; i++) {
    const colour = COLOURS[best[i] % COLOURS.length];
    const strength = 0.15 + 0.6 * Math.max(0, (sure[i] / 255 - 1 / scene.classes.length) / (1 - 1 / scene.classes.length));
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = 255 - strength * (255 - colour[c]);
    image.data[4 * i + 3] = 255;
  }
  const small = new OffscreenCanvas(side, side);
  small.getContext("2d").putImageData(image, 0, 0);
  surface.drawImage(small, 0, 0, 480, 480);
  points.forEach(([x, y], i) => {
    surface.beginPath();
    surface.arc(480 * (x - low[0]) / (high[0] - low[0]), 480 * (1 - (y - low[1]) / (high[1] - low[1])), 3.2, 0, 7);
    surface.fillStyle = `rgb(${COLOURS[labels[i] % COLOURS.length]})`;
    surface.fill();
    surface.strokeStyle = "#fff";
    surface.stroke();
  });
  if (frame.probe) {
    const [x, y] = frame.probe.at;
    surface.strokeStyle = "#000";
    surface.lineWidth = 2;
    surface.strokeRect(480 * (x - low[0]) / (high[0] - low[0]) - 6, 480 * (1 - (y - low[1]) / (high[1] - low[1])) - 6, 12, 12);
    surface.lineWidth = 1;
  }
}

function drawCurve() {
  curve.clearRect(0, 0, 480, 220);
  if (losses.length < 2) return;
  const values = losses.map(([, loss]) => loss);
  const [least, most] = [Math.min(0, ...values), Math.max(...values)];
  curve.strokeStyle = css("--accent");
  curve.lineWidth = 2;
  curve.beginPath();
  losses.forEach(([step, loss], i) => curve[i ? "lineTo" : "moveTo"](44 + 430 * step / scene.total, 205 - 190 * (loss - least) / (most - least || 1)));
  curve.stroke();
  curve.fillStyle = css("--faint");
  curve.font = "12px sans-serif";
  curve.fillText(most.toPrecision(3), 2, 18);
  curve.fillText(least.toPrecision(3), 2, 208);
}

function drawLayers(layers) {
  const most = Math.max(...layers.map((layer) => layer.gradient ?? 0), 1e-12);
  $("layers").replaceChildren(...layers.map((layer) => {
    const row = document.createElement("tr");
    const cell = (text, number) => { const td = row.insertCell(); td.textContent = text; if (number) td.className = "number"; return td; };
    cell(layer.name);
    cell(layer.size.join(" x "));
    cell(layer.spread.toPrecision(3), true);
    cell(layer.gradient === null ? "" : layer.gradient.toPrecision(3), true);
    const bar = document.createElement("span");
    bar.className = "bar";
    bar.style.width = `${(120 * (layer.gradient ?? 0)) / most}px`;
    cell("").append(bar);
    return row;
  }));
}

function drawProbe(probe) {
  const parts = [];
  const line = (text) => { const p = document.createElement("p"); p.textContent = text; parts.push(p); };
  line(`At (${probe.at.map((v) => v.toFixed(2)).join(", ")}): ` + probe.shares.map((s, i) => `${scene.classes[i]} ${(100 * s).toFixed(0)} %`).join(", "));
  for (const layer of probe.layers) {
    line(`${layer.name} (${layer.kind})`);
    const cells = document.createElement("div");
    cells.className = "cells";
    const most = Math.max(...layer.values.map(Math.abs), 1e-9);
    for (const value of layer.values) {
      const cell = document.createElement("span");
      const colour = COLOURS[value < 0 ? 1 : 0];
      cell.style.background = `rgba(${colour}, ${Math.abs(value) / most})`;
      cell.title = value.toFixed(3);
      cells.append(cell);
    }
    parts.push(cells);
  }
  $("probe").replaceChildren(...parts);
}

form.addEventListener("submit", (event) => { event.preventDefault(); begin(); });
for (const button of form.querySelectorAll("[data-order]")) {
  button.addEventListener("click", () => post(`play/${key}/order`, { order: button.dataset.order }).catch((error) => say(error.message)));
}
form.elements.rate.addEventListener("change", (event) => {
  if (key && event.target.value) post(`play/${key}/order`, { order: "rate", rate: event.target.value }).catch((error) => say(error.message));
});
form.elements.model.addEventListener("change", (event) => { form.elements.settings.value = choices.models[event.target.value].settings; });
$("surface").addEventListener("click", (event) => {
  if (!key || !scene?.points) return;
  const { low, high } = scene;
  const box = event.target.getBoundingClientRect();
  const [u, v] = [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
  post(`play/${key}/order`, { order: "probe", at: [low[0] + u * (high[0] - low[0]), low[1] + v * (high[1] - low[1])] }).catch((error) => say(error.message));
});
addEventListener("pagehide", () => { if (key) navigator.sendBeacon(`play/${key}/end`); });

choices = await (await fetch("play/about")).json();
fill(form.elements.data, Object.entries(choices.data), "spirals");
fill(form.elements.model, Object.entries(choices.models).map(([id, about]) => [id, about.title]), "mlp");
form.elements.settings.value = choices.models.mlp.settings;
