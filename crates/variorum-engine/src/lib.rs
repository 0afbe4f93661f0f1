//! Columnar simulation of a plan; knows no text

pub mod math;
pub mod random;
