//! The library: check, lower, run, and every derived answer
