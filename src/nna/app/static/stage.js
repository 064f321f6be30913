// Draws a network of network.js: a heat map a neuron, weights as lines, the examples, the losses.
const Stage = (() => {
  "use strict";
  const SIDE = 48; // values along an edge of a heat map
  const REACH = 3; // the plane goes from -3 to 3
  const SVG = "http://www.w3.org/2000/svg";

  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  let palette;
  function colours() {
    return (palette ??= { low: channels(css("--low")), high: channels(css("--high")), ground: channels(css("--plot")), ink: css("--ink"), faint: css("--faint"), rule: css("--rule") });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { palette = undefined; });

  const level = (v) => Math.max(-1, Math.min(1, Number.isNaN(v) ? 0 : v));
  const rgb = (c) => `rgb(${c.join(" ")})`;
  // From orange at -1 over the ground to blue at 1.
  function mixed(value, strength = 0.85) {
    const { low, high, ground } = colours();
    const end = value < 0 ? low : high;
    const share = strength * Math.abs(level(value));
    return ground.map((c, i) => Math.round(c + share * (end[i] - c)));
  }

  const plane = Array.from({ length: SIDE * SIDE }, (_, i) => [
    REACH * (2 * ((i % SIDE) + 0.5) / SIDE - 1), REACH * (1 - 2 * (Math.floor(i / SIDE) + 0.5) / SIDE),
  ]);

  // What each feature and each neuron says at each place of the plane, from -1 to 1.
  function maps(training) {
    const { layers, settings } = training;
    const sizes = [settings.features.length, ...layers.map(({ out }) => out)];
    const values = sizes.map((n) => Array.from({ length: n }, () => new Float32Array(SIDE * SIDE)));
    plane.forEach((place, at) => {
      const x = Network.inputs(settings.features, place);
      Network.forward(layers, x);
      x.forEach((v, i) => { values[0][i][at] = v; });
      layers.forEach(({ a }, l) => a.forEach((v, j) => { values[l + 1][j][at] = v; }));
    });
    values.forEach((column, l) => column.forEach((map) => scale(map, l ? layers[l - 1].activation : "input", l === layers.length && training)));
    return values;
  }

  // The same of the output alone.
  function output(training) {
    return Float32Array.from(plane, (place) => said(Network.forward(training.layers, Network.inputs(training.settings.features, place)), training));
  }

  function scale(map, activation, last) {
    if (last) map.forEach((v, i) => { map[i] = said(v, last); });
    else if (activation === "sigmoid") map.forEach((v, i) => { map[i] = 2 * v - 1; });
    else if (activation !== "tanh" && activation !== "gaussian") {
      const most = map.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-9);
      map.forEach((v, i) => { map[i] = v / most; });
    }
  }

  // An output as it is painted: a probability from 0 to 1, a class or a number.
  function said(z, training) {
    if (training.regression) return level(z);
    return training.objective === "perceptron" ? Math.sign(z) : 2 * Network.sigmoid(z) - 1;
  }

  const small = document.createElement("canvas");
  small.width = small.height = SIDE;
  function heat(canvas, map) {
    const pen = small.getContext("2d");
    const image = pen.createImageData(SIDE, SIDE);
    map.forEach((value, i) => {
      const [r, g, b] = mixed(value);
      image.data.set([r, g, b, 255], 4 * i);
    });
    pen.putImageData(image, 0, 0);
    const onto = canvas.getContext("2d");
    onto.imageSmoothingEnabled = true;
    onto.drawImage(small, 0, 0, canvas.width, canvas.height);
  }

  // The plane with the examples: circles are class 0, squares class 1; hollow ones are for the test.
  function plot(canvas, training, map, probe) {
    if (map) heat(canvas, map);
    const pen = canvas.getContext("2d");
    const edge = canvas.width;
    const { ground, ink } = colours();
    if (!map) {
      pen.fillStyle = rgb(ground);
      pen.fillRect(0, 0, edge, edge);
    }
    const at = (v) => (edge * (v + REACH)) / (2 * REACH);
    const dot = edge / 85;
    for (const [list, full] of [[training.points.test, false], [training.points.train, true]]) {
      for (const { x: [x, y], target } of list) {
        const [left, top] = [at(x), edge - at(y)];
        const value = training.regression ? target : 2 * target - 1;
        pen.beginPath();
        if (training.regression || !target) pen.arc(left, top, dot, 0, 7);
        else pen.rect(left - dot * 0.9, top - dot * 0.9, dot * 1.8, dot * 1.8);
        pen.fillStyle = rgb(full ? mixed(value, 1) : ground);
        pen.strokeStyle = rgb(full ? ground : mixed(value, 1));
        pen.lineWidth = edge / 300;
        pen.fill();
        pen.stroke();
      }
    }
    if (!probe) return;
    pen.strokeStyle = ink;
    pen.lineWidth = edge / 200;
    const [left, top] = [at(probe[0]), edge - at(probe[1])];
    pen.strokeRect(left - 2 * dot, top - 2 * dot, 4 * dot, 4 * dot);
  }

  // Both losses over the steps: training drawn through, test dashed.
  function curve(canvas, points) {
    const pen = canvas.getContext("2d");
    const [wide, high] = [canvas.width, canvas.height];
    const { ink, faint } = colours();
    pen.clearRect(0, 0, wide, high);
    const finite = points.filter(({ train, test }) => Number.isFinite(train.loss) && (!test || Number.isFinite(test.loss)));
    if (finite.length < 2) return;
    const most = Math.max(...finite.map(({ train, test }) => Math.max(train.loss, test?.loss ?? 0)), 1e-9);
    const last = finite.at(-1).step || 1;
    pen.font = `${high / 9}px system-ui, sans-serif`;
    pen.fillStyle = faint;
    pen.textAlign = "right";
    pen.fillText(most.toPrecision(2), wide - 6, high / 7);
    for (const [part, dash, tint] of [["test", [8, 6], faint], ["train", [], ink]]) {
      pen.beginPath();
      pen.setLineDash(dash);
      pen.strokeStyle = tint;
      pen.lineWidth = high / 60;
      finite.filter((one) => one[part]).forEach((one, i) => {
        pen[i ? "lineTo" : "moveTo"](4 + ((wide - 8) * one.step) / last, 4 + (high - 8) * (1 - one[part].loss / most));
      });
      pen.stroke();
    }
    pen.setLineDash([]);
  }

  // The network itself: columns of neurons, the features first, and a line a weight.
  // `own(column, place)` gives what a neuron is called; `press`, what a click on it does.
  class Drawing {
    constructor(root, { name, press } = {}) {
      [this.root, this.name, this.press] = [root, name, press];
      this.lines = document.createElementNS(SVG, "svg");
      this.lines.classList.add("lines");
      this.lines.setAttribute("aria-hidden", "true");
      new ResizeObserver(() => this.place()).observe(root);
    }

    // Lays the network out anew; the columns are returned, to be added to.
    build(training) {
      this.training = training;
      const sizes = [training.settings.features.length, ...training.layers.map(({ out }) => out)];
      this.neurons = sizes.map((n, l) => Array.from({ length: n }, (_, j) => this.neuron(l, j)));
      const columns = this.neurons.map((neurons) => {
        const column = document.createElement("div");
        column.className = "column";
        column.append(...neurons.map(({ part }) => part));
        return column;
      });
      this.edges = training.layers.map(({ size, out }) => Array.from({ length: size * out }, () => document.createElementNS(SVG, "path")));
      this.lines.replaceChildren(...this.edges.flat());
      this.root.replaceChildren(this.lines, ...columns);
      this.place();
      return columns;
    }

    neuron(column, place) {
      const part = document.createElement(this.press ? "button" : "span");
      const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
      part.className = "neuron";
      part.append(canvas);
      if (this.press) {
        part.type = "button";
        part.setAttribute("aria-label", this.name(column, place));
        part.title = this.name(column, place);
        part.setAttribute("aria-pressed", "false");
        part.addEventListener("click", () => this.press(column, place));
      }
      return { part, canvas };
    }

    // Where each line runs, after the layout.
    place() {
      if (!this.neurons) return;
      this.lines.setAttribute("width", this.root.scrollWidth);
      this.lines.setAttribute("height", this.root.scrollHeight);
      const box = this.root.getBoundingClientRect();
      const spots = this.neurons.map((column) => column.map(({ part }) => {
        const own = part.getBoundingClientRect();
        const left = own.left - box.left + this.root.scrollLeft;
        return { left, right: left + own.width, y: own.top - box.top + own.height / 2 };
      }));
      this.edges.forEach((edges, l) => edges.forEach((path, k) => {
        const { size } = this.training.layers[l];
        const [from, to] = [spots[l][k % size], spots[l + 1][Math.floor(k / size)]];
        const middle = (from.right + to.left) / 2;
        path.setAttribute("d", `M${from.right},${from.y} C${middle},${from.y} ${middle},${to.y} ${to.left},${to.y}`);
      }));
    }

    // Paints what the network says now; the maps are returned, the last one the output's.
    draw() {
      const every = maps(this.training);
      this.neurons.forEach((column, l) => column.forEach(({ canvas }, j) => heat(canvas, every[l][j])));
      this.edges.forEach((edges, l) => {
        const { kind, weights } = this.training.layers[l];
        edges.forEach((path, k) => {
          const strong = kind === "gaussian" ? 0.4 : Math.min(Math.abs(weights[k]), 4);
          path.setAttribute("stroke-width", 0.4 + 1.5 * strong);
          path.setAttribute("class", kind === "gaussian" ? "" : weights[k] < 0 ? "low" : "high");
        });
      });
      return every;
    }
  }

  return { Drawing, output, plot, curve, heat, said, REACH };
})();
