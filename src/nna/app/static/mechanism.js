// What the pages of mechanisms share: numbers, parts of a page, steps. A classic script.
const Mechanism = (() => {
  "use strict";
  // Weights are carried as whole thousandths, nested as they are shaped.
  const unpack = (values) => (Array.isArray(values) ? values.map(unpack) : values / 1000);
  const weights = () => Object.fromEntries(Object.entries(window.nnaWeights.weights).map(([name, values]) => [name, unpack(values)]));

  const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
  const plus = (a, b) => a.map((v, i) => v + b[i]);
  const linear = (x, matrix, bias) => matrix.map((row, j) => dot(row, x) + (bias ? bias[j] : 0));
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));
  function softmax(scores) {
    const most = Math.max(...scores);
    const raised = scores.map((v) => Math.exp(v - most));
    const sum = raised.reduce((a, b) => a + b, 0);
    return raised.map((v) => v / sum);
  }

  function el(tag, properties = {}, ...children) {
    const { aria = {}, ...plain } = properties;
    const part = Object.assign(document.createElement(tag), plain);
    for (const [name, value] of Object.entries(aria)) part.setAttribute(name === "role" ? name : `aria-${name}`, value);
    part.append(...children);
    return part;
  }

  const number = (v, digits = 2) => Number(v.toFixed(digits)).toString().replace("-", "−");
  // A cell's ground: blue above zero, orange below, of the strength of the value from -1 to 1;
  // paler under text, which stays legible.
  function tint(part, value) {
    const share = Math.round((part.textContent ? 48 : 100) * Math.min(1, Math.abs(value)));
    part.style.background = `color-mix(in srgb, var(${value < 0 ? "--low" : "--high"}) ${share}%, var(--plot))`;
    return part;
  }

  // A heat map as a table, a row a list of numbers; what `most` is, is drawn full.
  function map(rows, { label, most, chosen = () => false, pick = null }) {
    const body = rows.map((row, i) => el("tr", {}, ...row.map((value, j) => {
      const cell = tint(el("td", { title: number(value, 3) }), value / most);
      if (chosen(i, j)) cell.className = "chosen";
      if (pick) cell.addEventListener("click", () => pick(i, j));
      return cell;
    })));
    return el("div", { className: "heat wide", tabIndex: 0, aria: { role: "region", label } }, el("table", { aria: { role: "img", label } }, el("tbody", {}, ...body)));
  }

  // A table of a few rows of words and numbers.
  function table(heads, rows) {
    const cell = (v) => el("td", typeof v === "number" ? { className: "number" } : {}, typeof v === "number" ? number(v) : v);
    return el("table", {}, el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", {}, head)))), el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map(cell)))));
  }

  // Back, on, a slider, and playing; `show` is told the place.
  function stepper(count, show, label) {
    let [place, timer] = [0, null];
    const slider = el("input", { type: "range", min: 0, max: Math.max(0, count - 1), value: 0, aria: { label } });
    const go = (to) => {
      place = Math.max(0, Math.min(count - 1, to));
      slider.value = place;
      show(place);
    };
    const stop = () => {
      clearInterval(timer);
      timer = null;
      play.textContent = "Play";
    };
    const button = (text, act) => el("button", { type: "button", textContent: text, onclick: act });
    const play = button("Play", () => {
      if (timer) return stop();
      play.textContent = "Pause";
      if (place >= count - 1) go(0);
      timer = setInterval(() => (place < count - 1 && part.isConnected ? go(place + 1) : stop()), 350);
    });
    slider.addEventListener("input", () => go(Number(slider.value)));
    const part = el("div", { className: "tools buttons" }, button("Back", () => go(place - 1)), " ", button("Step", () => go(place + 1)), " ", play, " ", slider);
    return { part, go, get place() { return place; } };
  }

  // A line of text to type, kept in the address, in the letters that a model of characters knows.
  function typed(letters, length, usual, changed) {
    const fit = (text) => [...text.toLowerCase()].map((letter) => (letters.includes(letter) ? letter : " ")).join("").slice(0, length) || " ";
    const asked = new URLSearchParams(location.hash.slice(1)).get("text");
    const input = el("input", { type: "text", maxLength: length, value: fit(asked ?? usual), autocomplete: "off", spellcheck: false });
    input.addEventListener("input", () => {
      history.replaceState(null, "", `#${new URLSearchParams({ text: input.value })}`);
      changed(fit(input.value));
    });
    const part = el("p", { className: "controls" }, el("label", { className: "long" }, `Your text, ${length} characters at most (letters, spaces, . , ')`, input));
    return { part, text: () => fit(input.value) };
  }

  const shown = (letter) => (letter === " " ? "␣" : letter);

  // The characters that a model thinks likely next.
  function likely(logits, letters) {
    const chances = softmax(logits).map((chance, i) => [chance, letters[i]]).sort((a, b) => b[0] - a[0]).slice(0, 5);
    return el("p", {}, "Likely next: ", ...chances.flatMap(([chance, letter]) => [el("code", {}, shown(letter)), ` ${Math.round(100 * chance)} % `]));
  }

  const place = () => document.getElementById("mechanism");
  return { unpack, weights, dot, plus, linear, sigmoid, softmax, el, number, tint, map, table, stepper, typed, shown, likely, place };
})();
