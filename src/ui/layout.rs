//! Placeholder until the shell of the kit is merged.
