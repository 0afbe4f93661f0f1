//! A slow scalar interpreter of the checked model, written from the definition
