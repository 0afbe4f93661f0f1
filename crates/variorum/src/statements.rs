//! The statements of a reading as people want to see them: titles, places, reasons, where the numbers come from.

use schemars::JsonSchema;
use serde::Serialize;

/// A statement as a reading has it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StatementRow {
    /// Its path: `deploy`, `take.accept`, `flow front[RU]`.
    pub path: String,
    /// Its keyword: `choice`, `option`, `flow`.
    pub kind: String,
    /// What people are shown; empty where it has no title.
    pub title: String,
    /// The text of the statement as written, without its reasons, on one line.
    pub written: String,
    /// Where it stands: file and line from 1.
    pub file: String,
    /// See `file`.
    pub line: u32,
    /// Claims behind it.
    pub because: Vec<String>,
    /// `own`, `borrowed`, `contested` or `unsupported`.
    pub standing: String,
    /// Where its numbers come from: `cited`, `base_rate`, `wording`, `assumed`, or `none` if it has none that need an origin.
    pub origin: String,
    /// The origin in words: the anchor, the reference class, the judgement.
    pub origin_text: String,
    /// Whether the reading itself says it.
    pub own: bool,
    /// Whether the reading switches it off.
    pub off: bool,
    /// Why a contested statement is kept.
    pub kept: Option<String>,
}
