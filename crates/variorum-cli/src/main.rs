//! The `variorum` command: reads files, runs the library, prints answers.
//!
//! Only this crate touches disk, clock and terminal. Standard output carries the answer and nothing else; findings,
//! progress and errors go to standard error.

mod arguments;
mod clock;
mod commands;
mod files;
mod output;
mod watch;

use arguments::{Arguments, Command};
use clap::Parser;
use output::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let style = output::Styles::of(arguments.color);
    let command = arguments.command.unwrap_or_else(Command::run);
    let outcome = match command {
        Command::Run(run) => commands::run::run(&run, style),
        Command::Compare(compare) => commands::compare::compare(&compare, style),
        Command::Check(check) => commands::check::check(&check, style),
        Command::Explain(explain) => commands::explain::explain(&explain, style),
        Command::Crux(crux) => commands::crux::crux(&crux, style),
        Command::Whatif(whatif) => commands::whatif::whatif(&whatif, style),
        Command::Watch(watch) => commands::watch::watch(&watch, style),
        Command::Score(score) => commands::score::score(&score, style),
        Command::History(history) => commands::history::history(&history, style),
        Command::Rows(rows) => commands::rows::rows(&rows, style),
        Command::Cite(cite) => commands::cite::cite(&cite),
        Command::Words(words) => commands::words::words(&words, style),
        Command::ExplainError(explain) => commands::explain_error::explain_error(&explain, style),
        Command::Completions(completions) => commands::shell::completions(&completions),
        Command::Man(man) => commands::shell::man(&man),
        Command::Schema(schema) => commands::run::schema(&schema),
        Command::Debug(debug) => commands::debug::debug(&debug, style),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            ExitCode::from(failure.code())
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::Files(format!("the answer could not be written: {error}"))
    }
}
