//! Tests of release dates.
