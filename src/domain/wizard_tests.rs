//! Tests of the wizard's answers.
