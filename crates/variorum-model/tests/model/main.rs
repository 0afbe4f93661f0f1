//! What the checker makes of models: programs, and findings where they are expected.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod chance;
mod findings;
mod harness;
mod names;
mod observations;
mod quiet;
mod ranges;
mod scenarios;
mod size;
