//! Components without domain knowledge.
