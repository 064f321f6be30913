// A diffusion model's way back: from noise to points of two half-moons.
const Diffusion = (() => {
  "use strict";
  const { linear } = Mechanism;

  // What is left of the data's variance after each timestep: DDPM's linear schedule.
  function alphaBars(timesteps) {
    let left = 1;
    return Array.from({ length: timesteps }, (_, t) => (left *= 1 - (0.1 + (19.9 * t) / (timesteps - 1)) / timesteps));
  }
  function sinusoids(timestep, width) {
    const half = width / 2;
    const angles = Array.from({ length: half }, (_, i) => timestep * 10_000 ** (-i / (half - 1)));
    return [...angles.map(Math.sin), ...angles.map(Math.cos)];
  }
  // The noise in a point, as the network sees it.
  function noiseIn(w, point, timestep, features) {
    let x = [...point, ...sinusoids(10 * timestep, features)];
    for (let layer = 0; `body.${layer}.linear.weight` in w; layer++) x = linear(x, w[`body.${layer}.linear.weight`], w[`body.${layer}.linear.bias`]).map((v) => Math.max(0, v));
    return linear(x, w["head.weight"], w["head.bias"]);
  }
  // The timesteps to visit, last first, with the share left there and at the one visited next.
  function spaced(timesteps, steps) {
    const left = alphaBars(timesteps);
    const visited = Array.from({ length: steps }, (_, i) => Math.floor((timesteps * (steps - i)) / steps) - 1);
    return visited.map((t, i) => [t, [left[t], i + 1 < steps ? left[visited[i + 1]] : 1]]);
  }
  // One step back; eta is the share of the deviation that is drawn anew.
  function stepBack(x, eps, fresh, [now, then], eta) {
    const variance = ((eta ** 2 * (1 - then)) / (1 - now)) * (1 - now / then);
    return x.map((v, i) => {
      const clean = (v - Math.sqrt(1 - now) * eps[i]) / Math.sqrt(now);
      return Math.sqrt(then) * clean + Math.sqrt(1 - then - variance) * eps[i] + Math.sqrt(variance) * fresh[i];
    });
  }
  // Standard normal numbers that a seed decides.
  function normal(seed) {
    let state = seed >>> 0;
    const uniform = () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
    return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  }
  // Every place of a point on its way, with the noise that was seen at each.
  function path(w, { timesteps, features }, begin, steps, eta, draw) {
    const way = [{ at: begin }];
    for (const [timestep, levels] of spaced(timesteps, steps)) {
      const here = way.at(-1);
      Object.assign(here, { timestep, levels, eps: noiseIn(w, here.at, timestep, features) });
      way.push({ at: stepBack(here.at, here.eps, eta ? [draw(), draw()] : [0, 0], levels, eta) });
    }
    return way;
  }

  const [SIDE, REACH, COUNT] = [480, 3.2, 150]; // pixels; units from the middle to the edge; points

  function page(root) {
    const { el, number, stepper: slider } = Mechanism;
    const model = window.nnaWeights;
    const [w, data] = [Mechanism.weights(), Mechanism.unpack(model.points)];
    let [seed, begin, ways, own, steps] = [1, [-1.5, 1.5], [], [], null];
    const plane = el("canvas", { width: SIDE, height: SIDE, className: "board large", tabIndex: 0, aria: { role: "img", label: "The plane with all points: press where yours is to begin, or move it by the arrow keys" } });
    const choice = (name, pairs) => el("label", {}, name, el("select", { onchange: renew, aria: { label: name } }, ...pairs.map(([value, text]) => el("option", { value }, text))));
    const count = choice("Steps", [100, 50, 20, 10, 5, 2, 1].map((n) => [n, String(n)]));
    const fresh = choice("Fresh noise", [[1, "in every step (DDPM)"], [0, "none after the first (DDIM)"]]);
    const asked = (label) => Number(label.querySelector("select").value);
    const again = el("button", { type: "button", textContent: "Other noise", onclick: () => { seed++; renew(); } });
    const [said, sum, place] = [el("p", { aria: { role: "status" } }), el("p", { className: "equation" }), el("div")];
    root.append(
      el("p", { className: "controls" }, count, fresh, el("span", { className: "buttons" }, again)),
      place,
      el("div", { className: "boards" }, el("figure", {}, plane, el("figcaption", { className: "small" }, "Grey: the data. Lines lead from each place the way in which its noise is taken off. Ring: your point, and its way.")), el("div", {}, said, sum)),
    );

    function renew() {
      const draw = normal(seed);
      const way = (from) => path(w, model, from, asked(count), asked(fresh), draw);
      own = way(begin);
      ways = Array.from({ length: COUNT }, () => way([draw(), draw()]));
      steps = slider(own.length, show, "Steps made");
      place.replaceChildren(steps.part);
      steps.go(0);
    }
    const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
    const on = ([x, y]) => [SIDE * (0.5 + x / (2 * REACH)), SIDE * (0.5 - y / (2 * REACH))];
    function dot(pen, point, radius, colour) {
      pen.fillStyle = css(colour);
      pen.beginPath();
      pen.arc(...on(point), radius, 0, 7);
      pen.fill();
    }
    function line(pen, points, colour, width) {
      pen.strokeStyle = css(colour);
      pen.lineWidth = width;
      pen.beginPath();
      points.forEach((point, i) => pen[i ? "lineTo" : "moveTo"](...on(point)));
      pen.stroke();
    }
    function show(step) {
      const pen = plane.getContext("2d");
      pen.fillStyle = css("--plot");
      pen.fillRect(0, 0, SIDE, SIDE);
      data.forEach((point) => dot(pen, point, 2.5, "--rule"));
      const here = own[step];
      if (here.eps) field(pen, here.timestep);
      ways.forEach((way) => dot(pen, way[step].at, 3, "--link"));
      line(pen, own.slice(0, step + 1).map((one) => one.at), "--accent", 2);
      pen.lineWidth = 3;
      pen.beginPath();
      pen.arc(...on(here.at), 7, 0, 7);
      pen.stroke();
      tell(here, step);
    }
    function field(pen, timestep) {
      for (let x = -2.8; x < 3; x += 0.7) {
        for (let y = -2.8; y < 3; y += 0.7) {
          const [a, b] = noiseIn(w, [x, y], timestep, model.features);
          line(pen, [[x, y], [x - 0.12 * a, y - 0.12 * b]], "--mid", 1.5);
        }
      }
    }
    function tell(here, step) {
      const pair = (point) => `(${number(point[0])}, ${number(point[1])})`;
      if (!here.eps) {
        const near = ways.filter(({ [ways[0].length - 1]: end }) => nearest(end.at) < 0.2).length;
        said.textContent = `Drawn, in ${step} ${step === 1 ? "step" : "steps"}: ${near} of ${COUNT} points lie within 0.2 of one of the data shown.`;
        sum.textContent = `Your point came from ${pair(begin)} to ${pair(here.at)}.`;
        return;
      }
      const now = here.levels[0];
      const clean = here.at.map((v, i) => (v - Math.sqrt(1 - now) * here.eps[i]) / Math.sqrt(now));
      said.textContent = `After ${step} of ${own.length - 1} steps, at timestep ${here.timestep + 1} of ${model.timesteps}: ${number(100 * now, 1)} % of a point's variance is data, the rest noise.`;
      sum.textContent = `Your point x = ${pair(here.at)}. The network sees the noise ε = ${pair(here.eps)} in it, which makes its guess of the data (x − ${number(Math.sqrt(1 - now))} ε) / ${number(Math.sqrt(now))} = ${pair(clean)}. The step goes only part of that way: to ${pair(own[step + 1].at)}.`;
    }
    const nearest = ([x, y]) => Math.min(...data.map(([a, b]) => Math.hypot(a - x, b - y)));

    const move = (to) => { begin = to.map((v) => Math.max(-3, Math.min(3, v))); renew(); };
    plane.addEventListener("pointerdown", (event) => {
      const box = plane.getBoundingClientRect();
      move([(2 * (event.clientX - box.left)) / box.width - 1, 1 - (2 * (event.clientY - box.top)) / box.height].map((v) => v * REACH));
    });
    plane.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }[event.key];
      if (!by) return;
      event.preventDefault();
      move(begin.map((v, i) => v + by[i]));
    });
    renew();
  }

  if (Mechanism.place()) page(Mechanism.place());
  return { noiseIn, spaced, stepBack };
})();
