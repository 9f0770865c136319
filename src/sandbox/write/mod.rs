//! The rules of writing, without the site: what Jira takes, what it refuses and in which words, what
//! it writes into the history. Routes in `routes::writes` look things up and make the change.

mod choice;
pub(crate) mod duration;
pub(crate) mod history;
mod known;
mod multipart;
mod refusal;
pub(crate) mod screen;
pub(crate) mod text;
pub(crate) mod value;
pub(crate) mod wiki;
pub(crate) mod workflow;

pub(crate) use choice::{shorten, text_of};
pub(crate) use known::Known;
pub(crate) use multipart::read_parts;
pub(crate) use refusal::Refusal;
