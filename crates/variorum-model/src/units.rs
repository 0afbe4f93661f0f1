//! Units: products of powers of base units, each with its size. Time is built in; the others are declared.

use std::collections::BTreeMap;
use std::sync::Arc;
use variorum_syntax::ast;
use variorum_syntax::diagnostic::{Code, Diagnostic};

/// A dimension: base units with their exponents, none above or below 0; nothing for plain numbers. The base unit of time
/// is `month`. A model has few dimensions and many values of each, so that they are shared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Dimension(Option<Arc<BTreeMap<String, i32>>>);

impl Dimension {
    /// Plain numbers.
    #[must_use]
    pub fn none() -> Dimension {
        Dimension::default()
    }
    /// One base unit.
    #[must_use]
    pub fn base(name: &str) -> Dimension {
        Dimension::of(BTreeMap::from([(name.to_owned(), 1)]))
    }
    fn of(exponents: BTreeMap<String, i32>) -> Dimension {
        Dimension((!exponents.is_empty()).then(|| Arc::new(exponents)))
    }
    fn exponents(&self) -> impl Iterator<Item = (&String, &i32)> {
        self.0.iter().flat_map(|exponents| exponents.iter())
    }
    /// Whether it is that of plain numbers.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }
    /// `self * other^power`; exponents saturate far beyond anything meaningful.
    #[must_use]
    pub fn times(&self, other: &Dimension, power: i32) -> Dimension {
        if other.is_none() || power == 0 {
            return self.clone();
        }
        if self.is_none() && power == 1 {
            return other.clone();
        }
        let mut product = self.0.as_deref().cloned().unwrap_or_default();
        for (name, exponent) in other.exponents() {
            let sum = product.entry(name.clone()).or_insert(0);
            *sum = sum.saturating_add(exponent.saturating_mul(power));
        }
        product.retain(|_, exponent| *exponent != 0);
        Dimension::of(product)
    }
    /// The square root, where all exponents are even.
    #[must_use]
    pub fn root(&self) -> Option<Dimension> {
        let even = self.exponents().all(|(_, exponent)| exponent % 2 == 0);
        even.then(|| Dimension::of(self.exponents().map(|(name, exponent)| (name.clone(), exponent / 2)).collect()))
    }
    /// Per time: what hazards and rates have.
    #[must_use]
    pub fn rate() -> Dimension {
        Dimension::none().times(&Dimension::base("month"), -1)
    }
    /// As people write it: `people / month`; `a plain number` for none.
    #[must_use]
    pub fn show(&self) -> String {
        let power = |(name, exponent): (&String, &i32)| match exponent.unsigned_abs() {
            1 => name.clone(),
            n => format!("{name}^{n}"),
        };
        let over: Vec<String> = self.exponents().filter(|(_, exponent)| **exponent > 0).map(power).collect();
        let under: Vec<String> = self.exponents().filter(|(_, exponent)| **exponent < 0).map(power).collect();
        match (over.is_empty(), under.is_empty()) {
            (true, true) => "a plain number".to_owned(),
            (false, true) => over.join(" * "),
            (true, false) => format!("1 / {}", under.join(" / ")),
            (false, false) => format!("{} / {}", over.join(" * "), under.join(" / ")),
        }
    }
}

/// A unit: a dimension and how many base units one of it is.
#[derive(Clone, PartialEq, Debug)]
pub struct Unit {
    /// What kind of thing it measures.
    pub dimension: Dimension,
    /// Base units in one.
    pub scale: f64,
}

impl Unit {
    /// Plain numbers.
    #[must_use]
    pub fn one() -> Unit {
        Unit { dimension: Dimension::none(), scale: 1.0 }
    }
}

/// The units of a model by name.
#[derive(Clone, Debug)]
pub struct Units(BTreeMap<String, Unit>);

/// Days in a month, a month being 1/12 of a Julian year.
const DAYS: f64 = 365.25 / 12.0;

impl Default for Units {
    fn default() -> Units {
        let time = |scale: f64| Unit { dimension: Dimension::base("month"), scale };
        let mut units = BTreeMap::new();
        for (one, many, scale) in [
            ("day", "days", 1.0 / DAYS),
            ("week", "weeks", 7.0 / DAYS),
            ("month", "months", 1.0),
            ("quarter", "quarters", 3.0),
            ("year", "years", 12.0),
        ] {
            units.insert(one.to_owned(), time(scale));
            units.insert(many.to_owned(), time(scale));
        }
        Units(units)
    }
}

impl Units {
    /// The unit of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Unit> {
        self.0.get(name)
    }
    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
    /// Declares a base unit (or a multiple); false if the name is taken.
    pub fn declare(&mut self, name: &str, is: Option<Unit>) -> bool {
        if self.0.contains_key(name) {
            return false;
        }
        let unit = is.unwrap_or_else(|| Unit { dimension: Dimension::base(name), scale: 1.0 });
        self.0.insert(name.to_owned(), unit);
        true
    }
    /// A length of time in months.
    ///
    /// # Errors
    /// The name is no unit of time.
    pub fn months(&self, name: &ast::Name) -> Result<f64, Diagnostic> {
        match self.get(&name.value) {
            Some(unit) if unit.dimension == Dimension::base("month") => Ok(unit.scale),
            _ => Err(Diagnostic::new(Code::WrongKind, name.span, format!("`{}` is no unit of time", name.value))
                .label("a unit of time was expected here")
                .help("write `day`, `week`, `month`, `quarter` or `year`, in singular or plural")),
        }
    }
    /// A unit by its name.
    ///
    /// # Errors
    /// Nothing declares it.
    pub fn named(&self, name: &ast::Name) -> Result<&Unit, Diagnostic> {
        self.get(&name.value).ok_or_else(|| {
            let mut diagnostic =
                Diagnostic::new(Code::UnknownName, name.span, format!("no unit is called `{}`", name.value))
                    .label("not a unit");
            let multiples = ["hundred", "thousand", "million", "millions", "billion", "billions", "trillion"];
            if multiples.contains(&name.value.as_str()) {
                return diagnostic.help("write the number in full: `3_000` is 3 thousand, `3_000_000` is 3 million");
            }
            diagnostic.help = Some(match crate::names::nearest(&name.value, self.names()) {
                Some(near) => format!("did you mean `{near}`? A unit of your own is declared by `unit {}`", name.value),
                None => format!("declare it with `unit {}`", name.value),
            });
            diagnostic
        })
    }
    /// A unit as written.
    ///
    /// # Errors
    /// A name in it is no unit.
    pub fn expression(&self, written: &ast::UnitExpr) -> Result<Unit, Diagnostic> {
        let mut unit = Unit::one();
        for (name, power) in &written.factors {
            let factor = self.named(name)?;
            unit.dimension = unit.dimension.times(&factor.dimension, *power);
            for _ in 0..power.unsigned_abs().min(64) {
                if *power > 0 { unit.scale *= factor.scale } else { unit.scale /= factor.scale }
            }
        }
        Ok(unit)
    }
}
