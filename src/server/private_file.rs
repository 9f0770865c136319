//! Files and folders that only the server's own account may read: the database with what it mirrors, the key.
//!
//! What exists already keeps its mode, because an operator may have shared it on purpose; it is said in the log.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::Path,
};

/// Makes the folder and those above it, for this account alone.
///
/// # Errors
/// Of the file system.
pub fn create_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Opens a file to write, and makes it for this account alone if it is not there. Its content stays.
///
/// # Errors
/// Of the file system.
pub fn open(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)?;
    let mode = file.metadata()?.mode() & 0o777;
    if mode & 0o077 != 0 {
        tracing::warn!(path = %path.display(), mode = format!("{mode:o}"), "other accounts of this machine may open this file; chmod 600 ends that");
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_private_and_what_is_there_stays() {
        let folder = std::env::temp_dir().join(crate::server::random::new_id());
        let (inner, file) = (folder.join("a/b"), folder.join("a/b/c"));
        create_folder(&inner).expect("folder");
        std::io::Write::write_all(&mut open(&file).expect("file"), b"kept").expect("written");
        open(&file).expect("again");
        assert_eq!(std::fs::read(&file).expect("read"), b"kept");
        for (path, mode) in [(&inner, 0o700), (&file, 0o600)] {
            assert_eq!(std::fs::metadata(path).expect("there").mode() & 0o777, mode);
        }
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
