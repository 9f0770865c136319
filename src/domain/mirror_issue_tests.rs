//! Tests of mapping one issue.
