// Attention over a typed sentence: GPT-1's decoder, two layers of two heads, over characters.
const Attention = (() => {
  "use strict";
  const { linear, plus, dot, softmax } = Mechanism;

  function norm(x, scale, shift) {
    const mean = x.reduce((a, b) => a + b, 0) / x.length;
    const variance = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length;
    return x.map((v, i) => ((v - mean) / Math.sqrt(variance + 1e-5)) * scale[i] + shift[i]);
  }
  const gelu = (z) => 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3)));

  // One head: of each token its query, key and value; the scores, and their softmax over the past.
  function head(read, width, per, h) {
    const part = (kind) => read.map((row) => row.slice(kind * width + h * per, kind * width + (h + 1) * per));
    const [query, key, value] = [0, 1, 2].map(part);
    const scores = query.map((q, i) => key.slice(0, i + 1).map((k) => dot(q, k) / Math.sqrt(per)));
    const weights = scores.map(softmax);
    const out = weights.map((row) => value[0].map((_, c) => row.reduce((sum, w, j) => sum + w * value[j][c], 0)));
    return { query, key, value, scores, weights, out };
  }

  // The layers' heads, and after every token the scores of what comes next.
  function run(w, { layers, heads, width }, tokens) {
    let x = tokens.map((token, i) => plus(w["tokens.weight"][token], w["positions.weight"][i]));
    const seen = [];
    for (let l = 0; l < layers; l++) {
      const at = (name) => w[`body.${l}.${name}`];
      const read = x.map((row) => linear(row, at("attention.qkv.weight"), at("attention.qkv.bias")));
      const own = Array.from({ length: heads }, (_, h) => head(read, width, width / heads, h));
      x = x.map((row, i) => {
        const out = linear(own.flatMap((one) => one.out[i]), at("attention.proj.weight"), at("attention.proj.bias"));
        const first = norm(plus(row, out), at("norm1.weight"), at("norm1.bias"));
        const inner = linear(first, at("mlp.fc1.weight"), at("mlp.fc1.bias")).map(gelu);
        return norm(plus(first, linear(inner, at("mlp.fc2.weight"), at("mlp.fc2.bias"))), at("norm2.weight"), at("norm2.bias"));
      });
      seen.push(own);
    }
    return { seen, logits: x.map((row) => linear(row, w["tokens.weight"])) };
  }

  function page(root) {
    const { el, map, table, number, shown } = Mechanism;
    const [w, { letters, ...sizes }] = [Mechanism.weights(), window.nnaWeights];
    const typed = Mechanism.typed(letters, sizes.length, "the white whale and the white ship", renew);
    const which = el("select", { onchange: show });
    for (let l = 0; l < sizes.layers; l++) for (let h = 0; h < sizes.heads; h++) which.add(new Option(`layer ${l + 1}, head ${h + 1}`, `${l},${h}`));
    const stage = el("div");
    const steps = el("div");
    let [text, found, stepper] = ["", null, null];
    root.append(typed.part, el("p", { className: "controls" }, el("label", {}, "Head", which)), steps, stage);

    function renew() {
      text = typed.text();
      found = run(w, sizes, [...text].map((letter) => letters.indexOf(letter)));
      stepper = Mechanism.stepper(text.length, show, "The character that asks");
      steps.replaceChildren(stepper.part);
      stepper.go(text.length - 1);
    }

    function show() {
      const [l, h] = which.value.split(",").map(Number);
      const one = found.seen[l][h];
      const i = stepper.place;
      const row = one.weights[i];
      const line = el("p", { className: "letters", aria: { label: "The text; the darker a character, the more is taken from it" } }, ...[...text].map((letter, j) => {
        const part = el("span", { title: j <= i ? `weight ${number(row[j], 3)}` : "comes later: not seen" }, shown(letter));
        if (j <= i) Mechanism.tint(part, row[j]);
        part.className = j === i ? "asks" : j > i ? "later" : "";
        return part;
      }));
      const best = row.map((weight, j) => [weight, j]).sort((a, b) => b[0] - a[0]).slice(0, 5);
      const full = one.weights.map((own) => [...own, ...new Array(text.length - own.length).fill(0)]);
      stage.replaceChildren(
        line,
        el("p", {}, `Character ${i + 1}, `, el("code", {}, shown(text[i])), `, asks: its query meets the key of every character up to itself. Softmax makes weights of the scores, and the values are averaged by them.`),
        table(["Character", "Place", "Score q·k/√d", "Weight"], best.map(([weight, j]) => [shown(text[j]), String(j + 1), one.scores[i][j], weight])),
        Mechanism.likely(found.logits[i], letters),
        el("h2", {}, "The whole head"),
        el("p", { className: "small" }, "A row is the character that asks, a column the one that is asked. Above the diagonal nothing is seen."),
        map(full, { label: "All weights of this head", most: 1, chosen: (a) => a === i, pick: (a) => stepper.go(a) }),
      );
    }
    renew();
  }

  if (Mechanism.place()) page(Mechanism.place());
  return { run };
})();
