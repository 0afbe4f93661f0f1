//! Conditioned runs: evidence and posterior against closed forms, against the oracle and the exact solver, calibration.
//!
//! "Agrees" means within 4.5 standard errors (7 in a million for one comparison), unless said otherwise.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::cast_precision_loss, clippy::float_cmp, reason = "small numbers; equality of bits is meant")]

mod closed;
mod support;
