//! Pages and the parts they are made of. Never names the server's modules, never decides a rule.

pub mod components;
pub mod pages;
