//! The sandbox as a program of its own: what it prints where, and how it ends.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::Value;

struct Running {
    child: Child,
    out: Option<BufReader<ChildStdout>>,
    folder: PathBuf,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
        let _removed = std::fs::remove_dir_all(&self.folder);
    }
}

impl Running {
    fn start(name: &str, words: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(format!("sandbox-command-{}-{name}", std::process::id()));
        let mut child = Command::new(env!("CARGO_BIN_EXE_traceline"))
            .arg("sandbox")
            .args(words)
            .env_clear()
            .env("TRACELINE_DATA_DIR", &folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = child.stdout.take().map(BufReader::new);
        Self { child, out, folder }
    }

    /// The line that says where it is.
    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.out.as_mut().unwrap().read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    fn end(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

const FREE: [&str; 5] = [
    "--cloud",
    "127.0.0.1:0",
    "--data-center",
    "127.0.0.1:0",
    "--plain-http",
];

#[test]
fn one_line_is_printed_and_a_signal_ends_it_in_order() {
    for signal in ["TERM", "INT"] {
        let mut sandbox = Running::start(signal, &FREE);
        let line = sandbox.line();
        assert!(
            line["cloud"]["url"]
                .as_str()
                .unwrap()
                .starts_with("http://127.0.0.1:")
        );
        assert_ne!(line["cloud"]["url"], line["data_center"]["url"]);
        sandbox.signal(signal);
        let mut rest = String::new();
        sandbox.out.as_mut().unwrap().read_to_string(&mut rest).unwrap();
        assert_eq!((rest.as_str(), sandbox.end()), ("", Some(0)), "{signal}");
    }
}

#[test]
fn it_ends_with_whoever_reads_it() {
    let mut sandbox = Running::start("reader", &FREE);
    sandbox.line();
    drop(sandbox.out.take());
    assert_eq!(sandbox.end(), Some(0));
}

#[test]
fn a_recorder_says_where_it_is_and_ends_in_order() {
    let folder = std::env::temp_dir().join(format!("sandbox-recorder-{}", std::process::id()));
    let into = folder.to_str().unwrap();
    let words = ["record", "--upstream", "http://127.0.0.1:9", "--into", into];
    let mut recorder = Running::start("recorder", &words);
    let line = recorder.line();
    assert_eq!(line["into"], into);
    assert!(line["url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    recorder.signal("TERM");
    assert_eq!(recorder.end(), Some(0));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn bad_options_end_it_with_code_2_and_a_taken_port_with_1() {
    for words in [
        &["--dc-version", "latest"][..],
        &["--world", "moon"],
        &["record", "--upstream", "jira", "--into", "x"],
    ] {
        let mut refused = Running::start("refused", words);
        assert_eq!(refused.end(), Some(2), "{words:?}");
    }
    let mut first = Running::start("first", &FREE);
    let line = first.line();
    let taken = line["data_center"]["url"]
        .as_str()
        .unwrap()
        .trim_start_matches("http://");
    let mut second = Running::start("second", &["--cloud", "127.0.0.1:0", "--data-center", taken]);
    assert_eq!(second.end(), Some(1));
}
