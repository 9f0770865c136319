//! Recorded sites.
