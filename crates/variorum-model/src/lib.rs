//! Names, types, units, readings and citations: from trees to checked programs.
//!
//! [`load::load`] reads a model's files, [`model::Model::check`] checks them, and each reading that has no errors is a
//! [`program::Program`]: all that the engine and the oracle need, and nothing of the text.

pub mod as_of;
pub mod collect;
mod compile;
mod elsewhere;
pub mod entities;
mod findings;
mod idle;
pub mod items;
mod lints;
pub mod load;
pub mod model;
pub mod names;
mod origin;
pub mod program;
mod questions;
pub mod readings;
pub mod scenario;
mod seen;
mod standing;
pub mod time;
pub mod units;
pub mod verbal;

pub use compile::{DISTRIBUTIONS, FUNCTIONS};
