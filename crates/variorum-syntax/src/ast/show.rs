//! Expressions as text: one way of writing each, whatever spaces and parentheses were written.

use super::{Aggregate, BinaryOp, Expr, ExprKind, Name, Number, Range, Reference, UnaryOp};

/// How tight an expression holds together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tight {
    /// A value on a condition.
    Conditional,
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Product,
    Minus,
    Power,
    Timed,
    Primary,
}

impl Expr {
    /// The expression as text. `entity` says what stands for the name of an entity: in a statement that is repeated for
    /// several, a variable may stand for one.
    #[must_use]
    pub fn show(&self, entity: &dyn Fn(&Name) -> String) -> String {
        Show { entity }.expr(self)
    }
}

/// A plain number as it is written: thousands from 10,000 on set apart.
fn digits(value: f64) -> String {
    let text = value.to_string();
    let (sign, plain) = text.strip_prefix('-').map_or(("", text.as_str()), |plain| ("-", plain));
    let (whole, fraction) = plain.split_once('.').map_or((plain, None), |(whole, fraction)| (whole, Some(fraction)));
    if whole.len() < 5 || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return text;
    }
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    fraction.map_or_else(|| format!("{sign}{grouped}"), |fraction| format!("{sign}{grouped}.{fraction}"))
}

fn number(number: &Number) -> String {
    format!("{}{}", digits(number.value), if number.percent { "%" } else { "" })
}

struct Show<'e> {
    entity: &'e dyn Fn(&Name) -> String,
}

impl Show<'_> {
    fn reference(&self, reference: &Reference) -> String {
        let entities: Vec<String> = reference.entities.iter().map(self.entity).collect();
        let name = &reference.name.value;
        if entities.is_empty() { name.clone() } else { format!("{name}[{}]", entities.join(", ")) }
    }

    fn range(&self, range: &Range) -> String {
        let names = |names: &[Name]| names.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join(", ");
        let pair = if range.pair.is_some() { "pair " } else { "" };
        let group = range.group.as_ref().map_or("", |group| group.value.as_str());
        let except: Vec<String> = range.except.iter().map(self.entity).collect();
        let except = if except.is_empty() { String::new() } else { format!(" except {}", except.join(", ")) };
        format!("{pair}{} in {group}{except}", names(&range.variables))
    }

    /// An expression, in parentheses unless it is at least so tight.
    fn at_least(&self, least: Tight, expr: &Expr) -> String {
        let text = self.expr(expr);
        if tightness(expr) >= least { text } else { format!("({text})") }
    }

    fn list(&self, list: &[Expr]) -> String {
        list.iter().map(|expr| self.expr(expr)).collect::<Vec<_>>().join(", ")
    }

    fn expr(&self, expr: &Expr) -> String {
        let unit = |unit: &Option<Name>| unit.as_ref().map_or(String::new(), |unit| format!(" {}", unit.value));
        match &expr.kind {
            ExprKind::Number(value, of) => number(value) + &unit(of),
            ExprKind::Interval(low, high, of) => format!("{} .. {}{}", number(low), number(high), unit(of)),
            ExprKind::CountInTime { count, time, unit } => {
                format!("{} in {} {}", digits(*count), digits(*time), unit.value)
            }
            ExprKind::CountOf { count, of } => format!("{} of {}", digits(*count), digits(*of)),
            ExprKind::Truth(true) => "yes".to_owned(),
            ExprKind::Truth(false) => "no".to_owned(),
            ExprKind::Unknown => "unknown".to_owned(),
            ExprKind::Reference(reference) => self.reference(reference),
            ExprKind::Call(name, args) => format!("{}({})", name.value, self.list(args)),
            ExprKind::Unary(UnaryOp::Minus, inner) => format!("-{}", self.at_least(Tight::Minus, inner)),
            ExprKind::Unary(UnaryOp::Not, inner) => format!("not {}", self.at_least(Tight::Not, inner)),
            ExprKind::Binary(op, left, right) => {
                let (sign, own, to_the_left, to_the_right) = operator(*op);
                let (left, right) = (self.at_least(to_the_left, left), self.at_least(to_the_right, right));
                if own == Tight::Power { format!("{left}{sign}{right}") } else { format!("{left} {sign} {right}") }
            }
            ExprKind::If(condition, then, otherwise) => {
                let condition = self.at_least(Tight::Or, condition);
                let then = self.at_least(Tight::Or, then);
                match otherwise {
                    Some(otherwise) => {
                        format!("if {condition} then {then} else {}", self.at_least(Tight::Or, otherwise))
                    }
                    None => format!("{then} if {condition}"),
                }
            }
            ExprKind::Per(inner, unit) => format!("{} per {}", self.at_least(Tight::Primary, inner), unit.value),
            ExprKind::Within(inner, time, unit) => {
                format!("{} within {} {}", self.at_least(Tight::Primary, inner), digits(time.value), unit.value)
            }
            ExprKind::Lookup { on, entries, otherwise } => {
                let entries = entries.iter().map(|(level, value)| format!("{}: {}", level.value, self.expr(value)));
                let otherwise = otherwise.iter().map(|value| format!("else: {}", self.expr(value)));
                let all: Vec<String> = entries.chain(otherwise).collect();
                format!("lookup {} ({})", self.reference(on), all.join(", "))
            }
            ExprKind::Aggregate(aggregate, range, body) => {
                let word = match aggregate {
                    Aggregate::Sum => "sum",
                    Aggregate::Count => "count",
                    Aggregate::Any => "any",
                    Aggregate::All => "all",
                };
                format!("{word}({}: {})", self.range(range), self.expr(body))
            }
            ExprKind::Risk(event, time, unit) => {
                format!("risk({} within {} {})", self.reference(event), digits(time.value), unit.value)
            }
            ExprKind::OneOf(entries) => {
                let entries =
                    entries.iter().map(|(value, weight)| format!("{}: {}", self.expr(value), self.expr(weight)));
                format!("oneof({})", entries.collect::<Vec<_>>().join(", "))
            }
            ExprKind::Said(words) => format!("said \"{}\"", words.value.replace('\\', "\\\\").replace('"', "\\\"")),
            ExprKind::Error => String::new(),
        }
    }
}

