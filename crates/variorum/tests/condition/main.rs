//! Conditioned runs: evidence and posterior against closed forms, calibration, what resampling does, what must not matter.
//!
//! "Agrees" means within 4.5 standard errors (7 in a million for one comparison), unless said otherwise. Closed forms are
//! computed with the platform's mathematics, without a line of the engine's.
//!
//! | module | |
//! |---|---|
//! | [`closed`] | closed forms of events, choices, reports, windows |
//! | [`hopeless`] | closed forms where draws from the laws hardly ever agree with what was seen |
//! | [`flips`] | closed forms of what would turn the ranking of two readings |
//! | [`kalman`] | a linear model with normal noise: evidence, its error, means, intervals |
//! | [`calibration`] | what was drawn from the prior lies anywhere in its posterior, equally often |
//! | [`clones`] | copies have futures of their own |
//! | [`same`] | threads and lanes change no bit |
//! | [`nothing`] | what cannot be, and what did not come about |
//! | [`spread`] | how far the filter's evidence varies; a table |

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::cast_precision_loss, clippy::float_cmp, reason = "small numbers; equality of bits is meant")]
#![allow(clippy::print_stdout, reason = "what was found is shown with `--nocapture`")]
#![allow(clippy::disallowed_methods, reason = "references share no mathematics with the engine")]

mod calibration;
mod clones;
mod closed;
mod derived;
mod flips;
mod hopeless;
mod kalman;
mod nothing;
mod same;
mod spread;
mod support;
