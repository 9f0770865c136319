//! What people see: routes, layout, components, pages.
//!
//! Pages are documents and forms rendered on the server; only what must live in the browser is an
//! island. Nothing here names the server or decides a rule.

pub mod app;
pub mod components;
pub mod islands;
pub mod layout;
pub mod pages;
pub mod paths;
pub mod query;
