//! Plans in words, for people who want to see what a model has become.

use crate::op::{Binary, Link, Op, Operand, Sparse, Unary};
use crate::plan::{CounterKind, NamedSegment, Plan, QuestionKind};
use std::fmt;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "plan {}: {} steps from calendar step {}, {} columns and {} for temporary use, {} operations",
            self.name,
            self.schedule.len(),
            self.first,
            self.columns.len(),
            self.temporaries,
            self.operations()
        )?;
        writeln!(f, "\ncolumns")?;
        for (index, name) in self.columns.iter().enumerate() {
            writeln!(f, "  {index:>4}  {name}")?;
        }
        writeln!(f, "\nparameters")?;
        for param in &self.params {
            writeln!(f, "  {} <- key {:016x}", Names(self, None).column(param.column), param.key)?;
        }
        for copula in &self.copulas {
            let names = copula.params.iter().filter_map(|param| self.params.get(*param as usize));
            let names: Vec<&str> = names.map(|param| param.name.as_str()).collect();
            writeln!(f, "  correlated: {}", names.join(", "))?;
        }
        writeln!(f, "\nquestions")?;
        for question in &self.questions {
            let kind = match question.kind {
                QuestionKind::Share => "first step in",
                QuestionKind::Value => "value of",
            };
            write!(f, "  {}: {kind} {}", question.name, Names(self, None).column(question.column))?;
            match question.given {
                Some(given) => writeln!(f, ", asked where {}", Names(self, None).column(given))?,
                None => writeln!(f)?,
            }
        }
        if !self.counters.is_empty() {
            writeln!(f, "\ncounters")?;
            for (index, counter) in self.counters.iter().enumerate() {
                let kind = match counter.kind {
                    CounterKind::Scaled => "probabilities above 1 scaled",
                    CounterKind::Invalid => "negative, infinite or no number",
                };
                writeln!(f, "  {index:>4}  {}: {kind}", counter.name)?;
            }
        }
        segment(f, self, &self.prelude, "once per batch")?;
        segment(f, self, &self.start, "before the first step")?;
        for (index, part) in self.segments.iter().enumerate() {
            segment(f, self, part, &self.when(index as u32))?;
        }
        Ok(())
    }
}

impl Plan {
    /// The steps in which a segment is run, in words.
    fn when(&self, segment: u32) -> String {
        let steps: Vec<usize> =
            (0..).zip(&self.schedule).filter(|(_, s)| s.contains(&segment)).map(|(t, _)| t).collect();
        let all = |every: usize| {
            let first = *steps.first().unwrap_or(&0);
            !steps.is_empty() && first < every && steps.iter().copied().eq((first..self.schedule.len()).step_by(every))
        };
        match steps.as_slice() {
            [] => "never".to_owned(),
            [step] => format!("in step {step}"),
            _ if all(1) => "in every step".to_owned(),
            [first, ..] if all(2) => format!("in every second step from {first}"),
            many => {
                let shown: Vec<String> = many.iter().take(12).map(usize::to_string).collect();
                let more = if many.len() > 12 { format!(" and {} more", many.len() - 12) } else { String::new() };
                format!("in steps {}{more}", shown.join(" "))
            }
        }
    }
}

fn segment(f: &mut fmt::Formatter<'_>, plan: &Plan, segment: &NamedSegment, when: &str) -> fmt::Result {
    writeln!(f, "\n{} ({when}, {} operations)", segment.name, segment.ops.len())?;
    for op in &segment.ops {
        write!(f, "  ")?;
        operation(f, Names(plan, None), op)?;
        writeln!(f)?;
        if let Op::Sparse(sparse) = op {
            for op in &sparse.code.ops {
                write!(f, "    ")?;
                operation(f, Names(plan, Some(sparse)), op)?;
                writeln!(f)?;
            }
        }
    }
    Ok(())
}

/// The names of columns, outside or inside an operation for some lanes only.
#[derive(Clone, Copy)]
struct Names<'a>(&'a Plan, Option<&'a Sparse>);

impl Names<'_> {
    /// A column by name, or by number where it is for temporary use.
    fn column(self, column: u32) -> String {
        let Names(plan, sparse) = self;
        let Some(sparse) = sparse else {
            let name = plan.columns.get(column as usize).cloned();
            return name.unwrap_or_else(|| format!("%{}", column as usize - plan.columns.len()));
        };
        let outside = sparse.inputs.iter().chain(&sparse.outputs).nth(column as usize);
        match outside {
            Some(outside) => Names(plan, None).column(*outside),
            None => format!("%%{}", column as usize - sparse.inputs.len() - sparse.outputs.len()),
        }
    }

    fn operand(self, operand: Operand) -> String {
        match operand {
            Operand::Column(column) => self.column(column),
            Operand::Number(number) => number.to_string(),
        }
    }
}

