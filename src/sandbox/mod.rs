//! Jira in a box: a Cloud site and a Data Center site over real HTTP on loopback.
//!
//! The demo, the tests and the browser tests all talk to it as they would talk to Jira: real paths,
//! paging styles, error bodies, authentication rules. It must never be imported by anything but
//! `main`, the command line and tests, and it never listens for anyone it was not told to. It can
//! be wrong where Jira's behaviour is not known for certain; such places say so in a comment.
//!
//! A walk through one request: [`server`] accepts it (with TLS for Cloud), [`routes`] logs it, lets
//! [`faults`] spoil it, lets [`auth`] find the caller, and answers from the site's [`world`], which
//! [`generate`] invented or [`recorded`] read from a folder of recorded answers. A request that
//! changes something is decided by the rules of [`write`], within the [`limits`] of the site, and
//! told to those who registered for it by [`webhooks`].

mod accounts;
mod answer;
mod auth;
mod clock;
mod control;
mod control_faults;
mod exchange;
mod faults;
mod generate;
mod jql;
mod json;
mod limits;
mod listen;
mod markup;
mod readers;
mod record;
mod recorded;
mod replay;
mod routes;
mod run;
mod scopes;
mod server;
mod site;
#[cfg(test)]
mod tests;
mod tls;
mod webhooks;
mod world;
mod write;

pub use accounts::{Account, Role};
pub use faults::{FaultRule, PagingFault, RetryAfterForm};
pub use generate::{Shape, WorldChoice, show_mapping};
pub use json::{Copies, Members, Part};
pub use record::{RecordError, RecordOptions, Recording, start_recording};
pub use run::{Ending, announce, run};
pub use server::{AccountInfo, Sandbox, SandboxError, SandboxOptions, SiteInfo};
pub use site::{LoggedRequest, SiteHandle, WorldHandle};
pub use world::{
    Board, Content, Custom, Extras, Facts, File, Index, Issue, IssueStore, Maker, Project, ProjectIndex,
    SecurityLevel, Word, Words, World,
};
