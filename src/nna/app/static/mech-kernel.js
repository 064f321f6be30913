// A kernel that slides over a drawn digit, and pooling: the first layer of LeNet-5.
const Kernel = (() => {
  "use strict";
  const SIDE = 32;

  // A map of what a kernel of n x n finds, every place whole inside the picture.
  function convolve(picture, kernel, bias) {
    const n = kernel.length;
    const out = picture.length - n + 1;
    return Array.from({ length: out }, (_, r) => Array.from({ length: out }, (_, c) => {
      let sum = bias;
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum += kernel[i][j] * picture[r + i][c + j];
      return sum;
    }));
  }
  const relu = (map) => map.map((row) => row.map((v) => Math.max(0, v)));
  // Windows of 2 x 2, side by side: their largest, or their mean.
  function pool(map, kind) {
    const half = Math.floor(map.length / 2);
    return Array.from({ length: half }, (_, r) => Array.from({ length: half }, (_, c) => {
      const four = [map[2 * r][2 * c], map[2 * r][2 * c + 1], map[2 * r + 1][2 * c], map[2 * r + 1][2 * c + 1]];
      return kind === "max" ? Math.max(...four) : four.reduce((a, b) => a + b, 0) / 4;
    }));
  }

  function page(root) {
    const { el, number, tint } = Mechanism;
    const { examples } = window.nnaWeights;
    const w = Mechanism.weights();
    const kernels = w["c1.0.weight"].map(([own]) => own);
    let picture = Mechanism.unpack(examples["3"]);
    let [chosen, at, map, pooled] = [0, [8, 8], [], []];
    const board = (label, side) => el("canvas", { width: 288, height: 288, tabIndex: 0, className: "board", aria: { role: "img", label: `${label}, ${side} x ${side}` } });
    const input = board("The picture: draw with a pointer, or with arrow keys and space", SIDE);
    const output = board("What the kernel finds; arrow keys move it", 28);
    const small = board("After pooling", 14);
    output.classList.add("half");
    small.classList.add("half");
    const pooling = el("select", { onchange: renew }, el("option", { value: "max" }, "max"), el("option", { value: "mean" }, "average"));
    const picks = el("div", { className: "tools" });
    const sum = el("div");
    const stepper = Mechanism.stepper(28 * 28, (place) => { at = [Math.floor(place / 28), place % 28]; draw(); }, "Where the kernel lies");
    const load = (name) => { picture = name ? Mechanism.unpack(examples[name]) : Array.from({ length: SIDE }, () => new Array(SIDE).fill(0)); renew(); };
    root.append(
      el("p", { className: "tools buttons" }, "Digit ", ...Object.keys(examples).map((name) => el("button", { type: "button", textContent: name, onclick: () => load(name) })), el("button", { type: "button", textContent: "Clear", onclick: () => load("") })),
      el("p", { className: "small" }, "Draw in the first picture; the right button rubs out."),
      picks, stepper.part,
      el("div", { className: "boards" }, figure(input, "Picture, 32 x 32"), figure(output, "Kernel's map after ReLU, 28 x 28"), figure(small, "Pooled by 2 x 2, 14 x 14")),
      el("p", { className: "controls" }, el("label", {}, "Pooling", pooling)), sum,
    );
    function figure(canvas, text) { return el("figure", {}, canvas, el("figcaption", { className: "small" }, text)); }

    kernels.forEach((kernel, k) => {
      const cells = kernel.flat().map((v) => tint(el("span"), v / 0.6));
      const button = el("button", { type: "button", className: "kernel", onclick: () => { chosen = k; renew(); }, aria: { label: `Kernel ${k + 1}`, pressed: "false" } }, ...cells);
      picks.append(button);
    });

    function paint(canvas, rows, most, frame) {
      const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
      const pen = canvas.getContext("2d");
      const step = canvas.width / rows.length;
      pen.fillStyle = css("--plot");
      pen.fillRect(0, 0, canvas.width, canvas.width);
      rows.forEach((row, r) => row.forEach((v, c) => {
        if (!v) return;
        pen.globalAlpha = Math.min(1, Math.abs(v) / most);
        pen.fillStyle = css(v < 0 ? "--low" : canvas === input ? "--ink" : "--high");
        pen.fillRect(c * step, r * step, step, step);
      }));
      pen.globalAlpha = 1;
      pen.strokeStyle = css("--accent");
      pen.lineWidth = 3;
      const [r, c, size] = frame;
      pen.strokeRect(c * step, r * step, size * step, size * step);
    }

    function renew() {
      map = relu(convolve(picture, kernels[chosen], w["c1.0.bias"][chosen]));
      pooled = pool(map, pooling.value);
      [...picks.children].forEach((button, k) => button.setAttribute("aria-pressed", String(k === chosen)));
      draw();
    }

    function draw() {
      const [r, c] = at;
      const most = Math.max(1e-9, ...map.flat());
      paint(input, picture, 1, [r, c, 5]);
      paint(output, map, most, [r, c, 1]);
      paint(small, pooled, most, [Math.floor(r / 2), Math.floor(c / 2), 1]);
      const kernel = kernels[chosen];
      const cells = (of) => el("table", { className: "products" }, el("tbody", {}, ...[0, 1, 2, 3, 4].map((i) => el("tr", {}, ...[0, 1, 2, 3, 4].map((j) => {
        const v = of(i, j);
        return tint(el("td", { className: "number" }, number(v)), v / 0.6);
      })))));
      const bias = w["c1.0.bias"][chosen];
      const total = kernel.flat().reduce((s, v, i) => s + v * picture[r + Math.floor(i / 5)][c + (i % 5)], bias);
      sum.replaceChildren(
        el("h2", {}, `Row ${r + 1}, column ${c + 1}`),
        el("div", { className: "boards" }, figure(cells((i, j) => picture[r + i][c + j]), "what lies under it"), figure(cells((i, j) => kernel[i][j]), "times the kernel"), figure(cells((i, j) => kernel[i][j] * picture[r + i][c + j]), "is added up")),
        el("p", { className: "equation" }, `${number(total - bias, 3)} + bias ${number(bias, 3)} = ${number(total, 3)}; after ReLU ${number(Math.max(0, total), 3)}. Its window of four pools to ${number(pooled[Math.floor(r / 2)][Math.floor(c / 2)], 3)}.`),
      );
    }

    const where = (canvas, event, side) => {
      const box = canvas.getBoundingClientRect();
      return [event.clientY - box.top, event.clientX - box.left].map((v) => Math.max(0, Math.min(side - 1, Math.floor((v / box.width) * side))));
    };
    function ink([r, c], value) {
      for (let i = r; i <= Math.min(SIDE - 1, r + 1); i++) for (let j = c; j <= Math.min(SIDE - 1, c + 1); j++) picture[i][j] = value;
      renew();
    }
    input.addEventListener("contextmenu", (event) => event.preventDefault());
    for (const kind of ["pointerdown", "pointermove"]) {
      input.addEventListener(kind, (event) => { if (event.buttons) ink(where(input, event, SIDE), event.buttons === 2 ? 0 : 1); });
      output.addEventListener(kind, (event) => { if (event.buttons || event.pointerType === "mouse") { const [r, c] = where(output, event, 28); stepper.go(28 * r + c); } });
    }
    const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    for (const canvas of [input, output]) {
      canvas.addEventListener("keydown", (event) => {
        if (moves[event.key]) {
          const [r, c] = moves[event.key].map((by, i) => Math.max(0, Math.min(27, at[i] + by)));
          stepper.go(28 * r + c);
        } else if (event.key === " " && canvas === input) ink([at[0] + 2, at[1] + 2], picture[at[0] + 2][at[1] + 2] > 0.5 ? 0 : 1);
        else return;
        event.preventDefault();
      });
    }
    renew();
    stepper.go(28 * 8 + 8);
  }

  if (Mechanism.place()) page(Mechanism.place());
  return { convolve, relu, pool };
})();
