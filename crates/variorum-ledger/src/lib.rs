//! The ledger: what was answered when, in one SQLite file beside a model.
//!
//! A run is recorded in one transaction, so it is there wholly or not at all. What was once recorded is never changed or
//! deleted by this program.
//!
//! **A rollback journal, not a write-ahead log.** A run is recorded once in minutes or days, and read as rarely: that
//! readers do not block a writer, which is what a write-ahead log gains, is worth nothing here. What it costs is: two more
//! files, which stay behind after a crash and without which a copy of the ledger lacks its last runs; shared memory, which
//! network drives do not have; and no reading where writing is not allowed. With a rollback journal the ledger is one
//! file whenever nobody writes. `synchronous = EXTRA` also syncs the folder after the journal is deleted, without which a
//! loss of power just after a commit could bring the journal back, and with it the ledger of before the commit.
//!
//! **Two at once.** Whoever records takes the write lock before anything is read (`BEGIN IMMEDIATE`), so that the version of
//! the form cannot change in between and no lock has to be upgraded, which could fail; whoever comes second waits up to
//! [`PATIENCE`].
//!
//! **Whose file it is** says `application_id`, which form it has `user_version`. A file of another program is left alone, and
//! so is a ledger of a newer form. Older forms are brought forward step by step, in the same transaction ([`FORMS`]).

mod error;
#[cfg(test)]
mod tests;

pub use error::LedgerError;

use rusqlite::{Connection, OpenFlags, Row, Transaction, TransactionBehavior, params};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use variorum::history::{Circumstances, Entry, Figures, Kept, KeptAnswer};

/// How long to wait for another process that records.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What stands in the file's head and says that it is a ledger: `vorl`.
pub const APPLICATION: i32 = 0x766f_726c;

/// The steps from form to form: the first makes form 1 of an empty file, the next form 2 of form 1. A step is never changed
/// once it has been released.
pub const FORMS: [&str; 1] = [include_str!("form1.sql")];

/// An open ledger.
#[derive(Debug)]
pub struct Ledger {
    connection: Connection,
    path: PathBuf,
}

impl Ledger {
    /// Opens a ledger to record in it, and makes it if it is not there.
    ///
    /// # Errors
    /// It cannot be written, is no ledger, or one of a newer form.
    pub fn to_record(path: &Path) -> Result<Ledger, LedgerError> {
        // SQLite takes a file of one byte for an empty one, since it makes such files itself where a file system of macOS
        // needs it; they have an S.
        if std::fs::metadata(path).is_ok_and(|there| there.is_file() && there.len() == 1)
            && std::fs::read(path).is_ok_and(|bytes| bytes != b"S")
        {
            return Err(LedgerError::NoLedger);
        }
        let mut ledger = Ledger::open(path, OpenFlags::SQLITE_OPEN_CREATE)?;
        ledger.prepare(&FORMS)?;
        Ok(ledger)
    }

    /// Opens a ledger that is there.
    ///
    /// # Errors
    /// It is not there, cannot be read, is no ledger, or one of another form.
    pub fn to_read(path: &Path) -> Result<Ledger, LedgerError> {
        if !path.exists() {
            return Err(LedgerError::NotThere);
        }
        // A journal that a crash has left is rolled back by whoever reads next, which needs writing; where that is not
        // allowed, SQLite opens the file for reading alone.
        let ledger = Ledger::open(path, OpenFlags::empty())?;
        let form = form(&ledger.connection).map_err(|error| ledger.fail(&error))?;
        match form {
            Form::Ledger(form) if form == latest(&FORMS) => Ok(ledger),
            Form::Ledger(form) if form > latest(&FORMS) => Err(newer(form, &FORMS)),
            Form::Ledger(_) => Err(LedgerError::Older),
            // Whoever wanted to record first was stopped before anything was.
            Form::Empty => Err(LedgerError::NotThere),
            Form::Foreign => Err(LedgerError::NoLedger),
        }
    }

    fn open(path: &Path, more: OpenFlags) -> Result<Ledger, LedgerError> {
        // Without SQLITE_OPEN_URI: a file's name is a name, whatever it begins with.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
        let connection = Connection::open_with_flags(path, flags).map_err(|error| LedgerError::of(&error, path))?;
        let ledger = Ledger { connection, path: path.to_path_buf() };
        let set = ledger.connection.busy_timeout(PATIENCE).and_then(|()| {
            ledger.connection.execute_batch(
                "PRAGMA synchronous = EXTRA; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; \
                 PRAGMA cell_size_check = ON;",
            )
        });
        set.map_err(|error| ledger.fail(&error))?;
        Ok(ledger)
    }

