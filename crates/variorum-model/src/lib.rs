//! Names, types, units, readings and citations: from trees to checked programs.

pub mod program;
