//! Answers to terminal tables
