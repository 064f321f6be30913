// A Hopfield network's recall: three digits are remembered, and a spoilt one rolls downhill.
const Hopfield = (() => {
  "use strict";
  const { dot } = Mechanism;
  const energy = (links, state) => -0.5 * dot(links.map((row) => dot(row, state)), state);
  // A unit takes the sign of its input; without input it stays.
  const decide = (links, state, unit) => Math.sign(dot(links[unit], state)) || state[unit];

  // Every unit in its turn, until a round changes nothing.
  function rest(links, from) {
    const state = [...from];
    for (let changed = true; changed;) {
      changed = false;
      for (let unit = 0; unit < state.length; unit++) {
        const next = decide(links, state, unit);
        if (next !== state[unit]) [state[unit], changed] = [next, true];
      }
    }
    return state;
  }

  function page(root) {
    const { el, map, number } = Mechanism;
    const { memories } = window.nnaWeights;
    const links = Mechanism.weights().links;
    let state = [...memories[1]];
    let [unit, quiet, energies, timer] = [0, 0, [], null];
    const button = (text, act) => el("button", { type: "button", textContent: text, onclick: act });
    const cells = state.map((_, k) => el("button", { type: "button", onclick: () => { state[k] = -state[k]; begin(); }, onkeydown: (event) => walk(event, k) }));
    const said = el("p", { aria: { role: "status" } });
    const step = el("p", { className: "equation" });
    const curve = el("canvas", { width: 600, height: 160, className: "board", aria: { role: "img", label: "The energy after every unit" } });
    const run = button("Run", () => (timer ? stop() : play()));
    const seen = el("div");
    root.append(
      el("p", { className: "tools buttons" }, "Memory ", ...memories.map((memory, k) => button(String(k), () => { state = [...memory]; begin(); })), button("Spoil 15 pixels", spoil), button("Turn over", () => { state = state.map((v) => -v); begin(); })),
      el("p", { className: "tools buttons" }, run, button("One unit", () => { stop(); advance(); }), button("To its rest", () => { stop(); while (quiet < 64) advance(false); show(); })),
      el("div", { className: "boards" }, el("div", { className: "pixels", aria: { role: "group", label: "The state, 8 x 8 units: press one to turn it over, arrow keys move" } }, ...cells), el("div", {}, said, step, el("figure", {}, curve, el("figcaption", { className: "small" }, "Energy after every unit that was asked")))),
      seen,
    );

    function walk(event, k) {
      const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -8, ArrowDown: 8 }[event.key];
      if (!by || !cells[k + by]) return;
      event.preventDefault();
      take(k + by);
      cells[k + by].focus();
    }
    const take = (k) => cells.forEach((cell, i) => { cell.tabIndex = i === k ? 0 : -1; });
    const stop = () => { clearInterval(timer); timer = null; run.textContent = "Run"; };
    function play() {
      run.textContent = "Pause";
      timer = setInterval(() => { for (let i = 0; i < 2; i++) if (quiet < 64) advance(false); show(); if (quiet >= 64) stop(); }, 60);
    }
    function begin() {
      stop();
      [unit, quiet, energies] = [0, 0, [energy(links, state)]];
      step.textContent = "";
      show();
    }
    function spoil() {
      const places = [...state.keys()].sort(() => Math.random() - 0.5).slice(0, 15);
      for (const k of places) state[k] = -state[k];
      begin();
    }
    function advance(drawn = true) {
      const [input, next] = [dot(links[unit], state), decide(links, state, unit)];
      const changed = next !== state[unit];
      step.textContent = `Unit ${unit + 1} (row ${Math.floor(unit / 8) + 1}, column ${(unit % 8) + 1}): its input is ${number(input)}, so it ${changed ? "turns over" : "stays"}.`;
      state[unit] = next;
      quiet = changed ? 0 : quiet + 1;
      unit = (unit + 1) % 64;
      energies.push(energy(links, state));
      if (drawn) show();
    }

    function verdict() {
      const shares = memories.map((memory) => dot(memory, state) / 64);
      const like = shares.map((share, k) => `${k}: ${Math.round(50 * (1 + share))} %`).join(", ");
      const found = shares.findIndex((share) => Math.abs(share) === 1);
      const end = found < 0 ? "at a mixture that nobody stored" : shares[found] > 0 ? `at memory ${found}` : `at memory ${found} turned over, which lies as deep`;
      return `Pixels as in memory ${like}. Energy ${number(energies.at(-1))}.${quiet >= 64 ? ` It rests, ${end}.` : ""}`;
    }
    function show() {
      cells.forEach((cell, k) => {
        cell.className = `${state[k] > 0 ? "on" : ""} ${k === unit && quiet < 64 ? "asks" : ""}`;
        cell.setAttribute("aria-label", `Row ${Math.floor(k / 8) + 1}, column ${(k % 8) + 1}`);
        cell.setAttribute("aria-pressed", String(state[k] > 0));
      });
      said.textContent = verdict();
      const pen = curve.getContext("2d");
      pen.clearRect(0, 0, 600, 160);
      const [low, high] = [Math.min(...energies), Math.max(...energies)];
      pen.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--link");
      pen.lineWidth = 3;
      pen.beginPath();
      energies.forEach((e, i) => pen[i ? "lineTo" : "moveTo"](5 + (590 * i) / Math.max(64, energies.length - 1), 150 - (140 * (e - low)) / (high - low || 1)));
      pen.stroke();
      const rows = Array.from({ length: 8 }, (_, r) => links[unit].slice(8 * r, 8 * r + 8));
      seen.replaceChildren(el("h2", {}, `The links of unit ${unit + 1}`), el("p", { className: "small" }, "Blue: it wants to be as that pixel is; orange: the other way round."), map(rows, { label: `Links of unit ${unit + 1} to every pixel`, most: 3, chosen: (a, b) => 8 * a + b === unit }));
    }
    take(0);
    spoil();
  }

  if (Mechanism.place()) page(Mechanism.place());
  return { energy, decide, rest };
})();
