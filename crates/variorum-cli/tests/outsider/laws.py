"""Laws of parameters: the section "Parameters" of the book's chapter."""

import functools
import math
from statistics import NormalDist

from arithmetic import INFINITY, NAN, clip, exponential

STANDARD_NORMAL = NormalDist()


def first_true(holds, low, high):
    """Where `holds` turns true between low and high, by halving."""
    for _ in range(300):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (low, middle) if holds(middle) else (middle, high)
    return (low + high) / 2


def normal_below(z):
    """The standard normal distribution function, accurate in both tails."""
    return 0.5 * math.erfc(-z / math.sqrt(2))


def normal_between(a, b):
    return normal_below(-a) - normal_below(-b) if a > 0 else normal_below(b) - normal_below(a)


def lentz(b, terms):
    """The continued fraction b + a1/(b1 + a2/(b2 + …)), by Lentz's method; terms gives the pairs (a, b)."""
    tiny = 1e-300
    value = c = b or tiny
    d = 0.0
    for a, b in terms:
        d = 1 / (b + a * d or tiny)
        c = b + a / c or tiny
        value *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return value


def beta_below(a, b, x):
    """The distribution function of beta(a, b), by its continued fraction."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_below(b, a, 1 - x)

    def terms():
        for m in range(2000):
            if m > 0:
                yield m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), 1.0
            yield -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), 1.0

    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(front) / a / lentz(1.0, terms())


def gamma_below(a, x):
    """The distribution function of gamma(a, 1), by its series or its continued fraction."""
    if x <= 0 or x == INFINITY:
        return float(x > 0)
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x >= a + 1:
        return 1 - front / lentz(x + 1 - a, ((-n * (n - a), x + 2 * n + 1 - a) for n in range(1, 2000)))
    total = term = 1 / a
    n = a
    while term > 1e-17 * total:
        n += 1
        term *= x / n
        total += term
    return front * total


def into_shape(shape, x):
    """Parameters, "Intervals": the space in which a law is normal."""
    if shape == "identity":
        return x
    if shape == "log" or x <= 0:
        return math.log(x) if x > 0 else -INFINITY
    return math.log(x / (1 - x)) if x < 1 else INFINITY


def out_of_shape(shape, y):
    if shape == "identity":
        return y
    return exponential(y) if shape == "log" else 1 / (1 + exponential(-y))


def fitted(q05, q95, low, high):
    """Parameters, "Intervals": mean and deviation with which the law between the bounds has these quantiles."""
    width = (q95 - q05) / (2 * STANDARD_NORMAL.inv_cdf(0.95))
    if (low, high) == (-INFINITY, INFINITY):
        return (q05 + q95) / 2, width

    def share_below(x, mean, sd):
        whole = normal_between((low - mean) / sd, (high - mean) / sd)
        return normal_between((low - mean) / sd, (x - mean) / sd) / whole if whole else NAN

    def mean_for(sd):
        return first_true(lambda mean: not share_below(q05, mean, sd) > 0.05, q05 - 37 * sd, q05 + 37 * sd)

    def wide_enough(sd):
        return share_below(q95, mean_for(sd), sd) < 0.95

    widest = width
    while not wide_enough(widest) and widest < 1e6 * width:
        widest *= 2
    sd = first_true(wide_enough, width / 1.0000001, widest)
    return mean_for(sd), sd


def normal_law(shape, mean, sd):
    """A law that is normal in the space of its shape."""
    return (
        lambda x: normal_below((into_shape(shape, x) - mean) / sd),
        lambda q: out_of_shape(shape, mean + sd * STANDARD_NORMAL.inv_cdf(q)),
    )


def triangular_below(low, mode, high, x):
    if x <= low or x >= high:
        return float(x >= high)
    if x < mode:
        return (x - low) ** 2 / ((high - low) * (mode - low))
    return 1 - (high - x) ** 2 / ((high - low) * (high - mode))


def law(kind, given, low, high, clipped):
    """Parameters: the distribution function of a law, and its inverse."""
    if kind == "interval":
        shape = given["shape"]
        ends = into_shape(shape, given["q05"]), into_shape(shape, given["q95"])
        bounds = (-INFINITY, INFINITY) if clipped else (into_shape(shape, low), into_shape(shape, high))
        return normal_law(shape, *fitted(*ends, *bounds))
    if kind == "normal":
        return normal_law("identity", given["mean"], given["sd"])
    if kind == "log_normal":
        return normal_law("log", given["log_mean"], given["log_sd"])
    if kind == "uniform":
        start, length = given["low"], given["high"] - given["low"]
        return (lambda x: clip((x - start) / length, 0.0, 1.0)), (lambda q: start + q * length)
    if kind == "beta":
        below, least, most = functools.partial(beta_below, given["a"], given["b"]), 0.0, 1.0
    elif kind == "gamma":
        below, least, most = lambda x: gamma_below(given["shape"], x * given["rate"]), 0.0, 1 / given["rate"]
        while below(most) < 1:
            most *= 2
    else:
        assert kind == "triangular", kind
        below = functools.partial(triangular_below, given["low"], given["mode"], given["high"])
        least, most = given["low"], given["high"]
    return below, lambda q: first_true(lambda x: below(x) >= q, least, most)


def one_of(values):
    """Parameters: the first value whose cumulated probability exceeds u, else the last."""

    def at(u):
        so_far = 0.0
        for value, probability in values:
            so_far += probability
            if so_far > u:
                return value
        return values[-1][0]

    return at


def table(points):
    """Parameters, "Words": straight lines between points."""

    def at(u):
        for (p, x), (next_p, next_x) in zip(points, points[1:]):
            if u < next_p:
                return x + (u - p) / (next_p - p) * (next_x - x)
        return points[-1][1]

    return at


def drawn(param):
    """Parameters: the function that turns a uniform number into the parameter's value."""
    ((kind, given),) = param["law"].items()
    low = -INFINITY if param["low"] is None else param["low"]
    high = INFINITY if param["high"] is None else param["high"]
    clipped, within, scale = param["clip"], param["within"], param["scale"]

    def value(x):
        return scale * (x if within is None else -math.log(1 - x) / within)

    if kind == "point":
        return lambda u: value(given)
    if kind in ("one_of", "table"):
        at = (one_of if kind == "one_of" else table)(given)
        return lambda u: value(at(u))
    below, inverse = law(kind, given, low, high, clipped)
    start, end = (0.0, 1.0) if clipped else (below(low), below(high))
    return lambda u: value(max(low, min(high, inverse(start + u * (end - start)))))


def factor(ranks):
    """Parameters, "Correlations": the lower Cholesky factor of the normal correlations."""
    rows = []
    for i, given in enumerate(ranks):
        row = []
        for j in range(i + 1):
            rho = 1.0 if i == j else 2 * math.sin(math.pi * given[j] / 6)
            left = rho - sum(a * b for a, b in zip(row, rows[j] if j < i else row))
            if i == j:
                row.append(math.sqrt(left) if left > 1e-9 else 0.0)
            else:
                row.append(left / rows[j][j] if rows[j][j] > 0 else 0.0)
        rows.append(row)
    return rows


def tied(params, rows, uniforms):
    """Parameters, "Correlations": uniform numbers of all parameters, those of one copula bound together."""
    scores = [STANDARD_NORMAL.inv_cdf(uniforms[param]) for param in params]
    for param, row in zip(params, rows):
        uniforms[param] = normal_below(sum(entry * score for entry, score in zip(row, scores)))
