// An LSTM's gates along a typed sequence: 32 cells over characters.
const Lstm = (() => {
  "use strict";
  const { linear, plus, sigmoid } = Mechanism;
  const GATES = { i: "input gate", f: "forget gate", g: "candidate", o: "output gate", c: "cell state", h: "output" };

  // After every token its gates, its cells, and the scores of what comes next. PyTorch's order: i, f, g, o.
  function run(w, hidden, tokens) {
    let [h, c] = [new Array(hidden).fill(0), new Array(hidden).fill(0)];
    return tokens.map((token) => {
      const read = w["body.weight_ih_l0"].map((row) => row[token]);
      const sums = plus(plus(plus(read, w["body.bias_ih_l0"]), linear(h, w["body.weight_hh_l0"])), w["body.bias_hh_l0"]);
      const part = (k, of) => sums.slice(k * hidden, (k + 1) * hidden).map(of);
      const [i, f, g, o] = [part(0, sigmoid), part(1, sigmoid), part(2, Math.tanh), part(3, sigmoid)];
      const before = c;
      c = before.map((v, k) => f[k] * v + i[k] * g[k]);
      h = c.map((v, k) => o[k] * Math.tanh(v));
      return { i, f, g, o, c, h, before, logits: linear(h, w["head.weight"], w["head.bias"]) };
    });
  }

  function page(root) {
    const { el, map, number, shown } = Mechanism;
    const { letters, hidden } = window.nnaWeights;
    const w = Mechanism.weights();
    const typed = Mechanism.typed(letters, 48, "call me ishmael. some years ago", renew);
    const which = el("select", { onchange: show });
    for (const [id, title] of Object.entries(GATES)) which.add(new Option(title, id, false, id === "c"));
    which.value = "c";
    const unit = el("input", { type: "number", min: 1, max: hidden, value: 1, oninput: show });
    const [steps, stage] = [el("div"), el("div")];
    let [text, found, stepper] = ["", [], null];
    root.append(typed.part, el("p", { className: "controls" }, el("label", {}, "Show", which), el("label", {}, `Cell (1 to ${hidden})`, unit)), steps, stage);

    function renew() {
      text = typed.text();
      found = run(w, hidden, [...text].map((letter) => letters.indexOf(letter)));
      stepper = Mechanism.stepper(text.length, show, "The character that is read");
      steps.replaceChildren(stepper.part);
      stepper.go(0);
    }

    function show() {
      const at = found[stepper.place];
      const k = Math.max(0, Math.min(hidden - 1, Math.floor(Number(unit.value) || 1) - 1));
      const v = (list) => number(list[k]);
      const values = found.map((one) => one[which.value]);
      const most = which.value === "c" ? Math.max(1, ...values.flat().map(Math.abs)) : 1;
      const line = el("p", { className: "letters" }, ...[...text].map((letter, j) => {
        const part = el("span", { title: `${GATES[which.value]} ${number(values[j][k])}` }, shown(letter));
        Mechanism.tint(part, values[j][k] / most);
        part.className = j === stepper.place ? "asks" : "";
        return part;
      }));
      stage.replaceChildren(
        line,
        el("p", { className: "small" }, `Above: the ${GATES[which.value]} of cell ${k + 1} after each character.`),
        el("p", {}, "Read: ", el("code", {}, shown(text[stepper.place])), `. Cell ${k + 1} keeps ${v(at.f)} of itself and takes in ${v(at.i)} of the candidate ${v(at.g)}:`),
        el("p", { className: "equation" }, `c = f·c + i·g = ${v(at.f)} · ${v(at.before)} + ${v(at.i)} · ${v(at.g)} = ${v(at.c)}`, el("br"), `h = o·tanh(c) = ${v(at.o)} · ${number(Math.tanh(at.c[k]))} = ${v(at.h)}`),
        Mechanism.likely(at.logits, letters),
        el("h2", {}, `All ${hidden} cells`),
        el("p", { className: "small" }, `The ${GATES[which.value]}: a row is a cell, a column a character. Press one to follow it.`),
        map(values[0].map((_, cell) => values.map((row) => row[cell])), { label: `The ${GATES[which.value]} of every cell after every character`, most, chosen: (a, b) => a === k && b === stepper.place, pick: (a, b) => { unit.value = a + 1; stepper.go(b); } }),
      );
    }
    renew();
  }

  if (Mechanism.place()) page(Mechanism.place());
  return { run };
})();
