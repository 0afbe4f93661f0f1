//! Any list of forecasts and outcomes, read row by row: memory does not grow with its length.

use super::calibration::{Bin, Calibration, Decomposition};
use super::moments::Moments;
use super::{Difference, EVEN, Means, Paired, Sums, rules};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Read;
use variorum_engine::math::ln;

/// Names of the column of forecasts that are looked for where none is given, the first found being taken.
pub const PROBABILITIES: [&str; 4] = ["probability", "forecast", "prob", "p"];
/// Names of the column of outcomes.
pub const OUTCOMES: [&str; 3] = ["outcome", "resolved", "result"];
/// The most groups.
pub const MAX_GROUPS: usize = 10_000;
/// The most rows that are told to be bad before reading ends.
pub const MAX_BAD: usize = 10;
/// How many of the costliest forecasts are listed.
const COSTLIEST: usize = 5;
/// The name that the forecast of always the base rate goes by.
const BASE_RATE: &str = "the base rate";

/// Which columns are read, and how.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// The column of forecasts; otherwise one of [`PROBABILITIES`].
    pub probability: Option<String>,
    /// The column of outcomes; otherwise one of [`OUTCOMES`].
    pub outcome: Option<String>,
    /// A column that names a row to people.
    pub name: Option<String>,
    /// A column by whose values scores are shown apart.
    pub group: Option<String>,
    /// How forecasts are written; otherwise found out.
    pub scale: Option<Scale>,
}

/// How forecasts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// From 0 to 1.
    Share,
    /// From 0 to 100.
    Percent,
}

/// The scores of a list. `variorum score --forecasts FILE --json` prints this.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct List {
    /// Version of this document's form.
    pub format: u32,
    /// Where the list was read.
    pub file: String,
    /// The column of forecasts.
    pub probability: String,
    /// The column of outcomes.
    pub outcome: String,
    /// How forecasts are written.
    pub scale: Scale,
    /// How that was found out.
    pub scale_because: String,
    /// Rows after the heading.
    pub rows: u64,
    /// Rows without an outcome, which are not scored.
    pub open: u64,
    /// Rows whose outcome is void, which are not scored.
    pub void: u64,
    /// Rows without a forecast, which are not scored.
    pub without: u64,
    /// The means over the rest.
    pub means: Means,
    /// The share of the scored rows that came true: known only afterwards.
    pub base_rate: f64,
    /// Always saying the base rate, and always saying 50%.
    pub references: Vec<Reference>,
    /// The parts of the Brier score.
    pub decomposition: Decomposition,
    /// How much of what was given so much came true.
    pub calibration: Vec<Bin>,
    /// By group, in order of name.
    pub groups: Vec<Group>,
    /// The forecasts that cost most, the worst first.
    pub costliest: Vec<Costly>,
}

/// Something simple to be compared with.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Reference {
    /// What it always says.
    pub name: String,
    /// Its mean Brier score on the same rows.
    pub brier: f64,
    /// Its mean log score in bits.
    pub log: f64,
    /// The list against it.
    pub difference: Difference,
}

/// A group of rows.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its means.
    pub means: Means,
    /// The share of its rows that came true.
    pub base_rate: f64,
}

/// A forecast that cost much.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Costly {
    /// Its line in the file.
    pub line: u64,
    /// Its name, if there is a column of names.
    pub name: Option<String>,
    /// The forecast.
    pub probability: f64,
    /// Whether it came true.
    pub yes: bool,
    /// Its Brier score.
    pub brier: f64,
}

/// Why a list was not scored.
#[derive(Clone, Debug, PartialEq)]
pub enum ListError {
    /// It cannot be read: why.
    Read(String),
    /// A column that is asked for is not there.
    Column(String),
    /// Rows that cannot be scored: line and what is wrong; and whether reading ended before the end of the list.
    Rows(Vec<(u64, String)>, bool),
    /// Forecasts may be meant as shares or in percent.
    Scale(String),
    /// There is no row that could be scored.
    Empty(String),
    /// Too many groups.
    Limit(String),
}