fn operation(f: &mut fmt::Formatter<'_>, names: Names<'_>, op: &Op) -> fmt::Result {
    let column = |column: u32| names.column(column);
    let shown = |operand: Operand| names.operand(operand);
    let stream = |stream: u32| names.0.streams.get(stream as usize).map_or("?", |stream| stream.name.as_str());
    match op {
        Op::Fill { to, value } => write!(f, "{} = {value}", column(*to)),
        Op::Copy { to, from } => write!(f, "{} = {}", column(*to), column(*from)),
        Op::Unary { to, kind: Unary::Negate, of } => write!(f, "{} = -{}", column(*to), column(*of)),
        Op::Unary { to, kind, of } => write!(f, "{} = {} {}", column(*to), kind.symbol(), column(*of)),
        Op::Binary { to, kind: kind @ (Binary::Min | Binary::Max), left, right } => {
            write!(f, "{} = {}({}, {})", column(*to), kind.symbol(), shown(*left), shown(*right))
        }
        Op::Binary { to, kind, left, right } => {
            write!(f, "{} = {} {} {}", column(*to), shown(*left), kind.symbol(), shown(*right))
        }
        Op::Select { to, condition, yes, no } => {
            write!(f, "{} = if {} then {} else {}", column(*to), column(*condition), shown(*yes), shown(*no))
        }
        Op::Clip { to, of, low, high } => {
            write!(f, "{} = clip({}, {}, {})", column(*to), column(*of), shown(*low), shown(*high))
        }
        Op::Lookup { to, level, values } => {
            write!(f, "{} = by level {} of", column(*to), column(*level))?;
            values.iter().try_for_each(|value| write!(f, " {}", shown(*value)))
        }
        Op::Uniform { to, stream: source } => write!(f, "{} = uniform of {}", column(*to), stream(*source)),
        Op::UniformPair { to, spare, stream: source } => {
            write!(
                f,
                "{}, {} = uniforms of {} for this step and the next",
                column(*to),
                column(*spare),
                stream(*source)
            )
        }
        Op::Happens { to, uniform, hazard } => {
            write!(f, "{} = {} happens by {}", column(*to), shown(*hazard), column(*uniform))
        }
        Op::Between { to, of, low, high } => {
            write!(f, "{} = {} ≤ {} < {}", column(*to), shown(*low), column(*of), shown(*high))
        }
        Op::First { to, before, condition } => {
            write!(f, "{} = {}, or this step where {}", column(*to), column(*before), column(*condition))
        }
        Op::Chain { to, first, links } => {
            write!(f, "{} = {}", column(*to), column(*first))?;
            links.iter().try_for_each(|link| match *link {
                Link::Add(x) => write!(f, " + {}", column(x)),
                Link::AddNumber(k) => write!(f, " + {k}"),
                Link::Subtract(x) => write!(f, " - {}", column(x)),
                Link::From(x) => write!(f, " from {}", column(x)),
                Link::FromNumber(k) => write!(f, " from {k}"),
                Link::Multiply(x) => write!(f, " * {}", column(x)),
                Link::MultiplyNumber(k) => write!(f, " * {k}"),
                Link::DivideNumber(k) => write!(f, " / {k}"),
                Link::AddProduct(x, y) => write!(f, " + ({} * {})", column(x), column(y)),
                Link::SubtractProduct(x, y) => write!(f, " - ({} * {})", column(x), column(y)),
                Link::AddScaled(x, k) => write!(f, " + ({} * {k})", column(x)),
                Link::MinNumber(k) => write!(f, " min {k}"),
                Link::MaxNumber(k) => write!(f, " max {k}"),
            })
        }
        Op::Softmax { to, precision, qualities, .. } => {
            for (option, to) in to.iter().enumerate() {
                let comma = if option > 0 { ", " } else { "" };
                match to {
                    Some(to) => write!(f, "{comma}{}", column(*to))?,
                    None => write!(f, "{comma}_")?,
                }
            }
            write!(f, " = response of precision {} to", shown(*precision))?;
            qualities.iter().try_for_each(|quality| write!(f, " {}", shown(*quality)))
        }
        Op::Sparse(sparse) => {
            let outputs: Vec<String> = sparse.outputs.iter().map(|output| column(*output)).collect();
            write!(f, "{} = where {}, else 0, by", outputs.join(", "), column(sparse.condition))
        }
        Op::Mark { weight } => write!(f, "mark the evidence of {}", column(*weight)),
        Op::Count { counter, condition } => write!(f, "count {} in counter {counter}", column(*condition)),
    }
}
