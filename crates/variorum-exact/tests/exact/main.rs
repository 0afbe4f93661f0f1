//! The exact solver against closed forms and recursions, and against the oracle's filter, on programs built by hand.

#[cfg(test)]
#[path = "../../../variorum-oracle/tests/oracle/build.rs"]
#[allow(dead_code)]
mod build;
#[cfg(test)]
mod closed;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod observed;
