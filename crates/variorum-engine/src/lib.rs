//! Columnar simulation of a plan; knows no text
