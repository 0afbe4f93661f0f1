"""An interpreter of models, written from the book alone.

It reads the document that `variorum debug model --json` prints and computes every answer anew. It follows the chapters
"What a model means" and "The program as JSON" of the book, and nothing else. Docstrings name the section of the first
chapter that a part follows; `arithmetic.py` and `laws.py` beside this file hold its numbers.

    variorum debug model MODEL --json | python3 interpreter.py DRAWS PER_DRAW SEED

prints a JSON object: for each question an object with the answer of each reading, which is a mean or the share of yes;
null where the condition of a question never came true; and of a first date its probability and three dates, or null. It
is slow, and meant to be read.
"""

import json
import math
import multiprocessing
import sys

from arithmetic import INFINITY, Moment, clip, compiled, power, uniform
from laws import STANDARD_NORMAL, drawn, factor, tied


def weight(value):
    """Choices, "Written probabilities", and Events: what is negative or NaN counts as 0."""
    return value if value > 0 else 0.0


def first_of(hazards, length, u):
    """Choices, "At a rate", and Events: the first of competing hazards, or None."""
    if INFINITY in hazards:
        hazards = [float(hazard == INFINITY) for hazard in hazards]
        length = INFINITY
    total, so_far = sum(hazards), 0.0
    if total == 0:
        return None
    acts = 1 - math.exp(-total * length)
    for position, hazard in enumerate(hazards):
        so_far += hazard
        if so_far / total * acts > u:
            return position
    return None


def holds(condition, moment):
    return condition is None or condition(moment) != 0


CHANGES = {
    "set": lambda old, value: value,
    "add": lambda old, value: old + value,
    "subtract": lambda old, value: old - value,
    "multiply": lambda old, value: old * value,
    "next_level": lambda old, value: old + 1,
    "previous_level": lambda old, value: old - 1,
}


