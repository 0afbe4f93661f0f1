//! Columnar simulation of a plan; knows no text.
//!
//! A [`plan::Plan`] is straight-line operations on columns, one lane for each trajectory; [`ensemble::ensemble`] runs
//! plans on all cores and hands over what they answer in the order of parameter draws. Laws, random numbers and
//! elementary functions are here too, so that they have the same bits on every machine.

pub mod allocate;
mod columns;
pub mod copula;
mod display;
pub mod ensemble;
pub mod filter;
mod fuse;
mod kernels;
pub mod law;
pub mod math;
pub mod op;
pub mod plan;
mod points;
pub mod proposal;
pub mod random;
pub mod run;
