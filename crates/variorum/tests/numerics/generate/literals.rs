//! Numbers as people write them: points, intervals, base rates, distributions, with their units and times.

use super::Writer;
use super::words::{Base, Dimension, HAZARD, Kind, Named, PLAIN, Reads};

/// Bounds of a declaration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bounds {
    /// None.
    None,
    /// `in 0 .. 1`
    Unit,
    /// `at least 0`
    Positive,
    /// `at most …`, far above.
    Below,
    /// `in LOW .. HIGH`, around everything that is written.
    Wide,
}

impl Writer {
    /// A single number with its unit.
    pub fn literal(&mut self, dimension: Dimension) -> String {
        if dimension == PLAIN && self.dice.chance(0.04) {
            return "0".to_owned();
        }
        if self.nasty && self.dice.chance(0.05) {
            let extreme = self.dice.one_of(&["1e300", "1e-300", "1e15", "5e-324"]);
            return format!("({extreme}{})", unit_after(dimension, self.dice.chance(0.5)));
        }
        let years = self.dice.chance(0.4);
        if dimension == HAZARD && self.dice.chance(0.3) {
            return self
                .dice
                .one_of(&["5% per year", "0.5% within 2 months", "40% within 3 years", "12% per quarter"])
                .to_owned();
        }
        if dimension == PLAIN && self.dice.chance(0.1) {
            return format!("{}%", self.dice.below(100) + 1);
        }
        let size = self.magnitude(dimension, years);
        let number = match self.dice.below(5) {
            0 if size > 2.0 => format!("{size:.0}"),
            1 if size > 1000.0 => format!("{}_{:03}", size as u64 / 1000, size as u64 % 1000),
            2 => format!("{size:.2e}"),
            _ => format!("{size:.4}"),
        };
        let text = format!("{number}{}", unit_after(dimension, years));
        if self.dice.chance(0.08) { format!("(-{text})") } else { text }
    }

    /// A usual size of a number.
    fn magnitude(&mut self, dimension: Dimension, years: bool) -> f64 {
        let size = match dimension.base {
            Base::Plain => self.dice.between(0.05, 3.0),
            Base::People => self.dice.between(20.0, 2000.0),
            Base::Money => self.dice.between(1.0, 300.0),
        };
        let size = if dimension == HAZARD { 0.1 * size } else { size };
        match (dimension.rate, years) {
            (true, true) => 2.0 * size,
            (true, false) => 0.2 * size,
            _ => size,
        }
    }

    /// An uncertain number with its unit, as it may stand in a formula.
    pub fn uncertain(&mut self, dimension: Dimension) -> String {
        let years = self.dice.chance(0.4);
        let unit = unit_after(dimension, years);
        let size = self.magnitude(dimension, years);
        let (low, high) = (0.6 * size, 1.7 * size);
        if dimension == HAZARD && self.dice.chance(0.5) {
            return self
                .dice
                .one_of(&[
                    "2 in 71 years",
                    "0 in 75 years",
                    "9 in 30 months",
                    "5% .. 20% per year",
                    "10% .. 45% within 6 months",
                    "beta(2, 9) per year",
                    "uniform(0.05, 0.3) per year",
                    "3 of 40 per quarter",
                ])
                .to_owned();
        }
        if dimension == PLAIN && self.dice.chance(0.6) {
            return self
                .dice
                .one_of(&[
                    "3 of 40",
                    "0 of 12",
                    "7 of 7",
                    "10% .. 40%",
                    "-1.5 .. 2",
                    "uniform(0.2, 1.4)",
                    "normal(0.4, 0.3)",
                    "lognormal(-0.5, 0.6)",
                    "beta(2, 3)",
                    "gamma(2.5, 3)",
                    "triangular(0, 0.3, 1)",
                    "triangular(-1, -1, 0.5)",
                    "oneof(2: 0.2, -0.5: 0.8)",
                ])
                .to_owned();
        }
        if dimension != PLAIN && self.dice.chance(0.3) {
            let per_unit = |x: f64| format!("{x:.6}{unit}");
            return match self.dice.below(3) {
                0 => format!("uniform({}, {})", per_unit(low), per_unit(high)),
                1 => format!("normal({}, {})", per_unit(size), per_unit(0.3 * size)),
                _ => format!("triangular({}, {}, {})", per_unit(low), per_unit(size), per_unit(high)),
            };
        }
        format!("{} .. {}{unit}", decimal(low), decimal(high))
    }