class World:
    """One reading's program, with its expressions turned into functions."""

    def __init__(self, program, seed):
        self.seed = seed
        self.clock = program["clock"]
        self.first, self.steps = self.clock["first"], self.clock["steps"]
        self.length = self.clock["months"] / self.clock["parts"]
        self.formulas = []
        for formula in program["formulas"]:
            self.formulas.append(compiled(formula["value"], self.formulas))
        self.params = [(param["key"], drawn(param)) for param in program["params"]]
        self.bounds = [self.bounds_of(quantity["kind"]) for quantity in program["quantities"]]
        self.starts = [self.compile(quantity["start"]) for quantity in program["quantities"]]
        self.actors = [self.actor(actor) for actor in program["actors"]]
        self.choices = [self.choice(choice) for choice in program["choices"]]
        self.events = [self.event(event) for event in program["events"]]
        self.groups = program["exclusions"]
        self.grouped = {event for group in self.groups for event in group["events"]}
        self.flows = [
            (flow["stock"], flow["key"], self.compile(flow["rate"]), self.compile(flow["noise"]))
            for flow in program["flows"]
        ]
        self.stocks = {stock for stock, _, _, _ in self.flows}
        self.copulas = [(copula["params"], factor(copula["ranks"])) for copula in program["copulas"]]
        self.done = [
            {**intervention, "value": self.compile(intervention["value"])} for intervention in program["interventions"]
        ]
        self.questions = [self.question(question) for question in program["questions"]]

    # The parts of the document

    def compile(self, expression):
        return None if expression is None else compiled(expression, self.formulas)

    def bounds_of(self, kind):
        """State: what a quantity is held within; a ladder ends at its levels."""
        if "ladder" in kind:
            return 0.0, len(kind["ladder"]["levels"]) - 1.0
        low, high = kind["stock"]["low"], kind["stock"]["high"]
        return -INFINITY if low is None else low, INFINITY if high is None else high

    def effects(self, effects):
        return [(effect["quantity"], CHANGES[effect["op"]], self.compile(effect["value"])) for effect in effects]

    def actor(self, actor):
        compiled_parts = {name: self.compile(actor[name]) for name in ("precision", "patience")}
        utility = [self.compile(term["value"]) for term in actor["utility"]]
        return {**actor, **compiled_parts, "utility": utility, "times": self.times(actor["horizon"])}

    def times(self, horizon):
        """The projection: 0, Δ, 2Δ … and at last the horizon."""
        times = []
        while len(times) * self.length < horizon:
            times.append(len(times) * self.length)
        return [*times, horizon]

    def choice(self, choice):
        occasion = choice["occasion"]
        occasion = {occasion: None} if isinstance(occasion, str) else dict(occasion)
        if "considered" in occasion:
            occasion["considered"] = self.compile(occasion["considered"])
        options = [
            {"weight": self.compile(option["weight"]), "effects": self.effects(option["effects"])}
            for option in choice["options"]
        ]
        others = [option for option in range(len(options)) if option != choice["default"]]
        at_rate = "considered" in occasion or "hazards" in occasion
        parts = {"occasion": occasion, "when": self.compile(choice["when"]), "options": options}
        return {**choice, **parts, "others": others, "at_rate": at_rate}

    def event(self, event):
        dated = event["rule"].get("dated")
        written = dated["chance"] if dated else event["rule"]["hazard"]
        parts = {"when": self.compile(event["when"]), "effects": self.effects(event["effects"])}
        return {**event, **parts, "step": dated and dated["step"], "chance": self.compile(written)}

    def question(self, question):
        ((kind, asked),) = question["query"].items()
        expression = self.compile(asked["value" if kind == "value" else "condition"])
        given = question["given"]
        if given is not None:
            given = {**given, "condition": self.compile(given["condition"])}
        return kind, {**asked, "expression": expression}, given

    # State and effects

    def held(self, quantity, value):
        low, high = self.bounds[quantity]
        return value if low < value < high else clip(value, low, high)

    def impose(self, moment, step, is_new=False):
        """Scenarios: what is set when a step begins, if it does, and what is held in it."""
        for done in self.done:
            if is_new and done["until"] is None and done["from"] == step:
                moment.state[done["quantity"]] = self.held(done["quantity"], done["value"](moment))
        for done in self.done:
            if done["until"] is not None and done["from"] <= step <= done["until"]:
                moment.state[done["quantity"]] = self.held(done["quantity"], done["value"](moment))

    def is_fixed(self, quantity, step):
        """Scenarios: whether nothing can change a quantity in a step."""
        holds = [done for done in self.done if done["quantity"] == quantity and done["until"] is not None]
        return any(done["from"] <= step <= done["until"] for done in holds)

    def apply(self, effects, step, moment):
        """Effects: each in the state that the earlier ones have left."""
        for quantity, change, value in effects:
            if self.is_fixed(quantity, step):
                continue
            changed = change(moment.state[quantity], value(moment))
            moment.state[quantity] = self.held(quantity, changed)

    # Choices

    def comes_up(self, choice, step, moment, outcomes):
        """Choices: whether one comes up, its condition left aside. What happened is of the step before."""
        occasion = choice["occasion"]
        if "steps" in occasion:
            return step in occasion["steps"]
        if "after" in occasion:
            outcome, wanted = outcomes[occasion["after"]["choice"]], occasion["after"]["option"]
            return outcome is not None and wanted in (None, outcome)
        if "after_event" in occasion:
            return moment.happened[occasion["after_event"]["event"]]
        return True

    def decide(self, position, step, moment, outcomes, u):
        """Choices: the outcome, or None."""
        choice = self.choices[position]
        others, options = choice["others"], choice["options"]
        if "hazards" in choice["occasion"]:
            hazards = [weight(options[option]["weight"](moment)) for option in others]
        else:
            chances = self.chances(position, step, moment, outcomes)
            if not choice["at_rate"]:
                return self.at_a_date(choice, chances, u)
            rate = choice["occasion"]["considered"](moment)
            hazards = [weight(rate * chances[option]) for option in others]
        first = first_of(hazards, self.length, u)
        return None if first is None else others[first]

    def at_a_date(self, choice, chances, u):
        """Choices, "At dates, and in replies"."""
        so_far = 0.0
        for option in choice["others"]:
            so_far += chances[option]
            if so_far > u:
                return option
        return choice["default"]

    def chances(self, position, step, moment, outcomes):
        """Choices, "Written probabilities" and "By utility": P(o) of all options."""
        choice = self.choices[position]
        if choice["rule"] == "probabilities":
            return self.written(choice, moment)
        precision = self.actors[choice["actor"]]["precision"](moment)
        values = self.values(position, step, moment, outcomes)
        largest = max(precision * value for value in values)
        shares = [math.exp(precision * value - largest) for value in values]
        total = sum(shares)
        if total != total:
            return [float(option == choice["default"]) for option in range(len(values))]
        return [share / total for share in shares]

    def written(self, choice, moment):
        chances = [0.0] * len(choice["options"])
        for option in choice["others"]:
            chances[option] = weight(choice["options"][option]["weight"](moment))
        total = sum(chances)
        if total > 1:
            chances = [chance / total for chance in chances]
        chances[choice["default"]] = max(0.0, 1 - total)
        return chances

    # The look ahead

    def root(self, position):
        """The look ahead: the choice or event from which a choice descends by replies."""
        occasion = self.choices[position]["occasion"]
        if "after_event" in occasion:
            return "event", occasion["after_event"]["event"]
        return self.root(occasion["after"]["choice"]) if "after" in occasion else ("choice", position)

    def same_moment(self, position, step):
        """The look ahead: the later choices of the same moment, in the order of play."""
        root = self.root(position)

        def due(root):
            kind, choice = root
            return kind == "choice" and step in self.choices[choice]["occasion"].get("steps", ())

        later = range(position + 1, len(self.choices))
        return [other for other in later if self.root(other) == root or (due(root) and due(self.root(other)))]

    def values(self, position, step, moment, outcomes):
        """The look ahead: Q(o) of all options, for the actor whose choice this is."""
        choice = self.choices[position]
        ahead = self.same_moment(position, step)
        values = []
        for option in range(len(choice["options"])):
            path = Moment(moment.params, list(moment.state), moment.happened), list(outcomes)
            if not (choice["at_rate"] and option == choice["default"]):
                path = self.taken(position, option, step, *path)
            values.append(self.expected(choice["actor"], ahead, 0, step, *path))
        return values

    def taken(self, position, option, step, moment, outcomes):
        """The path on which an option has been taken."""
        moment, outcomes = Moment(moment.params, list(moment.state), moment.happened), list(outcomes)
        self.apply(self.choices[position]["options"][option]["effects"], step, moment)
        outcomes[position] = option
        return moment, outcomes

    def expected(self, viewer, ahead, foreseen, step, moment, outcomes):
        """The look ahead, 2 and 3: what a path is worth to the viewer."""
        if not ahead:
            return self.projection(viewer, step, moment)
        position, rest = ahead[0], ahead[1:]
        choice, foresight = self.choices[position], self.actors[viewer]["foresight"]
        if not self.comes_up(choice, step, moment, outcomes):
            return self.expected(viewer, rest, foreseen, step, moment, outcomes)
        if not holds(choice["when"], moment):
            return self.expected(viewer, rest, foreseen + 1, step, moment, outcomes)
        if foresight is not None and foreseen >= foresight:
            path = self.taken(position, choice["default"], step, moment, outcomes)
            return self.expected(viewer, rest, foreseen, step, *path)
        total = 0.0
        for option, chance in enumerate(self.chances(position, step, moment, outcomes)):
            if chance > 0:
                path = self.taken(position, option, step, moment, outcomes)
                total += chance * self.expected(viewer, rest, foreseen + 1, step, *path)
        return total

    def projection(self, viewer, step, moment):
        """The look ahead, "The projection", and Scenarios, "What is foreseen"."""
        actor = self.actors[viewer]
        times, patience = actor["times"], actor["patience"](moment)
        moment = Moment(moment.params, list(moment.state), moment.happened)
        worth = whole = before = 0.0
        for position, time in enumerate(times):
            then = min(step + math.floor(time / self.length + 1e-9), self.steps - 1)
            self.impose(moment, then)
            utility = sum(term(moment) for term in actor["utility"])
            if len(times) == 1:
                return utility
            after = times[position + 1] - time if position + 1 < len(times) else 0.0
            share = (before + after) / 2 * power(patience, time / 12)
            worth, whole, before = worth + share * utility, whole + share, after
            if after > 0:
                self.flow(moment, then, [rate(moment) * after for _, _, rate, _ in self.flows])
        return worth / whole

    # Events and flows

    def happening(self, step, moment, uniform_of):
        """Events: which of them happen, all judged in one state."""
        happened = [False] * len(self.events)

        def chance(event):
            return weight(event["chance"](moment)) if holds(event["when"], moment) else 0.0

        for position, event in enumerate(self.events):
            if position in self.grouped:
                continue
            if event["step"] is None:
                p = 1 - math.exp(-chance(event) * self.length)
            else:
                p = chance(event) if event["step"] == step else 0.0
            happened[position] = uniform_of(event["key"]) < p
        for group in self.groups:
            hazards = [chance(self.events[position]) for position in group["events"]]
            first = first_of(hazards, self.length, uniform_of(group["key"]))
            if first is not None:
                happened[group["events"][first]] = True
        return happened

    def flow(self, moment, step, amounts):
        """Flows: all amounts at once, then the bounds."""
        moved = {stock for stock in self.stocks if not self.is_fixed(stock, step)}
        for (stock, _, _, _), amount in zip(self.flows, amounts):
            if stock in moved:
                moment.state[stock] += amount
        for stock in moved:
            moment.state[stock] = self.held(stock, moment.state[stock])

    def amount(self, flow, moment, uniform_of):
        _, key, rate, noise = flow
        amount = rate(moment) * self.length
        if noise is None:
            return amount
        z = STANDARD_NORMAL.inv_cdf(uniform_of(key))
        return amount + z * (noise(moment) * math.sqrt(self.length))

    # Steps, trajectories, answers

    def step(self, step, state, happened, params, uniform_of):
        """A step: choices, events, flows. The moment that is left is what questions read."""
        moment, outcomes = Moment(params, state, happened), [None] * len(self.choices)
        self.impose(moment, step, is_new=True)
        for position, choice in enumerate(self.choices):
            if self.comes_up(choice, step, moment, outcomes) and holds(choice["when"], moment):
                option = self.decide(position, step, moment, outcomes, uniform_of(choice["key"]))
                if option is not None:
                    self.apply(choice["options"][option]["effects"], step, moment)
                    outcomes[position] = option
        moment.chosen = outcomes
        moment.happened = self.happening(step, moment, uniform_of)
        for event, happens in zip(self.events, moment.happened):
            if happens:
                self.apply(event["effects"], step, moment)
        self.flow(moment, step, [self.amount(flow, moment, uniform_of) for flow in self.flows])
        return moment

    def ask(self, step, moment, answers, came_true):
        """Questions, at the end of a step: a value, or the first step with a yes; and what is given."""
        for position, (kind, asked, given) in enumerate(self.questions):
            if kind == "value":
                if step == asked["at"]:
                    answers[position] = asked["expression"](moment) / asked["scale"]
            elif answers[position] is None and asked["from"] <= step <= asked["to"]:
                answers[position] = step if holds(asked["expression"], moment) else None
            if given is not None and given["from"] <= step <= given["to"] and holds(given["condition"], moment):
                came_true[position] = True

    def trajectory(self, params, draw, half, slot):
        moment = Moment(params)
        moment.state = [self.held(quantity, start(moment)) for quantity, start in enumerate(self.starts)]
        moment.happened = [False] * len(self.events)
        answers = [None] * len(self.questions)
        came_true = [given is None for _, _, given in self.questions]
        for step in range(self.steps):

            def uniform_of(key, calendar=self.first + step):
                return uniform(self.seed, key, draw, half, slot, calendar, 1)

            moment = self.step(step, moment.state, moment.happened, params, uniform_of)
            self.ask(step, moment, answers, came_true)
        return answers, came_true

    def drawn(self, draw):
        """Parameters: their values in a draw."""
        uniforms = [uniform(self.seed, key, draw) for key, _ in self.params]
        for params, rows in self.copulas:
            tied(params, rows, uniforms)
        return [value(u) for u, (_, value) in zip(uniforms, self.params)]

    def answers(self, draws, per_draw):
        """From trajectories to answers: one for each question, where what is given came true."""
        found = [[] for _ in self.questions]
        for draw in range(draws):
            params = self.drawn(draw)
            for half in (0, 1):
                for slot in range(per_draw // 2):
                    for answer, came_true, all_found in zip(*self.trajectory(params, draw, half, slot), found):
                        if came_true:
                            all_found.append(answer)
        return [self.answer(kind, all_found) for (kind, _, _), all_found in zip(self.questions, found)]

    def answer(self, kind, found):
        """From trajectories to answers: a mean, the share of yes, or for first dates that share and three dates."""
        if not found:
            return None
        if kind == "value":
            return sum(found) / len(found)
        steps = sorted(step for step in found if step is not None)
        share = len(steps) / len(found)
        if kind == "ever":
            return share
        dates = []
        for q in (0.05, 0.5, 0.95):
            late = [step for position, step in enumerate(steps) if (position + 1) / len(found) >= q]
            dates.append(self.shown(late[0]) if late else None)
        return [share, *dates]

    def shown(self, step):
        """From trajectories to answers, "First dates": a step's date."""
        months, parts = self.clock["months"], self.clock["parts"]
        month, part = divmod((self.first + step) * months, parts)
        date = f"{month // 12:04}-{month % 12 + 1:02}"
        return date if parts == 1 else f"{date} {part + 1}/{parts}"


def read(reading, draws, per_draw, seed):
    """The answers of one reading, for each question."""
    program = reading["program"]
    answers = World(program, seed).answers(draws, per_draw)
    return {question["name"]: answer for question, answer in zip(program["questions"], answers)}


def main():
    settings = [int(argument) for argument in sys.argv[1:]]
    document = json.load(sys.stdin)
    assert document["format"] == 1, "this interpreter knows format 1"
    readings = document["readings"]
    with multiprocessing.Pool(min(len(readings), multiprocessing.cpu_count())) as pool:
        found = pool.starmap(read, [(reading, *settings) for reading in readings])
    answers = {}
    for reading, all_answers in zip(readings, found):
        for question, answer in all_answers.items():
            answers.setdefault(question, {})[reading["name"]] = answer
    json.dump(answers, sys.stdout, indent=2, allow_nan=False)


if __name__ == "__main__":
    main()