/// The sign of an operator, how tight it is, and how tight its sides have to be.
fn operator(op: BinaryOp) -> (&'static str, Tight, Tight, Tight) {
    use Tight::{And, Comparison, Minus, Not, Or, Power, Product, Sum, Timed};
    match op {
        BinaryOp::Or => ("or", Or, Or, And),
        BinaryOp::And => ("and", And, And, Not),
        BinaryOp::Equal => ("=", Comparison, Sum, Sum),
        BinaryOp::NotEqual => ("!=", Comparison, Sum, Sum),
        BinaryOp::Less => ("<", Comparison, Sum, Sum),
        BinaryOp::AtMost => ("<=", Comparison, Sum, Sum),
        BinaryOp::Greater => (">", Comparison, Sum, Sum),
        BinaryOp::AtLeast => (">=", Comparison, Sum, Sum),
        BinaryOp::Add => ("+", Sum, Sum, Product),
        BinaryOp::Subtract => ("-", Sum, Sum, Product),
        BinaryOp::Multiply => ("*", Product, Product, Minus),
        BinaryOp::Divide => ("/", Product, Product, Minus),
        BinaryOp::Power => ("^", Power, Timed, Minus),
    }
}

fn tightness(expr: &Expr) -> Tight {
    match &expr.kind {
        ExprKind::If(..) => Tight::Conditional,
        ExprKind::Binary(op, ..) => operator(*op).1,
        ExprKind::Unary(UnaryOp::Not, _) => Tight::Not,
        ExprKind::Unary(UnaryOp::Minus, _) => Tight::Minus,
        ExprKind::Per(..) | ExprKind::Within(..) => Tight::Timed,
        _ => Tight::Primary,
    }
}