    /// Bounds for a quantity of a dimension, as text for the place before the `=`.
    pub fn bounds(&self, bounds: Bounds) -> String {
        match bounds {
            Bounds::None => String::new(),
            Bounds::Unit => " in 0 .. 1".to_owned(),
            Bounds::Positive => " at least 0".to_owned(),
            Bounds::Below => " at most 90_000".to_owned(),
            Bounds::Wide => " in -3_000 .. 30_000".to_owned(),
        }
    }

    /// A value in the declared unit that respects the bounds, certain or not.
    pub fn bounded_value(&mut self, dimension: Dimension, bounds: Bounds) -> String {
        if bounds == Bounds::Unit {
            return self
                .dice
                .one_of(&[
                    "0.35",
                    "40%",
                    "unknown",
                    "20% .. 60%",
                    "0.05 .. 0.3",
                    "beta(2, 2)",
                    "3 of 11",
                    "normal(0.5, 0.2)",
                    "clip(normal(0.5, 0.6))",
                    "clip(0.3 .. 0.9)",
                    "uniform(0.1, 0.9)",
                    "uniform(-1, 0.5)",
                    "triangular(0, 0, 1)",
                    "lognormal(-1, 0.5)",
                    "gamma(2, 4)",
                    "oneof(0: 0.1, 0.3: 30%, 1: 0.6)",
                    "oneof(90%: 0.25, 20%: 0.75)",
                ])
                .to_owned();
        }
        let size = self.magnitude(dimension.amount(), false);
        let [low, middle, high] = [0.6 * size, size, 1.7 * size].map(decimal);
        match self.dice.below(9) {
            8 => format!("oneof({low}: 0.25, {middle}: 0.625, {high}: 0.125)"),
            0 => middle,
            1 if bounds == Bounds::Positive => format!("normal({middle}, {})", decimal(1.5 * size)),
            1 if bounds != Bounds::None => format!("clip(normal({middle}, {}))", decimal(3.0 * size)),
            2 => format!("uniform({low}, {high})"),
            3 => format!("triangular({low}, {middle}, {high})"),
            4 => format!("gamma(3, {:.5})", 3.0 / size),
            5 if bounds != Bounds::Positive => format!("-{low} .. {high}"),
            6 if bounds == Bounds::Wide => "unknown".to_owned(),
            _ => format!("{low} .. {high}"),
        }
    }

    /// The declaration of a parameter, and its bounds.
    fn param(&mut self, name: &str, dimension: Dimension) -> (String, Bounds) {
        let bounds = match dimension.base {
            _ if dimension == HAZARD => Bounds::None,
            Base::Plain => {
                self.dice.one_of(&[Bounds::None, Bounds::Unit, Bounds::Unit, Bounds::Positive, Bounds::Wide])
            }
            _ => self.dice.one_of(&[Bounds::None, Bounds::Positive, Bounds::Below, Bounds::Wide]),
        };
        let unit = unit_declared(dimension);
        let written = self.bounds(bounds);
        (self.param_with(name, dimension, &unit, bounds, written), bounds)
    }

    /// A parameter as a reading repeats it: with another law, and with or without its unit and bounds.
    pub fn param_again(&mut self, name: &str) -> String {
        let known = self.names.params.iter().position(|param| param.text == name).unwrap_or(0);
        let (dimension, bounds) = (self.names.params[known].dimension, self.param_bounds[known]);
        if self.dice.chance(0.5) {
            return self.param_with(name, dimension, "", bounds, String::new());
        }
        let (text, again) = self.param(name, dimension);
        // Bounds that are left out are those of the shared parameter.
        if again == Bounds::None { self.param_with(name, dimension, "", bounds, String::new()) } else { text }
    }

    /// A parameter with another law, its unit and its bounds.
    pub fn param_in_full(&mut self, name: &str) -> String {
        let known = self.names.params.iter().position(|param| param.text == name).unwrap_or(0);
        let (dimension, bounds) = (self.names.params[known].dimension, self.param_bounds[known]);
        let written = self.bounds(bounds);
        self.param_with(name, dimension, &unit_declared(dimension), bounds, written)
    }

