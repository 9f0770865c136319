//! Tests of the connection form.
