//! Answers to terminal tables that fit 80 columns, to a report that is one HTML page, and to a brief of two pages.
//!
//! Nothing here computes an answer: every function takes the library's plain data and gives text.

mod alike;
mod brief;
mod comparison;
mod crux;
mod dossier;
mod evidence;
mod explanation;
mod grouping;
mod history;
mod html;
mod kinship;
mod labels;
mod layout;
mod lookout;
mod mechanisms;
mod observed;
mod page;
mod phrases;
mod questions;
mod rates;
mod scenarios;
mod scores;
mod seen;
mod sentences;
mod spread;
mod statements;
mod telling;

pub use brief::brief;
pub use comparison::comparison;
pub use crux::{crux, crux_all};
pub use dossier::{Asked, Dossier, ReadingNotes, ReadingStories};
pub use explanation::explanation;
pub use history::history;
pub use html::report;
pub use lookout::watch_list;
pub use mechanisms::rows;
pub use page::{kinds, page};
pub use phrases::{dictionary, phrase};
pub use questions::answers;
pub use rates::rates;
pub use scenarios::whatif;
pub use scores::{forecasts, score};
pub use statements::statements;
pub use telling::stories;

/// Whether text may carry colours: on a terminal, or if they are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text alone.
    Plain,
    /// With escape sequences.
    Coloured,
}

impl Style {
    /// Text that stands out.
    fn strong(self, text: &str) -> String {
        match self {
            Style::Plain => text.to_owned(),
            Style::Coloured => format!("\u{1b}[1m{text}\u{1b}[0m"),
        }
    }
    /// Text that stands back.
    fn faint(self, text: &str) -> String {
        match self {
            Style::Plain => text.to_owned(),
            Style::Coloured => format!("\u{1b}[2m{text}\u{1b}[0m"),
        }
    }
}
