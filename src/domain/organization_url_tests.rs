//! Tests of organization URLs.
