//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Sets rival accounts of a crisis side by side and plays each forward: how likely, by when, according to whom.
#[derive(Debug, Parser)]
#[command(name = "variorum", version, max_term_width = 80, after_help = EXIT_CODES)]
pub struct Arguments {
    /// What to do; without a command: run the shipped model
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Colours and other styles
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Colour::Auto)]
    pub color: Colour,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 the model has errors, or a check failed; 2 wrong usage; 3 a file could \
not be read or written; 4 a documented limit was exceeded; 70 a fault of this program; 130 interrupted (what was done is \
printed).";

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play every reading forward and answer every question
    Run(RunArguments),
    /// Who says what: claims by sources, contradictions, dates
    Compare(CompareArguments),
    /// Find what is wrong with a model, and verify its citations
    Check(CheckArguments),
    /// Why an answer is what it is
    Explain(ExplainArguments),
    /// Why two readings differ: the statements on which they part, and what each is worth
    Crux(CruxArguments),
    /// Play scenarios, with the same dice as without them
    Whatif(WhatIfArguments),
    /// What to look out for in the next months, the most telling first
    Watch(WatchArguments),
    /// Who was right so far: score readings and forecasts on what the world has answered
    Score(ScoreArguments),
    /// How an answer has moved from one recorded run to the next
    History(HistoryArguments),
    /// Measure the mechanisms that claims.toml lists beside a model
    Rows(RowsArguments),
    /// Print the anchor of a passage, to be pasted into a model
    Cite(CiteArguments),
    /// What words of probability mean to readers, and how to use them in a model
    Words(WordsArguments),
    /// What a finding means: explain the id in its square brackets, or list all
    ExplainError(ExplainErrorArguments),
    /// Print the JSON Schema of what a command prints with `--json`
    Schema(SchemaArguments),
    /// Print what a shell needs to complete commands and options
    Completions(CompletionsArguments),
    /// Print the manual page
    Man(ManArguments),
    /// Print what a stage has made of a model
    Debug(DebugArguments),
}

impl Command {
    /// What happens without a command.
    pub fn run() -> Command {
        Command::Run(RunArguments::default())
    }
}

/// How to play.
#[derive(Args, Clone, Debug)]
pub struct Playing {
    /// Parameter draws for each reading (each is played `--per-draw` times)
    #[arg(long, value_name = "N", default_value_t = 1250, value_parser = clap::value_parser!(u64).range(2..=4_294_967_296))]
    pub draws: u64,
    /// Trajectories per parameter draw: even, 2 to 256
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = even)]
    pub per_draw: u32,
    /// Seed of all random numbers: the same seed gives the same answers, to the last digit
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Trajectories side by side (bears on speed alone)
    #[arg(long, hide = true, value_parser = clap::value_parser!(u32).range(1..=65536))]
    pub batch: Option<u32>,
}

/// What is known.
#[derive(Args, Clone, Debug, Default)]
pub struct Knowing {
    /// Use nothing that became known after this day: 2024-11-05, or 2024-11 for its last day
    #[arg(long, value_name = "DATE", value_parser = variorum::model::as_of::parse)]
    pub as_of: Option<variorum::model::program::Day>,
}

impl Default for Playing {
    fn default() -> Playing {
        Playing { draws: 1250, per_draw: 16, seed: 1, threads: None, batch: None }
    }
}

fn even(text: &str) -> Result<u32, String> {
    match text.parse::<u32>() {
        Ok(count) if (2..=256).contains(&count) && count.is_multiple_of(2) => Ok(count),
        _ => {
            Err("an even number from 2 to 256 is needed: half of the trajectories go to each half of a draw".to_owned())
        }
    }
}

fn share(text: &str) -> Result<f64, String> {
    let (digits, unit) = text.strip_suffix('%').map_or((text, 1.0), |digits| (digits, 0.01));
    match digits.trim().parse::<f64>() {
        Ok(error) if error > 0.0 && error * unit < 1.0 => Ok(error * unit),
        _ => Err("write a standard error such as 0.2% or 0.002".to_owned()),
    }
}