/// Sums of the rows under one way to read their forecasts.
#[derive(Clone, Debug, Default)]
struct Reading {
    /// Scores of the rows that came out as no and as yes.
    by_outcome: [Sums; 2],
    calibration: Calibration,
    groups: BTreeMap<String, [Sums; 2]>,
    costliest: Vec<Costly>,
}

impl Reading {
    fn add(&mut self, row: &Row<'_>, probability: f64) {
        self.by_outcome[usize::from(row.yes)].add(probability, row.yes);
        self.calibration.add(probability, row.yes);
        if let Some(group) = row.group {
            if let Some(sums) = self.groups.get_mut(group) {
                sums[usize::from(row.yes)].add(probability, row.yes);
            } else {
                let mut sums = [Sums::default(); 2];
                sums[usize::from(row.yes)].add(probability, row.yes);
                self.groups.insert(group.to_owned(), sums);
            }
        }
        let brier = rules::brier(probability, row.yes);
        let worse = |least: &Costly| brier > least.brier;
        if self.costliest.len() < COSTLIEST || self.costliest.last().is_some_and(worse) {
            let name = row.name.map(str::to_owned);
            self.costliest.push(Costly { line: row.line, name, probability, yes: row.yes, brier });
            self.costliest.sort_by(|a, b| b.brier.total_cmp(&a.brier).then(a.line.cmp(&b.line)));
            self.costliest.truncate(COSTLIEST);
        }
    }
}

/// A row that can be scored.
struct Row<'r> {
    line: u64,
    name: Option<&'r str>,
    group: Option<&'r str>,
    yes: bool,
}

/// Where the columns are.
struct Places {
    probability: usize,
    outcome: usize,
    name: Option<usize>,
    group: Option<usize>,
}

/// Reads a list in CSV (RFC 4180, with a heading) and scores it. `file` is what it is called.
///
/// # Errors
/// It cannot be read, has no such columns, rows that cannot be scored, or nothing to score.
pub fn list(reader: impl Read, file: &str, columns: &Columns) -> Result<List, ListError> {
    let mut csv = csv::ReaderBuilder::new().flexible(true).from_reader(Lines::new(reader));
    let heading = csv.byte_headers().map_err(|error| unreadable(&error))?;
    let heading: Vec<String> = heading.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    let places = places(&heading, columns)?;
    let mut tally = Tally { scale: columns.scale, ..Tally::default() };
    let mut record = csv::ByteRecord::new();
    while csv.read_byte_record(&mut record).map_err(|error| unreadable(&error))? {
        // Blank lines before a record count as part of it in its own position, so the line is found from its end.
        let within = record.iter().flatten().filter(|byte| **byte == b'\n').count() as u64;
        let line = csv.position().line().saturating_sub(1 + within);
        tally.rows += 1;
        if record.len() == heading.len() {
            tally.row(line, &record, &places)?;
        } else {
            let (has, needs) = (record.len(), heading.len());
            let fields = if has == 1 { "1 field" } else { &format!("{has} fields") };
            let why = format!("{fields} where the heading has {needs}; a field with a comma in it needs quotes");
            tally.bad.push((line, why));
        }
        if tally.bad.len() > MAX_BAD {
            tally.bad.truncate(MAX_BAD);
            return Err(ListError::Rows(tally.bad, true));
        }
    }
    if !tally.bad.is_empty() {
        return Err(ListError::Rows(tally.bad, false));
    }
    let name = |place: usize| heading.get(place).cloned().unwrap_or_default();
    tally.list(file, name(places.probability), name(places.outcome))
}

/// Ends every line with a line feed alone, the last one too: so that lines can be counted.
struct Lines<R> {
    inner: R,
    /// A carriage return that may belong to a line feed.
    held: bool,
    ended: bool,
}

