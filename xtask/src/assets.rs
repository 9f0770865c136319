//! Lays out `target/site`: the bound browser part, the style sheet, the files of `public`, and beside each
//! text-like file its `.br` and `.gz`.
//!
//! The folder is brought to exactly the wanted content: changed files are written, files that no longer
//! belong there are removed, unchanged ones keep their time, so that nothing that looks at times (cargo,
//! a browser asking again) sees a change where there is none.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::browser::WasmProfile;
use crate::{Outcome, paths};

/// Brotli's quality for the files on disk; 9 is within a few percent of 11 at a tenth of its time.
const QUALITY: u32 = 9;

/// Files below this size are not worth a compressed sibling.
const WORTH_COMPRESSING: usize = 512;

/// Brings the site folder to what the bound folder, `style` and `public` say.
pub fn lay_out(bound: &Path, wasm: WasmProfile) -> Outcome {
    let mut wanted: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    for (path, bytes) in read_tree(bound)? {
        wanted.insert(Path::new("pkg").join(path), bytes);
    }
    let style = paths::root().join("style");
    if style.join("main.css").is_file() {
        wanted.insert(
            PathBuf::from("pkg/traceline.css"),
            style_sheet(&style)?.into_bytes(),
        );
    }
    let public = paths::root().join("public");
    if public.is_dir() {
        wanted.extend(read_tree(&public)?);
    }
    let site = paths::site();
    let mut written = 0;
    let mut keep: Vec<PathBuf> = Vec::new();
    for (path, bytes) in &wanted {
        let full = site.join(path);
        let is_changed = fs::read(&full).map_or(true, |before| before != *bytes);
        if is_changed {
            write(&full, bytes)?;
            written += 1;
        }
        keep.push(full.clone());
        if wasm == WasmProfile::Release && is_compressible(path) && bytes.len() >= WORTH_COMPRESSING {
            for (ending, compress) in [
                ("br", brotli_of as fn(&[u8], u32) -> Outcome<Vec<u8>>),
                ("gz", gzip_of),
            ] {
                let mut name = full.clone().into_os_string();
                name.push(format!(".{ending}"));
                let sibling = PathBuf::from(name);
                if is_changed || !sibling.is_file() {
                    write(&sibling, &compress(bytes, QUALITY)?)?;
                }
                keep.push(sibling);
            }
        }
    }
    let mut removed = 0;
    for path in read_names(&site)? {
        if !keep.contains(&path) {
            fs::remove_file(&path).map_err(|error| format!("xtask: {}: {error}", path.display()))?;
            removed += 1;
        }
    }
    println!(
        "xtask: web assets in {} ({} files, {written} written, {removed} removed)",
        paths::shown(&site),
        wanted.len()
    );
    Ok(())
}

/// One style sheet out of `main.css` and what it imports: its `@layer` statement first, then each imported
/// file in order, then what else `main.css` says.
///
/// # Errors
/// An import that is not a file of the same folder, or a file of the folder that nothing imports.
fn style_sheet(folder: &Path) -> Outcome<String> {
    let main = read_text(&folder.join("main.css"))?;
    let (order, imports, rest) = split_main(&main)?;
    let mut sheet = order;
    for name in &imports {
        sheet.push_str(&read_text(&folder.join(name))?);
        if !sheet.ends_with('\n') {
            sheet.push('\n');
        }
    }
    sheet.push_str(&rest);
    for path in read_names(folder)? {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let is_sheet = path.extension().is_some_and(|ending| ending == "css");
        if is_sheet && name != "main.css" && !imports.iter().any(|import| import == name) {
            return Err(format!("xtask: style/{name} is not imported by style/main.css"));
        }
    }
    Ok(sheet)
}

/// Splits `main.css` into its `@layer a, b;` statements, the imported names and the rest.
fn split_main(main: &str) -> Outcome<(String, Vec<String>, String)> {
    let (mut order, mut imports, mut rest) = (String::new(), Vec::new(), String::new());
    for line in main.lines() {
        let trimmed = line.trim();
        if let Some(import) = trimmed.strip_prefix("@import") {
            let name = import
                .trim()
                .strip_prefix("\"./")
                .and_then(|rest| rest.strip_suffix("\";"))
                .filter(|name| !name.contains('/'))
                .ok_or_else(|| {
                    format!("xtask: style/main.css: only `@import \"./name.css\";` is known: {trimmed}")
                })?;
            imports.push(name.to_owned());
        } else if trimmed.starts_with("@layer") && trimmed.ends_with(';') {
            order.push_str(trimmed);
            order.push('\n');
        } else {
            rest.push_str(line);
            rest.push('\n');
        }
    }
    Ok((order, imports, rest))
}

fn is_compressible(path: &Path) -> bool {
    path.extension()
        .and_then(|ending| ending.to_str())
        .is_some_and(|ending| {
            [
                "css",
                "html",
                "ico",
                "js",
                "json",
                "map",
                "svg",
                "txt",
                "wasm",
                "webmanifest",
            ]
            .contains(&ending)
        })
}

/// Compresses with brotli, quality 0 to 11.
pub fn brotli_of(bytes: &[u8], quality: u32) -> Outcome<Vec<u8>> {
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 64 * 1024, quality, 22);
    writer
        .write_all(bytes)
        .map_err(|error| format!("xtask: brotli: {error}"))?;
    drop(writer);
    Ok(compressed)
}

fn gzip_of(bytes: &[u8], quality: u32) -> Outcome<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(quality));
    writer
        .write_all(bytes)
        .map_err(|error| format!("xtask: gzip: {error}"))?;
    writer.finish().map_err(|error| format!("xtask: gzip: {error}"))
}

fn read_text(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| format!("xtask: {}: {error}", paths::shown(path)))
}

fn write(path: &Path, bytes: &[u8]) -> Outcome {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("xtask: {}: {error}", folder.display()))?;
    }
    fs::write(path, bytes).map_err(|error| format!("xtask: {}: {error}", path.display()))
}

/// Every file under a folder with its path inside the folder.
fn read_tree(folder: &Path) -> Outcome<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for path in read_names(folder)? {
        let bytes = fs::read(&path).map_err(|error| format!("xtask: {}: {error}", path.display()))?;
        let inside = path.strip_prefix(folder).unwrap_or(&path).to_path_buf();
        files.insert(inside, bytes);
    }
    Ok(files)
}

/// Every file under a folder; none if the folder is not there.
pub fn read_names(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    let entries = fs::read_dir(folder).map_err(|error| format!("xtask: {}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry
            .map_err(|error| format!("xtask: {}: {error}", folder.display()))?
            .path();
        if path.is_dir() {
            found.extend(read_names(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_come_first_and_imports_keep_their_order() {
        let main = "@layer base, parts;\n@import \"./b.css\";\n@import \"./a.css\";\nbody { margin: 0 }\n";
        let (order, imports, rest) = split_main(main).unwrap();
        assert_eq!(order, "@layer base, parts;\n");
        assert_eq!(imports, ["b.css", "a.css"]);
        assert_eq!(rest, "body { margin: 0 }\n");
    }

    #[test]
    fn an_import_from_elsewhere_is_refused() {
        assert!(split_main("@import url(\"other.css\");").is_err());
        assert!(split_main("@import \"./deep/other.css\";").is_err());
    }

    #[test]
    fn compressed_bytes_are_smaller() {
        let bytes = vec![b'a'; 10_000];
        assert!(brotli_of(&bytes, QUALITY).unwrap().len() < 100);
        assert!(gzip_of(&bytes, QUALITY).unwrap().len() < 100);
    }
}