    fn fail(&self, error: &rusqlite::Error) -> LedgerError {
        LedgerError::of(error, &self.path)
    }

    /// Brings the file to the latest form, under the write lock.
    fn prepare(&mut self, forms: &[&str]) -> Result<(), LedgerError> {
        let path = self.path.clone();
        let fail = |error: rusqlite::Error| LedgerError::of(&error, &path);
        let transaction = self.begin()?;
        forward(&transaction, forms).map_err(fail)??;
        transaction.commit().map_err(fail)
    }

    fn begin(&mut self) -> Result<Transaction<'_>, LedgerError> {
        let path = &self.path;
        self.connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| LedgerError::of(&error, path))
    }

    /// Records a run, wholly or not at all, and gives its number.
    ///
    /// # Errors
    /// The disk is full, another process does not let go of the ledger, and whatever else keeps it from being written.
    pub fn record(&mut self, entry: &Entry) -> Result<i64, LedgerError> {
        let path = self.path.clone();
        let fail = |error: rusqlite::Error| LedgerError::of(&error, &path);
        let transaction = self.begin()?;
        // Another version may have brought it forward since it was opened.
        forward(&transaction, &FORMS).map_err(fail)??;
        let run = insert(&transaction, entry).map_err(fail)?;
        transaction.commit().map_err(fail)?;
        Ok(run)
    }

    /// The runs that answered a question, in the order in which they were recorded.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn history(&mut self, question: &str) -> Result<Vec<Kept>, LedgerError> {
        let path = self.path.clone();
        let fail = |error: rusqlite::Error| LedgerError::of(&error, &path);
        // Both queries see the same runs.
        let transaction = self.connection.transaction().map_err(fail)?;
        history(&transaction, question).map_err(fail)
    }

    /// The names of all questions that were ever answered, in order of name.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn questions(&self) -> Result<Vec<String>, LedgerError> {
        let all = || -> rusqlite::Result<Vec<String>> {
            let mut statement = self.connection.prepare("SELECT DISTINCT name FROM question ORDER BY name")?;
            statement.query_map([], |row| row.get(0))?.collect()
        };
        all().map_err(|error| self.fail(&error))
    }
}

/// What a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    /// Nothing yet.
    Empty,
    /// A ledger of this form.
    Ledger(i64),
    /// A database of something else.
    Foreign,
}

fn form(connection: &Connection) -> rusqlite::Result<Form> {
    let application: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let things: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match (application, version, things) {
        (0, 0, 0) => Form::Empty,
        (application, version, _) if application == i64::from(APPLICATION) && version > 0 => Form::Ledger(version),
        _ => Form::Foreign,
    })
}

fn latest(forms: &[&str]) -> i64 {
    i64::try_from(forms.len()).unwrap_or(i64::MAX)
}

fn newer(found: i64, forms: &[&str]) -> LedgerError {
    LedgerError::Newer { found, known: latest(forms) }
}

/// Brings an older form, or an empty file, to the latest one.
fn forward(transaction: &Transaction<'_>, forms: &[&str]) -> rusqlite::Result<Result<(), LedgerError>> {
    let from = match form(transaction)? {
        Form::Foreign => return Ok(Err(LedgerError::NoLedger)),
        Form::Ledger(form) if form > latest(forms) => return Ok(Err(newer(form, forms))),
        Form::Ledger(form) => usize::try_from(form).unwrap_or(usize::MAX),
        Form::Empty => 0,
    };
    for (place, step) in forms.iter().enumerate().skip(from) {
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", latest(forms.get(..=place).unwrap_or(forms)))?;
    }
    Ok(Ok(()))
}

