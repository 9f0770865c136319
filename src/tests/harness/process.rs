//! The program itself, as a process of its own on the data of a test.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
    sync::{Arc, mpsc},
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;

use super::temp_folder;

/// Where a process finds its data.
#[derive(Clone)]
pub struct Place {
    pub folder: Arc<TempDir>,
    /// SQLite in the folder where there is none.
    pub database_url: Option<String>,
}

impl Place {
    /// An empty folder.
    pub fn empty() -> Self {
        Self {
            folder: Arc::new(temp_folder()),
            database_url: None,
        }
    }

    /// Runs a command of the program to its end.
    pub fn run(&self, words: &[&str]) -> std::process::Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_traceline"));
        command
            .args(words)
            .env_clear()
            .env("TRACELINE_DATA_DIR", self.folder.path());
        if let Some(url) = &self.database_url {
            command.env("DATABASE_URL", url);
        }
        command.stdin(Stdio::null()).output().unwrap()
    }

    /// Starts the program with these words and settings, on free ports; it is not ready yet.
    pub fn start(&self, words: &[&str], settings: &[(&str, &str)]) -> Process {
        let log = self
            .folder
            .path()
            .join(format!("{}.log", traceline::server::random::new_id()));
        let web = self.folder.path().join("web");
        std::fs::create_dir_all(&web).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_traceline"));
        command
            .args(words)
            .env_clear()
            .env("TRACELINE_DATA_DIR", self.folder.path())
            .env("TRACELINE_SITE_ROOT", web)
            .env("TRACELINE_LISTEN", "127.0.0.1:0")
            .env("TRACELINE_ANNOUNCE", "json")
            .envs(settings.iter().copied());
        if let Some(url) = &self.database_url {
            command.env("DATABASE_URL", url);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Process {
            child: Some(child),
            out,
            log,
            _place: self.clone(),
        }
    }
}

/// A process; it is killed when dropped.
pub struct Process {
    child: Option<Child>,
    out: BufReader<ChildStdout>,
    log: PathBuf,
    _place: Place,
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _gone = child.kill();
            let _reaped = child.wait();
        }
    }
}

impl Process {
    /// Waits until it listens, and gives what it announces.
    pub fn wait_until_ready(&mut self) -> Value {
        let mut line = String::new();
        while self.out.read_line(&mut line).unwrap() > 0 {
            if let Some(announced) = line.strip_prefix("TRACELINE_READY ") {
                return serde_json::from_str(announced).unwrap();
            }
            line.clear();
        }
        panic!("it ended before it was ready: {}", self.said());
    }

    /// The same, as an address to call.
    pub fn wait_for_address(&mut self) -> SocketAddr {
        let announced = self.wait_until_ready();
        let url = announced["url"].as_str().unwrap();
        url.strip_prefix("http://").unwrap().parse().unwrap()
    }

    /// What it wrote to standard error so far.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Number of the process.
    pub fn id(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// Asks it to stop, as a supervisor does.
    pub fn terminate(&self) {
        let sent = Command::new("kill")
            .args(["-TERM", &self.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits until it ends; gives its exit code, or `None` when it took longer or a signal ended it.
    pub fn wait_for_end(&mut self, patience: Duration) -> Option<i32> {
        let id = self.id();
        let mut child = self.child.take().unwrap();
        let (ended, end) = mpsc::channel();
        let waiting = std::thread::spawn(move || {
            let status = child.wait();
            let _nobody_waits = ended.send(());
            status
        });
        if end.recv_timeout(patience).is_err() {
            let _too_late = Command::new("kill").args(["-KILL", &id.to_string()]).status();
        }
        waiting.join().unwrap().unwrap().code()
    }
}