    fn param_with(&mut self, name: &str, dimension: Dimension, unit: &str, bounds: Bounds, written: String) -> String {
        let is_tied = self.tied.contains(name);
        if self.dice.chance(0.08) && !is_tied && (dimension == HAZARD || (dimension == PLAIN && bounds != Bounds::Wide))
        {
            let time = self.dice.one_of(&[" within 12 months", " per year", " within 2 years"]);
            let value = self.in_words() + if dimension == HAZARD { time } else { "" };
            let why = self.why();
            return format!("param {name}{unit}{written} = {value}{why}");
        }
        let why = self.why();
        if dimension == HAZARD {
            return format!("param {name}{unit} = {}{why}", self.uncertain(HAZARD));
        }
        if is_tied {
            let value = self.uncertain_within(dimension, bounds);
            return format!("param {name}{unit}{written} = {value}{why}");
        }
        if self.nasty && bounds == Bounds::None && self.dice.chance(0.3) {
            return format!("param {name}{unit} = {}{why}", self.dice.one_of(&["0", "1e300", "-1e12", "1e-300"]));
        }
        if bounds == Bounds::None && self.dice.chance(0.3) {
            return format!("param {name}{unit} = 2 * {}{why}", self.literal(dimension));
        }
        let value = self.bounded_value(dimension, bounds);
        if self.dice.chance(0.3) && !written.is_empty() {
            return format!("param {name}{unit} = {value},{written}{why}");
        }
        format!("param {name}{unit}{written} = {value}{why}")
    }

    /// Declares parameters of all dimensions that are in use.
    pub fn params(&mut self) {
        let dimensions = [
            PLAIN,
            PLAIN,
            PLAIN,
            HAZARD,
            HAZARD,
            Dimension { base: Base::People, rate: false },
            Dimension { base: Base::People, rate: true },
            Dimension { base: Base::Money, rate: false },
        ];
        let count = 2 + self.dice.below(7);
        for number in 0..count {
            let dimension = self.dice.one_of(&dimensions);
            let name = self.fresh("p", number);
            let (text, bounds) = self.param(&name, dimension);
            self.uncertain.extend(Some(name.clone()).filter(|_| is_law(&text)));
            self.add("param", vec![name.clone()], text);
            self.param_bounds.push(bounds);
            self.names.params.push(Named { text: name, dimension, reads: Reads::Parameters });
        }
        for number in 0..self.dice.below(3) {
            let Some(range) = self.range(["i", "j"], false) else { continue };
            let (dimension, stem) = (self.dice.one_of(&dimensions), self.fresh("sp", number));
            let (text, bounds) = self.within(&range, |writer| writer.param(&range.name(&stem), dimension));
            let names = self.declare_copies(&range, &stem, &Kind::Param(dimension));
            self.param_bounds.extend(names.iter().map(|_| bounds));
            if is_law(&text) {
                self.uncertain.extend(names.iter().cloned());
            }
            self.add("param", names, range.block(&text));
        }
    }

    /// An uncertain value in the declared unit that respects the bounds, and is spread.
    fn uncertain_within(&mut self, dimension: Dimension, bounds: Bounds) -> String {
        loop {
            let value = self.bounded_value(dimension, bounds);
            if is_law(&value) {
                return value;
            }
        }
    }

    /// Words of probability; the statement's reason then names their source.
    pub fn in_words(&mut self) -> String {
        let source = self.dice.one_of(&["s0", "s0", "s1"]);
        self.words = Some(source);
        let phrases =
            ["unlikely", "highly likely", "about even", "almost no chance", "probably not", "we doubt", "will happen"];
        format!("said \"{}\"", self.dice.one_of(&phrases))
    }
}

/// A number with three decimals, unless all are 0: `4.000` might be four thousand.
fn decimal(x: f64) -> String {
    let written = format!("{x:.3}");
    if written.ends_with(".000") { format!("{x:.1}") } else { written }
}

/// Whether a value or its declaration is a law with more than one number.
fn is_law(text: &str) -> bool {
    let value = text.rsplit_once(" = ").map_or(text, |(_, value)| value);
    // Bounds may come after the value.
    let value = value.split(", in ").next().unwrap_or(value);
    let laws = ["..", " of ", " in ", "unknown", "normal(", "uniform(", "beta(", "gamma(", "triangular(", "oneof("];
    !value.starts_with("2 *") && laws.iter().any(|law| value.contains(law)) && !text.contains("said ")
}

/// The unit of a declaration.
fn unit_declared(dimension: Dimension) -> String {
    match dimension.base {
        _ if dimension == HAZARD => " : 1 / year".to_owned(),
        Base::Plain => String::new(),
        Base::People if dimension.rate => " : people / month".to_owned(),
        Base::People => " : people".to_owned(),
        Base::Money => " : USD".to_owned(),
    }
}

/// The unit after a number.
fn unit_after(dimension: Dimension, years: bool) -> String {
    let unit = match dimension.base {
        Base::Plain => "",
        Base::People => " people",
        Base::Money => " USD",
    };
    let time = if years { "year" } else { "month" };
    if dimension.rate { format!("{unit} per {time}") } else { unit.to_owned() }
}
