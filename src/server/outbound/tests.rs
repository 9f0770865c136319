//! Attacks on the guard.
