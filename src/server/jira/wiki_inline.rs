//! Inline wiki.
