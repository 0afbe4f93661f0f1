//! Text of a model to a lossless tree, and a typed view of it.
//!
//! The parser never stops at the first error: what it cannot read becomes an error node with a diagnostic, and the
//! rest of the file is read as usual. Nothing here knows what a model means.

pub mod ast;
pub mod diagnostic;
