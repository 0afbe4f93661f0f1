//! Tests of the whole way from a text to its numbers, on models that nobody wrote by hand.
//!
//! | module | |
//! |---|---|
//! | [`generate`] | random models as text |
//! | [`agreement`] | engine and oracle, draw by draw |

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod random;
