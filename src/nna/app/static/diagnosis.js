// Why a network of network.js can't learn what it is given, or doesn't: said in words, with what to try.
const Diagnosis = (() => {
  "use strict";

  // Before any step: what no training can bring about. Null where nothing stands in the way.
  function limits({ data, kind, hidden, activation, features }) {
    const set = Network.DATA[data];
    const flat = kind === "perceptron" || (kind === "mlp" && (!hidden.length || activation === "linear"));
    const enough = set.linear.some((wanted) => wanted.every((name) => features.includes(name)));
    if (kind === "perceptron" && set.regression) {
      return { says: "The perceptron's rule knows two classes only, and here a number is to be predicted.", tries: ["kind=mlp"], link: ["card/perceptron.html", "The perceptron"] };
    }
    if (flat && !enough) {
      const layers = kind === "mlp" && hidden.length ? "Layers of linear neurons are together one linear neuron. " : "";
      const why = set.regression ? "One linear neuron predicts a plane over its features, and these numbers lie on none."
        : `One neuron parts the plane by one straight line in its features, and no line parts ${what(data)}.`;
      const tries = ["kind=mlp&layers=4&activation=tanh", ...set.linear.slice(0, 1).map((names) => `features=${names.join(",")}`)];
      return { says: layers + why, tries, link: ["lab/xor.html", "Measured in the laboratory"] };
    }
    if (kind === "mlp" && !flat && hidden[0] === 1 && !enough) {
      return { says: "One neuron in the first layer lets a single number through: the answer can change along one direction of its features only.", tries: [`layers=${[4, ...hidden.slice(1)].join(",")}`] };
    }
    return null;
  }

  function what(data) {
    return { moons: "two moons", circles: "a disc from the ring around it", xor: "opposite corners from the other two", spirals: "two spirals" }[data] ?? "these classes";
  }

  // During a training: what its numbers show.
  function symptoms(training) {
    const { layers, settings, train, now, epoch } = training;
    if (training.diverged) {
      return { says: `The loss has grown beyond all bounds: a learning rate of ${settings.rate} is too large here.`, tries: [`learning_rate=${Number((settings.rate / 10).toPrecision(1))}`], stop: true };
    }
    const dead = settings.activation === "relu" && settings.kind === "mlp" ? silent(layers, train) : [];
    for (const [l, count] of dead.entries()) {
      if (count === layers[l].out) return { says: `Every ReLU neuron of hidden layer ${l + 1} gives 0 for every example: no gradient reaches what lies before it, and it stays so (dead units).`, tries: ["activation=tanh", `seed=${settings.seed + 1}`], stop: true };
    }
    if (epoch > 60 && now.test && settings.kind !== "perceptron" && now.test.loss > 2 * now.train.loss + (training.regression ? 0.02 : 0.15)) {
      return { says: "The test loss lies far above the training loss: overfitting. The network follows single examples, noise included.", tries: ["share=80", "layers=3"] };
    }
    if (epoch > 60 && settings.kind === "mlp" && settings.hidden.length > 1 && settings.activation !== "relu") {
      const first = size(layers[0].gw) / size(layers.at(-1).gw);
      if (first < 1e-3 && now.train.loss > (training.regression ? 0.05 : 0.4)) return { says: "The gradient of the first layer is under a thousandth of the last one's: it vanishes on its way back.", tries: ["activation=relu", "layers=4"] };
    }
    return null;
  }

  const size = (slopes) => Math.hypot(...slopes);

  // How many neurons of each hidden layer give 0 for every example.
  function silent(layers, examples) {
    const alive = layers.slice(0, -1).map(({ out }) => new Array(out).fill(false));
    for (const { inputs } of examples) {
      Network.forward(layers, inputs);
      alive.forEach((own, l) => layers[l].a.forEach((v, j) => { if (v > 0) own[j] = true; }));
    }
    return alive.map((own) => own.filter((one) => !one).length);
  }

  return { limits, symptoms };
})();
