// A small network that learns in the page: data, layers, gradients, steps. It draws nothing.
// A classic script: modules don't load where pages are opened as files. The gradients and the steps
// are held against PyTorch's in tests/app/browser/test_network.py.
const Network = (() => {
  "use strict";
  const POINTS = 240;

  // Uniform numbers from 0 to 1 by a seed (mulberry32, public domain, Tommy Ettinger).
  function uniform(seed) {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
  }

  const normal = (next) => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

  function shuffled(items, next) {
    const left = [...items];
    for (let i = left.length - 1; i > 0; i--) {
      const j = Math.floor(next() * (i + 1));
      [left[i], left[j]] = [left[j], left[i]];
    }
    return left;
  }

  // --- Data sets: places on the plane from -3 to 3, each with a class (0 or 1) or a number ----------

  const bump = (x, y, a, b) => Math.exp(-((x - a) ** 2 + (y - b) ** 2) / 1.4);
  const square = (next) => [5.4 * next() - 2.7, 5.4 * next() - 2.7];
  const around = (r, t) => [r * Math.cos(t), r * Math.sin(t)];
  // `linear`: the features, one list of them at least, in which a plane parts the classes.
  const DATA = {
    moons: { title: "Two moons", linear: [], draw(next, i) {
      const t = Math.PI * next();
      return i % 2 ? [1.7 * (0.5 - Math.cos(t)), 1.7 * (0.25 - Math.sin(t)), 1] : [1.7 * (Math.cos(t) - 0.5), 1.7 * (Math.sin(t) - 0.25), 0];
    } },
    circles: { title: "Circles", linear: [["x1^2", "x2^2"]], draw(next, i) {
      return [...around(i % 2 ? Math.sqrt(next()) : 1.8 + 0.9 * next(), 2 * Math.PI * next()), i % 2];
    } },
    xor: { title: "XOR", linear: [["x1*x2"]], draw(next) {
      const [x, y] = square(next).map((v) => v * 0.93 + 0.19 * Math.sign(v));
      return [x, y, Number(x > 0 !== y > 0)];
    } },
    spirals: { title: "Spirals", linear: [], draw(next, i) {
      const far = 0.06 + 0.94 * Math.floor(i / 2) / (POINTS / 2);
      return [...around(2.7 * far, 3.5 * Math.PI * far + Math.PI * (i % 2)), i % 2];
    } },
    blobs: { title: "Blobs", linear: [["x1", "x2"], ["x1"], ["x2"]], draw(next, i) {
      const side = i % 2 ? 1.4 : -1.4;
      return [side + 0.45 * normal(next), side + 0.45 * normal(next), i % 2];
    } },
    plane: { title: "A plane", regression: true, linear: [["x1", "x2"]], draw(next) {
      const [x, y] = square(next);
      return [x, y, (x + y) / 5.4];
    } },
    hills: { title: "Hills", regression: true, linear: [], draw(next) {
      const [x, y] = square(next);
      return [x, y, bump(x, y, 1.2, 1.2) + bump(x, y, -1.4, -1) - bump(x, y, -1.2, 1.4) - bump(x, y, 1.3, -1.3)];
    } },
  };

  // All examples in an order drawn by the seed: the first `share` percent train, the rest test.
  // Noise, in percent, moves the places, or the numbers where numbers are to be predicted.
  function examples(name, { noise = 0, seed = 1, share = 50 } = {}) {
    const [next, spread] = [uniform(seed), uniform(seed + 7919)];
    const set = DATA[name];
    const every = Array.from({ length: POINTS }, (_, i) => {
      const [x, y, target] = set.draw(next, i);
      const away = [normal(spread), normal(spread), normal(spread)].map((far) => (far * noise) / 100);
      return set.regression ? { x: [x, y], target: target + away[2] } : { x: [x + 2 * away[0], y + 2 * away[1]], target };
    });
    const mixed = shuffled(every, uniform(seed + 104729));
    const kept = Math.round((POINTS * share) / 100);
    return { train: mixed.slice(0, kept), test: mixed.slice(kept) };
  }

  const FEATURES = {
    x1: { title: "x₁", of: ([x]) => x },
    x2: { title: "x₂", of: ([, y]) => y },
    "x1^2": { title: "x₁²", of: ([x]) => x * x / 2 },
    "x2^2": { title: "x₂²", of: ([, y]) => y * y / 2 },
    "x1*x2": { title: "x₁x₂", of: ([x, y]) => x * y / 2 },
    "sin x1": { title: "sin 2x₁", of: ([x]) => Math.sin(2 * x) },
    "sin x2": { title: "sin 2x₂", of: ([, y]) => Math.sin(2 * y) },
  };
  const inputs = (names, x) => names.map((name) => FEATURES[name].of(x));

  // --- Layers -------------------------------------------------------------------------------------

  const sigmoid = (z) => 1 / (1 + Math.exp(-z));
  const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
  // Each: its value at z, and its slope from z and that value.
  const ACTIVATIONS = {
    tanh: { title: "tanh", of: Math.tanh, slope: (z, a) => 1 - a * a },
    relu: { title: "ReLU", of: (z) => Math.max(z, 0), slope: (z) => (z > 0 ? 1 : 0) },
    sigmoid: { title: "sigmoid", of: sigmoid, slope: (z, a) => a * (1 - a) },
    linear: { title: "linear", of: (z) => z, slope: () => 1 },
  };
  // Each: the loss at an output z for a target t, and its slope.
  const OBJECTIVES = {
    logistic: { of: (z, t) => softplus(z) - t * z, slope: (z, t) => sigmoid(z) - t },
    squared: { of: (z, t) => (z - t) ** 2 / 2, slope: (z, t) => z - t },
    // Rosenblatt's rule is a step of size `rate` down this one.
    perceptron: { of: (z, t) => Math.max(0, (1 - 2 * t) * z), slope: (z, t) => ((1 - 2 * t) * z >= 0 ? 1 - 2 * t : 0) },
  };

  function linear(size, out, activation, next) {
    // Glorot's uniform initialisation, and He's for ReLU.
    const most = Math.sqrt(activation === "relu" ? 6 / size : 6 / (size + out));
    const weights = Float64Array.from({ length: size * out }, () => most * (2 * next() - 1));
    return layer("linear", size, out, weights, new Float64Array(out), activation);
  }

  // Gaussian bumps: the rows of the weights are centres, the biases logarithms of widths.
  function gaussian(size, out, points, next) {
    const chosen = shuffled(points, next);
    const weights = Float64Array.from({ length: size * out }, (_, i) => chosen[Math.floor(i / size) % chosen.length][i % size]);
    return layer("gaussian", size, out, weights, new Float64Array(out).fill(Math.log(0.9)), "gaussian");
  }

  function layer(kind, size, out, weights, biases, activation) {
    const empty = () => new Float64Array(out);
    return { kind, size, out, weights, biases, activation, z: empty(), a: empty(), back: empty(), gw: new Float64Array(size * out), gb: empty() };
  }

  // kind: "mlp" with the widths of its hidden layers, "perceptron" (none), or "rbf" (one).
  function create({ kind, size, hidden, activation, seed = 1, points = [] }) {
    const next = uniform(seed + 15485863);
    const layers = [];
    let before = size;
    for (const out of kind === "perceptron" ? [] : hidden) {
      layers.push(kind === "rbf" ? gaussian(before, out, points, next) : linear(before, out, activation, next));
      before = out;
    }
    layers.push(linear(before, 1, "linear", next));
    return layers;
  }

  // The last layer's output; every layer keeps its z (before) and a (after the activation).
  function forward(layers, x) {
    let before = x;
    for (const { kind, size, out, weights, biases, activation, z, a } of layers) {
      for (let j = 0; j < out; j++) {
        let sum = 0;
        if (kind === "gaussian") {
          for (let i = 0; i < size; i++) sum += (before[i] - weights[j * size + i]) ** 2;
          z[j] = sum;
          a[j] = Math.exp(-sum / 2 * Math.exp(-2 * biases[j]));
        } else {
          for (let i = 0; i < size; i++) sum += weights[j * size + i] * before[i];
          z[j] = sum + biases[j];
          a[j] = ACTIVATIONS[activation].of(z[j]);
        }
      }
      before = a;
    }
    return before[0];
  }

  // Adds one example's share of the gradient, from the output's slope backwards.
  function backward(layers, x, slope) {
    layers.at(-1).back[0] = slope;
    for (let l = layers.length - 1; l >= 0; l--) {
      const { kind, size, out, weights, biases, activation, z, a, back, gw, gb } = layers[l];
      const [before, below] = l ? [layers[l - 1].a, layers[l - 1].back] : [x, null];
      below?.fill(0);
      for (let j = 0; j < out; j++) {
        if (kind === "gaussian") {
          const tight = Math.exp(-2 * biases[j]);
          gb[j] += back[j] * a[j] * z[j] * tight;
          for (let i = 0; i < size; i++) {
            const pull = back[j] * a[j] * tight * (before[i] - weights[j * size + i]);
            gw[j * size + i] += pull;
            if (below) below[i] -= pull;
          }
        } else {
          const own = back[j] * ACTIVATIONS[activation].slope(z[j], a[j]);
          gb[j] += own;
          for (let i = 0; i < size; i++) {
            gw[j * size + i] += own * before[i];
            if (below) below[i] += own * weights[j * size + i];
          }
        }
      }
    }
  }

  // The mean loss over a batch of { inputs, target }; the gradients lie in each layer's gw and gb.
  function gradient(layers, batch, objective) {
    const { of, slope } = OBJECTIVES[objective];
    for (const { gw, gb } of layers) { gw.fill(0); gb.fill(0); }
    let sum = 0;
    for (const { inputs: x, target } of batch) {
      const z = forward(layers, x);
      sum += of(z, target);
      backward(layers, x, slope(z, target) / batch.length);
    }
    return sum / batch.length;
  }

  // One step down the gradient that was taken last: plain, or Adam with PyTorch's usual settings.
  function step(layers, rate, optimiser = "sgd") {
    for (const one of layers) {
      one.steps = (one.steps ?? 0) + 1;
      for (const [values, slopes, key] of [[one.weights, one.gw, "w"], [one.biases, one.gb, "b"]]) {
        if (optimiser === "sgd") {
          for (let i = 0; i < values.length; i++) values[i] -= rate * slopes[i];
          continue;
        }
        const [mean, spread] = (one[`adam-${key}`] ??= [new Float64Array(values.length), new Float64Array(values.length)]);
        const [first, second] = [1 - 0.9 ** one.steps, 1 - 0.999 ** one.steps];
        for (let i = 0; i < values.length; i++) {
          mean[i] = 0.9 * mean[i] + 0.1 * slopes[i];
          spread[i] = 0.999 * spread[i] + 0.001 * slopes[i] ** 2;
          values[i] -= (rate * (mean[i] / first)) / (Math.sqrt(spread[i] / second) + 1e-8);
        }
      }
    }
  }

  // --- Settings as an address writes them -----------------------------------------------------------

  const USUAL = { data: "moons", kind: "mlp", layers: "4,2", activation: "tanh", optimiser: "sgd", learning_rate: "0.1", batch: "10", noise: "10", share: "50", features: "x1,x2", seed: "1" };

  // The numbers of a training from words of an address that were checked.
  function settings(words) {
    const { data, kind, layers, activation, optimiser, learning_rate, batch, noise, share, features, seed } = { ...USUAL, ...words };
    const names = Object.keys(FEATURES).filter((name) => features.split(",").includes(name));
    const [hidden, rate] = [layers ? layers.split(",").map(Number) : [], Number(learning_rate)];
    return { data, kind, hidden, activation, optimiser, rate, batch: Number(batch), noise: Number(noise), share: Number(share), features: names, seed: Number(seed) };
  }

  // --- A training: a network, its data and where it stands ------------------------------------------

  class Training {
    // settings: data, noise, share, seed, kind, hidden, activation, features, rate, batch, optimiser.
    constructor(settings) {
      this.settings = settings;
      const { data, features, seed } = settings;
      this.regression = Boolean(DATA[data].regression);
      this.objective = settings.kind === "perceptron" ? "perceptron" : this.regression ? "squared" : "logistic";
      this.points = examples(data, settings);
      const taken = ({ x, target }) => ({ inputs: inputs(features, x), target, x });
      [this.train, this.test] = [this.points.train.map(taken), this.points.test.map(taken)];
      this.layers = create({ ...settings, size: features.length, points: this.train.map((one) => one.inputs) });
      [this.order, this.place, this.steps, this.seen] = [uniform(seed + 32452843), this.train.length, 0, 0];
      this.curve = [];
      this.keep();
    }

    get epoch() { return this.seen / this.train.length; }

    // One batch of the epoch's order.
    step() {
      if (this.place >= this.train.length) [this.mixed, this.place] = [shuffled(this.train, this.order), 0];
      const batch = this.mixed.slice(this.place, this.place + this.settings.batch);
      this.place += this.settings.batch;
      gradient(this.layers, batch, this.objective);
      step(this.layers, this.settings.rate, this.settings.optimiser);
      this.steps++;
      this.seen += batch.length;
    }

    // The mean loss over examples, and the share that is right (none where numbers are predicted).
    measure(list) {
      const { of } = OBJECTIVES[this.objective];
      let [loss, right] = [0, 0];
      for (const { inputs: x, target } of list) {
        const z = forward(this.layers, x);
        loss += of(z, target);
        right += Number(z > 0) === target;
      }
      return { loss: loss / list.length, accuracy: this.regression ? null : right / list.length };
    }

    // Notes where both losses stand, for the curve.
    keep() {
      this.now = { step: this.steps, train: this.measure(this.train), test: this.test.length ? this.measure(this.test) : null };
      this.curve.push(this.now);
      if (this.curve.length > 600) this.curve = this.curve.filter((_, i) => i % 2 === 0 || i === this.curve.length - 1);
    }

    get diverged() { return !Number.isFinite(this.now.train.loss) || this.now.train.loss > 1e6; }
  }

  return { USUAL, settings, DATA, FEATURES, ACTIVATIONS, OBJECTIVES, POINTS, uniform, examples, inputs, create, layer, forward, gradient, step, sigmoid, Training };
})();
