//! What can go wrong with a ledger, in words.

use rusqlite::ErrorCode;
use std::path::Path;

/// Why a ledger could not be written or read. Each says what stands there now: nothing that was recorded before is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerError {
    /// There is none yet.
    NotThere,
    /// The file is something else.
    NoLedger,
    /// It was written by a newer version of this program.
    Newer {
        /// Its form.
        found: i64,
        /// The latest form that this version knows.
        known: i64,
    },
    /// It was written by an older version; recording in it brings it forward, reading alone does not.
    Older,
    /// Another process writes, and did not finish in time.
    Busy,
    /// There is no more room.
    Full,
    /// Writing or reading there is not allowed.
    NotAllowed,
    /// The folder is not there.
    NoFolder,
    /// What is called so is a folder.
    Folder,
    /// The system failed to read or write, for instance since a file may not grow larger.
    Io(String),
    /// The file is damaged.
    Damaged(String),
    /// Anything else.
    Other(String),
}

impl LedgerError {
    /// What an error of SQLite's means for a file.
    pub(crate) fn of(error: &rusqlite::Error, path: &Path) -> LedgerError {
        let Some(code) = error.sqlite_error_code() else { return LedgerError::Other(error.to_string()) };
        match code {
            ErrorCode::NotADatabase => LedgerError::NoLedger,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => LedgerError::Busy,
            ErrorCode::DiskFull => LedgerError::Full,
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => LedgerError::NotAllowed,
            ErrorCode::DatabaseCorrupt => LedgerError::Damaged(error.to_string()),
            ErrorCode::SystemIoFailure => LedgerError::Io(error.to_string()),
            ErrorCode::CannotOpen => cannot_open(error, path),
            _ => LedgerError::Other(error.to_string()),
        }
    }
}

/// SQLite says only that it cannot; the file system may know why.
fn cannot_open(error: &rusqlite::Error, path: &Path) -> LedgerError {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if path.is_dir() {
        LedgerError::Folder
    } else if !folder.is_dir() {
        LedgerError::NoFolder
    } else if std::fs::OpenOptions::new().append(true).open(path).is_err() || path.exists() {
        // It cannot be opened, or the journal beside it cannot.
        LedgerError::NotAllowed
    } else {
        LedgerError::Other(error.to_string())
    }
}

impl std::fmt::Display for LedgerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LedgerError::NotThere => f.write_str("nothing has been recorded there yet; `variorum run --record` does"),
            LedgerError::NoLedger => f.write_str("it is no ledger of variorum, and is left alone"),
            LedgerError::Newer { found, known } => write!(
                f,
                "it was written by a newer version of variorum (form {found}; this version knows forms up to {known}), \
                 and is left alone"
            ),
            LedgerError::Older => {
                f.write_str("it was written by an older version of variorum; `variorum run --record` brings it forward")
            }
            LedgerError::Busy => f.write_str("another process is recording there and does not finish"),
            LedgerError::Full => f.write_str("the disk is full; what was recorded before is still there"),
            LedgerError::Io(why) => {
                write!(f, "reading or writing failed ({why}); what was recorded before is still there")
            }
            LedgerError::NotAllowed => f.write_str("writing there is not allowed"),
            LedgerError::NoFolder => f.write_str("its folder does not exist"),
            LedgerError::Folder => f.write_str("it is a folder"),
            LedgerError::Damaged(why) => write!(
                f,
                "the file is damaged ({why}); `sqlite3 FILE .recover` saves what can be saved from a copy of it"
            ),
            LedgerError::Other(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for LedgerError {}
