// What the playground draws: surfaces, curves, matrices of numbers. No state but the canvases.

// Told apart also by readers who don't see red and green (Okabe and Ito's colours).
export const COLOURS = [[0, 114, 178], [230, 159, 0], [0, 158, 115], [204, 121, 167], [86, 180, 233], [213, 94, 0], [240, 228, 66], [90, 90, 90], [130, 60, 160], [120, 90, 40]];
const SIDE = 480;

export const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
const colour = (kind) => COLOURS[kind % COLOURS.length];
const across = (scene, x) => SIDE * (x - scene.low[0]) / (scene.high[0] - scene.low[0]);
const down = (scene, y) => SIDE * (1 - (y - scene.low[1]) / (scene.high[1] - scene.low[1]));

// What a network names at each place of a plane, with the examples on it.
export function surface(canvas, scene, frame) {
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, SIDE, SIDE);
  const numbers = scene.task === "regression";
  const paint = numbers ? between : colour;
  if (frame.surface) ground(pen, scene, bytes(frame.surface), frame.sure && bytes(frame.sure), paint);
  const named = frame.named && bytes(frame.named);
  scene.points.forEach(([x, y], i) => {
    pen.beginPath();
    pen.arc(across(scene, x), down(scene, y), named ? 4 : 3.2, 0, 7);
    pen.fillStyle = `rgb(${paint(named ? named[i] : scene.labels[i])})`;
    pen.fill();
    pen.strokeStyle = named && !numbers && named[i] !== scene.labels[i] ? "#000" : "#fff";
    pen.stroke();
  });
  const at = frame.probe?.at ?? (frame.probe?.example !== undefined && scene.points[frame.probe.example]);
  if (!at) return;
  pen.strokeStyle = "#000";
  pen.lineWidth = 2;
  pen.strokeRect(across(scene, at[0]) - 6, down(scene, at[1]) - 6, 12, 12);
  pen.lineWidth = 1;
}

// From the first colour to the second, by a level from 0 to 255.
const between = (level) => [0, 1, 2].map((c) => COLOURS[0][c] + (level / 255) * (COLOURS[1][c] - COLOURS[0][c]));

function ground(pen, { side, classes }, best, sure, paint) {
  const image = new ImageData(side, side);
  for (let i = 0; i < best.length; i++) {
    const strength = sure ? 0.15 + 0.6 * Math.max(0, (sure[i] / 255 - 1 / classes.length) / (1 - 1 / classes.length)) : 0.5;
    const painted = paint(best[i]);
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = 255 - strength * (255 - painted[c]);
    image.data[4 * i + 3] = 255;
  }
  pen.drawImage(bitmap(image), 0, 0, SIDE, SIDE);
}

function bitmap(image) {
  const small = new OffscreenCanvas(image.width, image.height);
  small.getContext("2d").putImageData(image, 0, 0);
  return small;
}

// Positive numbers blue, negative orange, the paler the smaller.
export function matrix({ high, wide, levels, most }, side, name) {
  const image = new ImageData(wide, high);
  bytes(levels).forEach((level, i) => {
    const strength = Math.abs(level - 128) / 127;
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = 255 - strength * (255 - colour(level < 128 ? 1 : 0)[c]);
    image.data[4 * i + 3] = 255;
  });
  const canvas = document.createElement("canvas");
  const scale = Math.max(1, Math.floor(side / Math.max(high, wide)));
  [canvas.width, canvas.height] = [wide * scale, high * scale];
  canvas.className = "numbers";
  canvas.title = `${name}: ${high} x ${wide}, up to ${most.toPrecision(3)}`;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", canvas.title);
  const pen = canvas.getContext("2d");
  pen.imageSmoothingEnabled = false;
  pen.drawImage(bitmap(image), 0, 0, canvas.width, canvas.height);
  return canvas;
}

// The units of a layer as cells.
export function cells(values) {
  const row = document.createElement("div");
  row.className = "cells";
  const most = Math.max(...values.map(Math.abs), 1e-9);
  for (const value of values) {
    const cell = document.createElement("span");
    cell.style.background = `rgba(${colour(value < 0 ? 1 : 0)}, ${Math.abs(value) / most})`;
    cell.title = value.toFixed(3);
    row.append(cell);
  }
  return row;
}

// Losses over the share of the training that is done, a line a network.
export function curves(canvas, lines) {
  const pen = canvas.getContext("2d");
  const [wide, high] = [canvas.width, canvas.height];
  pen.clearRect(0, 0, wide, high);
  const values = lines.flatMap(({ losses }) => losses.map(([, loss]) => loss));
  if (values.length < 2) return;
  const [least, most] = [Math.min(0, ...values), Math.max(...values)];
  lines.forEach(({ losses, total }, number) => {
    pen.strokeStyle = `rgb(${colour(number)})`;
    pen.lineWidth = 2.5;
    pen.beginPath();
    losses.forEach(([step, loss], i) => pen[i ? "lineTo" : "moveTo"](50 + (wide - 60) * step / total, high - 15 - (high - 30) * (loss - least) / (most - least || 1)));
    pen.stroke();
  });
  pen.fillStyle = css("--faint");
  pen.font = "13px sans-serif";
  pen.fillText(most.toPrecision(3), 2, 18);
  pen.fillText(least.toPrecision(3), 2, high - 12);
}
