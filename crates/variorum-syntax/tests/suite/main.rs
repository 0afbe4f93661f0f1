//! The tests of the front end from outside: what is read, what is found wrong, and what cannot break it.

// The lints know tests, but not the helpers of tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod constructs;
mod diagnostics;
mod observations;
mod ranges;
mod robustness;
mod scenarios;
mod show;
