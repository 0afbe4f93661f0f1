//! Why a model cannot be solved exactly, and what to do about it.

use std::fmt;

use variorum_oracle::OracleError;

/// Why there is no exact solution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExactError {
    /// The program has no meaning.
    Program(OracleError),
    /// A parameter may have infinitely many values.
    Uncertain {
        /// Which.
        param: String,
    },
    /// Parameters with several values are correlated.
    Correlated {
        /// The first of them.
        param: String,
    },
    /// The parameters have too many values together.
    Combinations {
        /// How many, as far as they were counted.
        combinations: u64,
        /// The limit.
        limit: u64,
        /// The parameter with the most values.
        param: String,
        /// How many it has.
        values: usize,
    },
    /// A flow has noise.
    Noise {
        /// Which.
        flow: String,
    },
    /// There are too many states, or too many ways from one to the next.
    TooMany {
        /// `states` or `transitions`.
        what: &'static str,
        /// How many there were when it was given up.
        found: u64,
        /// The limit.
        limit: u64,
        /// The step in which that was, by its date.
        date: String,
        /// What takes the most values in the states that were reached in that step, most first, and how many.
        values: Vec<(String, usize)>,
    },
    /// It was stopped.
    Stopped,
}

impl fmt::Display for ExactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExactError::Program(error) => error.fmt(f),
            ExactError::Uncertain { param } => write!(
                f,
                "no exact solution: the parameter `{param}` may have infinitely many values, and an answer depends on it; \
                 give it one number, or a few with `oneof(…)`"
            ),
            ExactError::Correlated { param } => write!(
                f,
                "no exact solution: the parameter `{param}` is correlated with others; give them one number each, or leave \
                 out the correlation"
            ),
            ExactError::Combinations { combinations, limit, param, values } => write!(
                f,
                "no exact solution: the parameters have at least {combinations} combinations of values, {limit} is the \
                 limit; `{param}` alone has {values} values: give fewer of them in `oneof(…)`, or one number"
            ),
            ExactError::Noise { flow } => write!(
                f,
                "no exact solution: `{flow}` has noise, and an answer depends on it, so that there is no end to the states; \
                 leave out the noise"
            ),
            ExactError::TooMany { what, found, limit, date, values } => {
                write!(f, "no exact solution: {found} {what} by {date}, {limit} is the limit")?;
                let listed: Vec<String> =
                    values.iter().map(|(name, values)| format!("`{name}` has {values} values there")).collect();
                if !listed.is_empty() {
                    write!(f, "; {}: bounds or coarser effects make it fewer", listed.join(", "))?;
                }
                Ok(())
            }
            ExactError::Stopped => write!(f, "stopped before there was a solution"),
        }
    }
}

impl std::error::Error for ExactError {}