impl<R> Lines<R> {
    fn new(inner: R) -> Lines<R> {
        Lines { inner, held: false, ended: false }
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        // One byte is left free for a carriage return that was held back.
        let room = into.len().saturating_sub(1);
        if room == 0 {
            return Err(std::io::Error::other("the buffer is too small"));
        }
        let mut buffer = vec![0; room];
        loop {
            if self.ended {
                return Ok(0);
            }
            let n = self.inner.read(&mut buffer)?;
            let mut written = 0;
            let mut write = |byte: u8| {
                if let Some(place) = into.get_mut(written) {
                    *place = byte;
                    written += 1;
                }
            };
            for byte in buffer.iter().take(n) {
                if std::mem::take(&mut self.held) && *byte != b'\n' {
                    write(b'\r');
                }
                if *byte == b'\r' {
                    self.held = true;
                } else {
                    write(*byte);
                }
            }
            if n == 0 {
                self.ended = true;
                write(b'\n');
            }
            if written > 0 {
                return Ok(written);
            }
        }
    }
}

/// What has been read so far.
#[derive(Default)]
struct Tally {
    scale: Option<Scale>,
    rows: u64,
    open: u64,
    void: u64,
    without: u64,
    /// With forecasts read as shares, and as percent; those with a percent sign are the same in both.
    as_share: Reading,
    as_percent: Reading,
    /// Forecasts without a percent sign, and those of them that are at most 1; the first that is more: its line and itself.
    bare: u64,
    small: u64,
    /// Among them those that are 0, which is the same as a share and in percent.
    zeros: u64,
    /// Forecasts with a percent sign.
    signed: u64,
    first_large: Option<(u64, String)>,
    bad: Vec<(u64, String)>,
}

impl Tally {
    fn row(&mut self, line: u64, record: &csv::ByteRecord, places: &Places) -> Result<(), ListError> {
        // What is no text in a field that is not numbers will not be taken for one, and is shown as it can be.
        let text = |place: usize| String::from_utf8_lossy(record.get(place).unwrap_or_default());
        let (came, given) = (text(places.outcome), text(places.probability));
        let (came, given) = (came.trim(), given.trim());
        let yes = match outcome(came) {
            Some(Came::Yes) => true,
            Some(Came::No) => false,
            Some(Came::Void) => {
                self.void += 1;
                return Ok(());
            }
            Some(Came::Open) => {
                self.open += 1;
                return Ok(());
            }
            None => {
                let came = shown(came);
                self.bad
                    .push((line, format!("the outcome `{came}` is neither yes nor no (yes, no, true, false, 1, 0)")));
                return Ok(());
            }
        };
        if is_missing(given) {
            self.without += 1;
            return Ok(());
        }
        let (digits, signed) = match given.strip_suffix('%') {
            Some(digits) => (digits.trim_end(), true),
            None => (given, false),
        };
        let in_percent = signed || self.scale == Some(Scale::Percent);
        let most = if in_percent || self.scale.is_none() { 100.0 } else { 1.0 };
        let number = match digits.parse::<f64>() {
            Ok(number) if (0.0..=most).contains(&number) => number,
            Ok(_) => {
                let range = if most > 1.0 && in_percent { "from 0 to 100 percent" } else { "from 0 to 1" };
                let range = if self.scale.is_none() && !signed { "from 0 to 1, or to 100 in percent" } else { range };
                self.bad.push((line, format!("the forecast `{}` is no probability, {range}", shown(given))));
                return Ok(());
            }
            Err(_) => {
                let hint = if digits.contains(',') { "; write a point before decimals" } else { "" };
                self.bad.push((line, format!("the forecast `{}` is no number{hint}", shown(given))));
                return Ok(());
            }
        };
        let (name, group) = (places.name.map(text), places.group.map(text));
        let row = Row { line, name: name.as_deref().map(str::trim), group: group.as_deref().map(str::trim), yes };
        self.signed += u64::from(signed);
        if !signed {
            self.bare += 1;
            self.small += u64::from(number <= 1.0);
            self.zeros += u64::from(number == 0.0);
            if number > 1.0 && self.first_large.is_none() {
                self.first_large = Some((line, given.to_owned()));
            }
        }
        if self.scale != Some(Scale::Percent) && (signed || self.first_large.is_none()) {
            self.as_share.add(&row, if signed { number / 100.0 } else { number });
        }
        if self.scale != Some(Scale::Share) || signed {
            self.as_percent.add(&row, number / 100.0);
        }
        if self.as_percent.groups.len().max(self.as_share.groups.len()) > MAX_GROUPS {
            return Err(ListError::Limit(format!("more than {MAX_GROUPS} groups")));
        }
        Ok(())
    }

