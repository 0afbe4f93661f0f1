//! Tests of the whole way from a text to its numbers, on models that nobody wrote by hand.
//!
//! | module | |
//! |---|---|
//! | [`generate`] | random models as text |
//! | [`conditioned`] | conditioned runs, likewise |
//! | [`observed`] | models in which something has been seen |
//! | [`finite`], [`exact`] | random finite programs with observations; engine and oracle against the exact solver |
//! | [`shortened`] | evidence from programs that end with what was seen |
//! | [`agreement`], [`corpus`] | engine and oracle, draw by draw, on generated models and on written ones |

#[cfg(test)]
mod absurd;
#[cfg(test)]
mod agreement;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod conditioned;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod coverage;
#[cfg(test)]
mod derived;
#[cfg(test)]
mod exact;
#[cfg(test)]
mod finite;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod observed;
#[cfg(test)]
mod random;
#[cfg(test)]
mod shortened;
