//! The web assets inside the binary (`make release`): what the build left in `target/site`.

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "target/site"]
struct Site;

/// All files as relative path and content.
pub fn files() -> Vec<(String, Vec<u8>)> {
    Site::iter()
        .filter_map(|path| Site::get(&path).map(|file| (path.into_owned(), file.data.into_owned())))
        .collect()
}