    /// How forecasts are written, and how that was found out.
    fn scale(&self) -> Result<(Scale, String), ListError> {
        match (self.scale, &self.first_large) {
            (Some(scale), _) => Ok((scale, "as was asked for".to_owned())),
            (None, _) if self.bare == 0 => Ok((Scale::Percent, "each has a percent sign".to_owned())),
            (None, _) if self.bare == self.zeros && self.signed > 0 => {
                Ok((Scale::Percent, "each has a percent sign, or is 0".to_owned()))
            }
            (None, None) => Ok((Scale::Share, "none is above 1".to_owned())),
            (None, Some((line, text))) if 2 * self.small > self.bare => Err(ListError::Scale(format!(
                "{} of {} forecasts are at most 1, but line {line} has {text}: say whether they are shares (`--scale \
                 share`) or percent (`--scale percent`)",
                self.small, self.bare
            ))),
            (None, Some((line, text))) => Ok((Scale::Percent, format!("line {line} has {text}"))),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
    fn list(self, file: &str, probability: String, outcome: String) -> Result<List, ListError> {
        let (scale, scale_because) = self.scale()?;
        let reading = match scale {
            Scale::Share => self.as_share,
            Scale::Percent => self.as_percent,
        };
        let [no, yes] = &reading.by_outcome;
        let mut all = *no;
        all.merge(yes);
        let Some(means) = all.means() else {
            return Err(ListError::Empty(format!(
                "nothing can be scored: {} rows, {} without an outcome, {} void, {} without a forecast",
                self.rows, self.open, self.void, self.without
            )));
        };
        let base_rate = yes.brier.n() as f64 / means.n as f64;
        let Some(decomposition) = reading.calibration.decomposition(means.brier) else {
            return Err(ListError::Empty("nothing can be scored".to_owned()));
        };
        let groups = reading.groups.into_iter().filter_map(|(name, [no, yes])| {
            let mut all = no;
            all.merge(&yes);
            let means = all.means()?;
            Some(Group { name, base_rate: yes.brier.n() as f64 / means.n as f64, means })
        });
        Ok(List {
            format: 1,
            file: file.to_owned(),
            probability,
            outcome,
            scale,
            scale_because,
            rows: self.rows,
            open: self.open,
            void: self.void,
            without: self.without,
            means,
            base_rate,
            references: vec![
                reference(BASE_RATE, base_rate, &reading.by_outcome),
                reference(EVEN, 0.5, &reading.by_outcome),
            ],
            decomposition,
            calibration: reading.calibration.bins(),
            groups: groups.collect(),
            costliest: reading.costliest,
        })
    }
}

/// Always saying one probability. It has one score among the rows that came out as no and one among the others, so that
/// differences need not be kept row by row.
#[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
fn reference(name: &str, always: f64, by_outcome: &[Sums; 2]) -> Reference {
    let (mut brier, mut log, mut differences, mut of_log) = (0.0, 0.0, Moments::default(), Moments::default());
    let mut infinite = 0;
    let all = (by_outcome[0].brier.n() + by_outcome[1].brier.n()) as f64;
    for (sums, yes) in by_outcome.iter().zip([false, true]).filter(|(sums, _)| sums.brier.n() > 0) {
        let share = sums.brier.n() as f64 / all;
        let given = if yes { always } else { 1.0 - always };
        let score = ln(given) / std::f64::consts::LN_2;
        brier += share * rules::brier(always, yes);
        log += share * score;
        differences.merge(&sums.brier.less(rules::brier(always, yes)));
        of_log.merge(&sums.log.less(score));
        infinite += sums.infinite;
    }
    Reference {
        name: name.to_owned(),
        brier,
        log,
        difference: Difference {
            against: name.to_owned(),
            n: differences.n(),
            brier: Paired::of(&differences),
            log: (infinite == 0).then(|| Paired::of(&of_log)),
        },
    }
}

/// What an outcome says.
enum Came {
    Yes,
    No,
    Void,
    Open,
}

fn outcome(text: &str) -> Option<Came> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "y" | "true" | "t" => Some(Came::Yes),
        "no" | "n" | "false" | "f" => Some(Came::No),
        "void" | "annulled" | "cancelled" | "canceled" => Some(Came::Void),
        "" | "na" | "n/a" | "nan" | "null" | "open" | "unresolved" => Some(Came::Open),
        number => match number.parse::<f64>() {
            Ok(1.0) => Some(Came::Yes),
            Ok(0.0) => Some(Came::No),
            _ => None,
        },
    }
}

