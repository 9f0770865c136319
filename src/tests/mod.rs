//! Everything that needs the whole server, in one binary: a file per noun.

mod tidy;
