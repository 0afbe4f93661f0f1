"""Expressions and random numbers: the sections "Arithmetic" and "Random numbers" of the book's chapter."""

import functools
import math

INFINITY = math.inf
NAN = math.nan

# ---- Arithmetic


def minimum(a, b):
    """Arithmetic: NaN if one of the two is; of 0 and -0, -0."""
    if a != a or b != b:
        return NAN
    if a == b:
        return a if math.copysign(1, a) < 0 else b
    return a if a < b else b


def maximum(a, b):
    """Arithmetic: NaN if one of the two is; of 0 and -0, 0."""
    return -minimum(-a, -b)


def clip(x, low, high):
    return maximum(low, minimum(high, x))


def divide(a, b):
    """IEEE 754 division."""
    if b != 0:
        return a / b
    if a == 0 or a != a:
        return NAN
    return math.copysign(INFINITY, a) * math.copysign(1, b)


def power(a, b):
    """Arithmetic: NaN for a negative base unless the exponent is whole; anything to the power 0 is 1."""
    odd = math.isfinite(b) and b % 2 == 1
    try:
        return math.pow(a, b)
    except OverflowError:
        return -INFINITY if a < 0 and odd else INFINITY
    except ValueError:  # 0 to a negative power, or a negative base and an exponent that is not whole
        if a != 0:
            return NAN
        return math.copysign(INFINITY, a) if odd else INFINITY


def exponential(x):
    try:
        return math.exp(x)
    except OverflowError:
        return INFINITY


def logarithm(x):
    if x > 0:
        return math.log(x)
    return -INFINITY if x == 0 else NAN


def square_root(x):
    return math.sqrt(x) if x >= 0 else NAN


def lookup(level, *table):
    """Arithmetic: NaN beyond the table."""
    return table[int(level)] if 0 <= level < len(table) else NAN


def total(*numbers):
    """Arithmetic: ((x_1 + x_2) + x_3) + …, and 0 of none."""
    return functools.reduce(lambda a, b: a + b, numbers) if numbers else 0.0


FUNCTIONS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": divide,
    "power": power,
    "negate": lambda a: -a,
    "exp": exponential,
    "ln": logarithm,
    "sqrt": square_root,
    "abs": abs,
    "min": minimum,
    "max": maximum,
    "clip": clip,
    "equal": lambda a, b: float(a == b),
    "not_equal": lambda a, b: float(a != b),
    "less": lambda a, b: float(a < b),
    "at_most": lambda a, b: float(a <= b),
    "greater": lambda a, b: float(a > b),
    "at_least": lambda a, b: float(a >= b),
    "and": lambda a, b: float(a != 0 and b != 0),
    "or": lambda a, b: float(a != 0 or b != 0),
    "not": lambda a: float(a == 0),
    "if": lambda condition, a, b: a if condition != 0 else b,
    "lookup": lookup,
    "sum": total,
    "any_of": lambda *conditions: float(any(condition != 0 for condition in conditions)),
    "all_of": lambda *conditions: float(all(condition != 0 for condition in conditions)),
    "hazard_within": lambda p, months: divide(-logarithm(1 - p), months),
}


class Moment:
    """What an expression may read: parameters, state, what happened, what was chosen."""

    __slots__ = ("params", "state", "happened", "chosen")

    def __init__(self, params, state=None, happened=None, chosen=None):
        self.params, self.state, self.happened, self.chosen = params, state, happened, chosen


def compiled(expression, formulas):
    """An expression of the JSON as a function of a moment. `formulas` are functions already."""
    ((form, what),) = expression.items()
    if form == "number":
        number = float(what)
        return lambda moment: number
    if form == "param":
        return lambda moment: moment.params[what]
    if form == "quantity":
        return lambda moment: moment.state[what]
    if form == "formula":
        return formulas[what]
    if form == "happened":
        return lambda moment: float(moment.happened[what])
    if form == "chosen":
        choice, option = what["choice"], what["option"]
        return lambda moment: float(moment.chosen is not None and moment.chosen[choice] == option)
    return applied(FUNCTIONS[what[0]], [compiled(argument, formulas) for argument in what[1]])


def applied(function, arguments):
    if len(arguments) == 1:
        (only,) = arguments
        return lambda moment: function(only(moment))
    if len(arguments) == 2:
        left, right = arguments
        return lambda moment: function(left(moment), right(moment))
    return lambda moment: function(*[argument(moment) for argument in arguments])


# ---- Random numbers

LOW_32, LOW_64 = (1 << 32) - 1, (1 << 64) - 1


def mix(x):
    """Random numbers, "Key"."""
    x = (x + 0x9E3779B97F4A7C15) & LOW_64
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & LOW_64
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & LOW_64
    return x ^ (x >> 31)


def philox(key, counter):
    """Random numbers, "Rounds"."""
    k0, k1 = key & LOW_32, key >> 32
    c0, c1, c2, c3 = counter
    for _ in range(10):
        p, q = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (q >> 32) ^ c1 ^ k0, q & LOW_32, (p >> 32) ^ c3 ^ k1, p & LOW_32
        k0, k1 = (k0 + 0x9E3779B9) & LOW_32, (k1 + 0xBB67AE85) & LOW_32
    return c0, c1, c2, c3


def uniform(seed, name_key, draw, half=0, slot=0, calendar=0, chance=0):
    """Random numbers, "Counter" and "Uniform number". The name's key is that of the JSON, 16 hexadecimal digits."""
    c1 = ((draw >> 32) & 0xFFFF) << 16 | half << 15 | slot
    counter = (draw & LOW_32, c1, (calendar >> 1) & LOW_32, chance)
    out = philox(int(name_key, 16) ^ mix(seed), counter)
    word = out[0] | out[1] << 32 if calendar % 2 == 0 else out[2] | out[3] << 32
    return ((word >> 12) + 0.5) / 2**52