fn is_missing(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "" | "na" | "n/a" | "nan" | "null")
}

/// Not more of a field than a line of a message can bear.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().count() > 40 {
        shown.push('…');
    }
    shown
}

fn places(heading: &[String], columns: &Columns) -> Result<Places, ListError> {
    let there: Vec<String> = heading.iter().map(|name| format!("`{}`", shown(name))).collect();
    let place = |name: &str| heading.iter().position(|found| found.eq_ignore_ascii_case(name));
    let missing = |what: String, option: &str| {
        let semicolon = if heading.len() == 1 && heading.iter().any(|name| name.contains(';') || name.contains('\t')) {
            "; columns have to be separated by commas"
        } else {
            ""
        };
        let columns =
            if there.is_empty() { "it is empty".to_owned() } else { format!("there are {}", there.join(", ")) };
        ListError::Column(format!("{what} (`{option}`); {columns}{semicolon}"))
    };
    let find = |asked: &Option<String>, usual: &[&str], what: &str, option: &str| match asked {
        Some(name) => place(name).ok_or_else(|| missing(format!("there is no column `{}`", shown(name)), option)),
        None => usual.iter().find_map(|name| place(name)).ok_or_else(|| {
            missing(format!("say which column has the {what}s: none is called {}", usual.join(", ")), option)
        }),
    };
    let other = |asked: &Option<String>, option: &str| match asked {
        Some(name) => {
            place(name).map(Some).ok_or_else(|| missing(format!("there is no column `{}`", shown(name)), option))
        }
        None => Ok(None),
    };
    Ok(Places {
        probability: find(&columns.probability, &PROBABILITIES, "forecast", "--probability COLUMN")?,
        outcome: find(&columns.outcome, &OUTCOMES, "outcome", "--outcome COLUMN")?,
        name: other(&columns.name, "--name COLUMN")?,
        group: other(&columns.group, "--group COLUMN")?,
    })
}

