//! The folder of a recording: every exchange in `exchanges.jsonl`, and each answer as a file of its own
//! where the sandbox looks for recorded answers.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

const FILE: &str = "exchanges.jsonl";

/// One recorded exchange.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::sandbox) struct Exchange {
    pub(in crate::sandbox) method: String,
    pub(in crate::sandbox) path: String,
    pub(in crate::sandbox) query: String,
    pub(in crate::sandbox) body: Option<Value>,
    pub(in crate::sandbox) status: u16,
    pub(in crate::sandbox) answer: Value,
}

#[derive(Debug)]
pub(super) struct Shelf {
    folder: PathBuf,
    file: Mutex<File>,
    number: AtomicU32,
}

impl Shelf {
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let file = File::options()
            .create(true)
            .append(true)
            .open(folder.join(FILE))?;
        let before = u32::try_from(list_exchanges(folder).len()).unwrap_or_default();
        Ok(Self {
            folder: folder.to_path_buf(),
            file: Mutex::new(file),
            number: AtomicU32::new(before),
        })
    }

    pub(super) fn keep(&self, exchange: &Exchange) -> io::Result<()> {
        let number = self.number.fetch_add(1, Ordering::Relaxed) + 1;
        let mut line = serde_json::to_vec(exchange)?;
        line.push(b'\n');
        self.file
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write_all(&line)?;
        let useful =
            exchange.status == 200 && (exchange.method == "GET" || exchange.path.contains("/search"));
        if useful {
            let folder = self.folder.join(if is_cloud(exchange) {
                "rest-cloud"
            } else {
                "rest-dc"
            });
            fs::create_dir_all(&folder)?;
            let name = format!("{number:04}-{}.json", write_name(exchange));
            fs::write(folder.join(name), serde_json::to_vec_pretty(&exchange.answer)?)?;
        }
        Ok(())
    }
}

/// Version 3 of the platform is Cloud's alone, and so are account ids.
fn is_cloud(exchange: &Exchange) -> bool {
    exchange.path.contains("/rest/api/3/")
        || exchange.answer.to_string().contains("\"accountId\"")
        || exchange.answer["deploymentType"] == "Cloud"
}

/// `project_PAY_statuses`: the path behind the version, as recorded files are named.
fn write_name(exchange: &Exchange) -> String {
    let path = exchange.path.as_str();
    let rest = ["/rest/api/3/", "/rest/api/2/", "/rest/api/latest/", "/rest/"]
        .iter()
        .find_map(|start| path.split_once(start).map(|(_, rest)| rest))
        .unwrap_or(path);
    let name: String = rest
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '_'
            }
        })
        .take(80)
        .collect();
    name.trim_matches('_').to_owned()
}

/// The exchanges of a folder in the order they were recorded; none when there is no such file.
pub(in crate::sandbox) fn list_exchanges(folder: &Path) -> Vec<Exchange> {
    let Ok(file) = File::open(folder.join(FILE)) else {
        return Vec::new();
    };
    let lines = BufReader::new(file).lines().map_while(Result::ok);
    lines
        .filter_map(|line| serde_json::from_str(&line).ok())
        .collect()
}
