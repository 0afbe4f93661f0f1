//! What can be wrong with a program.

use std::fmt;

/// Why a program has no meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OracleError {
    /// A statement refers to something that is not there, or breaks a rule of the program's form.
    Malformed {
        /// Which statement.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A parameter's law does not exist.
    Law {
        /// Which parameter.
        param: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

impl fmt::Display for OracleError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OracleError::Malformed { path, problem } => write!(out, "{path}: {problem}"),
            OracleError::Law { param, problem } => write!(out, "the law of {param}: {problem}"),
        }
    }
}

impl std::error::Error for OracleError {}
