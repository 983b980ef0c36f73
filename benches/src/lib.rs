//! States to measure on.