/// `variorum run`.
#[derive(Args, Debug, Default)]
pub struct RunArguments {
    /// The model: a file, or a folder with model.vor [default: the shipped model]
    pub model: Option<PathBuf>,
    /// How to play
    #[command(flatten)]
    pub playing: Playing,
    /// What is known
    #[command(flatten)]
    pub knowing: Knowing,
    /// Only this reading (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub reading: Vec<String>,
    /// Double the draws until every standard error is at most this, as in 0.2%
    #[arg(long, value_name = "ERROR", value_parser = share)]
    pub until_error: Option<f64>,
    /// Measure what each answer rests on
    #[arg(long)]
    pub provenance: bool,
    /// Print one JSON document (`variorum schema` describes it)
    #[arg(long)]
    pub json: bool,
    /// Write a report to this file, one page that needs nothing else, instead of printing tables
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Measure for the report what each answer would move with (takes minutes)
    #[arg(long, requires = "html")]
    pub drivers: bool,
    /// Print a brief of two pages, in words that can be handed on, instead of tables
    #[arg(long, conflicts_with = "json")]
    pub brief: bool,
    /// Use the slow interpreter that the engine is tested against
    #[arg(long)]
    pub oracle: bool,
    /// Solve the model exactly, without chance, if it reaches finitely many states
    #[arg(long, conflicts_with_all = [
        "draws", "per_draw", "seed", "threads", "until_error", "provenance", "html", "drivers", "brief", "oracle",
    ])]
    pub exact: bool,
    /// Keep the answers in the ledger, variorum.ledger in the model's folder (of the shipped model: where you are)
    #[arg(long)]
    pub record: bool,
    /// Keep them in this file instead
    #[arg(long, value_name = "FILE", requires = "record")]
    pub ledger: Option<PathBuf>,
}