fn insert(transaction: &Transaction<'_>, entry: &Entry) -> rusqlite::Result<i64> {
    let about = &entry.circumstances;
    transaction.execute(
        "INSERT INTO run (recorded, version, title, model, fingerprint, seed, per_draw, as_of, observed_to, complete, \
         scenario) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            about.recorded,
            about.version,
            entry.title,
            about.model,
            entry.fingerprint,
            // SQLite's whole numbers have a sign.
            entry.seed.to_string(),
            entry.per_draw,
            about.as_of,
            about.observed_to,
            entry.complete,
            entry.scenario,
        ],
    )?;
    let run = transaction.last_insert_rowid();
    let mut question_row =
        transaction.prepare("INSERT INTO question (run, place, name, text, document) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    let mut answer_row = transaction.prepare(
        "INSERT INTO answer (run, question, place, reading, draws, kind, value, low, high, error, word, after_kind, \
         after_value, after_low, after_high, after_error, after_word, document) VALUES \
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
    )?;
    for (place, question) in entry.questions.iter().enumerate() {
        question_row.execute(params![run, number(place), question.name, question.text, question.document])?;
        for (place, answer) in question.answers.iter().enumerate() {
            let figures = &answer.figures;
            let ends = |figures: &Figures| figures.interval.map_or([None; 2], |[low, high]| [Some(low), Some(high)]);
            let [low, high] = ends(figures);
            let after = answer.after.as_ref();
            let [after_low, after_high] = after.map_or([None; 2], ends);
            answer_row.execute(params![
                run,
                question.name,
                number(place),
                answer.reading,
                i64::try_from(answer.draws).unwrap_or(i64::MAX),
                figures.kind,
                figures.value,
                low,
                high,
                figures.error,
                figures.word,
                after.map(|after| &after.kind),
                after.and_then(|after| after.value),
                after_low,
                after_high,
                after.and_then(|after| after.error),
                after.map(|after| &after.word),
                answer.document,
            ])?;
        }
    }
    Ok(run)
}

fn number(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

fn history(transaction: &Transaction<'_>, question: &str) -> rusqlite::Result<Vec<Kept>> {
    let mut answers: BTreeMap<i64, Vec<KeptAnswer>> = BTreeMap::new();
    let mut statement = transaction.prepare(
        "SELECT run, reading, draws, kind, value, low, high, error, word, after_kind, after_value, after_low, after_high, \
         after_error, after_word FROM answer WHERE question = ?1 ORDER BY run, place",
    )?;
    let mut rows = statement.query([question])?;
    while let Some(row) = rows.next()? {
        let after: Option<String> = row.get("after_kind")?;
        answers.entry(row.get("run")?).or_default().push(KeptAnswer {
            reading: row.get("reading")?,
            draws: count(row, "draws")?,
            figures: figures(row, "")?,
            after: if after.is_some() { Some(figures(row, "after_")?) } else { None },
        });
    }
    let mut statement = transaction.prepare(
        "SELECT run.*, question.text AS text FROM run JOIN question ON question.run = run.id WHERE question.name = ?1 \
         ORDER BY run.id",
    )?;
    let kept = statement.query_map([question], |row| {
        let run: i64 = row.get("id")?;
        let seed: String = row.get("seed")?;
        Ok(Kept {
            run,
            circumstances: Circumstances {
                recorded: row.get("recorded")?,
                version: row.get("version")?,
                model: row.get("model")?,
                as_of: row.get("as_of")?,
                observed_to: row.get("observed_to")?,
            },
            title: row.get("title")?,
            fingerprint: row.get("fingerprint")?,
            seed: seed.parse().map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, run))?,
            per_draw: row.get("per_draw")?,
            complete: row.get("complete")?,
            scenario: row.get("scenario")?,
            text: row.get("text")?,
            answers: answers.remove(&run).unwrap_or_default(),
        })
    })?;
    let kept: rusqlite::Result<Vec<Kept>> = kept.collect();
    kept
}

fn count(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    let found: i64 = row.get(column)?;
    u64::try_from(found).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, found))
}

/// The figures in the columns that begin so.
fn figures(row: &Row<'_>, prefix: &str) -> rusqlite::Result<Figures> {
    let column = |name: &str| format!("{prefix}{name}");
    let (low, high): (Option<f64>, Option<f64>) = (row.get(column("low").as_str())?, row.get(column("high").as_str())?);
    Ok(Figures {
        kind: row.get(column("kind").as_str())?,
        value: row.get(column("value").as_str())?,
        interval: low.zip(high).map(|(low, high)| [low, high]),
        error: row.get(column("error").as_str())?,
        word: row.get(column("word").as_str())?,
    })
}