fn unreadable(error: &csv::Error) -> ListError {
    ListError::Read(match error.kind() {
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
    #![allow(clippy::disallowed_methods, reason = "the platform's logarithm is a second opinion")]

    use super::*;

    fn score(text: &str) -> Result<List, ListError> {
        list(text.as_bytes(), "list.csv", &Columns::default())
    }

    fn bad(text: &str) -> Vec<(u64, String)> {
        match score(text) {
            Err(ListError::Rows(rows, false)) => rows,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn closed_forms() {
        let list = score("probability,outcome\n0.8,yes\n0.6,no\n0.1,FALSE\n0.5,1\n").unwrap();
        assert!((list.means.brier - (0.04 + 0.36 + 0.01 + 0.25) / 4.0).abs() < 1e-15);
        let log = (0.8_f64.log2() + 0.4_f64.log2() + 0.9_f64.log2() - 1.0) / 4.0;
        assert!((list.means.log.unwrap() - log).abs() < 1e-12);
        assert_eq!((list.base_rate, list.references[0].brier, list.references[0].log), (0.5, 0.25, -1.0));
        // Differences against 50%: -0.21, 0.11, -0.24, 0.
        let of: [f64; 4] = [-0.21, 0.11, -0.24, 0.0];
        let mean = of.iter().sum::<f64>() / 4.0;
        let error = (of.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / 3.0 / 4.0).sqrt();
        let found = &list.references[1].difference;
        assert!((found.brier.mean - mean).abs() < 1e-15 && (found.brier.error.unwrap() - error).abs() < 1e-15);
        assert!((found.log.unwrap().mean - (log + 1.0)).abs() < 1e-12);
        let lines: Vec<u64> = list.costliest.iter().map(|costly| costly.line).collect();
        assert_eq!(lines, [3, 5, 2, 4]);
    }

    #[test]
    fn percent_or_share() {
        let percent = score("p,outcome\n80,yes\n1,no\n50,no\n").unwrap();
        assert_eq!((percent.scale, percent.scale_because.as_str()), (Scale::Percent, "line 2 has 80"));
        assert!((percent.means.brier - (0.04 + 0.0001 + 0.25) / 3.0).abs() < 1e-15);
        let signed = score("p,outcome\n80 %,yes\n0.5%,no\n").unwrap();
        assert!((signed.means.brier - (0.04 + 0.000_025) / 2.0).abs() < 1e-15);
        let zero = score("p,outcome\n70%,yes\n0,no\n").unwrap();
        assert_eq!((zero.scale, zero.scale_because.as_str()), (Scale::Percent, "each has a percent sign, or is 0"));
        assert!((zero.means.brier - 0.09 / 2.0).abs() < 1e-15);
        assert_eq!(score("p,outcome\n0,yes\n0,no\n").unwrap().scale, Scale::Share);
        let mixed = score("p,outcome\n80%,yes\n0.5,no\n").unwrap();
        assert_eq!(mixed.scale, Scale::Share);
        assert!((mixed.means.brier - (0.04 + 0.25) / 2.0).abs() < 1e-15);
        assert!(
            matches!(score("p,outcome\n0.8,yes\n0.5,no\n1.2,no\n"), Err(ListError::Scale(why)) if why.contains("line 4"))
        );
        let asked = Columns { scale: Some(Scale::Percent), ..Columns::default() };
        let asked = list("p,outcome\n0.8,yes\n0.5,no\n1.2,no\n".as_bytes(), "", &asked).unwrap();
        assert!((asked.means.brier - (0.992 * 0.992 + 0.005 * 0.005 + 0.012 * 0.012) / 3.0).abs() < 1e-12);
        let asked = Columns { scale: Some(Scale::Share), ..Columns::default() };
        assert!(matches!(list("p,outcome\n1.2,no\n".as_bytes(), "", &asked), Err(ListError::Rows(..))));
    }

    #[test]
    fn what_is_not_scored_is_counted() {
        let list = score("p,outcome\n0.8,yes\n0.5,\n0.5,void\n,no\nNA,yes\n").unwrap();
        assert_eq!((list.rows, list.open, list.void, list.without, list.means.n), (5, 1, 1, 2, 1));
        assert_eq!(list.references[0].difference.brier.error, None);
        assert!(matches!(score("p,outcome\n0.5,\n"), Err(ListError::Empty(_))));
        assert!(matches!(score("p,outcome\n"), Err(ListError::Empty(_))));
    }

    #[test]
    fn a_zero_that_came_true() {
        let list = score("p,outcome\n0,yes\n0.5,no\n").unwrap();
        assert_eq!((list.means.log, list.means.infinite), (None, 1));
        assert_eq!(list.references[1].difference.log, None);
        assert!((list.means.brier - 0.625).abs() < 1e-15);
    }

    #[test]
    fn bad_rows_are_named_by_line() {
        let found = bad("p,outcome\n0.8,yes\nx,no\n0.5,maybe\n\n-0.1,no\n\"0,5\",no\n0.5\n101,no\n");
        let lines: Vec<u64> = found.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [3, 4, 6, 7, 8, 9]);
        assert!(found[0].1.contains("no number") && found[1].1.contains("`maybe`") && found[3].1.contains("point"));
        assert!(found[4].1.contains("1 field where the heading has 2"));
        // The same lines whatever ends them, and whatever stands in quotes before.
        let text = "p,outcome,why\n\n0.5,no,\"two\nlines\"\n\nx,no,\n0.1,no,";
        for text in [text.to_owned(), text.replace('\n', "\r\n"), format!("{text}\n")] {
            let lines: Vec<u64> = bad(&text).iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [6], "{text:?}");
            let costly: Vec<u64> =
                score(&text.replace("x,", "0.2,")).unwrap().costliest.iter().map(|costly| costly.line).collect();
            assert_eq!(costly, [3, 6, 7]);
        }
        let many = format!("p,outcome\n{}", "x,no\n".repeat(MAX_BAD + 1));
        assert!(matches!(score(&many), Err(ListError::Rows(rows, true)) if rows.len() == MAX_BAD));
        assert!(matches!(score("p,outcome\n0.37,0.37\n"), Err(ListError::Rows(..))));
    }

    #[test]
    fn columns_are_found_or_asked_for() {
        let text = "Who,Crowd,Outcome\na,0.2,no\nb,0.7,yes\n";
        assert!(matches!(score(text), Err(ListError::Column(why)) if why.contains("`Crowd`")));
        assert!(matches!(score("p;outcome\n1;no\n"), Err(ListError::Column(why)) if why.contains("commas")));
        assert!(matches!(score(""), Err(ListError::Column(why)) if why.contains("empty")));
        let columns = Columns {
            probability: Some("crowd".to_owned()),
            name: Some("Who".to_owned()),
            group: Some("Who".to_owned()),
            ..Columns::default()
        };
        let found = list(text.as_bytes(), "", &columns).unwrap();
        assert_eq!((found.probability.as_str(), found.outcome.as_str()), ("Crowd", "Outcome"));
        let groups: Vec<(&str, u64, f64)> =
            found.groups.iter().map(|group| (group.name.as_str(), group.means.n, group.base_rate)).collect();
        assert_eq!(groups, [("a", 1, 0.0), ("b", 1, 1.0)]);
        assert_eq!(found.costliest[0].name.as_deref(), Some("b"));
        let missing = Columns { group: Some("nothing".to_owned()), ..columns };
        assert!(matches!(list(text.as_bytes(), "", &missing), Err(ListError::Column(why)) if why.contains("--group")));
    }

    #[test]
    fn no_text_is_an_error_where_it_matters_and_a_mark_at_the_start_is_none() {
        let found = list(&b"p,outcome\n0.5,yes\n\xff,no\n"[..], "", &Columns::default());
        assert!(matches!(found, Err(ListError::Rows(rows, false)) if rows[0].0 == 3));
        assert!(list(&b"p,outcome,about\n0.5,yes,\xff\n"[..], "", &Columns::default()).is_ok());
        assert!(score("\u{feff}p,outcome\n0.5,yes\n").is_ok());
    }

    /// Rows that are made while they are read: 2,000,000 of them, of which 30% of those given 30% come true.
    struct Endless {
        left: u64,
        line: Vec<u8>,
    }

    impl Read for Endless {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            if self.line.is_empty() && self.left > 0 {
                self.left -= 1;
                let outcome = if self.left % 10 < 3 { "yes" } else { "no" };
                self.line = format!("0.3,{outcome}\n").into_bytes();
            }
            let n = self.line.len().min(into.len());
            into[..n].copy_from_slice(&self.line[..n]);
            self.line.drain(..n);
            Ok(n)
        }
    }

    #[test]
    fn long_lists_are_streamed() {
        let rows = Endless { left: 2_000_000, line: b"p,outcome\n".to_vec() };
        let found = list(rows, "", &Columns::default()).unwrap();
        assert_eq!((found.rows, found.means.n), (2_000_000, 2_000_000));
        assert!((found.means.brier - 0.21).abs() < 1e-9 && (found.base_rate - 0.3).abs() < 1e-12);
        assert!(found.decomposition.reliability < 1e-12);
        assert!(found.references[0].difference.brier.mean.abs() < 1e-9);
    }
}
