"""The networks of `sprinkler.vor` and `asia.vor`, in pyAgrum, by exact inference.

Prints, by network, the probability of the evidence and the posterior of each node that is asked about.
"""

import json

import pyagrum


def network(tables):
    """From the chance of yes of each node, by the values of its parents: node -> (parents, {values: chance})."""
    net = pyagrum.BayesNet()
    for node in tables:
        net.add(pyagrum.LabelizedVariable(node, node, ["no", "yes"]))
    for node, (parents, _) in tables.items():
        for parent in parents:
            net.addArc(parent, node)
    for node, (parents, chances) in tables.items():
        for values, chance in chances.items():
            net.cpt(node)[dict(zip(parents, values))] = [1 - chance, chance]
    return net


def posterior(net, evidence, asked):
    inference = pyagrum.LazyPropagation(net)
    inference.setEvidence(evidence)
    inference.makeInference()
    nodes = {node: float(inference.posterior(node)[1]) for node in asked}
    return {"evidence": float(inference.evidenceProbability()), **nodes}


SPRINKLER = {
    "cloudy": ([], {(): 0.5}),
    "sprinkler": (["cloudy"], {(0,): 0.5, (1,): 0.1}),
    "rain": (["cloudy"], {(0,): 0.2, (1,): 0.8}),
    "wet": (["sprinkler", "rain"], {(0, 0): 0.0, (0, 1): 0.9, (1, 0): 0.9, (1, 1): 0.99}),
}

ASIA = {
    "asia": ([], {(): 0.01}),
    "smoke": ([], {(): 0.5}),
    "tub": (["asia"], {(0,): 0.01, (1,): 0.05}),
    "lung": (["smoke"], {(0,): 0.01, (1,): 0.1}),
    "bronc": (["smoke"], {(0,): 0.3, (1,): 0.6}),
    "either": (["tub", "lung"], {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 1}),
    "xray": (["either"], {(0,): 0.05, (1,): 0.98}),
    "dysp": (["bronc", "either"], {(0, 0): 0.1, (0, 1): 0.7, (1, 0): 0.8, (1, 1): 0.9}),
}

print(
    json.dumps(
        {
            "sprinkler": posterior(network(SPRINKLER), {"wet": 1}, ["cloudy", "sprinkler", "rain"]),
            "asia": posterior(
                network(ASIA), {"asia": 1, "xray": 1, "dysp": 1}, ["smoke", "tub", "lung", "bronc"]
            ),
        }
    )
)
