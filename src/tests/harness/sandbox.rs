//! A sandbox Jira for one test, with certificates in a folder that goes when the test is over, and its
//! exchanges kept where `make test` judges them.

use std::{ops::Deref, path::PathBuf, sync::Arc};

use jiff::civil::Date;
use tempfile::TempDir;
use traceline::sandbox::{Sandbox, SandboxOptions};

use super::temp_folder;

/// A running sandbox; two of them may share their certificates.
pub struct TestSandbox {
    sandbox: Sandbox,
    folder: Arc<TempDir>,
}

#[expect(clippy::disallowed_methods, reason = "where exchanges go is a setting of the tests")]
fn options(folder: &TempDir) -> SandboxOptions {
    SandboxOptions {
        ca_dir: folder.path().to_owned(),
        exchanges: std::env::var_os("SANDBOX_EXCHANGES").map(PathBuf::from),
        ..SandboxOptions::default()
    }
}

impl TestSandbox {
    /// One whose world is of today.
    pub async fn start() -> Self {
        let folder = Arc::new(temp_folder());
        let sandbox = Sandbox::start(options(&folder)).await.unwrap();
        Self { sandbox, folder }
    }

    /// One whose world is of this day, `2026-03-11`.
    pub async fn start_at(day: &str) -> Self {
        let folder = Arc::new(temp_folder());
        Self::launch(options(&folder), folder, day).await
    }

    /// One that has recorded answers too.
    pub async fn start_recorded(recorded: PathBuf, day: &str) -> Self {
        let folder = Arc::new(temp_folder());
        let options = SandboxOptions {
            recorded_dir: Some(recorded),
            ..options(&folder)
        };
        Self::launch(options, folder, day).await
    }

    /// Another one under the same certificate authority.
    pub async fn start_beside(&self, day: &str) -> Self {
        Self::launch(options(&self.folder), self.folder.clone(), day).await
    }

    async fn launch(options: SandboxOptions, folder: Arc<TempDir>, day: &str) -> Self {
        let day: Date = day.parse().unwrap();
        let sandbox = Sandbox::start_at(options, day).await.unwrap();
        Self { sandbox, folder }
    }

    pub async fn stop(self) {
        self.sandbox.stop().await;
    }
}

impl Deref for TestSandbox {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}
