//! The library: check, lower, run, and every derived answer.
//!
//! ```text
//! files --load--> Loaded --check--> Model --(reading)--> Program --lower--> Plan --ensemble--> Tallies --> Answers
//! ```
//!
//! The library touches no disk, clock or network: files come through [`World`], progress and interruption go through
//! [`run::Watch`]. Answers are plain data; the terminal and every other shell only render them.

pub mod ablate;
pub mod ablate_after;
pub mod answer;
pub mod answers;
pub mod check;
mod classes;
pub mod compare;
pub mod condition;
pub mod confidence;
pub mod crux;
pub mod curve;
pub mod drivers;
pub mod drivers_after;
pub mod evidence;
pub mod exact;
pub mod explain;
mod fitted;
pub mod freeze;
pub mod history;
pub mod influence;
pub mod known;
pub mod lower;
pub mod origins;
pub mod pages;
pub mod provenance;
pub mod rates;
pub mod reach;
pub mod render;
pub mod rows;
pub mod run;
pub mod runs;
pub mod score;
pub mod shipped;
pub mod statements;
pub mod stats;
pub mod stories;
pub mod tally;
pub mod verbal;
pub mod watch;
pub mod whatif;
pub mod words;

pub use variorum_engine as engine;
pub use variorum_model as model;
pub use variorum_model::load::{Loaded, World, load};
pub use variorum_model::model::Model;
pub use variorum_oracle as oracle;
pub use variorum_syntax as syntax;

/// Checks a model wholly: text, names, types, units, stances, and whether every number can be drawn.
#[must_use]
pub fn checked(loaded: &Loaded) -> Model<'_> {
    let mut model = Model::check(loaded);
    if !model.has_errors() {
        check::laws(&mut model);
    }
    model
}
