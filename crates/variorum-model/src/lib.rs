//! Names, types, units, readings and citations: the checked model