/// `variorum compare`.
#[derive(Args, Debug)]
pub struct CompareArguments {
    /// The model: a file, or a folder with model.vor [default: the shipped model]
    pub model: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `variorum check`.
#[derive(Args, Debug)]
pub struct CheckArguments {
    /// The model: a file, or a folder with model.vor [default: the shipped model]
    pub model: Option<PathBuf>,
    /// Verify every anchor against the documents in this folder
    #[arg(long, value_name = "FOLDER")]
    pub sources: Option<PathBuf>,
    /// Warnings count as errors
    #[arg(long)]
    pub strict: bool,
    /// List the statements of each reading: how they stand to its author, where their numbers come from
    #[arg(long)]
    pub statements: bool,
    /// Print how often the model makes happen what can happen, beside its base rates
    #[arg(long, conflicts_with_all = ["statements", "sources"])]
    pub rates: bool,
    /// With --statements or --rates: this reading only (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub reading: Vec<String>,
    /// With --rates: parameter draws for each reading, of 16 trajectories each [default: 1250]
    #[arg(long, value_name = "N", requires = "rates", value_parser = clap::value_parser!(u64).range(2..=4_294_967_296))]
    pub draws: Option<u64>,
    /// With --rates: seed of all random numbers [default: 1]
    #[arg(long, value_name = "N", requires = "rates")]
    pub seed: Option<u64>,
    /// With --rates: threads [default: all cores]
    #[arg(long, value_name = "N", requires = "rates", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Print the findings as JSON, or with --rates the rates
    #[arg(long)]
    pub json: bool,
}

/// `variorum explain`.
#[derive(Args, Debug)]
pub struct ExplainArguments {
    /// The question's name
    pub question: String,
    /// The model: a file, or a folder with model.vor [default: the shipped model]
    pub model: Option<PathBuf>,
    /// What the answer rests on: shares of its variance by where the numbers come from, how many parameters and statements
    /// (this, --drivers, --ablate and --stories are done if nothing is asked for)
    #[arg(long)]
    pub provenance: bool,
    /// What the answer would move with: each parameter by name, and the share of the variance that it is worth
    #[arg(long)]
    pub drivers: bool,
    /// Double the draws of drivers until every share has an error of at most this, as in 0.5% [default: 2%]
    #[arg(long, value_name = "ERROR", value_parser = share)]
    pub until_error: Option<f64>,
    /// Switch off each statement, and all statements behind each claim, one after the other
    #[arg(long)]
    pub ablate: bool,
    /// How it comes about: the most frequent orders of events and choices that lead to a yes, and one trajectory as it went
    #[arg(long)]
    pub stories: bool,
    /// Take this away: `claim NAME`, or a line as it stands in a reading, `switch off NAME` or `param NAME = 0` (may be
    /// repeated)
    #[arg(long, value_name = "LINE")]
    pub without: Vec<String>,
    /// Only this reading (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub reading: Vec<String>,
    /// How to play
    #[command(flatten)]
    pub playing: Playing,
    /// What is known
    #[command(flatten)]
    pub knowing: Knowing,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `variorum crux`.
#[derive(Args, Debug)]
#[command(
    override_usage = "variorum crux [OPTIONS] A B [QUESTION]... [MODEL]\n       variorum crux [OPTIONS] --all [QUESTION] [MODEL]"
)]
pub struct CruxArguments {
    /// Two readings (not with `--all`), the questions [default: the one on which they differ most], and the model: a file,
    /// or a folder with model.vor [default: the shipped model]
    #[arg(value_name = "A B QUESTION MODEL")]
    pub words: Vec<String>,
    /// Every two readings, and what divides them most
    #[arg(long)]
    pub all: bool,
    /// With --all only these readings (may be repeated)
    #[arg(long, value_name = "NAME", requires = "all")]
    pub reading: Vec<String>,
    /// The difference after what was seen: every mixture of the two on condition of it
    #[arg(long, conflicts_with = "all")]
    pub given_observed: bool,
    /// Double the draws until every value has an error of at most this, as in 0.2% (of numbers a share of twice their
    /// predictive standard deviation) [default: 0.5%; with --all 1%]
    #[arg(long, value_name = "ERROR", value_parser = share)]
    pub until_error: Option<f64>,
    /// How to play
    #[command(flatten)]
    pub playing: Playing,
    /// What is known
    #[command(flatten)]
    pub knowing: Knowing,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `variorum whatif`.
#[derive(Args, Debug)]
pub struct WhatIfArguments {
    /// Names of scenarios, or what is done in one, as in "hold aid[KR] = offensive from 2024-11" (`;` between lines)
    #[arg(required = true, value_name = "SCENARIO")]
    pub scenarios: Vec<String>,
    /// The model: a file, or a folder with model.vor [default: the shipped model]
    #[arg(long, value_name = "MODEL")]
    pub model: Option<PathBuf>,
    /// Only this question (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub question: Vec<String>,
    /// On condition of what was seen before the first change
    #[arg(long)]
    pub given_observed: bool,
    /// Only this reading (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub reading: Vec<String>,
    /// How to play
    #[command(flatten)]
    pub playing: Playing,
    /// What is known
    #[command(flatten)]
    pub knowing: Knowing,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `variorum watch`.
#[derive(Args, Debug)]
pub struct WatchArguments {
    /// The model: a file, or a folder with model.vor [default: the shipped model]
    pub model: Option<PathBuf>,
    /// How far to look, from the last step of which anything was seen: "6 months", "1 year"
    #[arg(long, value_name = "TIME", default_value = "6 months", value_parser = months)]
    pub within: f64,
    /// What would tell most about this question, in place of the readings
    #[arg(long = "for", value_name = "QUESTION")]
    pub question: Option<String>,
    /// Only this reading (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub reading: Vec<String>,
    /// How to play
    #[command(flatten)]
    pub playing: Playing,
    /// What is known
    #[command(flatten)]
    pub knowing: Knowing,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `variorum score`.
#[derive(Args, Debug)]
pub struct ScoreArguments {
    /// The model: a file, or a folder with model.vor [default: the shipped model]
    #[arg(conflicts_with = "forecasts")]
    pub model: Option<PathBuf>,
    /// Only this reading (may be repeated)
    #[arg(long, value_name = "NAME", conflicts_with = "forecasts")]
    pub reading: Vec<String>,
    /// How to play
    #[command(flatten)]
    pub playing: Playing,
    /// What is known
    #[command(flatten)]
    pub knowing: Knowing,
    /// Score this list instead, a CSV file with a heading (`-`: standard input)
    #[arg(long, value_name = "FILE.csv")]
    pub forecasts: Option<PathBuf>,
    /// The column of forecasts [default: probability, forecast, prob or p]
    #[arg(long, value_name = "COLUMN", requires = "forecasts")]
    pub probability: Option<String>,
    /// The column of outcomes [default: outcome, resolved or result]
    #[arg(long, value_name = "COLUMN", requires = "forecasts")]
    pub outcome: Option<String>,
    /// A column that names each forecast
    #[arg(long, value_name = "COLUMN", requires = "forecasts")]
    pub name: Option<String>,
    /// A column by whose values scores are shown apart, too
    #[arg(long, value_name = "COLUMN", requires = "forecasts")]
    pub group: Option<String>,
    /// How forecasts without a percent sign are written [default: found out, and said]
    #[arg(long, value_enum, value_name = "SCALE", requires = "forecasts")]
    pub scale: Option<ForecastScale>,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// How forecasts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ForecastScale {
    /// From 0 to 1
    Share,
    /// From 0 to 100
    Percent,
}

/// `variorum history`.
#[derive(Args, Debug)]
pub struct HistoryArguments {
    /// The question's name
    pub question: String,
    /// The model whose ledger is read: a file, or a folder with model.vor [default: the ledger where you are]
    pub model: Option<PathBuf>,
    /// Read this ledger instead
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    pub ledger: Option<PathBuf>,
    /// Only this reading (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub reading: Vec<String>,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `variorum rows`.
#[derive(Args, Debug)]
pub struct RowsArguments {
    /// The model's folder, with model.vor and claims.toml [default: the shipped model]
    pub model: Option<PathBuf>,
    /// How to play
    #[command(flatten)]
    pub playing: Playing,
    /// Write what is measured into claims.toml
    #[arg(long, requires = "model")]
    pub write: bool,
}

/// `variorum cite`.
#[derive(Args, Debug)]
pub struct CiteArguments {
    /// The document, plain text
    pub file: PathBuf,
    /// The passage
    pub words: String,
}

/// `variorum words`.
#[derive(Args, Debug)]
pub struct WordsArguments {
    /// The phrase, as in `highly unlikely` [default: list all]
    pub phrase: Vec<String>,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `variorum explain-error`.
#[derive(Args, Debug)]
pub struct ExplainErrorArguments {
    /// The id, as in `unknown-name` [default: list all]
    pub id: Option<String>,
}

/// `variorum completions`.
#[derive(Args, Debug)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// `variorum man`.
#[derive(Args, Debug)]
pub struct ManArguments {
    /// Write a page for each command into this folder instead
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
}

/// `variorum schema`.
#[derive(Args, Debug)]
pub struct SchemaArguments {
    /// The command
    #[arg(value_enum, default_value_t = Document::Run)]
    pub document: Document,
}

/// What has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Document {
    /// The answers of all questions
    Run,
    /// A question explained
    Explain,
    /// Scenarios side by side
    Whatif,
    /// What to look out for
    Watch,
    /// The readings of a model scored
    Score,
    /// A list of forecasts scored
    Forecasts,
    /// How an answer has moved
    History,
    /// What divides two readings
    Crux,
    /// What divides every two readings
    CruxAll,
    /// The rates that a model implies (`check --rates --json`)
    Rates,
}

/// `variorum debug`.
#[derive(Args, Debug)]
pub struct DebugArguments {
    /// Which stage
    #[arg(value_enum)]
    pub stage: Stage,
    /// The model: a file, or a folder with model.vor [default: the shipped model]
    pub model: Option<PathBuf>,
    /// Only this reading (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub reading: Vec<String>,
    /// Print one JSON document (`model` only)
    #[arg(long)]
    pub json: bool,
}

/// The stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Stage {
    /// The lossless tree of each file
    Tree,
    /// The checked programs
    Model,
    /// The columnar plans
    Plan,
}

/// A length of time in months: `6 months`, `1 year`, `8 weeks`, or a number of months.
fn months(text: &str) -> Result<f64, String> {
    let wanted = || "write a length of time, as in \"6 months\" or \"1 year\"".to_owned();
    let text = text.trim();
    let (number, unit) = text.split_once(char::is_whitespace).unwrap_or((text, "months"));
    let number: f64 = number.parse().map_err(|_| wanted())?;
    let scale = match unit.trim() {
        "month" | "months" => 1.0,
        "year" | "years" => 12.0,
        "week" | "weeks" => 12.0 * 7.0 / 365.25,
        _ => return Err(wanted()),
    };
    let months = number * scale;
    if months > 0.0 && months <= 12_000.0 { Ok(months) } else { Err(wanted()) }
}
