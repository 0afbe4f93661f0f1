//! Small models, their findings and their programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use variorum_model::load::{Loaded, load};
use variorum_model::model::Model;
use variorum_model::program::{Expr, Program};

/// What every model of these tests begins with. Lines that follow are numbered from 1.
const HEAD: &str = "model \"Test\"\ntime monthly from 2025-01 to 2025-12\nactor KP, KR, RU\nplace Korea\ngroup states = KP, KR, RU\ngroup allies = KP, RU\n";

/// A model of these lines, read.
pub fn loaded(lines: &str) -> Loaded {
    let files = BTreeMap::from([("model.vor".to_owned(), format!("{HEAD}{lines}"))]);
    load("model.vor", &files).unwrap()
}

/// What is found in a model that asks nothing and gives no reasons, one finding a line: where it is (line and the text
/// that is underlined), its code, its message; below it what else is pointed at.
pub fn findings(lines: &str) -> String {
    let loaded = loaded(lines);
    let model = Model::check(&loaded);
    let text = &loaded.files[0].text;
    let quiet = ["no-question", "no-reason", "no-origin", "no-baseline", "unused-parameter"];
    let mut out = String::new();
    for found in model.diagnostics.iter().filter(|found| !quiet.contains(&found.code.id())) {
        let show = |span: variorum_syntax::diagnostic::Span| {
            let line = text[..span.start as usize].matches('\n').count() + 1;
            let line = i64::try_from(line).unwrap() - i64::try_from(HEAD.matches('\n').count()).unwrap();
            format!("{line} `{}`", &text[span.start as usize..span.end as usize])
        };
        writeln!(out, "{}: {}: {}", show(found.primary.span), found.code.id(), found.message).unwrap();
        for label in &found.secondary {
            writeln!(out, "  {}: {}", show(label.span), label.text).unwrap();
        }
    }
    out
}

/// All codes that are found.
pub fn codes(lines: &str) -> Vec<&'static str> {
    let loaded = loaded(lines);
    Model::check(&loaded).diagnostics.iter().map(|found| found.code.id()).collect()
}

/// The program of a reading (`model` where none is declared).
pub fn program_of(lines: &str, reading: &str) -> Program {
    let loaded = loaded(lines);
    let model = Model::check(&loaded);
    let of = model.reading(reading).unwrap_or_else(|| panic!("no reading {reading}: {}", findings(lines)));
    of.program.clone().unwrap_or_else(|| panic!("{}", findings(lines)))
}

/// The program of a model without readings.
pub fn program(lines: &str) -> Program {
    program_of(lines, "model")
}

/// An expression in words, with the names of what it reads.
pub fn show(program: &Program, expr: &Expr) -> String {
    match expr {
        Expr::Number(x) => x.to_string(),
        Expr::Param(index) => program.params[*index].name.clone(),
        Expr::Quantity(index) => program.quantities[*index].name.clone(),
        Expr::Formula(index) => program.formulas[*index].name.clone(),
        Expr::Happened(index) => format!("happened({})", program.events[*index].name),
        Expr::Chosen { choice, option } => {
            let choice = &program.choices[*choice];
            format!("{} = {}", choice.name, choice.options[*option].name)
        }
        Expr::Apply(function, args) => {
            let args: Vec<String> = args.iter().map(|arg| show(program, arg)).collect();
            format!("{function:?}({})", args.join(", "))
        }
    }
}

/// The names of some things.
pub fn names<T>(list: &[T], name: impl Fn(&T) -> &str) -> Vec<&str> {
    list.iter().map(name).collect()
}
