// Messages on a graph: a graph convolutional network on the karate club.
const Graph = (() => {
  "use strict";
  const { linear, softmax } = Mechanism;
  const turned = (matrix) => matrix[0].map((_, j) => matrix.map((row) => row[j]));

  // Each node's neighbours, itself among them, and what their messages are multiplied by.
  function messages(count, edges) {
    const near = Array.from({ length: count }, (_, i) => [i]);
    for (const [a, b] of edges) {
      near[a].push(b);
      near[b].push(a);
    }
    return near.map((own, i) => own.map((j) => [j, 1 / Math.sqrt(own.length * near[j].length), i]));
  }
  const propagate = (sent, rows) => sent.map((own) => rows[0].map((_, c) => own.reduce((sum, [j, share]) => sum + share * rows[j][c], 0)));

  // Two convolutions; what each member sends, and what it becomes.
  function run(w, count, edges) {
    const sent = messages(count, edges);
    const first = w["first.weight"]; // features are one-hot: x W is W
    const hidden = propagate(sent, first).map((row) => row.map((v, c) => Math.max(0, v + w["first.bias"][c])));
    const second = hidden.map((row) => linear(row, turned(w["second.weight"])));
    const scores = propagate(sent, second).map((row) => row.map((v, c) => v + w["second.bias"][c]));
    return { sent, first, hidden, second, scores };
  }

  function page(root) {
    const { el, number, table } = Mechanism;
    const { places, known, communities, edges: usual } = window.nnaWeights;
    const w = Mechanism.weights();
    const SVG = "http://www.w3.org/2000/svg";
    let edges = usual.map((pair) => [...pair]);
    let [chosen, found] = [8, null];
    const layer = el("select", { onchange: show }, el("option", { value: "1" }, "first: from its number to 4 values"), el("option", { value: "2" }, "second: from 4 values to 4 scores"));
    const other = el("select", {});
    places.forEach((_, i) => other.add(new Option(`member ${i}`, i)));
    other.value = 25;
    const [said, stage] = [el("p", { aria: { role: "status" } }), el("div")];
    const svg = (tag, attributes) => {
      const part = document.createElementNS(SVG, tag);
      for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
      return part;
    };
    const edge = 0.1; // around the outermost members
    const [wide, high] = [0, 1].map((axis) => places.map((place) => (axis ? -1 : 1) * place[axis])).map((all) => [Math.min(...all) - edge, Math.max(...all) - Math.min(...all) + 2 * edge]);
    const drawing = svg("svg", { viewBox: `${wide[0]} ${high[0]} ${wide[1]} ${high[1]}`, class: "club", role: "group", "aria-label": "The club: 34 members and who met whom" });
    const lines = svg("g", {});
    const nodes = places.map(([x, y], i) => {
      const node = svg("g", { class: "member", role: "button", tabindex: i === chosen ? 0 : -1, transform: `translate(${x} ${-y})` });
      node.append(svg("circle", { r: 0.062 }), Object.assign(svg("text", { "text-anchor": "middle", y: 0.022, "font-size": 0.062 }), { textContent: i }));
      node.addEventListener("click", () => choose(i));
      node.addEventListener("keydown", (event) => keyed(event, i));
      return node;
    });
    drawing.append(lines, ...nodes);
    root.append(
      el("p", { className: "controls" }, el("label", {}, "Layer", layer), el("label", {}, "Other member", other), el("span", { className: "buttons" }, el("button", { type: "button", textContent: "Join or part the two", onclick: toggle }), " ", el("button", { type: "button", textContent: "As it was", onclick: () => { edges = usual.map((pair) => [...pair]); renew(); } }))),
      el("div", { className: "boards" }, drawing, el("div", {}, said, stage)),
    );

    function choose(i) {
      chosen = i;
      nodes.forEach((node, k) => node.setAttribute("tabindex", k === i ? 0 : -1));
      show();
    }
    function keyed(event, i) {
      const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (way) {
        choose((i + way + nodes.length) % nodes.length);
        nodes[chosen].focus();
      } else if (event.key === "Enter" || event.key === " ") choose(i);
      else return;
      event.preventDefault();
    }
    function toggle() {
      const b = Number(other.value);
      if (b === chosen) return;
      const kept = edges.filter(([a, c]) => !((a === chosen && c === b) || (a === b && c === chosen)));
      edges = kept.length < edges.length ? kept : [...edges, [chosen, b]];
      renew();
    }
    function renew() {
      found = run(w, places.length, edges);
      show();
    }

    const guess = (i) => found.scores[i].indexOf(Math.max(...found.scores[i]));
    function show() {
      const near = new Map(found.sent[chosen].map(([j, share]) => [j, share]));
      lines.replaceChildren(...edges.map(([a, b]) => {
        const own = a === chosen ? near.get(b) : b === chosen ? near.get(a) : 0;
        return svg("line", { x1: places[a][0], y1: -places[a][1], x2: places[b][0], y2: -places[b][1], class: own ? "sent" : "", "stroke-width": own ? 0.01 + 0.06 * own : 0.006 });
      }));
      nodes.forEach((node, i) => {
        node.setAttribute("class", `member community${guess(i)}${i === chosen ? " asks" : near.has(i) ? " near" : ""}${known.includes(i) ? " known" : ""}`);
        node.setAttribute("aria-label", `Member ${i}, community ${guess(i) + 1}`);
      });
      const right = communities.filter((own, i) => own === guess(i)).length;
      said.textContent = `Member ${chosen}: community ${guess(chosen) + 1} with ${Math.round(100 * Math.max(...softmax(found.scores[chosen])))} %, ${guess(chosen) === communities[chosen] ? "as it is" : `and it is ${communities[chosen] + 1}`}. ${right} of ${nodes.length} right; four labels, underlined, were known.`;
      const first = layer.value === "1";
      const [sends, becomes] = first ? [found.first, found.hidden] : [found.second, found.scores];
      const list = (row) => row.map((v) => number(v)).join(", ");
      stage.replaceChildren(
        el("p", {}, `Every neighbour, and the member itself, sends its values; each message is divided by the roots of both degrees, and they are added up${first ? ", with the bias, through ReLU" : ", with the bias"}.`),
        table(["From", "1/√(dᵢdⱼ)", "Values sent"], found.sent[chosen].map(([j, share]) => [j === chosen ? "itself" : `member ${j}`, share, list(sends[j])])),
        el("p", { className: "equation" }, `${first ? "hidden" : "scores"}: ${list(becomes[chosen])}`),
      );
    }
    renew();
  }

  if (Mechanism.place()) page(Mechanism.place());
  return { run };
})();
