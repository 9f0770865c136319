//! Mirroring Jira: the queue, the worker, and the job that reads one Jira project.
//!
//! `request` asks for a run, `queue` hands jobs to workers, `run` is the job, `snapshot` reads pages of
//! Jira, `gather` reads around an issue that spoils its page, `apply` writes the mirror, `suspend` stops and resumes what runs for a connection, `outcome` says what an early stop means. What changes is decided by
//! `domain::sync_plan`. No transaction is held over a call to Jira, and every write proves in its
//! transaction that the job is still ours.

mod apply;
mod gather;
mod halving;
mod outcome;
pub mod queue;
pub mod request;
mod run;
mod snapshot;
mod suspend;

pub use queue::{Worker, start_worker};
pub use request::{RequestedRun, cancel_run, drop_runs, find_refusal, forget_old, request_run};
pub use suspend::{DISCONNECTED, resume, suspend};
