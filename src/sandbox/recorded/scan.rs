//! Reading a folder of recordings: JSON files, and CSV files with JSON in the column `data`.
//!
//! Files are read in the order of their names. A file that is not JSON is passed over: recordings of
//! HTML answers lie beside the others.

use std::{fs, io, path::Path};

use serde_json::Value;

/// One recorded answer.
#[derive(Debug)]
pub(in crate::sandbox) struct Document {
    /// File name.
    pub(in crate::sandbox) name: String,
    pub(in crate::sandbox) value: Value,
}

pub(in crate::sandbox) fn list_documents(folder: &Path) -> io::Result<Vec<Document>> {
    let mut paths: Vec<_> = fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    paths.sort();
    let mut documents = Vec::new();
    for path in paths {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") => {
                if let Ok(value) = serde_json::from_str(&fs::read_to_string(&path)?) {
                    documents.push(Document { name, value });
                }
            }
            Some("csv") => {
                for value in read_csv_data(&fs::read_to_string(&path)?) {
                    documents.push(Document {
                        name: name.clone(),
                        value,
                    });
                }
            }
            _ => {}
        }
    }
    Ok(documents)
}

fn read_csv_data(text: &str) -> Vec<Value> {
    let mut rows = split_csv(text).into_iter();
    let Some(place) = rows
        .next()
        .and_then(|head| head.iter().position(|name| name == "data"))
    else {
        return Vec::new();
    };
    rows.filter_map(|row| serde_json::from_str(row.get(place)?).ok())
        .collect()
}

/// Comma-separated values with double quotes; quotes inside are doubled or escaped by a backslash.
fn split_csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell).trim_end_matches('\r').to_owned());
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}
